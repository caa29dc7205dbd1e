"""What is drawn: the right law, the same points at every number, nothing compiled twice."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import binomtest, chisquare, ks_2samp
from sklearn.datasets import load_digits, make_moons

from reglab import distributions
from tests.distributions.reference import CASES, CLASSES, NOISES, draw

KEY = jax.random.key(11)
MANY = 40_000


@pytest.mark.parametrize("name", CLASSES)
def test_shapes_and_types(name):
    distribution = distributions.get(name, label_noise=0.1)
    x, y = distribution.sample(KEY, 50)
    assert (x.shape, x.dtype) == ((50, *distribution.input_shape), jnp.float32)
    assert (y.shape, y.dtype) == ((50,), jnp.int32)
    assert np.isfinite(x).all()
    assert set(np.unique(y)) <= set(range(distribution.num_classes))


@pytest.mark.parametrize(("name", "noise"), CASES)
def test_law_is_that_of_the_formulas(name, noise):
    n = MANY
    x, y = (np.asarray(part) for part in distributions.get(name, noise=noise).sample(KEY, n))
    x_ref, y_ref = draw(name, noise, n, np.random.default_rng(1))
    assert abs(y.mean() - y_ref.mean()) < 4 * np.sqrt(0.5 / n)
    for label in (0, 1):
        a, b = x[y == label], x_ref[y_ref == label]
        for f in (
            lambda q: q[:, 0],
            lambda q: q[:, 1],
            lambda q: q[:, 0] * q[:, 1],
            lambda q: np.hypot(q[:, 0] - 0.5, q[:, 1]),
        ):
            assert ks_2samp(f(a), f(b)).pvalue > 1e-4


def test_moons_without_noise_are_scikit_learns():
    x, y = distributions.get("moons", noise=0).sample(KEY, 400)
    arcs, labels = make_moons(4000, shuffle=False)
    away = np.linalg.norm(np.asarray(x)[:, None] - arcs[None], axis=2)
    assert away.min(axis=1).max() < np.pi / 2000
    np.testing.assert_array_equal(labels[away.argmin(axis=1)], y)


@pytest.mark.costly
@pytest.mark.parametrize("name", CLASSES)
def test_first_n_of_more_are_the_same(name):
    distribution = distributions.get(name, label_noise=0.3)
    few, many = distribution.sample(KEY, 7), distribution.sample(KEY, 50)
    np.testing.assert_array_equal(few.x, many.x[:7])
    np.testing.assert_array_equal(few.y, many.y[:7])
    assert not np.array_equal(few.x, distribution.sample(jax.random.key(12), 7).x)


@pytest.mark.parametrize("name", NOISES)
def test_points_move_continuously_with_noise(name):
    at = [distributions.get(name, noise=noise).sample(KEY, 2000) for noise in (0.2, 0.2001)]
    moved = np.abs(np.asarray(at[1].x) - np.asarray(at[0].x)).max()
    assert moved < 1e-3
    if name in ("xor", "circle"):  # noise shakes the label only
        assert moved == 0
        assert (np.asarray(at[1].y) != np.asarray(at[0].y)).mean() < 5e-3
    else:
        assert moved > 0
        np.testing.assert_array_equal(at[0].y, at[1].y)


@pytest.mark.parametrize("name", CLASSES)
def test_label_noise_flips_that_share_and_ever_more(name):
    n = MANY if name in NOISES else 4000  # all that there are to train on of those held out
    flipped = np.zeros(n, bool)
    points, clean = (np.asarray(part) for part in distributions.get(name).sample(KEY, n))
    k = distributions.get(name).num_classes
    for eta in (0.05, 0.2, (k - 1) / k):
        distribution = distributions.get(name, label_noise=eta)
        x, y = distribution.sample(KEY, n)
        np.testing.assert_array_equal(x, points)
        np.testing.assert_array_equal(distribution.clean_labels(KEY, n), clean)
        before, flipped = flipped, np.asarray(y) != clean
        assert (flipped >= before).all()
        assert binomtest(int(flipped.sum()), n, eta).pvalue > 1e-4
        others = (np.asarray(y)[flipped] - clean[flipped]) % k
        counts = np.bincount(others, minlength=k)[1:]
        assert counts.size == 1 or chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize("name", distributions.names())
def test_one_trace_serves_all_numbers(name):
    traces = []

    @jax.jit
    def run(distribution, key):
        traces.append(name)
        sample = distribution.sample(key, 20)
        return sample, distribution.evaluation(key, 64)

    for step, value in enumerate((0, 0.1, 0.25, 0.5)):
        numbers = dict.fromkeys(distributions.get(name).ranges, value)
        run(distributions.get(name, **numbers), jax.random.key(step))
    assert len(traces) == 1


@pytest.mark.costly
@pytest.mark.parametrize("name", distributions.names())
def test_numbers_may_be_traced_and_mapped(name):
    base = distributions.get(name)
    etas, noises = jnp.array([0.0, 0.1, 0.4]), jnp.array([0.0, 0.2, 0.5])

    def run(eta, noise):
        at = distributions.with_numbers(base, label_noise=eta, noise=noise)
        return at.sample(KEY, 30), at.evaluation(KEY, 40)

    mapped = jax.jit(jax.vmap(run))(etas, noises)
    stacked = distributions.with_numbers(base, label_noise=etas, noise=noises)
    samples = jax.vmap(lambda distribution: distribution.sample(KEY, 30))(stacked)
    for i in range(3):
        alone = run(float(etas[i]), float(noises[i]))
        for a, b in zip(jax.tree.leaves(mapped), jax.tree.leaves(alone), strict=True):
            np.testing.assert_allclose(a[i], b, atol=2e-5)
        np.testing.assert_allclose(samples.x[i], alone[0].x, atol=1e-5)
        np.testing.assert_allclose(samples.y[i], alone[0].y, atol=1e-6)


@pytest.mark.parametrize(("name", "noise"), CASES)
def test_plot_region_shows_nearly_all(name, noise):
    if name == "moons" and noise == 1:
        noise = 0.5  # beyond that the picture zooms in on the arcs
    distribution = distributions.get(name, noise=noise)
    x = np.asarray(distribution.sample(KEY, MANY).x)
    low_1, high_1, low_2, high_2 = distribution.plot_region
    shown = (x > [low_1, low_2]).all(axis=1) & (x < [high_1, high_2]).all(axis=1)
    assert shown.mean() > 0.96


def test_digits_are_drawn_with_replacement_from_all():
    digits = distributions.get("digits")
    images, labels = load_digits(return_X_y=True)
    members = np.asarray(digits.members(KEY, 50_000))
    x, y = digits.sample(KEY, 50_000)
    np.testing.assert_array_equal(np.asarray(x) * 16, images[members])
    np.testing.assert_array_equal(y, labels[members])
    assert chisquare(np.bincount(members, minlength=1797)).pvalue > 1e-4
