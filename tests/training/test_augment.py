"""Every kind of augmentation: what it does to inputs, and that it is one traced number of a run."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from scipy import ndimage

from reglab import distributions
from reglab.config import AUGMENTS, Experiment, Hyper, LinearConfig
from reglab.training import Trainer, fit, name_of, twins
from reglab.training.augment import AUGMENTATIONS, augmented
from reglab.training.losses import disturbed, num_draws
from reglab.training.plan import plan_of
from reglab.training.step import draws_of
from tests.small import SMALL
from tests.training.compiles import count_compilations

SHAPES = {"plane": ((2,), None), "sequence": ((40,), None), "image": ((35,), (5, 7))}
SHAPES |= {"colours": ((5, 7, 3), None), "line": ((1,), None)}
CASES = [
    (kind, name)
    for kind in AUGMENTS
    for name in SHAPES
    if kind != "rotation" or name not in ("sequence", "line")
]
LINEAR = dataclasses.replace(SMALL, model=LinearConfig(), num_steps=16)


def slow(kind):
    return pytest.param(kind, marks=pytest.mark.slow)


@functools.partial(jax.jit, static_argnames=("kind", "shape"))
def jitted(kind, draws, x, target, strength, shape=None):
    return augmented(kind, draws, x, target, strength, shape)


def batch(name, kind, n=6):
    shape, _ = SHAPES[name]
    x_key, draws_key = jax.random.split(jax.random.key(n))
    x = jax.random.normal(x_key, (n, *shape))
    size = AUGMENTATIONS[kind].num_draws(x[0].size)
    return jax.random.uniform(draws_key, (n, size)), x, jax.nn.one_hot(jnp.arange(n), n)


def at(kind, name, strength, n=6):
    """Draws, and inputs and targets before and after."""
    draws, x, target = batch(name, kind, n)
    moved, mixed = jitted(kind, draws, x, target, strength, SHAPES[name][1])
    assert (moved.shape, moved.dtype) == (x.shape, x.dtype)
    return (np.asarray(part) for part in (draws, x, moved, target, mixed))


def test_registry_is_that_of_the_configuration():
    assert tuple(AUGMENTATIONS) == AUGMENTS


@pytest.mark.costly
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_strength_zero_changes_no_bit(kind, name):
    draws, x, target = batch(name, kind)
    x = x.at[0].set(-0.0)
    moved, mixed = jitted(kind, draws, x, target, 0.0, SHAPES[name][1])
    assert np.asarray(moved).tobytes() == np.asarray(x).tobytes()
    np.testing.assert_array_equal(mixed, target)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_strength_acts_and_all_but_mixup_leave_targets_alone(kind, name):
    _, x, moved, target, mixed = at(kind, name, 0.8)
    assert (moved != x).any()
    assert (kind == "mixup") == (mixed != target).any()


@pytest.mark.parametrize(("kind", "name"), [case for case in CASES if case[0] != "mixup"])
def test_each_example_is_changed_by_its_own_draws_alone(kind, name):
    draws, x, target = batch(name, kind)
    shape = SHAPES[name][1]
    whole, _ = jitted(kind, draws, x, target, 0.7, shape)
    others, _ = jitted(kind, draws.at[1:].set(0.5), x.at[1:].set(3), target, 0.7, shape)
    np.testing.assert_allclose(others[0], whole[0], atol=1e-6)


@pytest.mark.parametrize("strength", [0.1, 0.6, 1.0])
def test_translation_of_images_is_scipys_shift(strength):
    draws, x, moved, *_ = at("translation", "image", strength)
    for u, before, after in zip(draws, x, moved, strict=True):
        by = strength / 4 * (2 * u - 1) * [5, 7]
        expected = ndimage.shift(before.reshape(5, 7), by, order=1, mode="grid-constant")
        np.testing.assert_allclose(after.reshape(5, 7), expected, atol=2e-6)


def test_channels_move_together():
    draws, x, moved, *_ = at("translation", "colours", 1.0)
    by = [*((2 * draws[1] - 1) / 4 * [5, 7]), 0]
    expected = ndimage.shift(x[1], by, order=1, mode="grid-constant")
    np.testing.assert_allclose(moved[1], expected, atol=2e-6)


def test_translation_of_a_sequence_is_scipys_shift():
    draws, x, moved, *_ = at("translation", "sequence", 0.9)
    for u, before, after in zip(draws, x, moved, strict=True):
        by = 0.9 / 4 * (2 * u[0] - 1) * 40
        expected = ndimage.shift(before, by, order=1, mode="grid-constant")
        np.testing.assert_allclose(after, expected, atol=2e-5)


def test_translation_of_points_adds_a_vector_in_units():
    draws, x, moved, *_ = at("translation", "plane", 0.5, 5000)
    np.testing.assert_allclose(moved - x, 0.5 * (2 * draws - 1), atol=1e-6)
    for by in (moved - x).T:
        assert scipy.stats.kstest(by, scipy.stats.uniform(-0.5, 1).cdf).pvalue > 1e-3


@pytest.mark.parametrize("strength", [0.1, 0.6, 1.0])
def test_rotation_of_images_is_scipys(strength):
    draws, x, moved, *_ = at("rotation", "image", strength)
    for u, before, after in zip(draws, x, moved, strict=True):
        angle = 180 * strength * (2 * u[0] - 1)
        expected = ndimage.rotate(
            before.reshape(5, 7), angle, reshape=False, order=1, mode="grid-constant"
        )
        np.testing.assert_allclose(after.reshape(5, 7), expected, atol=1e-5)


def test_inside_of_an_image_borders_do_not_matter():
    """The usual border mode of SciPy drops the last half pixel; away from it both agree."""
    x = np.pad(np.random.default_rng(0).uniform(size=(6, 6)).astype("f"), 5)
    draws = jnp.array([[0.9]])
    moved, _ = jitted("rotation", draws, jnp.asarray(x)[None], draws, 0.5, None)
    expected = ndimage.rotate(x, 90 * 0.8, reshape=False, order=1, mode="constant")
    np.testing.assert_allclose(moved[0], expected, atol=1e-5)


def test_rotation_of_points_is_a_complex_product():
    draws, x, moved, *_ = at("rotation", "plane", 0.3, 50)
    turned = (x @ [1, 1j]) * np.exp(0.3j * np.pi * (2 * draws[:, 0] - 1))
    np.testing.assert_allclose(moved, np.stack([turned.real, turned.imag], axis=1), atol=1e-6)


@pytest.mark.costly
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("strength", [0.3, 1.0])
def test_flip_is_numpys_with_half_the_strength_as_probability(name, strength):
    n = 4000
    draws, x, moved, *_ = at("flip", name, strength, n)
    images = x.reshape(n, 5, 7, -1) if name in ("image", "colours") else x
    axis = {"image": 2, "colours": 2, "sequence": 1}.get(name)
    mirrored = x * [-1, 1][: x.shape[1]] if axis is None else np.flip(images, axis)
    is_mirrored = draws[:, 0] < strength / 2
    np.testing.assert_array_equal(moved[is_mirrored], mirrored.reshape(x.shape)[is_mirrored])
    np.testing.assert_array_equal(moved[~is_mirrored], x[~is_mirrored])
    assert scipy.stats.binomtest(int(is_mirrored.sum()), n, strength / 2).pvalue > 1e-4


def test_noise_is_normal_with_the_strength_as_standard_deviation():
    _, x, moved, *_ = at("noise", "sequence", 0.25, 500)
    assert scipy.stats.kstest(((moved - x) / 0.25).ravel(), "norm").pvalue > 1e-3


@pytest.mark.parametrize("kind", AUGMENTS)
def test_input_noise_is_the_same_whatever_the_kind(kind):
    n, x = 8, jnp.ones((8, 2))
    draws = jax.random.uniform(jax.random.key(0), (num_draws(n, 2, "noise"),))
    shared = draws[: num_draws(n, 2, kind)]
    noisy, _ = disturbed(shared, x, x, Hyper(input_noise=0.5), kind)
    expected, _ = disturbed(draws[: num_draws(n, 2)], x, x, Hyper(input_noise=0.5))
    np.testing.assert_array_equal(noisy, expected)


@pytest.mark.parametrize("kind", AUGMENTS)
def test_kinds_share_their_noise_and_masks(kind):
    distribution = Trainer(LINEAR).distribution
    both = (dataclasses.replace(LINEAR, augment=k) for k in ("mixup", kind))
    plans = [plan_of(experiment, distribution) for experiment in both]
    base, own = (draws_of(plan, jax.random.key(0), jnp.arange(3)) for plan in plans)
    np.testing.assert_array_equal(own.masks, base.masks)
    np.testing.assert_array_equal(own.inputs[:, : base.inputs.shape[1]], base.inputs)
    assert own.inputs.shape[1] == num_draws(SMALL.batch_size, 2, kind)
    rest = np.asarray(own.inputs[:, base.inputs.shape[1] :])
    assert len(np.unique(rest)) == rest.size


@pytest.mark.parametrize("kind", AUGMENTS)
def test_a_run_is_named_after_the_kind(kind):
    (twin,) = twins(Experiment(augment=kind), augmentation=0.5)
    word = "noise augmentation" if kind == "noise" else kind
    assert (name_of(twin), name_of(Experiment(augment=kind))) == (f"{word} 0.5", "plain")
    assert twin.replace(augmentation=0.0) == Experiment(augment=kind)


@pytest.mark.parametrize("kind", ["translation", *(slow(kind) for kind in AUGMENTS[2:])])
def test_a_twin_differs_from_the_plain_run_in_the_strength_alone(kind):
    plain = dataclasses.replace(LINEAR, augment=kind)
    without = fit(plain)
    with count_compilations() as compilations:
        (twin,) = twins(plain, augmentation=0.5)
        moved = fit(twin)
        fit(dataclasses.replace(plain, changes=((8, "augmentation", 1.0),)))
        assert compilations() == 0
    first, second = without.history, moved.history
    assert first.train_loss[0] == second.train_loss[0]
    assert (first.train_loss[1:] != second.train_loss[1:]).all()
    for ours, theirs in zip(first, fit(LINEAR).history, strict=True):  # mixup, of strength 0
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("kind", AUGMENTS)
def test_gradients_pass_through_a_strength(kind):
    draws, x, target = batch("image", kind)

    def size(strength):
        return (augmented(kind, draws, x, target, strength, (5, 7))[0] ** 2).sum()

    slope = jax.jit(jax.grad(size))(0.5)
    assert np.isfinite(slope)
    assert (slope != 0) == (kind != "flip")


def test_no_strength_traces_again():
    traces = []

    @functools.partial(jax.jit, static_argnames="kind")
    def run(kind, draws, x, target, strength):
        traces.append(kind)
        return augmented(kind, draws, x, target, strength, (5, 7))

    for kind in AUGMENTS:
        for strength in (0.0, 0.3, 1.0):
            run(kind, *batch("image", kind), strength)
    assert traces == list(AUGMENTS)


@pytest.mark.slow
def test_digits_train_under_translation():
    hyper = Hyper(num_train=50, augmentation=0.3)
    run = fit(Experiment("digits", augment="translation", num_steps=60, hyper=hyper))
    assert run.history.train_loss[-1] < 0.5 * run.history.train_loss[0]


class Sequences:
    input_shape = (40,)
    input_kind = "sequence"
    num_classes = 3

    def sample(self, key, n):
        x = np.random.default_rng(0).normal(size=(n, 40))
        return x, x[:, :3].argmax(axis=1)

    def evaluation(self, key, num_points):
        x, y = self.sample(key, num_points)
        return x, np.eye(3)[y] / num_points

    def bayes_error(self):
        return None

    def true_error(self, predict):
        raise AssertionError("never reached")


def test_a_kind_that_cannot_act_is_refused_in_one_line():
    experiment = dataclasses.replace(SMALL, augment="rotation")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (compared below)
        fit(experiment, distribution=Sequences())
    assert str(caught.value) == (
        "augment: expected one of mixup, translation, flip, noise for inputs of shape (40,), "
        "got 'rotation'"
    )
    sequences = distributions.adapted(Sequences())
    plan_of(dataclasses.replace(SMALL, augment="translation"), sequences)
    with pytest.raises(ValueError, match=r"^augment: expected one of mixup, .*, got 'cutout'$"):
        Experiment(augment="cutout")
