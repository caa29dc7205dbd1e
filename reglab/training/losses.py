"""The training loss: cross-entropy on soft targets, and the penalties apart from it."""

from typing import Any

import jax
import jax.numpy as jnp
import optax

from reglab.config import Hyper


def targets(labels: jax.Array, num_classes: int, label_smoothing: Any) -> jax.Array:
    """Soft targets ``(n, num_classes)``: one-hot with a share spread over all classes."""
    return optax.smooth_labels(jax.nn.one_hot(labels, num_classes), label_smoothing)


def num_draws(batch_size: int, num_features: int) -> int:
    """Uniform numbers that ``disturbed`` needs."""
    return batch_size * (2 * num_features + 1)


def disturbed(draws: jax.Array, x: jax.Array, target: jax.Array, hyper: Hyper):
    """Inputs with Gaussian noise (Box and Muller), then mixup with the neighbour in the batch.

    Args:
        draws: uniform numbers, as many as ``num_draws`` says.
        x: inputs ``(n, *input_shape)``.
        target: soft targets ``(n, num_classes)``.
        hyper: ``input_noise`` and ``augmentation`` are read.

    References:
        Zhang, Cisse, Dauphin, Lopez-Paz, *mixup: Beyond Empirical Risk Minimization*, ICLR 2018.
    """
    flat = x.reshape(x.shape[0], -1)
    draws = draws.reshape(x.shape[0], -1)
    radius, angle = jnp.split(draws[:, 1:], 2, axis=1)
    normal = jnp.sqrt(-2 * jnp.log1p(-radius)) * jnp.cos(2 * jnp.pi * angle)
    flat = flat + hyper.input_noise * normal
    share = 0.5 * hyper.augmentation * draws[:, :1]
    flat = flat + share * (jnp.roll(flat, 1, axis=0) - flat)
    return flat.reshape(x.shape), target + share * (jnp.roll(target, 1, axis=0) - target)


def data_loss(logits: jax.Array, target: jax.Array) -> jax.Array:
    """Mean cross-entropy in nats."""
    return optax.softmax_cross_entropy(logits, target).mean()


def penalty(params, hyper: Hyper) -> jax.Array:
    """``l1 * sum |w| + l2 * sum w^2`` over kernel entries; biases and batch norm are left out."""
    kernels = [leaf for leaf in jax.tree.leaves(params) if leaf.ndim > 1]
    absolute = sum(jnp.abs(kernel).sum() for kernel in kernels)
    squared = sum(jnp.square(kernel).sum() for kernel in kernels)
    return jnp.asarray(hyper.l1 * absolute + hyper.l2 * squared)
