"""Two half circles, one inside the other's bend."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.config import Range
from reglab.distributions.base import Sample, pytree
from reglab.distributions.bayes import overlap, refined
from reglab.distributions.estimate import ErrorEstimate
from reglab.distributions.masses import moons_masses
from reglab.distributions.pictograms import ALONG, JITTER, Pictogram, around, of_classes
from reglab.distributions.planar import Planar, is_zero, split_class
from reglab.distributions.sequences import normal, unit
from reglab.words import say

INNER_END = (1.0, 0.5)  # a point of the inner arc is this minus a point of the outer arc
NODES, WEIGHTS = np.asarray(np.polynomial.legendre.leggauss(16), np.float32)
WINDOW = 16.0  # the integral leaves out what is less than exp(-16) of the greatest height
LEAST_SIGMA = 1e-4  # smaller ones are below what float32 resolves at this radius


@pytree
@dataclass(frozen=True, kw_only=True)
class Moons(Planar):
    """Class 0 on (cos t, sin t), class 1 on (1 - cos t, 0.5 - sin t), t ~ U(0, pi).

    A Gaussian is added; ``noise``, 0 to 1, is the standard deviation of each coordinate. p(x, y)
    is the integral of the Gaussian density along the arc; at noise 0 there is no density.

    References:
        ``sklearn.datasets.make_moons``, whose t runs through equal steps; here t is uniform.
    """

    ranges: ClassVar[dict[str, Range]] = {"noise": Range(0, 1), "label_noise": Range(0, 0.5)}
    caption: ClassVar[str] = say("two half circles")
    num_coordinates: ClassVar[int] = 3
    num_free: ClassVar[int] = 3
    plot_region: ClassVar[tuple[float, float, float, float]] = (-2.0, 3.0, -1.6, 2.1)

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Points of both classes."""
        arc = around(np.pi * ALONG)
        outer = [0.38, 0.42] + 0.28 * arc + 0.03 * JITTER[0]
        return of_classes(outer, [0.62, 0.58] - 0.28 * arc + 0.03 * JITTER[1])

    def place(self, words: Array) -> Sample:
        """Examples out of one coordinate for class and angle, two for the noise.

        The noise is taken across and along the arc, which does not change its law, but leaves an
        evaluation with two coordinates that matter instead of three.
        """
        u = unit(words)
        is_one, share = split_class(u[:, 0])
        cos, sin = jnp.cos(jnp.pi * share), jnp.sin(jnp.pi * share)
        across, along = jnp.moveaxis(self.noise * normal(u[:, 1:]), -1, 0)
        x1 = cos * (1 + across) - sin * along
        x2 = sin * (1 + across) + cos * along
        outer = jnp.stack([x1, x2], axis=-1)
        return Sample(jnp.where(is_one[:, None], _turned(outer), outer), is_one.astype(jnp.int32))

    def clean_posterior(self, points: Array) -> Array:
        """p(y | x), from the two arcs' integrals; towards noise 0 it is the nearest arc's label."""
        # By one difference: a softmax takes them twice, and far away they are so large that the
        # rounding between its two programs would be infinite.
        ahead = jnp.diff(self._log_joint(points), axis=-1)
        return jax.nn.sigmoid(jnp.concatenate([-ahead, ahead], axis=-1))

    def marginal(self, points: Array) -> Array:
        """p(x), ``(n,)``."""
        return jnp.exp(self._log_joint(points)).sum(axis=-1)

    def cell_masses(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Integrals along the arcs, with a proved remainder, see ``Planar``.

        Raises:
            ValueError: a noise above 0 and below 0.002.
        """
        return moons_masses(low, high, float(self.noise), INNER_END)

    def clean_bayes_error(self) -> ErrorEstimate:
        """The integral of min p(x, y) over the plane."""
        return _bayes_error(float(self.noise))

    def _log_joint(self, points: Array) -> Array:
        sigma = jnp.maximum(self.noise, LEAST_SIGMA)
        both = jnp.concatenate([points, _turned(points)])
        return _log_arc(both, sigma).reshape(2, -1).T - jnp.log(2.0)

    def _is_on_curves(self) -> bool:
        return is_zero(self.noise)


@cache
def _bayes_error(noise: float) -> ErrorEstimate:
    if noise < 0.04:  # the arcs are 0.5 apart, more than six standard deviations to each side
        return ErrorEstimate(0.0, 0.0, 1e-9, 0, "closed-form")

    def integrate(resolution: int) -> tuple[float, int]:
        rows = resolution * int(100 + 6 / noise)
        num_nodes = resolution * int(50 + 4 / noise)
        t = np.pi * (np.arange(num_nodes) + 0.5) / num_nodes
        reach = 6 * noise
        x1, x2 = (
            np.linspace(*ends, rows)
            for ends in ((-1 - reach, 2 + reach), (-0.5 - reach, 1 + reach))
        )

        def bells(grid, centres):
            z = (grid[:, None] - centres) / noise
            return np.exp(-(z**2) / 2) / (noise * np.sqrt(2 * np.pi))

        outer = bells(x1, np.cos(t)), bells(x2, np.sin(t))
        inner = bells(x1, INNER_END[0] - np.cos(t)), bells(x2, INNER_END[1] - np.sin(t))
        return overlap([outer, inner], (x1[1] - x1[0]) * (x2[1] - x2[0])), rows**2

    return refined(integrate)


def _turned(points: Array) -> Array:
    """Turned by pi about the middle of the figure, which swaps the arcs."""
    return jnp.asarray(INNER_END)[None] - points


def _log_arc(points: Array, sigma: Array) -> Array:
    """Log of the density of the outer arc, ``(n,)``.

    The squared distance of a point at (r, phi) to the arc at t is (1-r)^2 + 4 r sin^2((t-phi)/2).
    Gauss-Legendre over the angles where the Gaussian has not fallen by exp(-WINDOW), relative to
    the nearest one: nothing underflows. Angles are taken from the nearest one, as a difference of
    two sines would be lost in float32 far away from the arc.
    """
    r = jnp.maximum(jnp.sqrt((points**2).sum(axis=1)), 1e-9)
    phi = jnp.arctan2(points[:, 1], jnp.abs(points[:, 0]))  # the arc is its own mirror image
    before, nearest = jnp.maximum(-phi, 0), jnp.maximum(phi, 0)  # the nearest angle, and up to it
    reach = _reach(before, WINDOW * sigma**2 / (2 * r))
    start, stop = jnp.maximum(-reach, -nearest), jnp.minimum(reach, jnp.pi - nearest)
    half = (start[:, None] + (stop - start)[:, None] * (NODES[None] + 1) / 2) / 2
    further = jnp.sin(half + before[:, None]) * jnp.sin(half)
    heights = jnp.exp(-2 * (r / sigma**2)[:, None] * jnp.maximum(further, 0))
    integral = heights @ WEIGHTS / 2 * (stop - start) / jnp.pi
    squared = (1 - r) ** 2 + 4 * r * jnp.sin(before / 2) ** 2
    return jnp.log(integral) - squared / (2 * sigma**2) - jnp.log(2 * jnp.pi * sigma**2)


def _reach(before: Array, margin: Array) -> Array:
    """How far from the nearest angle sin^2((t-phi)/2) is at most ``margin`` above its least."""
    least = jnp.sin(before / 2) ** 2
    turn = 2 * jnp.arcsin(jnp.sqrt(jnp.minimum(least + margin, 1)))
    # A tiny margin is lost in that sum; to second order the window is then this wide.
    slope = jnp.sin(before)
    width = 4 * margin / (slope + jnp.sqrt(slope**2 + 4 * margin * jnp.cos(before)))
    # Beyond pi the distance falls again: past its mirror image the whole arc is near.
    return jnp.where(turn > jnp.pi - before, jnp.pi, jnp.maximum(turn - before, width))
