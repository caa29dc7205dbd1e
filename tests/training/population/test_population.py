"""Populations equal single runs, whatever the pieces, the devices and the order."""

import threading

import jax
import numpy as np
import pytest

from reglab import LinearConfig, MLPConfig, distributions, fit, fit_population, nn
from reglab.training import Population, Progress, bands, static_key
from reglab.training.population.footprint import footprint, size_of
from reglab.training.population.grouping import grouped, members_of
from reglab.training.population.members import advance_members
from reglab.training.population.partition import pieces_of
from reglab.training.state import data_of, traced
from tests import small

SMALL = small.SMALL.replace(num_steps=30, eval_every=7, num_train=30, batch_size=20, draw=1)
MIXED = {
    "dropout, seed and draw": [
        SMALL.replace(dropout_rate=rate, seed=seed, draw=seed + 1)
        for rate in (0.0, 0.5)
        for seed in (0, 1)
    ],
    "noise, so that D differs": [
        SMALL.replace(noise=noise, label_noise=flips) for noise in (0.1, 0.3) for flips in (0, 0.2)
    ],
    "number of training examples": [SMALL.replace(num_train=n) for n in (10, 20, 40)],
    "batch norm, adamw and a change of S and D": [
        SMALL.replace(
            model=MLPConfig((8,), batch_norm=True),
            optimizer="adamw",
            weight_decay=decay,
            changes=((9, "num_train", 20), (20, "noise", 0.4), (20, "l2", decay)),
        )
        for decay in (0.0, 0.1)
    ],
    "more rows than a chunk": [
        SMALL.replace(num_steps=80, eval_every=2, learning_rate=rate) for rate in (0.01, 0.1)
    ],
    "models, lengths and distributions": [
        SMALL,
        SMALL.replace(model=LinearConfig()),
        SMALL.replace(num_steps=11),
        SMALL.replace(distribution="circle"),
        SMALL.replace(distribution="digits", num_steps=14),
        SMALL.replace(distribution="gaussian_linear", model=LinearConfig(), optimizer="sgd"),
    ],
}


def apart(one, other) -> float:
    """The largest difference of two histories of equal lengths."""
    assert one.history.step.tolist() == other.history.step.tolist()
    pairs = zip(one.history, other.history, strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


MARKS = {"models, lengths and distributions": pytest.mark.slow}
CASES = [pytest.param(c, id=name, marks=MARKS.get(name, ())) for name, c in MIXED.items()]


@pytest.mark.costly
@pytest.mark.parametrize("experiments", CASES)
def test_members_equal_single_runs(experiments):
    population = fit_population(experiments, keep="all")
    assert isinstance(population, Population)
    assert population.is_complete
    assert population.experiments == tuple(experiments)
    for run, experiment in zip(population, experiments, strict=True):
        alone = fit(experiment)
        assert apart(run, alone) <= 1e-5
        assert run.name == alone.name
        assert run.distribution == alone.distribution
        x = run.distribution.sample(jax.random.key(0), 50).x
        for row in (0, -1):
            np.testing.assert_allclose(run.hypotheses[row](x), alone.hypotheses[row](x), atol=1e-5)


@pytest.mark.slow
def test_vectorized_members_equal_single_runs():
    # 20 steps: round-off grows with every one
    experiments = [
        SMALL.replace(num_steps=20, dropout_rate=rate, seed=seed, draw=seed)
        for rate in (0, 0.4)
        for seed in range(3)
    ]
    for run in fit_population(experiments, lanes=4):
        assert apart(run, fit(run.experiment)) <= 1e-5


@pytest.mark.slow
def test_a_diverged_member_stops_as_it_does_alone_and_costs_the_others_nothing():
    wild = SMALL.replace(learning_rate=1000.0, optimizer="sgd", num_steps=70, eval_every=1, l2=10.0)
    calm = wild.replace(learning_rate=0.01, l2=0.0)
    alone = fit(wild)
    assert alone.diverged
    for keep in ("all", "last"):
        first, second = fit_population([wild, calm], keep=keep)
        assert first.diverged
        assert len(first.hypotheses) == len(alone.hypotheses) == len(first.history.step)
        assert not second.diverged
        assert apart(second, fit(calm)) <= 1e-5
        if len(first.hypotheses):
            assert apart(first, alone) <= 1e-5
            x = np.ones((3, 2), np.float32)
            np.testing.assert_array_equal(first.hypotheses[-1](x), alone.hypotheses[-1](x))


def test_the_last_hypothesis_alone_is_kept():
    pair = [SMALL, SMALL.replace(seed=1)]
    run, whole = fit_population(pair)[1], fit_population(pair, keep="all")[1]
    assert len(run.hypotheses) == len(run.history.step)
    x = np.ones((3, 2), np.float32)
    np.testing.assert_array_equal(run.hypotheses[-1](x), whole.hypotheses[-1](x))
    with pytest.raises(ValueError, match=r"expected the last of 6, .* got 0; fit\(run.experiment"):
        run.hypotheses[0]
    with pytest.raises(IndexError):
        run.hypotheses[6]


def test_one_program_serves_all_members_of_a_static_configuration():
    experiments = [SMALL.replace(seed=seed, draw=seed, l2=seed / 100) for seed in range(40)]
    fit_population(experiments[:1], lanes=1)
    before = advance_members._cache_size()
    fit_population(experiments, lanes=1)
    fit_population([e.replace(num_train=20, num_steps=40) for e in experiments[:5]], lanes=1)
    assert advance_members._cache_size() == before


@pytest.mark.slow
def test_pieces_fit_the_memory_and_change_no_number():
    experiments = [SMALL.replace(draw=draw) for draw in range(9)]
    (group,) = grouped(members_of(experiments))
    whole = list(pieces_of(group, lanes=1, memory=2**40))
    assert [len(piece.members) for piece in whole] == [9]
    data = data_of(distributions.get("moons"), 0, 40)
    need = footprint(group[0].plan, traced(group[0].plan, SMALL.hyper), data, 8)
    room = need.of(4, 1, 4, 1)
    parts = list(pieces_of(group, lanes=1, memory=room))
    assert [len(piece.members) for piece in parts] == [4, 4, 1]
    together = fit_population(experiments, lanes=1)
    apiece = fit_population(experiments, lanes=1, memory=room)
    for run, other in zip(apiece, together, strict=True):
        assert apart(run, other) == 0
    with pytest.raises(ValueError, match=r"memory: expected room for one member, about .* MB, got"):
        fit_population(experiments, memory=1000)


@pytest.mark.costly
@pytest.mark.parametrize(
    "experiment",
    [SMALL, SMALL.replace(model=MLPConfig((256, 256)), batch_size=200, max_train=400)],
    ids=["small", "wide"],
)
def test_the_estimate_of_memory_is_what_the_compiler_says_within_a_factor(experiment):
    from reglab.training.state import initial_state, streams
    from reglab.training.step import advance

    (member,) = members_of([experiment])
    hyper, data = traced(member.plan, experiment.hyper), data_of(member.distribution_at(0), 0, 40)
    data = data_of(member.distribution_at(0), 0, experiment.max_train)
    keys = streams(np.uint32(0))
    state = initial_state(member.plan, keys.weights, hyper)
    lowered = advance.lower(member.plan, state, data, hyper, keys, 1, 1, True, 8)
    said = lowered.compile().memory_analysis()
    exact = said.temp_size_in_bytes + said.output_size_in_bytes + size_of(data)
    need = footprint(member.plan, hyper, data, 8)
    estimate = need.of(1, 1, 1, 1)
    assert exact / 2 <= estimate <= 8 * exact


def test_cancel_returns_the_finished_members():
    experiments = [SMALL.replace(num_train=n) for n in (10, 20, 30, 40)]
    cancel, seen = threading.Event(), []

    def progress(now: Progress):
        seen.append((now.done, now.total))
        if now.done == 2:
            cancel.set()

    population = fit_population(experiments, progress=progress, should_stop=cancel.is_set)
    assert seen == [(0, 4), (1, 4), (2, 4)]
    assert not population.is_complete
    assert [e.hyper.num_train for e in population.experiments] == [10, 20]


def test_a_bar_shows_progress(capsys):
    fit_population([SMALL, SMALL.replace(seed=1)], progress=True)
    assert "2/2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([SMALL, 3],), r"experiments\[1\]: expected an Experiment, got 3"),
        (([SMALL, SMALL.replace(distribution="digits", label_noise=0.95)],), r"experiments\[1\]: "),
        (([SMALL],), r"keep: expected one of last, all, got 'first'"),
        (([SMALL],), r"lanes: expected a whole number of at least 1, got 0"),
        (([SMALL],), r"progress: expected true, false or a function, got 3"),
    ],
)
def test_errors_at_the_boundary(arguments, message):
    options = {"keep": {"keep": "first"}, "lanes": {"lanes": 0}, "progr": {"progress": 3}}
    chosen = next((o for name, o in options.items() if message.startswith(name)), {})
    with pytest.raises(ValueError, match=message):
        fit_population(*arguments, **chosen)


@pytest.mark.slow
def test_own_distribution_and_model():
    own = distributions.get("gauss", noise=0.1)
    config = {"distribution": own, "model": lambda rngs: nn.LinearClassifier(2, 2, rngs=rngs)}
    (run,) = fit_population([small.OWN], **config)
    assert apart(run, fit(small.OWN, **config)) <= 1e-5


def test_no_experiments_give_an_empty_population():
    assert len(fit_population([])) == 0


@pytest.mark.slow
def test_bands_are_quantiles_of_the_members_that_have_a_row():
    runs = fit_population([SMALL.replace(seed=s, num_steps=30 if s else 14) for s in range(5)])
    band = runs.bands("train_loss", low=0.25, high=0.75)
    assert band.step.tolist() == [0, 7, 14, 21, 28, 30]
    assert band.count.tolist() == [5, 5, 5, 4, 4, 4]
    at_14 = [run.history.train_loss[2] for run in runs]
    expected = np.quantile(at_14, [0.25, 0.5, 0.75])
    np.testing.assert_allclose([band.low[2], band.median[2], band.high[2]], expected, rtol=1e-6)
    np.testing.assert_array_equal(runs.last("step"), [14, 30, 30, 30, 30])
    for wrong in ({"column": "loss"}, {"low": 0.6}):
        with pytest.raises(ValueError, match="expected"):
            runs.bands(**wrong)
    assert bands([]).step.size == 0


def test_static_keys_tell_what_compiles():
    assert static_key(SMALL) == static_key(SMALL.replace(seed=3, draw=4, l1=0.1, noise=0.3))
    others = (
        {"batch_size": 10},
        {"num_steps": 31},
        {"num_train": 20},
        {"changes": ((3, "l1", 1.0),)},
    )
    assert len({static_key(SMALL), *(static_key(SMALL.replace(**o)) for o in others)}) == 5


def test_the_callers_mesh_is_not_that_of_the_members():
    experiments = [SMALL.replace(seed=seed) for seed in range(2)]
    alone = fit_population(experiments)
    with jax.set_mesh(jax.make_mesh((1,), ("data",))):
        inside = fit_population(experiments, progress=lambda now: None)
    for one, other in zip(inside, alone, strict=True):
        jax.tree.map(np.testing.assert_array_equal, one.history, other.history)
