"""Monte Carlo dropout, and the trained module that it needs."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from scipy.special import softmax

from reglab import fit
from reglab.config import MLPConfig
from reglab.nn import MLP, Dropout, set_dropout_rate
from reglab.training import (
    Trainer,
    dropout_samples,
    inference,
    mc_dropout,
    mc_dropout_error,
    mc_predictor,
    run_of,
)
from tests import small

RATE, KEEP, NUM_SAMPLES = 0.3, 0.7, 4000
DROPPED = dataclasses.replace(
    small.SMALL,
    distribution="gauss",
    num_steps=24,
    model=MLPConfig(widths=(8,), batch_norm=True, dropout_scaling="classic"),
    changes=((8, "dropout_rate", 0.5), (16, "dropout_rate", 0.25)),
)
X = jnp.array([[0.5, -1.0], [2.0, 0.3], [-1.0, 1.5]])
scalings = pytest.mark.parametrize("scaling", ["inverted", "classic"])


def network(scaling="inverted", rate=RATE, widths=(6,)):
    return MLP(
        2, widths, 3, activation="tanh", dropout_rate=rate, dropout_scaling=scaling,
        rngs=nnx.Rngs(4),
    )  # fmt: skip


@pytest.fixture(scope="module")
def run():
    return fit(DROPPED)


def rates(model):
    return [float(m.rate[...]) for _, m in nnx.iter_modules(model) if isinstance(m, Dropout)]


@pytest.mark.slow
def test_the_model_of_a_run_predicts_as_its_last_hypothesis(run):
    assert run.model.batch_norm
    assert rates(run.model) == [0.25]  # the last one, which the classic scaling depends on
    np.testing.assert_allclose(inference(run.model)(X), run.hypotheses[-1](X), atol=1e-5)


def test_each_model_is_a_copy(run):
    before = np.asarray(run.model.linears[0].kernel[...])
    model = run.model
    model.linears[0].kernel.set_value(jnp.zeros_like(before))
    nnx.view(model, deterministic=False, use_running_average=False)(X, rngs=nnx.Rngs(0))
    np.testing.assert_array_equal(run.model.linears[0].kernel[...], before)


def test_the_model_of_an_unfinished_run_is_that_of_the_steps_taken():
    trainer = Trainer(DROPPED)
    assert trainer.trained is None
    while trainer.step < 16:
        trainer.advance(16 - trainer.step)
    early = run_of(trainer)
    assert rates(early.model) == [0.5]  # the change at step 16 has not acted
    trainer.advance(8)
    np.testing.assert_allclose(inference(early.model)(X), early.hypotheses[-1](X), atol=1e-5)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"diverged": True}, "run: expected one that did not diverge, got one that did"),
        ({"trained": None}, "run: expected one that has been trained, got one without a state"),
    ],
)
def test_a_run_that_diverged_or_never_began_has_no_model(run, field, message):
    with pytest.raises(ValueError, match=message):
        _ = dataclasses.replace(run, **field).model


def test_rate_0_is_prediction():
    """Another program may round otherwise; within one, no sample differs from the next."""
    model = network(rate=0.0)
    samples = dropout_samples(model, X, num_samples=7)
    expected = inference(model)(X)
    np.testing.assert_array_equal(samples, jnp.broadcast_to(samples[0], samples.shape))
    np.testing.assert_allclose(samples[0], expected, rtol=1e-6, atol=1e-7)
    mean = mc_dropout(model, X, num_samples=7)
    np.testing.assert_array_equal(mean, mc_dropout(model, X, num_samples=2))
    np.testing.assert_allclose(mean, jax.nn.softmax(expected), rtol=1e-6)


@scalings
def test_mean_and_variance_of_one_dropped_layer(scaling):
    """The mean is that of weight scaling; the variance is the formula of a linear read-out."""
    model = network(scaling)
    samples = np.asarray(dropout_samples(model, X, num_samples=NUM_SAMPLES), float)
    hidden = np.tanh(np.asarray(model.linears[0](X), float))
    squares = hidden**2 @ np.asarray(model.linears[1].kernel[...], float) ** 2
    factor = (1 - KEEP) / KEEP if scaling == "inverted" else KEEP * (1 - KEEP)
    variance = samples.var(axis=0, ddof=1)
    np.testing.assert_allclose(variance, factor * squares, rtol=0.1)
    error = np.sqrt(factor * squares / NUM_SAMPLES)
    assert (np.abs(samples.mean(axis=0) - inference(model)(X)) < 4 * error).all()


@scalings
def test_many_samples_reach_the_mean_over_all_masks(scaling):
    model = network(scaling)
    hidden = np.tanh(np.asarray(model.linears[0](X), float))
    readout = model.linears[1]
    kernel, bias = (np.asarray(part[...], float) for part in (readout.kernel, readout.bias))
    exact = np.zeros((3, 3))
    for number in range(2**6):
        mask = np.array([number >> bit & 1 for bit in range(6)])
        chance = np.prod(np.where(mask, KEEP, RATE))
        scale = mask / KEEP if scaling == "inverted" else mask
        exact += chance * softmax(hidden * scale @ kernel + bias, axis=1)
    mean = mc_dropout(model, X, num_samples=NUM_SAMPLES)
    np.testing.assert_allclose(mean, exact, atol=0.015)  # 4 standard errors of a share
    assert np.abs(exact - jax.nn.softmax(inference(model)(X))).max() > 0.001


def test_probabilities_are_the_mean_over_the_samples():
    model, key = network(widths=(6, 5)), jax.random.key(2)
    scores = dropout_samples(model, X, num_samples=7, key=key)
    assert scores.shape == (7, 3, 3)
    expected = softmax(np.asarray(scores, float), axis=2).mean(axis=0)
    np.testing.assert_allclose(mc_dropout(model, X, num_samples=7, key=key), expected, atol=1e-6)
    other = mc_dropout(model, X, num_samples=7, key=jax.random.key(3))
    assert np.abs(other - expected).max() > 1e-3


def test_each_sample_is_one_network_for_all_examples():
    model = network(widths=(6, 5))
    together = dropout_samples(model, X, num_samples=7)
    alone = [dropout_samples(model, x[None], num_samples=7)[:, 0] for x in X]
    np.testing.assert_allclose(together, np.stack(alone, axis=1), atol=1e-6)
    same = dropout_samples(model, jnp.stack([X[0]] * 3), num_samples=7)
    np.testing.assert_array_equal(same[:, 0], same[:, 1])
    assert len(np.unique(same[:, 0, 0])) > 1


def test_the_key_that_is_left_out_is_a_fixed_one():
    model, key = network(), jax.random.key(0)
    first = dropout_samples(model, X, num_samples=7)
    np.testing.assert_array_equal(first, dropout_samples(model, X, num_samples=7, key=key))


def test_batch_norm_uses_its_running_statistics(run):
    alone = mc_dropout(run, X[:1], num_samples=4)
    np.testing.assert_allclose(mc_dropout(run, X, num_samples=4)[:1], alone, atol=1e-6)
    np.testing.assert_array_equal(alone, mc_dropout(run.model, X[:1], num_samples=4))
    model = run.model
    model.train()
    set_dropout_rate(model, 0.0)
    expected = jax.nn.softmax(inference(model)(X))
    np.testing.assert_allclose(mc_dropout(model, X, num_samples=4), expected, atol=1e-6)


def test_errors_beside_weight_scaling(run):
    errors = mc_dropout_error(run, num_samples=4)
    last = run.history
    assert errors.weight_scaling.train_error == pytest.approx(last.train_error[-1], abs=1e-6)
    assert errors.weight_scaling.true_error.value == pytest.approx(last.true_error[-1], abs=0.004)
    predict = mc_predictor(run, num_samples=4)
    fresh = run.distribution.sample(jax.random.key(77), 100_000)
    wrong = (np.asarray(predict(fresh.x)).argmax(axis=1) != np.asarray(fresh.y)).mean()
    assert errors.mc_dropout.true_error.value == pytest.approx(wrong, abs=0.008)
    sample = run.distribution.sample(jax.random.key(0), 40)
    wrong = (np.asarray(predict(sample.x)).argmax(axis=1) != np.asarray(sample.y)).mean()
    assert errors.mc_dropout.train_error == wrong


@pytest.mark.parametrize("is_wide", [False, True])
def test_a_model_of_the_users_with_flax_dropout(is_wide):
    class Own(nnx.Module):
        def __init__(self, rngs):
            self.linear = nnx.Linear(2, 2, rngs=rngs)
            self.dropout = nnx.Dropout(0.5, rngs=rngs)

        def __call__(self, x, rngs=None):
            return self.linear(self.dropout(x, rngs=rngs))

    with jax.enable_x64(is_wide):
        model, x = Own(nnx.Rngs(0)), jnp.asarray(X, float)
        samples = np.asarray(dropout_samples(model, x, num_samples=2000), float)
        np.testing.assert_allclose(samples.mean(axis=0), inference(model)(x), atol=0.15)


BAD = {
    "num_samples: expected a whole number from 1": {"num_samples": 0},
    "key: expected one jax.random.key, got 3": {"key": 3},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_inputs_are_named_in_one_line(message):
    with pytest.raises(ValueError, match=f"^{message}") as raised:
        mc_dropout(network(), X, **BAD[message])
    assert "\n" not in str(raised.value)


@pytest.mark.slow
def test_neither_run_nor_module():
    with pytest.raises(ValueError, match=r"^model: expected a run or an nnx.Module, got int$"):
        mc_dropout(3, X)
    with pytest.raises(ValueError, match=r"^run: expected what fit returns, got MLP$"):
        mc_dropout_error(network())
