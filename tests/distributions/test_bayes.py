"""Bayes errors against closed forms, published figures and independent integration."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from reglab import distributions
from tests.distributions.reference import CASES, CLASSES, NOISES, SIZES, draw, posterior

KNOWN = (*NOISES, *SIZES)


@pytest.mark.parametrize("noise", [0, 0.1, 0.25, 0.5])
def test_gauss_is_half_the_distance_of_the_centres(noise):
    bayes = distributions.get("gauss", noise=noise).bayes_error()
    expected = norm.cdf(-2 * np.sqrt(2) / np.sqrt(0.5 + 7 * noise))
    assert bayes.value == pytest.approx(expected, rel=1e-12)
    assert (bayes.low, bayes.high, bayes.method) == (bayes.value, bayes.value, "closed-form")
    published = {0: 3.2e-5, 0.1: 0.0049, 0.25: 0.0297, 0.5: 0.0786}
    assert bayes.value == pytest.approx(published[noise], rel=0.012)


@pytest.mark.parametrize("noise", [0, 0.03, 0.06, 0.1, 0.25, 0.5])
def test_xor_is_one_sign_changed(noise):
    bayes = distributions.get("xor", noise=noise).bayes_error()
    w = 5 * noise
    flip = quad(lambda s: max(w - s, 0) / (2 * w) / 5, 0.3, 5.3, points=[w])[0] if noise else 0
    assert bayes.value == pytest.approx(2 * flip * (1 - flip), abs=1e-9)
    assert bayes.method == "closed-form"
    published = {0.1: 0.0080, 0.25: 0.0696, 0.5: 0.1749}
    assert bayes.value == pytest.approx(published.get(noise, 0), abs=1e-4)


def test_circle_has_the_published_figures():
    for noise, published in ((0.05, 0.013), (0.1, 0.026), (0.25, 0.077), (0.5, 0.231)):
        bayes = distributions.get("circle", noise=noise).bayes_error()
        assert bayes.value == pytest.approx(published, abs=5e-4)


def test_circle_itself_is_not_the_best_classifier():
    for noise, published in ((0.25, 0.079), (0.5, 0.248)):
        circle = distributions.get("circle", noise=noise)

        def inside(x):
            return np.stack([np.hypot(x[:, 0], x[:, 1]), np.full(len(x), 2.5)], axis=1)

        error = circle.true_error(inside)
        assert error.value == pytest.approx(published, abs=6e-4)
        assert circle.bayes_error().high < error.low


def test_moons_on_a_grid_of_scipys_densities():
    noise, m = 0.3, 120
    t = np.pi * (np.arange(m) + 0.5) / m
    grid = np.stack(np.meshgrid(np.linspace(-3, 4, 141), np.linspace(-2.5, 3, 111)), axis=-1)
    bell = norm(scale=noise)
    densities = [
        sum(
            bell.pdf(grid[..., 0] - a) * bell.pdf(grid[..., 1] - b)
            for a, b in zip(*centre, strict=True)
        )
        / m
        for centre in ((np.cos(t), np.sin(t)), (1 - np.cos(t), 0.5 - np.sin(t)))
    ]
    expected = np.minimum(*densities).sum() * 0.05 * 0.05 / 2
    bayes = distributions.get("moons", noise=noise).bayes_error()
    assert bayes.value == pytest.approx(expected, abs=2e-4)


def drawn_bayes_error(name, noise, n):
    """The mean of min p(y | x) over draws, and its standard error."""
    rng, least = np.random.default_rng(3), []
    step = 250 if name == "spiral" else 2000
    for _ in range(n // step):
        p = posterior(name, noise, draw(name, noise, step, rng)[0])
        least.append(np.minimum(p, 1 - p))
    least = np.concatenate(least)
    return least.mean(), least.std() / np.sqrt(len(least))


@pytest.mark.parametrize(("name", "noise"), [case for case in CASES if case[0] != "spiral"])
def test_is_the_mean_of_the_least_posterior(name, noise):
    expected, error = drawn_bayes_error(name, noise, 4_000)
    bayes = distributions.get(name, noise=noise).bayes_error()
    assert abs(bayes.value - expected) <= 4 * error + 1e-6


def nearer_arm(noise, x):
    """The spiral's Bayes rule, by how much of each arm a box holds."""
    cells = 2000
    i = (np.arange(cells) + 0.5) / cells
    t = 3.5 * np.pi * i
    arm = 5 * i * np.sin(t), 5 * i * np.cos(t)
    held = [
        (np.maximum(*(abs(sign * x[:, k : k + 1] - arm[k]) for k in (0, 1))) <= noise).sum(axis=1)
        for sign in (-1, 1)
    ]
    return held[1] > held[0]


@pytest.mark.parametrize("noise", NOISES["spiral"])
def test_spirals_bayes_rule_errs_that_often(noise):
    rng = np.random.default_rng(8)
    wrong = n = 0
    for _ in range(3):
        x, y = draw("spiral", noise, 10_000, rng)
        near = np.hypot(*x.T) < 5 * noise  # farther out no point is in doubt
        rule = nearer_arm(noise, x[near])
        wrong, n = wrong + int((rule != y[near]).sum()), n + len(x)
    bayes = distributions.get("spiral", noise=noise).bayes_error()
    assert abs(bayes.value - wrong / n) <= 4 * np.sqrt(bayes.value / n)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["circle", "spiral", "moons"])
def test_bayes_rule_errs_that_often_in_ten_million_draws(name):
    noise = NOISES[name][1]
    distribution, rng, wrong = distributions.get(name, noise=noise), np.random.default_rng(8), 0
    for _ in range(100):
        x, y = draw(name, noise, 100_000, rng)
        wrong += int((np.asarray(distribution.posterior(x)).argmax(axis=1) != y).sum())
    expected = distribution.bayes_error().value
    assert abs(wrong / 1e7 - expected) <= 4 * np.sqrt(expected / 1e7) + 2e-5


@pytest.mark.parametrize("name", KNOWN)
def test_no_noise_no_error(name):
    numbers = dict.fromkeys(distributions.get(name).ranges, 0)
    value = distributions.get(name, **numbers).bayes_error().value
    assert value == pytest.approx(3.2e-5 if name == "gauss" else 0, abs=1e-6)


@pytest.mark.parametrize("name", KNOWN)
def test_label_noise_moves_it_by_the_formula(name):
    clean = distributions.get(name).bayes_error()
    k = distributions.get(name).num_classes
    for eta in (0.1, 0.3, (k - 1) / k):
        noisy = distributions.get(name, label_noise=eta).bayes_error()
        assert noisy.value == pytest.approx(eta + (1 - eta * k / (k - 1)) * clean.value, abs=1e-12)
        assert noisy.low <= noisy.value <= noisy.high
        assert (noisy.num_points, noisy.method) == (clean.num_points, clean.method)
    assert noisy.value == pytest.approx((k - 1) / k, abs=1e-12)


@pytest.mark.parametrize(("name", "noise"), CASES)
def test_interval_is_narrow_and_holds_the_next_noise_up(name, noise):
    bayes = distributions.get(name, noise=noise, label_noise=0.1).bayes_error()
    assert bayes.low <= bayes.value <= bayes.high <= bayes.low + 4e-4
    assert 0.1 <= bayes.value <= 0.5


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in KNOWN])
def test_it_is_not_known_elsewhere(name):
    assert distributions.get(name, label_noise=0.1).bayes_error() is None
