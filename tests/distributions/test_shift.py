"""Shifted distributions: what moves, what stays, and what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import binomtest, chisquare

from reglab import distributions
from reglab.distributions import SHIFTS, shifted
from reglab.distributions.estimate import BATCH
from tests.distributions.moved import EVERY, KEY, NAMES, rule
from tests.distributions.reference import NOISES
from tests.distributions.test_registry import Line


@pytest.mark.costly
@pytest.mark.parametrize("kind", SHIFTS)
@pytest.mark.parametrize("name", [*NOISES, "digits"])
def test_strength_zero_is_the_original(name, kind):
    parent = distributions.get(name, label_noise=0.1)
    moved = distributions.check(shifted(parent, kind, 0))
    for ours, theirs in (
        (moved.sample(KEY, 60), parent.sample(KEY, 60)),
        (moved.evaluation(KEY, 64), parent.evaluation(KEY, 64)),
        (moved.clean_labels(KEY, 60), parent.clean_labels(KEY, 60)),
    ):
        for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
            np.testing.assert_array_equal(a, b)
    assert moved.method == parent.method
    assert moved.bayes_error() == parent.bayes_error()
    if name in ("gauss", "digits"):
        predict = rule(parent)
        assert moved.true_error(predict, key=KEY) == parent.true_error(predict, key=KEY)


@pytest.mark.parametrize("kind", SHIFTS)
@pytest.mark.parametrize("name", ["gauss", "digits"])
def test_meets_the_protocol(name, kind):
    parent = distributions.get(name, label_noise=0.1)
    moved = distributions.check(shifted(parent, kind, 0.7))
    assert moved.input_shape == parent.input_shape
    assert moved.num_classes == parent.num_classes
    assert moved.image_shape == getattr(parent, "image_shape", None)
    assert moved.method == ("monte-carlo" if kind == "noise" else parent.method)
    x, y = moved.sample(KEY, 60)
    assert (x.shape, x.dtype) == ((60, *parent.input_shape), jnp.float32)
    assert (y.shape, y.dtype) == ((60,), jnp.int32)
    x, mass = moved.evaluation(KEY, 64)
    n = 1797 if moved.method == "enumeration" else 64
    assert x.shape == (n, *parent.input_shape)
    assert mass.shape == (n, parent.num_classes)
    assert mass.min() >= 0
    np.testing.assert_allclose(np.asarray(mass, float).sum(), 1, atol=1e-5)


@pytest.mark.parametrize("kind", SHIFTS)
@pytest.mark.parametrize("name", ["gauss", "digits"])
def test_first_n_of_more_are_the_same(name, kind):
    moved = shifted(distributions.get(name, label_noise=0.2), kind, 0.8)
    few, many = moved.sample(KEY, 7), moved.sample(KEY, 60)
    np.testing.assert_array_equal(few.x, many.x[:7])
    np.testing.assert_array_equal(few.y, many.y[:7])
    np.testing.assert_array_equal(moved.clean_labels(KEY, 7), moved.clean_labels(KEY, 60)[:7])
    assert not np.array_equal(few.x, moved.sample(jax.random.key(12), 7).x)


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


@pytest.mark.parametrize("strength", [0.3, 1.0])
@pytest.mark.parametrize("name", ["moons", "digits"])
def test_class_prior_tilts_the_marginals(name, strength):
    parent = distributions.get(name)
    moved, k = shifted(parent, "class_prior", strength), parent.num_classes
    before = np.asarray(parent.evaluation(KEY, BATCH)[1], float).sum(axis=0)
    tilted = before * (1 - strength + strength * 2 * np.arange(1, k + 1) / (k + 1))
    tilted /= tilted.sum()
    mass = np.asarray(moved.evaluation(KEY, BATCH)[1], float)
    np.testing.assert_allclose(mass.sum(axis=0), tilted, atol=1e-4)
    counts = np.bincount(moved.sample(KEY, BATCH).y, minlength=k)
    assert chisquare(counts, BATCH * tilted).pvalue > 1e-4


def test_class_prior_leaves_each_class_as_it_was_and_most_draws_in_place():
    parent = distributions.get("gauss", noise=0.2)
    moved, n = shifted(parent, "class_prior", 1.0), BATCH
    x, y = (np.asarray(part) for part in moved.sample(KEY, n))
    for label in (0, 1):
        own = x[y == label]
        centre = 4 * label - 2
        np.testing.assert_allclose(own.mean(axis=0), centre, atol=5 * np.sqrt(1.9 / len(own)))
        np.testing.assert_allclose(own.var(axis=0), 1.9, rtol=0.1)
    same = (np.asarray(parent.sample(KEY, n).x) == x).all(axis=1)
    assert binomtest(int(same.sum()), n, 0.75).pvalue > 1e-4  # half of class 0 went
    little = shifted(parent, "class_prior", 0.01).sample(KEY, n)
    assert (np.asarray(little.x) == np.asarray(parent.sample(KEY, n).x)).mean() > 0.97


@pytest.mark.parametrize("name", NAMES)
def test_noise_grows_with_the_strength_on_the_same_draws(name):
    parent = distributions.get(name)
    still = np.asarray(parent.sample(KEY, BATCH).x)
    half, full = (np.asarray(shifted(parent, "noise", s).sample(KEY, BATCH).x) for s in (0.25, 0.5))
    np.testing.assert_allclose(full - still, 2 * (half - still), atol=1e-5)
    added = (full - still) / 0.5
    assert added.mean() == pytest.approx(0, abs=5 / np.sqrt(added.size))
    assert added.var() == pytest.approx(1, abs=8 / np.sqrt(added.size))
    correlation = np.corrcoef(added[:, 0], still.sum(axis=1))[0, 1]
    assert abs(correlation) < 5 / np.sqrt(BATCH)


@pytest.mark.costly
@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_label_noise_comes_after_the_move(name, kind):
    eta, parent = 0.3, distributions.get(name)
    clean = shifted(parent, kind, 0.5)
    noisy = distributions.with_numbers(clean, label_noise=eta, noise=0.2)
    assert noisy.parent == distributions.with_numbers(parent, label_noise=eta, noise=0.2)
    assert (noisy.kind, noisy.strength) == (kind, 0.5)
    clean = distributions.with_numbers(clean, noise=0.2)
    x, mass = clean.evaluation(KEY, BATCH)
    x_noisy, mass_noisy = noisy.evaluation(KEY, BATCH)
    np.testing.assert_array_equal(x, x_noisy)
    k, rows = clean.num_classes, np.arange(len(x))
    answers = np.asarray(rule(clean)(x)).argmax(axis=1)
    errors = [1 - np.asarray(m, float)[rows, answers].sum() for m in (mass, mass_noisy)]
    assert errors[1] == pytest.approx(eta + (1 - eta * k / (k - 1)) * errors[0], abs=1e-5)
    n = BATCH
    x, y = noisy.sample(KEY, n)
    labels = clean.sample(KEY, n)
    np.testing.assert_array_equal(x, labels.x)
    np.testing.assert_array_equal(noisy.clean_labels(KEY, n), labels.y)
    flipped = int((np.asarray(y) != np.asarray(labels.y)).sum())
    assert binomtest(flipped, n, eta).pvalue > 1e-4


def test_numbers_of_the_parent_may_be_traced():
    moved = shifted(distributions.get("moons"), "rotation", 0.25)

    @jax.jit
    def sample(eta):
        return distributions.with_numbers(moved, label_noise=eta).sample(KEY, 60)

    for eta in (0.0, 0.4):
        alone = distributions.with_numbers(moved, label_noise=eta).sample(KEY, 60)
        np.testing.assert_allclose(sample(eta).x, alone.x, atol=1e-6)
        np.testing.assert_array_equal(sample(eta).y, alone.y)


class Sequences(Line):
    input_shape, input_kind = (40,), "sequence"

    def sample(self, key, n):
        x, y = super().sample(key, n)
        return distributions.Sample(jnp.tile(x, (1, 40)), y)


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
