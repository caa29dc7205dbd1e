"""Weighted points: their masses, the sum over them, and its interval."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import t as student

from reglab import distributions
from reglab.distributions.sequences import independent, low_discrepancy, unit
from tests.distributions.reference import (
    CASES,
    CLASSES,
    HELD_OUT,
    MILLION,
    NOISES,
    QUICK,
    SIZES,
    hypotheses,
    monte_carlo,
    posterior,
)

KEY = jax.random.key(4)
exact_error = jax.jit(lambda p, m: distributions.weighted_error(p, m, exact=True))
weighted_error = jax.jit(lambda p, m: distributions.weighted_error(p, m, exact=False))
net = jax.jit(low_discrepancy, static_argnums=(1, 2))


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("num_points", [1, 4097])
def test_masses_sum_to_one(name, num_points):
    for value in (0, 0.3):
        numbers = dict.fromkeys(distributions.get(name).ranges, value)
        distribution = distributions.get(name, **numbers)
        x, mass = distribution.evaluation(KEY, num_points)
        n = SIZES.get(name, min(num_points, HELD_OUT.get(name, num_points)))
        assert x.shape == (n, *distribution.input_shape)
        assert mass.shape == (n, distribution.num_classes)
        assert (x.dtype, mass.dtype) == (jnp.float32, jnp.float32)
        assert mass.min() >= 0
        np.testing.assert_allclose(np.asarray(mass, float).sum(), 1, atol=1e-5)


@pytest.mark.costly
@pytest.mark.parametrize(("name", "noise"), CASES)
def test_masses_are_the_posterior(name, noise):
    n = 160 if name == "spiral" else 2000
    x, mass = distributions.get(name, noise=noise).evaluation(KEY, n)
    expected = posterior(name, noise, np.asarray(x, float))
    # The spiral's boxes hold so many nodes of an arm, in the code and in the reference.
    tolerance = 0.03 if name == "spiral" else 1e-3
    np.testing.assert_allclose(np.asarray(mass)[:, 1] * n, expected, atol=tolerance)


@pytest.mark.parametrize("name", ["moons", "spiral"])
def test_without_noise_masses_are_the_own_label(name):
    distribution = distributions.get(name, noise=0)
    _, mass = distribution.evaluation(KEY, 1024)
    np.testing.assert_allclose(np.asarray(mass).max(axis=1) * 1024, 1, atol=1e-3)
    own = np.asarray(net(KEY, 1024, distribution.num_free))[:, 0] >= 2**31
    assert (np.asarray(mass).argmax(axis=1) == own).mean() > 0.998


@pytest.mark.costly
@pytest.mark.parametrize(("name", "noise"), CASES)
def test_one_set_is_as_good_as_a_million_draws(name, noise):
    n, shares = MILLION, monte_carlo(name, noise, QUICK, MILLION)
    x, mass = distributions.get(name, noise=noise).evaluation(jax.random.key(0), 16_384)
    for label in QUICK:
        is_one = hypotheses(name, noise)[label]
        predicted = jnp.asarray(is_one(np.asarray(x, float)).astype(np.int32))
        value, low, high = (float(v) for v in weighted_error(predicted, mass))
        spread = 4 * np.sqrt(shares[label] * (1 - shares[label]) / n) + 1e-5
        assert abs(value - shares[label]) <= 0.001 + spread, label
        assert low - spread <= shares[label] <= high + spread, label


@pytest.mark.parametrize("num_points", [16, 1000, 1003])
def test_interval_is_students_over_eight_strided_sets(num_points):
    rng = np.random.default_rng(num_points)
    mass = rng.uniform(size=(num_points, 3))
    mass[::5] = 0
    mass /= mass.sum()
    predicted = rng.integers(0, 3, num_points)
    wrong = mass.sum(axis=1) - mass[np.arange(num_points), predicted]
    subsets = [slice(s, None, 8) for s in range(8)]
    errors = [wrong[s].sum() / mass[s].sum() for s in subsets]
    half = student.ppf(0.975, 7) * np.std(errors, ddof=1) / np.sqrt(8)
    half = max(half, 3 * mass.sum(axis=1).max())
    expected = [wrong.sum(), max(wrong.sum() - half, 0), min(wrong.sum() + half, 1)]
    got = weighted_error(jnp.asarray(predicted), jnp.asarray(mass, jnp.float32))
    np.testing.assert_allclose([float(v) for v in got], expected, atol=2e-5)


def test_no_spread_still_leaves_room_for_what_no_point_has_hit():
    mass = jnp.full((1000, 2), 1 / 2000).at[:, 0].set(0).at[:, 1].set(1 / 1000)
    value, low, high = weighted_error(jnp.ones(1000, int), mass)
    assert (float(value), float(low)) == (0, 0)
    assert float(high) == pytest.approx(3 / 1000)


def test_weighted_error_maps_over_hypotheses():
    rng = np.random.default_rng(0)
    mass = jnp.asarray(rng.dirichlet(np.ones(800 * 2)).reshape(800, 2), jnp.float32)
    predicted = jnp.asarray(rng.integers(0, 2, (5, 800)))
    mapped = jax.jit(
        jax.vmap(lambda p: jnp.stack(distributions.weighted_error(p, mass, exact=False)))
    )(predicted)
    for row, p in zip(mapped, predicted, strict=True):
        alone = jnp.stack(weighted_error(p, mass))
        assert row[0] == alone[0]  # sums of whole numbers: to the last bit
        np.testing.assert_allclose(row, alone, atol=1e-6)


@pytest.mark.parametrize("name", NOISES)
def test_label_noise_moves_every_error_by_the_formula(name):
    predicted = np.random.default_rng(2).integers(0, 2, 4097)
    x, mass = distributions.get(name).evaluation(KEY, 4097)
    clean = float(weighted_error(predicted, mass)[0])
    for eta in (0.1, 0.25, 0.5):
        x_noisy, noisy = distributions.get(name, label_noise=eta).evaluation(KEY, 4097)
        np.testing.assert_array_equal(x, x_noisy)
        got = float(weighted_error(predicted, noisy)[0])
        assert got == pytest.approx(eta + (1 - 2 * eta) * clean, abs=3e-6)


@pytest.mark.parametrize(
    ("predicted", "mass", "exact", "said"),
    [
        (np.zeros(20, int), np.zeros((21, 2)), False, r"got \(20,\) and \(21, 2\)"),
        (np.zeros((20, 1), int), np.zeros((20, 2)), True, r"got \(20, 1\) and \(20, 2\)"),
        (np.zeros(20, int), np.zeros(20), True, "expected predicted"),
        (np.zeros(15, int), np.zeros((15, 2)), False, "expected at least 16 points, got 15"),
    ],
)
def test_weighted_error_refuses_what_does_not_fit(predicted, mass, exact, said):
    with pytest.raises(ValueError, match=said):
        distributions.weighted_error(jnp.asarray(predicted), jnp.asarray(mass), exact=exact)


@pytest.mark.parametrize("num_coordinates", [2, 3])
@pytest.mark.parametrize("num_points", [1000, 10_000, 2**16])
def test_spread_points_are_spread(num_coordinates, num_points):
    u = np.asarray(unit(net(KEY, num_points, num_coordinates)), float)
    assert ((u > 0) & (u < 1)).all()
    rng = np.random.default_rng(0)
    for part in (u, u[3::8]):  # a sub-set as well: it must serve as a quadrature of its own
        # Boxes at the origin: random points would be off by about 0.4 / sqrt(n).
        boxes = rng.uniform(size=(40, 1, num_coordinates))
        off = (part[None] < boxes).all(axis=2).mean(axis=1) - boxes.prod(axis=2)[:, 0]
        assert np.sqrt((off**2).mean()) < 0.2 / np.sqrt(len(part))
    other = unit(net(jax.random.key(5), num_points, num_coordinates))
    assert np.abs(np.asarray(other) - u).max() > 0.01


def test_independent_words_do_not_repeat_or_depend_on_how_many():
    words = np.asarray(independent(KEY, 5000, 5))
    assert len(np.unique(words)) > 24_990
    np.testing.assert_array_equal(words[:3], independent(KEY, 3, 5))
    bits = np.unpackbits(words.view(np.uint8)).reshape(-1, 32).mean(axis=0)
    assert np.abs(bits - 0.5).max() < 5 * 0.5 / np.sqrt(25_000)
