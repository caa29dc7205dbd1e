"""Shifted distributions: what moves, what stays, and errors that are known in closed form."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import binomtest, chisquare, norm

from reglab import Experiment, Hyper, LinearConfig, distributions, fit
from reglab.distributions import SHIFTS, shift_errors, shifted
from tests.distributions.reference import NOISES
from tests.distributions.test_registry import Line

KEY = jax.random.key(8)
NAMES = ("gauss", "moons", "digits")
EVERY = [(name, kind) for name in NAMES for kind in SHIFTS]


@jax.jit
def _scores(x, w):
    return jnp.tanh(x) @ w


def rule(distribution, seed=1):
    """A fixed hypothesis on inputs of this shape."""
    size = (distribution.input_shape[0], distribution.num_classes)
    w = np.random.default_rng(seed).normal(size=size).astype("f")
    return lambda x: _scores(x, w)


def share_missed(distribution, predict, n, key=KEY):
    """The share of ``n`` draws that a hypothesis misses, and its standard error."""
    x, y = distribution.sample(key, n)
    missed = float((np.asarray(predict(x)).argmax(axis=1) != np.asarray(y)).mean())
    return missed, np.sqrt(missed * (1 - missed) / n)


def line_through(w, b):
    """The linear rule that answers 1 where ``w x + b`` is above 0."""
    w = jnp.asarray(w, jnp.float32)
    return lambda x: jnp.stack([jnp.zeros(len(x)), x @ w + b], axis=1)


@pytest.mark.parametrize("kind", SHIFTS)
@pytest.mark.parametrize("name", [*NOISES, "digits"])
def test_strength_zero_is_the_original(name, kind):
    parent = distributions.get(name, label_noise=0.1)
    moved = distributions.check(shifted(parent, kind, 0))
    for ours, theirs in (
        (moved.sample(KEY, 50), parent.sample(KEY, 50)),
        (moved.evaluation(KEY, 64), parent.evaluation(KEY, 64)),
        (moved.clean_labels(KEY, 50), parent.clean_labels(KEY, 50)),
    ):
        for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
            np.testing.assert_array_equal(a, b)
    assert moved.method == parent.method
    assert moved.bayes_error() == parent.bayes_error()
    if name in ("gauss", "digits"):
        predict = rule(parent)
        assert moved.true_error(predict, key=KEY) == parent.true_error(predict, key=KEY)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_meets_the_protocol(name, kind):
    parent = distributions.get(name, label_noise=0.1)
    moved = distributions.check(shifted(parent, kind, 0.7))
    assert moved.input_shape == parent.input_shape
    assert moved.num_classes == parent.num_classes
    assert moved.image_shape == getattr(parent, "image_shape", None)
    assert moved.method == ("monte-carlo" if kind == "noise" else parent.method)
    x, y = moved.sample(KEY, 40)
    assert (x.shape, x.dtype) == ((40, *parent.input_shape), jnp.float32)
    assert (y.shape, y.dtype) == ((40,), jnp.int32)
    x, mass = moved.evaluation(KEY, 64)
    n = 1797 if moved.method == "enumeration" else 64
    assert x.shape == (n, *parent.input_shape)
    assert mass.shape == (n, parent.num_classes)
    assert mass.min() >= 0
    np.testing.assert_allclose(np.asarray(mass, float).sum(), 1, atol=1e-5)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_error_agrees_with_its_own_draws(name, kind):
    moved = shifted(distributions.get(name, label_noise=0.1), kind, 0.4)
    predict = rule(moved)
    estimate = moved.true_error(predict, half_width=0.01, key=jax.random.key(2))
    missed, spread = share_missed(moved, predict, 20_000)
    assert estimate.low - 4 * spread <= missed <= estimate.high + 4 * spread
    x, mass = moved.evaluation(KEY, 16_384)
    answers = np.asarray(predict(x)).argmax(axis=1)
    weighed = 1 - np.asarray(mass, float)[np.arange(len(mass)), answers].sum()
    loose = 4 * np.sqrt(0.25 / len(mass)) if moved.method == "monte-carlo" else 0.003
    assert weighed == pytest.approx(estimate.value, abs=loose + estimate.high - estimate.low)
    still = moved.parent.true_error(predict, half_width=0.01).value
    assert abs(estimate.value - still) > 1e-4  # the shift does something


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_first_n_of_more_are_the_same(name, kind):
    moved = shifted(distributions.get(name, label_noise=0.2), kind, 0.8)
    few, many = moved.sample(KEY, 7), moved.sample(KEY, 60)
    np.testing.assert_array_equal(few.x, many.x[:7])
    np.testing.assert_array_equal(few.y, many.y[:7])
    np.testing.assert_array_equal(moved.clean_labels(KEY, 7), moved.clean_labels(KEY, 60)[:7])
    assert not np.array_equal(few.x, moved.sample(jax.random.key(12), 7).x)


@pytest.mark.parametrize("w", [(1.0, 0.4), (-0.3, 1.0)])
@pytest.mark.parametrize("kind", SHIFTS)
def test_errors_of_two_gaussians_have_a_closed_form(kind, w):
    s, b, variance = 0.35, 0.5, 0.5 + 7 * 0.3
    moved = shifted(distributions.get("gauss", noise=0.3), kind, s)
    means, prior, size = np.array([[-2.0, -2.0], [2.0, 2.0]]), np.array([0.5, 0.5]), 1.0
    if kind == "rotation":
        cos, sin = np.cos(np.pi * s), np.sin(np.pi * s)
        means = means @ np.array([[cos, sin], [-sin, cos]])
    elif kind == "translation":
        means = means + s
    elif kind == "contrast":
        size = 1 - 0.9 * s
        means = size * means
    elif kind == "noise":
        variance += s**2
    else:
        tilted = 1 - s + s * np.array([2 / 3, 4 / 3])
        prior = tilted / tilted.sum()
    z = (means @ np.array(w) + b) / (size * np.sqrt(variance) * np.linalg.norm(w))
    expected = prior[0] * norm.cdf(z[0]) + prior[1] * norm.cdf(-z[1])
    estimate = moved.true_error(line_through(w, b))
    assert estimate.low <= expected <= estimate.high
    assert estimate.high - estimate.low <= 0.005


@pytest.mark.parametrize("kind", ["rotation", "translation", "contrast"])
def test_digits_move_as_scipy_moves_them(kind):
    digits, s = distributions.get("digits"), 0.3
    before, mass = digits.evaluation(KEY, 1)
    after, moved_mass = shifted(digits, kind, s).evaluation(KEY, 1)
    np.testing.assert_array_equal(mass, moved_mass)
    for image, ours in zip(np.asarray(before[:5]), after[:5], strict=True):
        image = image.reshape(8, 8)
        if kind == "rotation":
            image = ndimage.rotate(image, 180 * s, reshape=False, order=1, mode="grid-constant")
        elif kind == "translation":
            image = ndimage.shift(image, [8 * s / 4] * 2, order=1, mode="grid-constant")
        else:
            image = image.mean() + (1 - 0.9 * s) * (image - image.mean())
        np.testing.assert_allclose(ours.reshape(8, 8), image, atol=1e-5)


def test_moved_digits_are_still_enumerated():
    digits = distributions.get("digits")
    moved, predict = shifted(digits, "rotation", 0.2), rule(digits)
    x, mass = moved.evaluation(KEY, 1)
    answers, labels = (np.asarray(part).argmax(axis=1) for part in (predict(x), mass))
    missed = float((answers != labels).mean())
    estimate = moved.true_error(predict)
    assert estimate.low == estimate.value == estimate.high == pytest.approx(missed, abs=1e-12)
    assert (estimate.num_points, estimate.method) == (1797, "enumeration")


@pytest.mark.parametrize("strength", [0.3, 1.0])
@pytest.mark.parametrize("name", ["moons", "digits"])
def test_class_prior_tilts_the_marginals(name, strength):
    parent = distributions.get(name)
    moved, k, n = shifted(parent, "class_prior", strength), parent.num_classes, 20_000
    before = np.asarray(parent.evaluation(KEY, 4096)[1], float).sum(axis=0)
    tilted = before * (1 - strength + strength * 2 * np.arange(1, k + 1) / (k + 1))
    tilted /= tilted.sum()
    mass = np.asarray(moved.evaluation(KEY, 4096)[1], float)
    np.testing.assert_allclose(mass.sum(axis=0), tilted, atol=1e-4)
    counts = np.bincount(moved.sample(KEY, n).y, minlength=k)
    assert chisquare(counts, n * tilted).pvalue > 1e-4


def test_class_prior_leaves_each_class_as_it_was_and_most_draws_in_place():
    parent = distributions.get("gauss", noise=0.2)
    moved, n = shifted(parent, "class_prior", 1.0), 20_000
    x, y = (np.asarray(part) for part in moved.sample(KEY, n))
    for label in (0, 1):
        own = x[y == label]
        centre = 4 * label - 2
        np.testing.assert_allclose(own.mean(axis=0), centre, atol=5 * np.sqrt(1.9 / len(own)))
        np.testing.assert_allclose(own.var(axis=0), 1.9, rtol=0.1)
    same = (np.asarray(parent.sample(KEY, n).x) == x).all(axis=1)
    assert binomtest(int(same.sum()), n, 0.75).pvalue > 1e-4  # half of class 0 went
    little = shifted(parent, "class_prior", 0.01).sample(KEY, 1000)
    assert (np.asarray(little.x) == np.asarray(parent.sample(KEY, 1000).x)).mean() > 0.97


@pytest.mark.parametrize("name", NAMES)
def test_noise_grows_with_the_strength_on_the_same_draws(name):
    parent = distributions.get(name)
    still = np.asarray(parent.sample(KEY, 4000).x)
    half, full = (np.asarray(shifted(parent, "noise", s).sample(KEY, 4000).x) for s in (0.25, 0.5))
    np.testing.assert_allclose(full - still, 2 * (half - still), atol=1e-5)
    added = (full - still) / 0.5
    assert added.mean() == pytest.approx(0, abs=5 / np.sqrt(added.size))
    assert added.var() == pytest.approx(1, abs=8 / np.sqrt(added.size))
    correlation = np.corrcoef(added[:, 0], still.sum(axis=1))[0, 1]
    assert abs(correlation) < 5 / np.sqrt(4000)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_label_noise_comes_after_the_move(name, kind):
    eta, parent = 0.3, distributions.get(name)
    clean = shifted(parent, kind, 0.5)
    noisy = distributions.with_numbers(clean, label_noise=eta, noise=0.2)
    assert noisy.parent == distributions.with_numbers(parent, label_noise=eta, noise=0.2)
    assert (noisy.kind, noisy.strength) == (kind, 0.5)
    clean = distributions.with_numbers(clean, noise=0.2)
    x, mass = clean.evaluation(KEY, 4096)
    x_noisy, mass_noisy = noisy.evaluation(KEY, 4096)
    np.testing.assert_array_equal(x, x_noisy)
    k, rows = clean.num_classes, np.arange(len(x))
    answers = np.asarray(rule(clean)(x)).argmax(axis=1)
    errors = [1 - np.asarray(m, float)[rows, answers].sum() for m in (mass, mass_noisy)]
    assert errors[1] == pytest.approx(eta + (1 - eta * k / (k - 1)) * errors[0], abs=1e-5)
    n = 5000
    x, y = noisy.sample(KEY, n)
    labels = clean.sample(KEY, n)
    np.testing.assert_array_equal(x, labels.x)
    np.testing.assert_array_equal(noisy.clean_labels(KEY, n), labels.y)
    flipped = int((np.asarray(y) != np.asarray(labels.y)).sum())
    assert binomtest(flipped, n, eta).pvalue > 1e-4


def test_bayes_error_is_kept_counted_or_unknown():
    gauss = distributions.get("gauss", noise=0.4, label_noise=0.1)
    digits = distributions.get("digits", label_noise=0.1)
    for kind in ("rotation", "translation", "contrast"):
        assert shifted(gauss, kind, 0.5).bayes_error() == gauss.bayes_error()
        assert shifted(digits, kind, 0.5).bayes_error().value == pytest.approx(0.1, abs=1e-6)
    assert shifted(digits, "class_prior", 0.5).bayes_error().value == pytest.approx(0.1, abs=1e-6)
    for parent, kind in ((gauss, "class_prior"), (gauss, "noise"), (digits, "noise")):
        assert shifted(parent, kind, 0.5).bayes_error() is None


class Pairs:
    """Four images of four pixels; moved to the right by one pixel, the last two look the same."""

    input_shape, image_shape, num_classes, method = (16,), (4, 4), 2, "enumeration"

    def evaluation(self, key, num_points):
        x = jnp.zeros((4, 16)).at[0, 0].set(1).at[1, 5].set(1).at[2, 3].set(1)
        return x, jnp.array([[0.3, 0], [0, 0.3], [0.25, 0], [0, 0.15]])

    def sample(self, key, n):
        pick = jax.random.choice(key, 4, (n,), p=jnp.array([0.3, 0.3, 0.25, 0.15]))
        return distributions.Sample(self.evaluation(key, 1)[0][pick], (pick % 2).astype(jnp.int32))

    def bayes_error(self):
        return distributions.ErrorEstimate(0.0, 0.0, 0.0, 4, "enumeration")

    def true_error(self, predict, *, half_width=0.002, key=None):
        return distributions.true_error_from(self, predict, half_width, key)


def test_what_is_moved_out_of_sight_costs_the_best_classifier():
    assert shifted(Pairs(), "translation", 1.0).bayes_error().value == pytest.approx(0.15)
    # Halfway the pixel is still seen, at a quarter of its light.
    assert shifted(Pairs(), "translation", 0.5).bayes_error().value == 0
    assert shifted(Pairs(), "class_prior", 1.0).bayes_error().value == 0


@pytest.mark.parametrize("kind", ["translation", "noise", "class_prior", "contrast"])
def test_classes_of_the_users_are_shifted(kind):
    moved = shifted(Line(), kind, 0.3)
    predict = lambda x: jnp.concatenate([0.55 - x, x - 0.55], axis=1)  # noqa: E731
    estimate = moved.true_error(predict, half_width=0.01)
    missed, spread = share_missed(moved, predict, 20_000)
    assert estimate.low - 4 * spread <= missed <= estimate.high + 4 * spread
    assert distributions.with_numbers(moved, noise=0.1) == dataclasses.replace(moved)


def test_shifts_add_up():
    gauss = distributions.get("gauss", noise=0.3)
    twice = shifted(shifted(gauss, "rotation", 0.5), "rotation", 0.25)
    once = shifted(gauss, "rotation", 0.75)
    np.testing.assert_allclose(twice.sample(KEY, 50).x, once.sample(KEY, 50).x, atol=1e-5)
    both = shifted(shifted(gauss, "noise", 0.5), "class_prior", 1.0)
    predict = rule(gauss)
    estimate, (missed, spread) = both.true_error(predict), share_missed(both, predict, 20_000)
    assert estimate.method == "monte-carlo"
    assert abs(estimate.value - missed) < 4 * spread + 0.002
    mass = np.asarray(both.evaluation(KEY, 2000)[1])
    assert chisquare((2000 * mass).sum(axis=0), 2000 * np.array([1, 2]) / 3).pvalue > 1e-4


def test_shift_errors_begin_with_the_original():
    gauss, predict = distributions.get("gauss", noise=0.2), line_through((1.0, 1.0), 0.0)
    found = shift_errors(predict, gauss, "rotation", [0.1, 0.25, 1.0])
    assert found._fields == ("strength", "error", "low", "high")
    np.testing.assert_array_equal(found.strength, [0, 0.1, 0.25, 1])
    margin = 4 / np.sqrt(2 * 1.9) * np.cos(np.pi * found.strength)
    assert (found.low <= norm.cdf(-margin)).all()
    assert (norm.cdf(-margin) <= found.high).all()
    assert found.error[0] == gauss.true_error(predict).value
    again = shift_errors(predict, gauss, "rotation", [0.0, 0.1])
    np.testing.assert_array_equal(again.error, found.error[:2])


def test_a_run_is_asked_for_its_last_hypothesis():
    hyper = Hyper(num_train=50)
    run = fit(Experiment("digits", model=LinearConfig(), num_steps=30, hyper=hyper))
    digits = run.distribution
    found = shift_errors(run, digits, "translation", [0.5])
    h = run.hypotheses[-1]
    expected = [d.true_error(h).value for d in (digits, shifted(digits, "translation", 0.5))]
    np.testing.assert_array_equal(found.error, expected)
    assert found.error[1] > found.error[0]


def test_a_shifted_distribution_can_be_trained_on():
    moved = shifted(distributions.get("gauss"), "noise", 0.5)
    experiment = Experiment("gauss", model=LinearConfig(), num_steps=24)
    run = fit(experiment, distribution=moved)
    assert run.distribution.parent == distributions.get("gauss", noise=0.2, label_noise=0.2)
    assert (run.history.true_low < run.history.true_error).all()


def test_numbers_of_the_parent_may_be_traced():
    moved = shifted(distributions.get("moons"), "rotation", 0.25)

    @jax.jit
    def sample(eta):
        return distributions.with_numbers(moved, label_noise=eta).sample(KEY, 30)

    for eta in (0.0, 0.4):
        alone = distributions.with_numbers(moved, label_noise=eta).sample(KEY, 30)
        np.testing.assert_allclose(sample(eta).x, alone.x, atol=1e-6)
        np.testing.assert_array_equal(sample(eta).y, alone.y)


class Sequences(Line):
    input_shape = (40,)


class HeldOut(Line):
    method = "held-out"


@pytest.mark.parametrize(
    ("distribution", "kind", "strength", "said"),
    [
        (distributions.Moons(), "tilt", 0.5, "shift: expected one of rotation, .*, got 'tilt'"),
        (distributions.Moons(), None, 0.5, "shift: expected one of rotation"),
        (Sequences(), "rotation", 0.5, r"shift: expected one of translation, .*\(40,\), got 'rot"),
        (distributions.Moons(), "noise", 1.1, "strength: expected a number from 0 to 1, got 1.1"),
        (distributions.Moons(), "noise", -0.1, "strength: expected a number from 0 to 1"),
        (distributions.Moons(), "noise", float("nan"), "strength: expected a number"),
        (object(), "noise", 0.5, "distribution: expected input_shape"),
        (HeldOut(), "noise", 0.5, "shift: expected one of translation, .* held-out data, got 'noi"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(distribution, kind, strength, said):
    with pytest.raises(ValueError, match=f"^{said}") as error:
        shifted(distribution, kind, strength)
    assert "\n" not in str(error.value)


def test_only_hypotheses_have_errors():
    with pytest.raises(ValueError, match=r"^predict: expected a Run or a function, got 3$"):
        shift_errors(3, distributions.Moons(), "rotation", [0.5])
