"""Weight averages of runs."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import LinearConfig, fit
from reglab.training import ema, errors_of, swa
from tests import small

DIGITS = small.SMALL.replace(distribution="digits", num_steps=44)  # of few examples, all known
STEPS = [0, 8, 16, 24, 32, 40, 44]


@pytest.fixture(scope="module")
def linear():
    return fit(DIGITS.replace(model=LinearConfig()))


@pytest.fixture(scope="module")
def run():
    return fit(DIGITS)


@pytest.fixture(scope="module")
def x(run):
    return run.distribution.sample(jax.random.key(9), 50).x


def leaves(hypothesis):
    return [np.asarray(leaf, float) for leaf in jax.tree.leaves(nnx.state(hypothesis, nnx.Param))]


def by_a_loop(run, decay, start):
    rows = [row for row, step in enumerate(run.history.step) if step >= start]
    mean = leaves(run.hypotheses[rows[0]])
    for row in rows[1:]:
        new = leaves(run.hypotheses[row])
        mean = [decay * old + (1 - decay) * one for old, one in zip(mean, new, strict=True)]
    return mean, len(rows)


@pytest.mark.parametrize(("start", "num_rows"), [(0, 7), (9, 5), (40, 2), (44, 1), (None, 2)])
def test_swa_of_a_linear_model_averages_its_outputs(linear, x, start, num_rows):
    assert linear.history.step.tolist() == STEPS
    averaged = swa(linear, start=start)
    assert averaged.num_rows == num_rows
    outputs = np.mean([h(x) for h in linear.hypotheses[-num_rows:]], axis=0)
    np.testing.assert_allclose(averaged.hypothesis(x), outputs, atol=1e-6)


@pytest.mark.parametrize("start", [0, 8, 33])
def test_swa_is_the_mean_of_the_weights(run, start):
    averaged = swa(run, start=start)
    kept = [h for h, step in zip(run.hypotheses, STEPS, strict=True) if step >= start]
    for got, *every in zip(leaves(averaged.hypothesis), *map(leaves, kept), strict=True):
        np.testing.assert_allclose(got, np.mean(every, axis=0), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("start", [0, 20, 44])
def test_ema_equals_a_loop(run, decay, start):
    averaged = ema(run, decay=decay, start=start)
    expected, num_rows = by_a_loop(run, decay, start)
    for got, want in zip(leaves(averaged.hypothesis), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-7)
    assert averaged.num_rows == (num_rows if decay else 1)


def test_ema_of_a_linear_model_averages_its_outputs(linear, x):
    outputs = np.asarray(linear.hypotheses[0](x))
    for h in linear.hypotheses[1:]:
        outputs = 0.7 * outputs + 0.3 * np.asarray(h(x))
    np.testing.assert_allclose(ema(linear, decay=0.7).hypothesis(x), outputs, atol=1e-6)


@pytest.mark.parametrize("average", [lambda run: swa(run, start=44), lambda run: ema(run, decay=0)])
def test_the_last_row_alone_has_its_errors(run, average):
    averaged, history = average(run), run.history
    assert averaged.train_error == pytest.approx(history.train_error[-1], abs=1e-6)
    assert averaged.true_error.value == pytest.approx(history.true_error[-1], abs=1e-6)


def test_errors_are_those_of_the_averaged_hypothesis(run):
    averaged = swa(run, start=0)
    assert errors_of(averaged.hypothesis, run) == averaged[2:]
    data = run.distribution.sample(jax.random.key(run.experiment.draw), 40)
    answers = np.asarray(averaged.hypothesis(data.x)).argmax(axis=1)
    assert averaged.train_error == (answers != np.asarray(data.y)).mean()
    fresh = run.distribution.sample(jax.random.key(77), 100_000)
    wrong = (np.asarray(averaged.hypothesis(fresh.x)).argmax(axis=1) != np.asarray(fresh.y)).mean()
    assert averaged.true_error.value == pytest.approx(wrong, abs=0.008)  # over 5 standard errors
    assert averaged.true_error.low <= averaged.true_error.value <= averaged.true_error.high


def test_training_examples_are_the_first_num_train():
    run = fit(DIGITS.replace(num_steps=8, num_train=13))
    error = errors_of(run.hypotheses[-1], run).train_error
    assert error == pytest.approx(run.history.train_error[-1], abs=1e-6)
    assert (13 * error).is_integer()


@pytest.mark.slow
def test_a_model_that_cannot_be_folded_keeps_its_batch_norm():
    class Own(nnx.Module):
        def __init__(self, rngs):
            self.linear = nnx.Linear(2, 2, rngs=rngs)
            self.norm = nnx.BatchNorm(2, rngs=rngs)
            self.dropout = nnx.Dropout(0.5, rngs=rngs)  # its counter and key have no mean

        def __call__(self, x, rngs=None):
            return self.dropout(self.norm(self.linear(x)), rngs=rngs)

    run = fit(small.OWN.replace(num_steps=16), model=Own)
    averaged = swa(run, start=8)
    means = [h.norm.mean[...] for h in run.hypotheses[1:]]
    assert np.ptp(means, axis=0).min() > 0
    np.testing.assert_allclose(
        averaged.hypothesis.norm.mean[...], np.mean(means, axis=0), rtol=1e-6
    )


@pytest.mark.costly
@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16, jnp.float32])
@pytest.mark.parametrize("average", [swa, ema])
def test_weights_of_every_floating_dtype_are_averaged(dtype, average):
    class Own(nnx.Module):
        def __init__(self, rngs):
            self.linear = nnx.Linear(2, 2, param_dtype=dtype, rngs=rngs)

        def __call__(self, x, rngs=None):
            return self.linear(x)

    experiment = dataclasses.replace(small.OWN, optimizer="sgd", num_steps=24)
    run = fit(experiment.replace(learning_rate=1.0), model=Own)
    found = average(run, start=0)
    rows = [np.asarray(h.linear.kernel[...], float) for h in run.hypotheses]
    assert np.ptp(rows, axis=0).max() > 0.1
    weights = np.full(4, 0.25) if average is swa else [0.9**3, 0.1 * 0.9**2, 0.1 * 0.9, 0.1]
    kernel = found.hypothesis.linear.kernel[...]
    assert kernel.dtype == dtype
    expected = jnp.asarray(np.tensordot(weights, rows, 1), dtype)
    np.testing.assert_allclose(
        np.asarray(kernel, float), np.asarray(expected, float), rtol=float(jnp.finfo(dtype).eps)
    )


BAD = {
    "decay: expected a number from 0 to below 1, got 1": lambda run: ema(run, decay=1),
    "decay: expected a number from 0 to below 1, got nan": lambda run: ema(run, decay=np.nan),
    "start: expected a whole number from 0 to 44, got 45": lambda run: swa(run, start=45),
    "start: expected a whole number from 0 to 44, got 1.5": lambda run: ema(run, start=1.5),
    "run: expected at least one row of history, got none": lambda run: swa(
        dataclasses.replace(run, history=jax.tree.map(lambda c: c[:0], run.history))
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_inputs_are_named_in_one_line(run, message):
    with pytest.raises(ValueError, match=f"^{message}") as raised:
        BAD[message](run)
    assert "\n" not in str(raised.value)
