"""Two spiral arms wound into each other."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.distributions.base import Sample, pytree
from reglab.distributions.bayes import overlap, refined
from reglab.distributions.estimate import ErrorEstimate
from reglab.distributions.masses import spiral_masses
from reglab.distributions.pictograms import ALONG, Pictogram, around, of_classes
from reglab.distributions.planar import Planar, is_zero, split_class
from reglab.distributions.sequences import unit
from reglab.words import say

LENGTH = 5.0
TURN = 1.75 * 2 * np.pi
COARSE, FINE = 32, 128  # cells along the stretch of an arm that a box may hold
NUM_NEAREST = 256  # along a whole arm, to find the nearest one
LEAST_HALF_SIDE = 1e-4  # smaller boxes are below what float32 resolves at this radius


@pytree
@dataclass(frozen=True, kw_only=True)
class Spiral(Planar):
    """Arms (r sin t, r cos t) with r = 5 i and t = 3.5 pi i, i ~ U(0, 1), plus U(-noise, noise)^2.

    Class 1 is that arm, class 0 the same turned by pi (t + pi). The original takes i at equal
    steps, which are not independent draws; here i is uniform. p(x, y) is proportional to how much
    of arm y (measured by i) the box of half-side ``noise`` around x holds; at noise 0 there is no
    density.

    References:
        ``classifySpiralData`` in TensorFlow Playground, ``src/dataset.ts``.
    """

    caption: ClassVar[str] = say("two spirals")
    num_coordinates: ClassVar[int] = 3
    num_free: ClassVar[int] = 3

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Points of both classes."""
        radius, turn = 0.05 + 0.38 * ALONG, 1.5 * (2 * np.pi * ALONG)
        arms = [0.5 + radius[:, None] * around(turn + half) for half in (0.0, np.pi)]
        return of_classes(*arms)

    def place(self, words: Array) -> Sample:
        """Examples out of one coordinate for class and place on the arm, two for the box."""
        u = unit(words)
        is_one, i = split_class(u[:, 0])
        centre = jnp.where(is_one, 1.0, -1.0)[:, None] * jnp.stack(_arm(i), axis=-1)
        x = centre + self.noise * (2 * u[:, 1:] - 1)
        return Sample(x, is_one.astype(jnp.int32))

    def mass_at(self, sample: Sample) -> Array:
        """p(y | x) at points that can be drawn: the draw's own label where lengths are lost."""
        own = jax.nn.one_hot(sample.y, 2)
        return _shares(_lengths(sample.x, self._half_side(), COARSE), own)

    def clean_posterior(self, points: Array) -> Array:
        """p(y | x): shares of the two arms in the box; the nearest arm where it holds none."""
        nearest = jax.nn.one_hot(_squared_distances(points).argmin(axis=1), 2)
        return _shares(_lengths(points, self._half_side(), FINE), nearest)

    def marginal(self, points: Array) -> Array:
        """p(x), ``(n,)``: mean length of the arms in the box, by the box's area."""
        half_side = self._half_side()
        return _lengths(points, half_side, FINE).sum(axis=1) / (8 * half_side**2)

    def cell_masses(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Integrals along the arms, of chords below what is integrated, see ``Planar``."""
        return spiral_masses(low, high, float(self.noise), LENGTH, TURN)

    def clean_bayes_error(self) -> ErrorEstimate:
        """The integral of min p(x, y), which is 0 farther than five half-sides from the origin."""
        return _bayes_error(float(self.noise))

    def _half_side(self) -> Array:
        return jnp.maximum(self.noise, LEAST_HALF_SIDE)

    def _is_on_curves(self) -> bool:
        return is_zero(self.noise)


@cache
def _bayes_error(noise: float) -> ErrorEstimate:
    if noise == 0:
        return ErrorEstimate(0.0, 0.0, 0.0, 0, "closed-form")

    def integrate(resolution: int) -> tuple[float, int]:
        rows, num_nodes = 300 * resolution, 1000 * resolution
        grid = 5 * noise * (2 * (np.arange(rows) + 0.5) / rows - 1)
        share = min(1.0, 6 * 2**0.5 * noise / LENGTH)  # of an arm: what boxes can reach the grid
        i = share * (np.arange(num_nodes) + 0.5) / num_nodes
        arm = LENGTH * i * np.sin(TURN * i), LENGTH * i * np.cos(TURN * i)

        def boxes(sign, centres):
            inside = np.abs(grid[:, None] - sign * centres) <= noise
            return inside.astype(np.float32) / np.float32(2 * noise)

        kernels = [(boxes(sign, arm[0]), share * boxes(sign, arm[1])) for sign in (-1, 1)]
        return overlap(kernels, (10 * noise / rows) ** 2), rows**2

    return refined(integrate)


def _arm(i: Array) -> tuple[Array, Array]:
    """The two coordinates of class 1's arm at ``i``; class 0's are their negatives."""
    t = TURN * i
    return LENGTH * i * jnp.sin(t), LENGTH * i * jnp.cos(t)


def _from_both(points: Array) -> tuple[Array, Array]:
    """Coordinates ``(2, n, 1)`` of points as class 0's arm and as class 1's arm see them."""
    both = jnp.stack([-points, points])
    return both[..., :1], both[..., 1:]


def _lengths(points: Array, half_side: Array, num_cells: int) -> Array:
    """How much of each arm, measured by i, the box around each point holds: ``(n, 2)``.

    Only where the radius is right can an arm pass through the box; that stretch is cut into
    equal cells, and the depth inside the box is taken as linear in each.
    """
    radius = jnp.sqrt((points**2).sum(axis=1))
    reach = 2**0.5 * half_side
    start = jnp.clip((radius - reach) / LENGTH, 0, 1)
    stop = jnp.clip((radius + reach) / LENGTH, 0, 1)
    steps = jnp.arange(num_cells + 1)[None] / num_cells
    a1, a2 = _arm(start[:, None] + (stop - start)[:, None] * steps)
    x1, x2 = _from_both(points)
    depth = half_side - jnp.maximum(jnp.abs(x1 - a1[None]), jnp.abs(x2 - a2[None]))
    a, b = depth[..., :-1], depth[..., 1:]
    inside = jnp.maximum(a, 0) + jnp.maximum(b, 0)
    share = inside / jnp.maximum(jnp.abs(a) + jnp.abs(b), 1e-30)
    return (stop - start)[:, None] * share.mean(axis=2).T


def _shares(lengths: Array, otherwise: Array) -> Array:
    total = lengths.sum(axis=1, keepdims=True)
    return jnp.where(total > 0, lengths / jnp.where(total > 0, total, 1), otherwise)


def _squared_distances(points: Array) -> Array:
    """From each point to each arm, ``(n, 2)``."""
    a1, a2 = _arm(jnp.arange(NUM_NEAREST + 1)[None, None] / NUM_NEAREST)
    x1, x2 = _from_both(points)
    return ((x1 - a1) ** 2 + (x2 - a2) ** 2).min(axis=2).T
