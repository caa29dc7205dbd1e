"""Augmentation: every batch is changed at random, anew in each step, by one traced strength.

Each kind is a pure function ``(draws, x, target, strength, image_shape) -> (x, target)``. Strength
0 changes nothing, to the last bit. Not every kind keeps the meaning of every input: a flipped 2 is
no 2, and a moon that is turned may lie where the other one was.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

from reglab.distributions.transforms import mirrored, rotated, translated

MOST_SHIFT = 0.25  # of the size along each axis, at strength 1
ImageShape = Sequence[int] | None


class Augmentation(NamedTuple):
    """One kind.

    Attributes:
        apply: the function; ``draws`` are uniform numbers from 0 to 1, one row an example.
        num_draws: how many of them an example of so many numbers takes.
    """

    apply: Callable[..., tuple[jax.Array, jax.Array]]
    num_draws: Callable[[int], int]


def mixup(draws, x, target, strength, image_shape: ImageShape):
    """Mixed with the neighbour in the batch by a share of up to half of the strength.

    References:
        Zhang, Cisse, Dauphin, Lopez-Paz, *mixup: Beyond Empirical Risk Minimization*, ICLR 2018.
    """
    flat = x.reshape(x.shape[0], -1)
    share = 0.5 * strength * draws[:, :1]
    flat = flat + share * (jnp.roll(flat, 1, axis=0) - flat)
    return flat.reshape(x.shape), target + share * (jnp.roll(target, 1, axis=0) - target)


def translation(draws, x, target, strength, image_shape: ImageShape):
    """Moved by up to a quarter of the strength times the size, along each axis and either way.

    A point of the plane moves by up to the strength in units, along each axis.
    """
    share = MOST_SHIFT * strength * (2 * draws - 1)
    return translated(x, share, image_shape), target


def flip(draws, x, target, strength, image_shape: ImageShape):
    """Mirrored with a probability of half the strength: left and right, or a point's first sign."""
    is_mirrored = (draws < 0.5 * strength).reshape(-1, *(1,) * (x.ndim - 1))
    return jnp.where(is_mirrored, mirrored(x, image_shape), x), target


def rotation(draws, x, target, strength, image_shape: ImageShape):
    """Turned by up to the strength times 180 degrees either way; points about the origin."""
    angle = jnp.pi * strength * (2 * draws[:, 0] - 1)
    return rotated(x, angle, image_shape), target


def noise(draws, x, target, strength, image_shape: ImageShape):
    """Plus Gaussian noise whose standard deviation is the strength."""
    return x + strength * normal(draws).reshape(x.shape), target


AUGMENTATIONS: dict[str, Augmentation] = {
    "mixup": Augmentation(mixup, lambda size: 1),
    "translation": Augmentation(translation, lambda size: 2),
    "flip": Augmentation(flip, lambda size: 1),
    "rotation": Augmentation(rotation, lambda size: 1),
    "noise": Augmentation(noise, lambda size: 2 * size),
}


def augmented(
    kind: str,
    draws: jax.Array,
    x: jax.Array,
    target: jax.Array,
    strength: float | jax.Array,
    shape: ImageShape,
) -> tuple[jax.Array, jax.Array]:
    """Inputs and targets after augmentation of that kind.

    Args:
        kind: one of ``AUGMENTATIONS``.
        draws: uniform numbers, ``(n, num_draws)`` as many as the kind takes.
        x: inputs ``(n, *input_shape)``.
        target: soft targets ``(n, num_classes)``.
        strength: 0 to 1, may be traced.
        shape: height and width of images that are flat.
    """
    moved, target = AUGMENTATIONS[kind].apply(draws, x, target, strength, shape)
    return jnp.where(strength > 0, moved, x), target


def normal(draws: jax.Array) -> jax.Array:
    """Standard normal numbers ``(n, k)`` out of uniform ones ``(n, 2 k)``, by Box and Muller."""
    radius, angle = jnp.split(draws, 2, axis=1)
    return jnp.sqrt(-2 * jnp.log1p(-radius)) * jnp.cos(2 * jnp.pi * angle)
