"""Optimizers of the user's: trained as Optax trains, checked at the boundary, told apart."""

import jax
import numpy as np
import optax
import pytest

from reglab import Experiment, LinearConfig, Session, fit, fit_population
from reglab.cli.experiments import read_experiments
from reglab.training import Trainer, name_of
from tests.small import SMALL
from tests.training.compiles import count_compilations

LINEAR = SMALL.replace(model=LinearConfig(), num_steps=24)


def losses(run):
    return run.history.train_loss


def lion(learning_rate):
    return optax.lion(learning_rate)


@pytest.fixture(scope="module")
def run():
    return fit(LINEAR, optimizer=lion)


@pytest.mark.slow
def test_the_lab_s_own_is_found_again():
    ours = fit(LINEAR.replace(l2=0.01))
    theirs = fit(LINEAR.replace(l2=0.01), optimizer=optax.adam)
    np.testing.assert_allclose(losses(theirs), losses(ours), rtol=1e-5)


@pytest.mark.slow
def test_the_experiment_says_that_it_was_run_with_one(run, tmp_path):
    assert run.experiment.own == ("optimizer",)
    assert not run.diverged
    again = Experiment.from_json(run.experiment.to_json())
    with pytest.raises(
        ValueError, match="optimizer: expected the one that this experiment was run"
    ):
        fit(again)
    np.testing.assert_array_equal(losses(fit(again, optimizer=lion)), losses(run))
    path = tmp_path / "run.json"
    path.write_text(run.experiment.to_json())
    with pytest.raises(ValueError, match="optimizer: expected those that reglab makes, got a run"):
        read_experiments(path)


def test_equal_ones_share_a_program_and_others_do_not(run):
    with count_compilations() as compilations:
        fit(LINEAR.replace(learning_rate=0.003), optimizer=lambda rate: optax.lion(rate))
        fit(LINEAR.replace(changes=((8, "learning_rate", 0.1),)), optimizer=lion)
        assert compilations() == 0
    one, other = (
        Trainer(LINEAR, optimizer=lambda rate, b=b: optax.lion(rate, b1=b)).plan for b in (0.9, 0.8)
    )
    assert one == Trainer(LINEAR, optimizer=lion).plan
    assert one != other


def test_sessions_take_it(run):
    with Session(LINEAR, optimizer=lion, steps_per_second=None) as session:
        session.play()
        assert session.wait(120)
        np.testing.assert_array_equal(losses(session.runs[0]), losses(run))
        with pytest.raises(ValueError, match="momentum: expected a number or a field that can act"):
            session.set(momentum=0.5)


@pytest.mark.slow
def test_populations_take_it(run):
    (member,) = fit_population([LINEAR], optimizer=lion)
    assert member.experiment == run.experiment
    np.testing.assert_allclose(losses(member), losses(run), rtol=1e-5)


def kernels(params):
    return jax.tree.map(lambda leaf: leaf.ndim > 1, params)


@pytest.mark.slow
@pytest.mark.parametrize(
    "factory",
    [
        optax.inject_hyperparams(optax.adam),
        optax.polyak_sgd,
        optax.lbfgs,
        lambda rate: optax.chain(optax.adam(rate), optax.contrib.reduce_on_plateau()),
        lambda rate: optax.chain(optax.add_noise(0.01, 0.5, 0), optax.sgd(rate)),
        lambda rate: optax.MultiSteps(optax.adam(rate), 4).gradient_transformation(),
        lambda rate: optax.chain(optax.masked(optax.clip(0.1), kernels), optax.sgd(rate)),
        optax.contrib.muon,
        optax.contrib.schedule_free_sgd,
    ],
    ids=range(9),
)
def test_transformations_of_every_kind_train(factory):
    run = fit(LINEAR.replace(schedule="cosine"), optimizer=factory)
    assert np.isfinite(losses(run)).all()
    assert losses(run)[-1] < losses(run)[0]


FACTORY = r"^optimizer: expected a factory \(learning_rate\) -> optax\.GradientTransformation, got "
REFUSED = [
    (optax.adam(0.1), "a transformation; hand in what makes one"),
    ("adam", "'adam'"),
    (lambda: optax.adam(0.1), "one whose call says: too many positional arguments"),
    (lambda rate, decay: optax.adam(rate), "one whose call says: missing a required argument"),
    (lambda rate: None, "one that returns None"),
    (lambda rate: optax.adam(rate if rate > 0 else 1.0), "TracerBoolConversionError"),
    (lambda rate: optax.adam(rate, b1="a"), "TypeError"),
]


@pytest.mark.parametrize(("factory", "said"), REFUSED, ids=range(len(REFUSED)))
def test_what_makes_no_transformation_is_refused_in_one_line(factory, said):
    with pytest.raises(ValueError, match=FACTORY + said) as error:
        fit(LINEAR, optimizer=factory)
    assert "\n" not in str(error.value)


def narrowing(rate):
    def update(updates, state, params=None):
        return updates, state[:1]

    return optax.GradientTransformation(lambda params: np.zeros(2, np.float32), update)


def flattened(rate):
    def update(updates, state, params=None):
        return 0.0, state

    return optax.GradientTransformation(lambda params: (), update)


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (
            narrowing,
            "optimizer: expected state to stay float32 of shape .2,., got float32 of shape",
        ),
        (flattened, "optimizer: expected updates of the structure before, got another one"),
    ],
)
def test_what_changes_shape_is_refused(factory, said):
    with pytest.raises(ValueError, match=said):
        Trainer(LINEAR, optimizer=factory)


def test_numbers_that_cannot_act_are_off():
    with pytest.raises(ValueError, match=r"momentum: expected 0\.9, got 0\.5\. The optimizer is"):
        fit(LINEAR.replace(momentum=0.5), optimizer=lion)
    with pytest.raises(ValueError, match="optimizer: expected Experiment's default beside an opt"):
        fit(LINEAR.replace(optimizer="sgd"), optimizer=lion)

    def fixed(learning_rate):
        return optax.adam(0.1)

    assert "learning_rate" in Trainer(LINEAR, optimizer=fixed).inactive
    assert "learning_rate" not in Trainer(LINEAR, optimizer=lion).inactive
    with pytest.raises(
        ValueError, match=r"learning_rate: expected 0\.01, got 0\.1\. Your optimizer"
    ):
        Trainer(LINEAR.replace(learning_rate=0.1), optimizer=fixed)
    with pytest.raises(ValueError, match=r"schedule: expected 'constant', got 'step'\. Your"):
        Trainer(LINEAR.replace(schedule="step"), optimizer=fixed)


@pytest.mark.slow
def test_schedule_and_clipping_act_before_it(run):
    kinds = LINEAR.replace(schedule="step", decay_steps=8, clipping="global_norm", clip_norm=0.1)
    ours, theirs = fit(kinds), fit(kinds, optimizer=optax.adam)
    np.testing.assert_allclose(losses(theirs), losses(ours), rtol=1e-5)
    assert name_of(theirs.experiment) == "step schedule, clipped at 0.1"
