"""Errors that are counts: count / n, rounded once, on every device and wherever they are taken."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab import Experiment, distributions, fit, fit_population
from reglab.config import LinearConfig
from reglab.distributions import quotients
from reglab.training.predictions import predictions_on

SIZES = (1, 2, 3, 7, 100, 1797, 4096, 5000, 60_000, 2**20 - 1, 2**22)
LABEL_NOISES = (0.0, 0.1, 0.2, 0.37, 0.5, 0.9)
digits = distributions.get("digits")


@jax.jit
def exact_error(predicted, mass):
    return jnp.stack(distributions.weighted_error(predicted, mass, exact=True))


exact_errors = jax.jit(jax.vmap(exact_error, (0, None)))


def nearest(count, n):
    """count / n in float32."""
    return (np.asarray(count, float) / n).astype(np.float32)


@pytest.mark.parametrize("ulps", [-2, -1, 0, 1, 2])
def test_quotients_are_rounded_once_however_a_device_divides(monkeypatch, ulps):
    def near(part, whole):
        exact = part.astype(jnp.float32) / whole.astype(jnp.float32)
        bits = jax.lax.bitcast_convert_type(exact, jnp.int32)
        return jax.lax.bitcast_convert_type(bits + ulps, jnp.float32)

    monkeypatch.setattr(quotients, "_near", near)
    quotient = jax.jit(quotients.quotient)
    rng = np.random.default_rng(0)
    for n in SIZES:
        ends = np.r_[np.arange(500), n - np.arange(500), n >> np.arange(20)]
        count = np.r_[ends[(ends >= 0) & (ends <= n)], rng.integers(0, n + 1, 3000)]
        count = np.resize(count, 4020)  # one shape, compiled once
        unit = 2**28 // n
        whole = np.full(len(count), n * unit, np.uint32)
        got = quotient((count * unit).astype(np.uint32), whole)
        np.testing.assert_array_equal(got, nearest(count, n))


def missing(labels, count, rng):
    """Answers that miss so many labels, anywhere."""
    missed = rng.permutation(len(labels))[:count]
    predicted = np.array(labels)
    predicted[missed] = (predicted[missed] + rng.integers(1, 10, count)) % 10
    return predicted


@pytest.mark.parametrize("n", [17, 1797, 5000])
@pytest.mark.parametrize("eta", LABEL_NOISES)
def test_equal_masses(n, eta):
    rng = np.random.default_rng(n)
    labels = rng.integers(0, 10, n)
    clean = np.eye(10, dtype=np.float32)[labels] / np.float32(n)
    mass = distributions.get("digits", label_noise=eta).with_label_noise(clean)
    counts = np.repeat([0, 1, n // 3, n // 2, n - 1, n], 3)
    predicted = np.array([missing(labels, count, rng) for count in counts])
    mapped = np.asarray(exact_errors(predicted, mass))
    for count, p, row in zip(counts, predicted, mapped, strict=True):
        assert (row == row[0]).all()
        np.testing.assert_array_equal(exact_error(p, mass), row)
        same = mapped[counts == count, 0]
        assert (same == same[0]).all()  # equal counts are equal errors, wherever they lie
    if eta == 0:
        np.testing.assert_array_equal(mapped[:, 0], nearest(counts, n))
    noise = float(np.float32(eta))
    expected = noise + (1 - noise * 10 / 9) * counts / n
    # Masses are float32, so each class is known to half a unit in the last place.
    np.testing.assert_allclose(mapped[:, 0], expected, rtol=3 * 2.0**-24, atol=1e-9)


def test_unequal_masses():
    rng = np.random.default_rng(0)
    mass = rng.dirichlet(np.full(3 * 999, 0.2)).reshape(999, 3).astype(np.float32)
    predicted = rng.integers(-1, 3, (20, 999))
    right = np.where(
        predicted < 0, 0, np.take_along_axis(mass[None], predicted[..., None], 2)[..., 0]
    )
    held = mass.astype(float).sum()
    error = jax.jit(jax.vmap(lambda p: distributions.weighted_error(p, mass, exact=True)[0]))
    np.testing.assert_allclose(
        error(predicted), 1 - right.sum(axis=1, dtype=float) / held, rtol=2e-7
    )


@pytest.mark.parametrize("label_noise", [0.0, 0.2])
def test_recorded_rows_of_digits(label_noise):
    base = Experiment(
        distribution="digits", model=LinearConfig(), num_steps=30, eval_every=10
    ).replace(label_noise=label_noise)
    run = fit(base)
    images, labels = digits.population()
    answers = predictions_on(run.hypotheses, np.arange(4), images)
    count = (answers != labels).sum(axis=1)
    history = run.history
    if label_noise == 0:
        np.testing.assert_array_equal(history.true_error, nearest(count, 1797))
    clean = nearest(count, 1797).astype(float)
    noise = float(np.float32(label_noise))
    expected = noise + (1 - noise * 10 / 9) * clean
    np.testing.assert_allclose(history.true_error, expected, rtol=3 * 2.0**-24)
    np.testing.assert_array_equal(history.true_low, history.true_error)
    np.testing.assert_array_equal(history.true_high, history.true_error)
    estimate = run.distribution.true_error(run.hypotheses[-1])
    assert estimate.value == estimate.low == estimate.high
    if label_noise == 0:
        assert np.float32(estimate.value) == history.true_error[-1]


@pytest.mark.slow
def test_recorded_rows_of_a_population():
    base = Experiment(
        distribution="digits", model=LinearConfig(), num_steps=20, eval_every=10
    ).replace(label_noise=0.0)
    population = fit_population([base, base.replace(seed=1)])
    errors = np.concatenate([run.history.true_error for run in population])
    assert np.isin(errors, nearest(np.arange(1798), 1797)).all()
