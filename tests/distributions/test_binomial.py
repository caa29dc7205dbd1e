"""Bounds of errors over independent draws."""

import jax
import numpy as np
import pytest
from scipy.stats import binomtest

from reglab import distributions
from reglab.distributions import binomial_bounds

sampled_error = jax.jit(distributions.sampled_error)
exact_error = jax.jit(lambda p, m: distributions.weighted_error(p, m, exact=True))


@pytest.mark.parametrize("n", [1, 7, 200])
@pytest.mark.parametrize("level", [0.05, 5e-5])
def test_bounds_are_clopper_and_pearsons(n, level):
    bounds = binomial_bounds(n, level)
    for count in range(0, n + 1, max(1, n // 10)):
        exact = binomtest(count, n).proportion_ci(1 - level, "exact")
        np.testing.assert_allclose(bounds[:, count], [exact.low, exact.high], atol=1e-6)


def test_an_error_takes_the_bounds_of_its_count():
    n, labels = 500, np.random.default_rng(0).integers(0, 3, 500)
    mass, bounds = np.eye(3, dtype=np.float32)[labels] / n, binomial_bounds(n)
    for count in (0, 1, 123, 499, 500):
        predicted = np.where(np.arange(n) < count, (labels + 1) % 3, labels)
        value, low, high = sampled_error(predicted, mass, bounds)
        assert value == exact_error(predicted, mass)[0]
        assert value == pytest.approx(count / n, abs=1e-6)
        assert (low, high) == tuple(bounds[:, count])


def test_label_noise_lies_inside_of_the_bounds():
    n, eta = 1000, 0.3
    labels = np.arange(n) % 2
    mass = ((np.eye(2)[labels] * (1 - 2 * eta) + eta) / n).astype(np.float32)
    predicted = np.where(np.arange(n) < 100, 1 - labels, labels)
    value, low, high = sampled_error(predicted, mass, binomial_bounds(n))
    assert value == pytest.approx(0.1 * 0.7 + 0.9 * 0.3, abs=1e-5)
    assert low < value < high


def test_bounds_of_a_thousand_hypotheses_hold_at_once():
    rng, n, m = np.random.default_rng(1), 2000, 1000
    bounds, errors = binomial_bounds(n), rng.uniform(0.0, 0.5, m)
    missed = 0
    for _ in range(200):
        counts = np.searchsorted(np.sort(rng.random(n)), errors)  # the same draws for all
        low, high = bounds[:, counts]
        missed += bool(((errors < low) | (errors > high)).any())
    assert missed <= 10
