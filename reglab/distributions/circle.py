"""A disc inside a ring."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.distributions.base import Sample, pytree
from reglab.distributions.bayes import refined
from reglab.distributions.estimate import ErrorEstimate
from reglab.distributions.masses import circle_masses
from reglab.distributions.pictograms import ALONG, JITTER, Pictogram, around, of_classes
from reglab.distributions.planar import Planar, pair, split_class
from reglab.distributions.sequences import unit
from reglab.precision import jit
from reglab.words import say

RADIUS = 2.5  # of the circle that decides the label
RING = (3.5, 5.0)
REACH = 5.0  # of the shaking at noise 1
LEAST_HALF_SIDE = 1e-4  # smaller squares are below what float32 resolves at this radius


@pytree
@dataclass(frozen=True, kw_only=True)
class Circle(Planar):
    """Half of x at radius U(0, 2.5), half at U(3.5, 5), at any angle.

    x is shaken by U(-w, w) in each coordinate, w = 5 noise, for the label only: y = 1 where the
    shaken x is less than 2.5 from the origin. So p(1 | x) is the share of the square of half-side
    w around x that lies in the disc. At large noise the true circle is not the Bayes classifier.

    References:
        ``classifyCircleData`` in TensorFlow Playground, ``src/dataset.ts``.
    """

    caption: ClassVar[str] = say("a disc in a ring")
    num_coordinates: ClassVar[int] = 4
    num_free: ClassVar[int] = 2

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Points of both classes."""
        ring = 0.5 + 0.42 * around(2 * np.pi * ALONG) + 0.02 * JITTER[0]
        disc = 0.5 + 0.18 * np.sqrt(ALONG)[:, None] * around(7 * (2 * np.pi * ALONG))
        return of_classes(ring, disc)

    def place(self, words: Array) -> Sample:
        """Examples out of one coordinate for half and radius, one for the angle, two that shake."""
        u = unit(words)
        is_inner, share = split_class(u[:, 0])
        r = jnp.where(is_inner, RADIUS * share, RING[0] + (RING[1] - RING[0]) * share)
        angle = 2 * jnp.pi * u[:, 1]
        x = r[:, None] * jnp.stack([jnp.sin(angle), jnp.cos(angle)], axis=-1)
        shaken = x + REACH * self.noise * (2 * u[:, 2:] - 1)
        return Sample(x, ((shaken**2).sum(axis=1) < RADIUS**2).astype(jnp.int32))

    def clean_posterior(self, points: Array) -> Array:
        """p(y | x): the share of the square around x that lies in the disc, ``(n, 2)``."""
        return pair(_share_inside(points, jnp.maximum(REACH * self.noise, LEAST_HALF_SIDE)))

    def marginal(self, points: Array) -> Array:
        """p(x), ``(n,)``; grows like 1/r towards the origin."""
        r = jnp.maximum(jnp.sqrt((points**2).sum(axis=1)), 1e-6)
        inner, outer = r < RADIUS, (r > RING[0]) & (r < RING[1])
        inner = inner.astype(r.dtype) / (4 * jnp.pi * RADIUS * r)
        outer = outer.astype(r.dtype) / (4 * jnp.pi * (RING[1] - RING[0]) * r)
        return inner + outer

    def cell_masses(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Integrals of 1/r, and bounds of the share of a square in the disc, see ``Planar``."""
        return circle_masses(low, high, REACH * float(self.noise), RADIUS, RING)

    def clean_bayes_error(self) -> ErrorEstimate:
        """The integral of min p(y | x) over radius and an eighth of a turn."""
        return _bayes_error(float(self.noise))


@cache
def _bayes_error(noise: float) -> ErrorEstimate:
    half_side = max(REACH * noise, LEAST_HALF_SIDE)

    def integrate(resolution: int) -> tuple[float, int]:
        inner, outer = (_midpoints(low, high, 64 * resolution) for low, high in ((0, RADIUS), RING))
        angle = _midpoints(0, np.pi / 4, 16 * resolution)
        r, angle = (grid.ravel() for grid in np.meshgrid(np.r_[inner, outer], angle))
        points = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
        inside = np.asarray(_share_inside(jnp.asarray(points, jnp.float32), half_side), np.float64)
        return float(np.minimum(inside, 1 - inside).mean()), inside.size

    return refined(integrate)


def _midpoints(low: float, high: float, n: int) -> np.ndarray:
    return low + (high - low) * (np.arange(n) + 0.5) / n


@jit
def _share_inside(points: Array, half_side: Array) -> Array:
    """The share of the square around each point that is in the disc, ``(n,)``, in closed form."""
    size = jnp.abs(points)
    # The nearest stretch of the circle is then flat over the square's base: no steep roots.
    across, up = size.min(axis=1), size.max(axis=1)
    middle = jnp.stack([up, -up])  # of the square, and of the square mirrored at the x axis
    below = _share_below(across[None], middle, half_side).sum(axis=0)
    return jnp.clip(below - 1, 0, 1)


def _share_below(across: Array, up: Array, half_side: Array) -> Array:
    """The share of the square around (across, up) that lies below the upper half circle.

    The curve is continued by height 0 beyond the circle. Taken as trapezium and segment, so that
    nothing large cancels when the square is small.
    """
    left, right = across - half_side, across + half_side
    low, high = up - half_side, up + half_side
    inner = jnp.where(high > 0, _half_chord(high), jnp.inf)
    outer = jnp.where(low > 0, _half_chord(low), RADIUS)
    full = jnp.maximum(jnp.minimum(right, inner) - jnp.maximum(left, -inner), 0) * (high - low)
    # What is right of the full part, and by its mirror image what is left of it.
    start, stop = jnp.stack([left, -right]), jnp.stack([right, -left])
    p = jnp.maximum(start, inner[None])
    q = jnp.maximum(jnp.minimum(stop, outer[None]), p)
    beyond = jnp.maximum(stop - jnp.maximum(start, RADIUS), 0)
    strips = jnp.where(p < q, _strip(p, q, low[None]), 0) + beyond * jnp.maximum(-low, 0)[None]
    area = full + jnp.where(high > 0, strips.sum(axis=0), 0)
    return area / ((right - left) * (high - low))  # the sides as float32 has rounded them


def _strip(p: Array, q: Array, low: Array) -> Array:
    """Area between the height ``low`` and the circle, from x = p to x = q."""
    at_p, at_q = _half_chord(p), _half_chord(q)
    turn = jnp.arctan2(at_p * q - at_q * p, at_p * at_q + p * q)
    return (q - p) * ((at_p + at_q) / 2 - low) + RADIUS**2 / 2 * (turn - jnp.sin(turn))


def _half_chord(distance: Array) -> Array:
    return jnp.sqrt(jnp.maximum((RADIUS - distance) * (RADIUS + distance), 0))
