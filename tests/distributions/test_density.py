"""Densities and posteriors of the planar distributions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial import cKDTree

from reglab import distributions
from tests.distributions.reference import CASES, NOISES, posterior

# With a density, and with pieces that a grid can resolve.
SMOOTH = [
    ("gauss", 0.0),
    ("gauss", 0.5),
    ("xor", 0.0),
    ("xor", 0.25),
    ("circle", 0.0),
    ("circle", 0.5),
    ("spiral", 0.1),
    ("spiral", 0.5),
    ("moons", 0.05),
    ("moons", 0.2),
    ("moons", 1.0),
]
ONE_EACH = {("gauss", 0.5), ("xor", 0.25), ("circle", 0.5), ("spiral", 0.1), ("moons", 0.2)}


def cells(low, high, n):
    """Midpoints ``(n * n, 2)`` of a grid, and the area of a cell."""
    side = low + (high - low) * (np.arange(n) + 0.5) / n
    return np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2), (
        (high - low) / n
    ) ** 2


@pytest.mark.costly
@pytest.mark.parametrize(("name", "noise"), SMOOTH)
def test_density_integrates_to_one(name, noise):
    low, high = (-2.0, 3.0) if name == "moons" and noise < 1 else (-12.0, 12.0)
    if name in ("xor", "circle", "spiral"):
        low, high = -6.0, 6.0
    points, area = cells(low, high, 240)
    distribution = distributions.get(name, noise=noise, label_noise=0.2)
    joint = np.asarray(distribution.density(points), float)
    assert joint.shape == (len(points), 2)
    assert joint.min() >= 0
    # Jumps at edges, and at the circle's middle a peak like 1/r, are what the grid gets wrong.
    tolerance = {"circle": 0.02, "spiral": 5e-3, "xor": 5e-3}.get(name, 1e-3)
    assert joint.sum() * area == pytest.approx(1, abs=tolerance)
    shares = np.asarray(distribution.posterior(points), float)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(joint, joint.sum(axis=1, keepdims=True) * shares, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "noise"),
    [pytest.param(*case, marks=() if case in ONE_EACH else pytest.mark.slow) for case in SMOOTH],
)
def test_density_is_the_histogram_of_draws(name, noise):
    distribution, n, bins = distributions.get(name, noise=noise, label_noise=0.1), 100_000, 20
    low, high = (-1.5, 2.5) if name == "moons" else (-5.5, 5.5)
    fine = 12
    points, area = cells(low, high, bins * fine)
    joint = np.asarray(distribution.density(points), float).reshape(bins, fine, bins, fine, 2)
    expected = joint.sum(axis=(1, 3)) * area * n
    x, y = (np.asarray(part) for part in distribution.sample(jax.random.key(6), n))
    edges = np.linspace(low, high, bins + 1)
    for label in (0, 1):
        counts = np.histogram2d(*x[y == label].T, bins=[edges, edges])[0]
        held = expected[..., label] > 25
        z = (counts - expected[..., label])[held] / np.sqrt(expected[..., label][held])
        # Cells cut by an edge are summed to a few per cent only; the rest must fit as counts do.
        limit = 4.5 + 0.05 * np.sqrt(expected[..., label][held])
        if name in ("gauss", "moons"):
            assert (z**2).mean() < 1.35
        assert (np.abs(z) < limit).all() or name in ("xor", "circle")
        assert np.abs(counts.sum() - expected[..., label].sum()) < 0.02 * n
        assert held.sum() >= 30


@pytest.mark.costly
@pytest.mark.parametrize(("name", "noise"), CASES)
def test_posterior_is_that_of_the_formulas(name, noise):
    distribution = distributions.get(name, noise=noise)
    n = 150 if name == "spiral" else 1500
    x = np.asarray(distribution.sample(jax.random.key(1), n).x, float)
    got = np.asarray(distribution.posterior(x))[:, 1]
    tolerance = 5e-3 if name == "spiral" else 1e-3
    np.testing.assert_allclose(got, posterior(name, noise, x), atol=tolerance)


@pytest.mark.costly
@pytest.mark.parametrize("name", NOISES)
def test_posterior_is_that_of_draws_with_label_noise(name):
    distribution = distributions.get(name, noise=0.3, label_noise=0.2)
    x, y = distribution.sample(jax.random.key(2), 50_000)
    p = np.asarray(distribution.posterior(x), float)[:, 1]
    order = np.argsort(p)
    assert p.min() == pytest.approx(0.2, abs=0.01)
    for part in np.array_split(order, 10):
        error = np.sqrt((p[part] * (1 - p[part])).sum()) / len(part)
        assert abs(np.asarray(y)[part].mean() - p[part].mean()) < 4.5 * error


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize("noise", [0.0, 0.001, 0.2, 0.5])
def test_posterior_is_defined_everywhere(name, noise):
    far = 10.0 ** np.arange(-3, 4)
    turn = np.linspace(0, 2 * np.pi, 25)
    points = (far[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)).reshape(-1, 2)
    points = np.concatenate([points, np.zeros((1, 2)), [[0.5, 0.25]]])
    shares = np.asarray(distributions.get(name, noise=noise).posterior(points))
    assert np.isfinite(shares).all()
    assert shares.min() >= 0
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.1])
def test_neither_arc_of_the_moons_is_lost_far_away(noise):
    turn = np.linspace(0, 2 * np.pi, 100)
    points = np.concatenate([r * np.stack([np.cos(turn), np.sin(turn)], 1) for r in (2, 30, 999)])
    moons = distributions.get("moons", noise=noise)
    joint = np.asarray(moons._log_joint(jnp.asarray(points, jnp.float32)), float)
    # The Gaussian at the nearest point of each arc, and at most as much as the window leaves out.
    t = np.linspace(0, np.pi, 20_001)
    outer = np.stack([np.cos(t), np.sin(t)], axis=1)
    sigma = max(noise, 1e-4)
    for arc, column in ((outer, joint[:, 0]), ([1, 0.5] - outer, joint[:, 1])):
        near = cKDTree(arc).query(points)[0] ** 2 / (2 * sigma**2)
        np.testing.assert_allclose(column, -near, rtol=1e-5, atol=30)


@pytest.mark.parametrize("noise", [0.05, 0.3, 1.0])
def test_densities_of_the_moons_are_means_along_their_arcs(noise):
    points = np.random.default_rng(0).normal(0.5, 0.5 + noise, (400, 2))
    moons = distributions.get("moons", noise=noise)
    got = np.exp(np.asarray(moons._log_joint(jnp.asarray(points, jnp.float32)), float))
    t = np.pi * (np.arange(2000) + 0.5) / 2000
    outer = np.stack([np.cos(t), np.sin(t)], axis=1)
    for arc, column in ((outer, got[:, 0]), ([1, 0.5] - outer, got[:, 1])):
        squared = ((points[:, None] - arc) ** 2).sum(axis=-1)
        bells = np.exp(-squared / (2 * noise**2)) / (2 * np.pi * noise**2)
        np.testing.assert_allclose(column, bells.mean(axis=1) / 2, rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.4])
@pytest.mark.parametrize("name", NOISES)
def test_far_points_belong_to_the_nearest_class(name, noise):
    places = {
        "gauss": ([[20, 20], [-20, -20], [8, 1]], [1, 0, 1]),
        "xor": ([[20, 20], [-20, 20], [-9, -9]], [1, 0, 1]),
        "circle": ([[20, 0], [0, -50], [0, 0.5]], [0, 0, 1]),
        "spiral": ([[5.0, 1.0], [-5.0, -1.0], [60, 0.0]], None),
        "moons": ([[-20, 0], [20, 0.5], [1, -10], [0, 8]], [0, 1, 1, 0]),
    }
    points, classes = places[name]
    points = np.array(points, float)
    if classes is None:
        i = np.linspace(0, 1, 20_001)[:, None]
        t = 3.5 * np.pi * i
        arm = 5 * i * np.concatenate([np.sin(t), np.cos(t)], axis=1)
        away = [np.linalg.norm(points[:, None] - s * arm, axis=2).min(axis=1) for s in (-1, 1)]
        classes = np.argmin(away, axis=0)
    got = np.asarray(distributions.get(name, noise=noise).posterior(points)).argmax(axis=1)
    np.testing.assert_array_equal(got, classes)


@pytest.mark.parametrize("name", ["spiral", "moons"])
def test_no_density_on_curves(name):
    with pytest.raises(ValueError, match="density: expected noise above 0, got") as error:
        distributions.get(name, noise=0).density(np.zeros((1, 2)))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("what", ["density", "posterior"])
def test_what_has_none_and_bad_points_are_refused(what):
    with pytest.raises(ValueError, match=f"{what}: expected a planar distribution, got Digits"):
        getattr(distributions.get("digits"), what)(np.zeros((1, 64)))
    with pytest.raises(ValueError, match=r"points: expected shape \(n, 2\), got \(2,\)"):
        getattr(distributions.get("xor"), what)([1.0, 2.0])


@pytest.mark.costly
@pytest.mark.parametrize("name", NOISES)
def test_density_and_posterior_may_be_traced(name):
    points = jnp.asarray(np.random.default_rng(0).uniform(-2, 2, (20, 2)), jnp.float32)

    def both(noise):
        at = distributions.with_numbers(distributions.get(name), noise=noise)
        return at.density(points), at.posterior(points)

    for a, b in zip(jax.jit(both)(0.3), both(0.3), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
