"""The training loss: cross-entropy or squared, and the penalties apart from it."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from reglab import nn
from reglab.config import Hyper
from reglab.training.augment import AUGMENTATIONS, augmented, normal


def targets(labels: jax.Array, num_classes: int, label_smoothing: float | jax.Array) -> jax.Array:
    """Soft targets ``(n, num_classes)``: one-hot with a share spread over all classes."""
    return optax.smooth_labels(jax.nn.one_hot(labels, num_classes), label_smoothing)


def num_draws(batch_size: int, num_features: int, augment: str = "mixup") -> int:
    """Uniform numbers that ``disturbed`` needs, for noise and for this kind of augmentation."""
    return batch_size * (2 * num_features + AUGMENTATIONS[augment].num_draws(num_features))


def disturbed(
    draws: jax.Array,
    x: jax.Array,
    target: jax.Array,
    hyper: Hyper,
    augment: str = "mixup",
    image_shape: tuple[int, ...] | None = None,
) -> tuple[jax.Array, jax.Array]:
    """Inputs with Gaussian noise (Box and Muller), then augmented.

    Args:
        draws: uniform numbers, as many as ``num_draws`` says. What a kind takes beyond mixup's
            comes last, so that runs of two kinds share their input noise.
        x: inputs ``(n, *input_shape)``.
        target: soft targets ``(n, num_classes)``.
        hyper: ``input_noise`` and ``augmentation`` are read.
        augment: the kind of augmentation.
        image_shape: height and width of images that are flat.
    """
    n = x.shape[0]
    flat = x.reshape(n, -1)
    count = num_draws(n, flat.shape[1])
    shared, more = draws[:count].reshape(n, -1), draws[count:].reshape(n, -1)
    x = (flat + hyper.input_noise * normal(shared[:, 1:])).reshape(x.shape)
    own = jnp.concatenate([shared[:, :1], more], axis=1)
    return augmented(augment, own, x, target, hyper.augmentation, image_shape)


def data_loss(logits: jax.Array, target: jax.Array) -> jax.Array:
    """Mean cross-entropy in nats."""
    return optax.softmax_cross_entropy(nn.widened(logits), target).mean()


def values(labels: jax.Array, num_classes: int, label_smoothing: float | jax.Array) -> jax.Array:
    """Targets ``(n, 1)`` of regression: the labels themselves, which have no classes to smooth."""
    return labels[:, None]


def squared_loss(answers: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared error."""
    return jnp.square(answers - target).mean()


class Loss(NamedTuple):
    """What is minimised where an error is of some kind.

    Attributes:
        targets: ``(labels, num_classes, label_smoothing) -> (n, num_classes)``.
        of: ``(logits, targets) -> ()``.
    """

    targets: Callable[..., jax.Array]
    of: Callable[..., jax.Array]


LOSSES = {"zero-one": Loss(targets, data_loss), "squared": Loss(values, squared_loss)}


def penalty(params, hyper: Hyper) -> jax.Array:
    """``l1 * sum |w| + l2 * sum w^2`` over the entries of kernels, see :func:`nn.is_kernel`."""
    kernels = [nn.widened(kernel) for kernel in nn.kernels(params)]
    absolute = sum(jnp.abs(kernel).sum() for kernel in kernels)
    squared = sum(jnp.square(kernel).sum() for kernel in kernels)
    return jnp.asarray(hyper.l1 * absolute + hyper.l2 * squared)
