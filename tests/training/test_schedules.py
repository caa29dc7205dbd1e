"""Schedules and clipping: those of Optax, in one program for all numbers of a kind."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from reglab import Grid, Hyper, LinearConfig, MLPConfig, Session, fit, fit_population
from reglab.config import NEEDS, SCHEDULES
from reglab.training import Trainer, name_of, schedules, twins
from reglab.training.schedules import clipped, learning_rate
from reglab.training.state import traced
from tests.small import SMALL
from tests.training.compiles import count_compilations
from tests.training.test_fit import OTHER

RATE = 0.05
HYPER = Hyper(
    learning_rate=RATE, warmup_steps=5, decay_steps=20, decay_end=0.1, decay_rate=0.5, clip_norm=0.3
)
PEERS = {
    "constant": optax.constant_schedule(RATE),
    "cosine": optax.warmup_cosine_decay_schedule(0.0, RATE, 5, 20, 0.1 * RATE),
    "step": optax.exponential_decay(RATE, 20, 0.5, staircase=True),
}
LINEAR = SMALL.replace(model=LinearConfig(), num_steps=40, learning_rate=RATE)
COSINE = LINEAR.replace(schedule="cosine", warmup_steps=5, decay_end=0.1)
STEP = LINEAR.replace(schedule="step", decay_steps=10)
CLIPPED = LINEAR.replace(clipping="global_norm", clip_norm=0.2)
NORMED = CLIPPED.replace(model=MLPConfig((8,), batch_norm=True))


def losses(run):
    return run.history.train_loss


def test_names_are_those_of_the_configuration():
    assert tuple(schedules.SCHEDULES) == SCHEDULES
    assert set(NEEDS) <= set(Hyper._fields)


@pytest.mark.parametrize("kind", SCHEDULES)
def test_rates_are_those_of_optax(kind):
    steps = np.arange(70)
    ours = jax.jit(jax.vmap(lambda step: learning_rate(kind, step, HYPER)))(steps)
    np.testing.assert_allclose(ours, [PEERS[kind](step) for step in steps], rtol=1e-5, atol=1e-9)


def test_without_warm_up_the_cosine_starts_at_the_top():
    hyper = HYPER._replace(warmup_steps=0)
    peer = optax.cosine_decay_schedule(RATE, 20, alpha=0.1)
    ours = jax.jit(jax.vmap(lambda step: learning_rate("cosine", step, hyper)))(np.arange(25))
    np.testing.assert_allclose(ours, [peer(step) for step in range(25)], rtol=1e-5)


def test_the_plain_kinds_compute_nothing():
    rate, gradient = object(), object()
    assert learning_rate("constant", None, Hyper(learning_rate=rate)) is rate
    assert clipped("none", gradient, HYPER) is gradient


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e4])
def test_clipping_is_that_of_optax(size):
    gradient = {"kernel": jnp.full((3, 2), size), "bias": jnp.array([0.1, -size])}
    tx = optax.clip_by_global_norm(0.3)
    ours, (theirs, _) = clipped("global_norm", gradient, HYPER), tx.update(gradient, tx.init(None))
    jax.tree.map(np.testing.assert_array_equal, ours, theirs)


def test_the_norm_of_narrow_gradients_is_taken_in_32_bits():
    gradient = jnp.full(10_000, 100.0, jnp.float16)  # the sum of its squares is no float16
    ours = clipped("global_norm", gradient, HYPER)
    assert ours.dtype == jnp.float16
    np.testing.assert_allclose(ours, 0.3 / 100, rtol=1e-3)


@pytest.mark.costly
@pytest.mark.parametrize(("experiment", "peer"), [
    (
        COSINE,
        lambda _: optax.adam(
            optax.warmup_cosine_decay_schedule(0.0, RATE, 5, 40, 0.1 * RATE)
        ),
    ),
    (STEP, lambda _: optax.adam(optax.exponential_decay(RATE, 10, 0.1, staircase=True))),
    (CLIPPED, lambda rate: optax.chain(optax.clip_by_global_norm(0.2), optax.adam(rate * 5))),
], ids=["cosine", "step", "clipped"])  # fmt: skip
def test_training_is_that_with_optax_own(experiment, peer):
    theirs = fit(LINEAR.replace(learning_rate=0.01), optimizer=peer)
    np.testing.assert_allclose(losses(fit(experiment)), losses(theirs), rtol=2e-5)
    assert (losses(fit(LINEAR))[2:] != losses(theirs)[2:]).all()


def test_moving_a_number_compiles_nothing():
    moved = {
        "warmup_steps": COSINE,
        "decay_end": COSINE,
        "decay_steps": STEP,
        "decay_rate": STEP,
        "clip_norm": NORMED,
        "batch_norm_momentum": NORMED,
    }
    assert {*moved, *OTHER} == set(Hyper._fields)
    values = dict.fromkeys(moved, 0.37) | {"warmup_steps": 3, "decay_steps": 7}
    plain = {name: losses(fit(experiment)) for name, experiment in moved.items()}
    with count_compilations() as compilations:
        for name, experiment in moved.items():
            run = fit(experiment.replace(**{name: values[name]}))
            assert (losses(run) != plain[name]).any(), name
            fit(experiment.replace(changes=((8, name, values[name]),)))
        assert compilations() == 0


def test_numbers_that_no_step_reads_are_no_part_of_a_program():
    trainer = Trainer(SMALL)
    read = traced(trainer.plan, trainer.hyper)
    unread = {name for name, value in read._asdict().items() if value is None}
    assert unread == {*NEEDS, "batch_norm_momentum"}
    plan = Trainer(COSINE.replace(clipping="global_norm")).plan
    assert traced(plan, Hyper()).decay_rate is None
    assert traced(plan, Hyper()).warmup_steps.dtype == np.int32


def test_kinds_and_numbers_are_fields_of_grids():
    grid = Grid(COSINE, product={"warmup_steps": [0, 3], "hyper.decay_end": [0, 0.5]})
    assert Grid.from_json(grid.to_json()) == grid
    assert [one.hyper.warmup_steps for one in grid] == [0, 0, 3, 3]
    kinds = Grid(LINEAR, product={"schedule": SCHEDULES, "clipping": ["none", "global_norm"]})
    assert len({name_of(one) for one in kinds}) == 6


@pytest.mark.slow
def test_members_of_a_population_differ_in_the_numbers():
    grid = Grid(COSINE, product={"warmup_steps": [0, 3], "draw": [0, 1]})
    population = fit_population(grid, lanes=2)
    for run in population:
        np.testing.assert_allclose(losses(run), losses(fit(run.experiment)), rtol=2e-5)


def test_twins_take_the_numbers():
    names = [name_of(twin) for twin in twins(CLIPPED, clip_norm=[0.5, 2.0])]
    assert names == ["clipped at 0.5", "clipped at 2"]
    assert [one.hyper.warmup_steps for one in twins(COSINE, warmup_steps=[2, 4])] == [2, 4]


@pytest.mark.slow
def test_a_session_moves_them_and_its_experiment_replays():
    with Session(COSINE.replace(clipping="global_norm"), steps_per_second=None) as session:
        session.step()
        session.set(clip_norm=0.1, decay_end=0.5)
        session.add_twin(schedule="step")
        session.play()
        assert session.wait(120)
        runs = session.runs
    assert runs[0].experiment.changes[0] == (8, "clip_norm", 0.1)
    assert runs[1].name == "step schedule, clipped at 0.1"
    for run in runs:
        np.testing.assert_array_equal(losses(fit(run.experiment)), losses(run))


@pytest.mark.parametrize("experiment", [COSINE, STEP.replace(decay_steps=0)])
def test_a_run_that_is_continued_keeps_its_schedule(experiment):
    with Session(experiment, steps_per_second=None) as session:
        for _ in range(2):
            session.play()
            assert session.wait(120)
        (run,) = session.runs
    longer = run.experiment
    assert (longer.num_steps, experiment.num_steps) == (80, 40)
    for step in range(40):
        assert longer.hyper_at(step) == experiment.hyper_at(step)
    np.testing.assert_array_equal(losses(fit(longer)), losses(run))
    np.testing.assert_array_equal(losses(fit(experiment)), losses(run)[:6])
    kind, hyper = longer.schedule, longer.hyper_at(60)
    rates = [float(learning_rate(kind, step, hyper)) for step in (39, 40, 79)]
    if kind == "cosine":
        assert rates[1] == rates[2] == pytest.approx(0.1 * RATE)
    else:
        assert rates[1:] == pytest.approx([0.01 * RATE, 0.1**5 * RATE])


REFUSED = [
    (LINEAR, {"warmup_steps": 5}, "warmup_steps: expected 0 with schedule 'constant', got 5. It"),
    (LINEAR, {"clip_norm": 2}, "clip_norm: expected 1.0 with clipping 'none', got 2.0. It acts"),
    (LINEAR, {"decay_rate": 0.5}, "decay_rate: expected 0.1 with schedule 'constant', got 0.5"),
    (STEP, {"decay_end": 0.5}, "decay_end: expected 0.0 with schedule 'step', got 0.5. It acts"),
    (STEP, {"schedule": "cosine", "decay_rate": 0.5}, "decay_rate: expected 0.1 with schedule"),
    (COSINE, {"warmup_steps": 40}, "warmup_steps: expected fewer than the 40 steps of the"),
    (COSINE, {"num_steps": 5}, "warmup_steps: expected fewer than the 5 steps of the schedule"),
    (
        COSINE,
        {"changes": ((8, "decay_steps", 4),)},
        "warmup_steps: expected fewer than the 4 steps",
    ),
    (LINEAR, {"schedule": "linear"}, "schedule: expected one of constant, cosine, step, got"),
    (LINEAR, {"clipping": True}, "clipping: expected one of none, global_norm, got True"),
]


@pytest.mark.parametrize(("experiment", "values", "message"), REFUSED)
def test_what_contradicts_itself_is_refused_in_one_line(experiment, values, message):
    with pytest.raises(ValueError, match=message) as error:
        experiment.replace(**values)
    assert "\n" not in str(error.value)


def test_another_kind_leaves_the_numbers_of_the_old_one_behind():
    assert COSINE.replace(schedule="step") == STEP.replace(decay_steps=0)
    assert CLIPPED.replace(clipping="none") == LINEAR
    assert COSINE.replace(clipping="global_norm").hyper == COSINE.hyper
    with pytest.raises(ValueError, match=r"decay_end: expected 0\.0 with schedule 'step', got 0.5"):
        COSINE.replace(schedule="step", decay_end=0.5)


def test_a_session_refuses_a_number_that_cannot_act():
    with Session(LINEAR, steps_per_second=None) as session:
        with pytest.raises(
            ValueError, match="clip_norm: expected a number or a field that can act"
        ):
            session.set(clip_norm=0.5)
        with pytest.raises(
            ValueError, match="warmup_steps: expected 0 with schedule 'constant', got 3"
        ):
            session.add_twin(warmup_steps=3)
