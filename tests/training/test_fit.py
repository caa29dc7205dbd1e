import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

import reglab
from reglab import distributions
from reglab.config import Hyper, LinearConfig, MLPConfig
from reglab.nn import build
from reglab.training import Trainer, fit, name_of, twins
from reglab.training.state import data_of, streams
from tests import small
from tests.training import plain_loop
from tests.training.compiles import count_compilations

SMALL = small.SMALL.replace(num_steps=40)
OTHER = {
    "learning_rate": 0.02,
    "momentum": 0.5,
    "dropout_rate": 0.3,
    "l1": 1e-3,
    "l2": 1e-3,
    "weight_decay": 0.1,
    "label_smoothing": 0.1,
    "input_noise": 0.2,
    "augmentation": 0.5,
    "noise": 0.3,
    "label_noise": 0.3,
    "num_train": 30,
}


def assert_same(first, second):
    for name, ours, theirs in zip(first._fields, first, second, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


@pytest.fixture(scope="module")
def run():
    return fit(SMALL.replace(l2=0.01))


def test_history_has_a_row_every_eval_every_steps(run):
    assert run.history.step.tolist() == [0, 8, 16, 24, 32, 40]
    assert len(run.hypotheses) == 6
    assert all(len(column) == 6 for column in run.history)


def test_last_step_has_a_row_whatever_eval_every():
    run = fit(SMALL.replace(num_steps=21))
    assert run.history.step.tolist() == [0, 8, 16, 21]


def test_rows_are_those_of_their_hypotheses(run):
    data = data_of(run.distribution, run.experiment.draw, 40)
    mass = np.asarray(data.mass, float)
    for row, h in enumerate(run.hypotheses):
        scores = np.asarray(h(data.x), float)
        log_share = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        wrong = scores.argmax(axis=1) != np.asarray(data.y)
        assert run.history.train_error[row] == pytest.approx(wrong.mean(), abs=1e-6)
        loss = -log_share[np.arange(40), np.asarray(data.y)].mean()
        assert run.history.train_loss[row] == pytest.approx(loss, rel=1e-4)
        answered = np.asarray(h(data.points)).argmax(axis=1)
        true_error = 1 - mass[np.arange(len(mass)), answered].sum() / mass.sum()
        assert run.history.true_error[row] == pytest.approx(true_error, abs=2e-6)
        kernels = [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(h, nnx.Param))]
        squares = sum((kernel**2).sum() for kernel in kernels if kernel.ndim > 1)
        assert run.history.penalty[row] == pytest.approx(0.01 * squares, rel=1e-4)
    assert (run.history.true_low <= run.history.true_error).all()
    assert (run.history.true_error <= run.history.true_high).all()


# The gradient of a bias before batch norm is round-off, which Adam blows up to full steps.
@pytest.mark.parametrize(
    ("batch_norm", "optimizer", "peer"),
    [(False, "adam", optax.adam), (False, "sgd", optax.sgd), (True, "sgd", optax.sgd)],
)
def test_equals_a_plain_nnx_loop(batch_norm, optimizer, peer):
    """The textbook loop: one nnx.Optimizer, one update a batch, no trick of ours."""
    model = MLPConfig(widths=(8,), batch_norm=batch_norm)
    experiment = dataclasses.replace(SMALL, model=model, optimizer=optimizer)
    run = fit(experiment.replace(learning_rate=0.01))
    data = data_of(run.distribution, run.experiment.draw, 40)
    model = build(experiment.model, (2,), 2, rngs=nnx.Rngs(streams(jnp.uint32(0)).weights))
    plain_loop.train(model, peer(0.01), data, experiment.num_steps)
    plain = nnx.view(model, deterministic=True, use_running_average=True)
    np.testing.assert_allclose(run.hypotheses[-1](data.x), plain(data.x), atol=2e-5)


@pytest.mark.parametrize("chunk", [1, 5, 8, 13])
def test_changes_replay_to_the_same_numbers_whatever_the_chunk(chunk):
    changes = ((8, "dropout_rate", 0.4), (11, "noise", 0.3), (24, "learning_rate", 0.01))
    experiment = dataclasses.replace(SMALL, changes=changes)
    whole = fit(experiment)
    trainer = Trainer(experiment)
    while trainer.advance(chunk):
        pass
    assert_same(trainer.trajectory.history, whole.history)
    live = Trainer(SMALL)
    for step, name, value in changes:
        while live.step < step:
            live.advance(min(chunk, step - live.step))
        live.set(**{name: value})
    while live.advance(chunk):
        pass
    assert live.experiment == experiment
    assert_same(live.trajectory.history, whole.history)


def test_no_hyper_value_recompiles():
    fit(SMALL)
    with count_compilations() as compilations:
        for name, value in OTHER.items():
            fit(SMALL.replace(num_steps=16, **{name: value}))
        fit(dataclasses.replace(SMALL, changes=tuple((16, *moved) for moved in OTHER.items())))
        fit(SMALL.replace(seed=7, draw=9, num_steps=64))
        assert compilations() == 0
    with count_compilations() as compilations:
        fit(dataclasses.replace(SMALL, model=MLPConfig(widths=(9,))))
        assert compilations() > 0


@pytest.mark.costly
@pytest.mark.parametrize("name", OTHER)
def test_every_hyper_value_acts(name):
    optimizer = "momentum" if name == "momentum" else "adam"
    experiment = dataclasses.replace(SMALL, optimizer=optimizer)
    plain = fit(experiment).history
    moved = fit(experiment.replace(**{name: OTHER[name]})).history
    assert (plain.train_loss[1:] != moved.train_loss[1:]).any()


def test_seed_draw_and_repetition():
    first = fit(SMALL)
    assert_same(first.history, fit(SMALL).history)
    assert (first.history.train_loss != fit(SMALL.replace(seed=1)).history.train_loss).any()
    assert (first.history.train_loss != fit(SMALL.replace(draw=1)).history.train_loss).any()


def test_twins_share_data_weights_and_order_and_differ_in_one_value():
    pair = twins(SMALL, dropout_rate=[0.2, 0.5], l2=0.01)
    assert [name_of(twin) for twin in pair] == ["dropout 0.2", "dropout 0.5", "L2 0.01"]
    plain, dropped = fit(SMALL), fit(pair[1])
    assert plain.history.train_loss[0] == dropped.history.train_loss[0]
    assert plain.history.train_loss[-1] != dropped.history.train_loss[-1]
    with pytest.raises(ValueError, match="twin: expected one of learning_rate"):
        twins(SMALL, droput=0.5)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_diverging_run_keeps_its_earlier_history(optimizer, batch_norm):
    experiment = dataclasses.replace(
        SMALL,
        num_steps=4000,
        optimizer=optimizer,
        model=MLPConfig(widths=(8,), batch_norm=batch_norm),
        changes=((16, "learning_rate", 1000.0),),
    )
    run = fit(experiment)
    assert run.diverged
    assert run.history.step[:3].tolist() == [0, 8, 16]
    assert np.isfinite(run.history.train_loss).all()


@pytest.mark.costly
@pytest.mark.parametrize("config", [LinearConfig(), MLPConfig(widths=())])
def test_a_linear_hypothesis_space(config):
    experiment = dataclasses.replace(SMALL, model=config, num_steps=400)
    run = fit(experiment.replace(learning_rate=0.03))
    assert run.history.true_error[-1] < 0.3


def test_digits_are_enumerated():
    run = fit(SMALL.replace(distribution="digits", num_steps=12, label_noise=0.2))
    np.testing.assert_array_equal(run.history.true_low, run.history.true_high)
    noise_floor = 0.2
    errors = (run.history.true_error - noise_floor) / (1 - 0.2 * 10 / 9) * 1797
    np.testing.assert_allclose(errors, np.round(errors), atol=0.02)


one_program = functools.partial(jax.jit, static_argnums=(0, 2))  # and not one an operation


class Ring:
    """A distribution of a user's, by the protocol alone: the label is the sign of x1 * x2."""

    input_shape = (2,)
    num_classes = 2

    @one_program
    def sample(self, key, n):
        x = jax.random.normal(key, (n, 2))
        return distributions.Sample(x, (x[:, 0] * x[:, 1] > 0).astype(jnp.int32))

    @one_program
    def evaluation(self, key, num_points):
        x, y = self.sample(key, num_points)
        return x, jax.nn.one_hot(y, 2) / num_points

    def bayes_error(self):
        return None

    def true_error(self, predict, *, half_width=0.002, key=None):
        return distributions.true_error_from(self, predict, half_width=half_width, key=key)


class Net(nnx.Module):
    def __init__(self, rngs):
        self.hidden = nnx.Linear(2, 16, rngs=rngs)
        self.drop = nnx.Dropout(0.1, rngs=rngs)
        self.out = nnx.Linear(16, 2, rngs=rngs)

    def __call__(self, x, *, rngs=None):
        return self.out(self.drop(jnp.tanh(self.hidden(x)), rngs=rngs))


@pytest.mark.slow
def test_objects_of_the_user():
    run = fit(small.OWN.replace(num_steps=200), distribution=Ring(), model=Net)
    assert run.history.train_loss[-1] < run.history.train_loss[0]
    x = jnp.ones((3, 2))
    np.testing.assert_array_equal(run.hypotheses[-1](x), run.hypotheses[-1](x))


class Incomplete:
    input_shape = (2,)
    num_classes = 2

    def sample(self, key, n):
        raise AssertionError("never reached")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"experiment": "moons"}, "experiment: expected an Experiment"),
        ({"distribution": Incomplete()}, "evaluation, bayes_error, true_error"),
        ({"model": 3}, "model: expected a factory"),
        ({"model": lambda rngs: nnx.Linear(2, 3, rngs=rngs)}, r"scores of shape \(n, 2\)"),
        ({"model": lambda rngs: 3}, "model: expected a factory"),
        ({"experiment": SMALL.replace(label_noise=0.9)}, "label_noise: expected"),
        ({"experiment": dataclasses.replace(SMALL, changes=((3, "label_noise", 0.7),))}, "label_n"),
    ],
)
def test_bad_input_is_a_line_that_says_what_was_expected(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        fit(**{"experiment": SMALL, **arguments})
    assert "\n" not in str(caught.value)


def test_the_public_face():
    assert reglab.fit is fit
    assert reglab.Hyper is Hyper
