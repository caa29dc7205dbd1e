"""The error over the whole distribution, for registered and for users' distributions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from reglab import distributions
from tests.distributions.reference import (
    CASES,
    CLASSES,
    DRAWN,
    HELD_OUT,
    MILLION,
    NOISES,
    QUICK,
    SIZES,
    hypotheses,
    monte_carlo,
    scores,
)
from tests.distributions.test_registry import Line


def against_monte_carlo(name, noise, labels, n):
    shares = monte_carlo(name, noise, labels, n)
    distribution = distributions.get(name, noise=noise)
    for label in labels:
        estimate = distribution.true_error(scores(hypotheses(name, noise)[label]))
        yield label, estimate, shares[label]


@pytest.mark.costly
@pytest.mark.parametrize(("name", "noise"), CASES)
def test_agrees_with_a_million_independent_draws(name, noise):
    for label, estimate, share in against_monte_carlo(name, noise, QUICK, MILLION):
        spread = 4 * np.sqrt(share * (1 - share) / MILLION) + 1e-5
        assert abs(estimate.value - share) <= spread, label
        assert estimate.low - spread <= share <= estimate.high + spread, label
        assert estimate.high - estimate.low <= 0.004, label
        assert estimate.num_points >= 2**17
        assert estimate.method == "quadrature"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "noise"), CASES)
def test_agrees_with_millions_of_independent_draws(name, noise):
    # A minute for ten million look-ups of the nearest example: once for each distribution.
    is_preset = noise == NOISES[name][1]
    labels, n = ((*QUICK, "nearest"), 10 * MILLION) if is_preset else (QUICK, 3 * MILLION)
    for label, estimate, share in against_monte_carlo(name, noise, labels, n):
        assert abs(estimate.value - share) <= 0.001, label


@pytest.mark.costly
@pytest.mark.parametrize("name", distributions.names())
def test_is_repeatable_and_moves_with_the_key(name):
    distribution = distributions.get(name)
    w = jax.random.normal(jax.random.key(1), (*distribution.input_shape, distribution.num_classes))
    # a network takes gaussian_linear millions of draws
    half_width = {"gaussian_linear": 0.02}.get(name, 0.01 if name in DRAWN else 0.002)

    def error(key=None):
        return distribution.true_error(lambda x: jnp.tanh(x) @ w, half_width=half_width, key=key)

    first, moved = error(), error(jax.random.key(9))
    assert first == error()
    if name in SIZES:
        assert moved == first
        assert first.low == first.value == first.high
        assert first.num_points == SIZES[name]
    elif name in HELD_OUT:
        assert moved == first
        assert first.low < first.value < first.high
        assert first.num_points == HELD_OUT[name]
    else:
        assert moved.value != first.value
        assert abs(moved.value - first.value) < (1.5 * half_width if name in DRAWN else 1e-3)


@pytest.mark.costly
@pytest.mark.parametrize("name", ["circle", "gauss"])
def test_narrower_intervals_take_more_points(name):
    distribution = distributions.get(name, noise=0.2)
    is_one = hypotheses(name, 0.2)["jagged"]
    wide = distribution.true_error(scores(is_one), half_width=0.01)
    target = (wide.high - wide.low) / 3
    narrow = distribution.true_error(scores(is_one), half_width=target)
    assert narrow.num_points >= 2 * wide.num_points
    assert (narrow.high - narrow.low) / 2 <= target + 1e-12
    assert wide.low < narrow.value < wide.high


def test_digits_are_counted():
    digits = distributions.get("digits")
    x, mass = digits.evaluation(jax.random.key(0), 1)
    labels = np.asarray(mass).argmax(axis=1)
    model = LogisticRegression(max_iter=500).fit(np.asarray(x)[:200], labels[:200])
    estimate = digits.true_error(model.predict_proba)  # any library's scores will do
    missed = int((model.predict(np.asarray(x)) != labels).sum())
    assert missed > 50
    assert estimate == (missed / 1797, missed / 1797, missed / 1797, 1797, "enumeration")


@pytest.mark.parametrize("name", CLASSES)
def test_label_noise_moves_it_by_the_formula(name):
    clean, eta = distributions.get(name), 0.3
    k, key = clean.num_classes, jax.random.key(2)
    w = jax.random.normal(key, (*clean.input_shape, k))
    noisy = distributions.get(name, label_noise=eta)
    found = [d.true_error(lambda x: x @ w, half_width=0.9) for d in (clean, noisy)]
    tolerance = 4 * np.sqrt(0.25 / found[0].num_points) if name in DRAWN else 1e-6
    expected = eta + (1 - eta * k / (k - 1)) * found[0].value
    assert found[1].value == pytest.approx(expected, abs=tolerance)


def test_ties_go_to_the_lowest_class():
    digits = distributions.get("digits")
    tied = digits.true_error(lambda x: jnp.zeros((len(x), 10)))
    assert tied.value == pytest.approx(1 - 178 / 1797)  # 178 zeros


@pytest.mark.parametrize(
    ("predict", "said"),
    [
        (lambda x: x[:, 0], r"predict: expected scores of shape \(16384, 2\), got \(16384,\)"),
        (lambda x: jnp.zeros((len(x), 3)), r"got \(16384, 3\)"),
        (lambda x: x / 0, "predict: expected finite scores, got nan or infinity"),
        (lambda x: jnp.full_like(x, jnp.nan), "expected finite scores"),
    ],
)
def test_bad_scores_are_refused_in_one_line(predict, said):
    with pytest.raises(ValueError, match=said) as error:
        distributions.get("moons").true_error(predict)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("half_width", [0, -0.1, float("nan"), "0.1"])
def test_half_width_is_checked(half_width):
    with pytest.raises(ValueError, match="half_width: expected a number above 0 to 1"):
        distributions.get("moons").true_error(lambda x: x, half_width=half_width)


class Draws(Line):
    method = "monte-carlo"


class Grid(Line):
    """The same points whatever the key."""

    def evaluation(self, key, num_points):
        x = (jnp.arange(num_points) + 0.5)[:, None] / num_points
        return x, jax.nn.one_hot((x[:, 0] > 0.3).astype(int), 2) / num_points


class Fixed(Grid):
    def evaluation(self, key, num_points):
        return super().evaluation(key, 1000)


def above(threshold):
    return lambda x: jnp.concatenate([threshold - x, x - threshold], axis=1)


@pytest.mark.parametrize("kind", [Line, Draws, Grid, Fixed])
def test_classes_of_the_users(kind):
    estimate = kind().true_error(above(0.55), half_width=0.01)
    assert estimate.method == getattr(kind, "method", "quadrature")
    assert 0 < estimate.high - estimate.low <= 0.02
    assert estimate.low <= 0.25 <= estimate.high


def test_monte_carlo_gives_the_exact_binomial_interval():
    estimate = Draws().true_error(above(0.55), half_width=0.002)
    n, wrong = estimate.num_points, round(estimate.value * estimate.num_points)
    assert n >= 10_000
    from scipy.stats import binomtest

    expected = binomtest(wrong, n).proportion_ci(0.95, method="exact")
    np.testing.assert_allclose([estimate.low, estimate.high], [expected.low, expected.high])
    never = Draws().true_error(above(0.3), half_width=0.01)
    assert (never.value, never.low) == (0, 0)
    assert 0 < never.high < 1e-3


@pytest.mark.parametrize(
    ("mass", "said"),
    [
        (lambda n: jnp.ones((n, 2)), "expected mass from 0 up that sums to 1"),
        (lambda n: jnp.full((n, 2), jnp.nan), "expected mass from 0 up"),
        (lambda n: jnp.ones((n, 3)) / (3 * n), r"expected mass of shape \(16384, 2\)"),
    ],
)
def test_masses_of_the_users_are_checked(mass, said):
    line = Line()
    line.evaluation = lambda key, num_points: (jnp.zeros((num_points, 1)), mass(num_points))
    with pytest.raises(ValueError, match=said) as error:
        line.true_error(above(0.5))
    assert "\n" not in str(error.value)


def test_sets_too_small_for_an_interval_are_refused():
    line = Line()
    line.evaluation = lambda key, num_points: (jnp.zeros((9, 1)), jnp.ones((9, 2)) / 18)
    with pytest.raises(ValueError, match="evaluation: expected at least 16 points, got 9"):
        line.true_error(above(0.5))
