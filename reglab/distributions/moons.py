"""Two half circles, one inside the other's bend."""

from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.config import Range
from reglab.distributions.base import Sample, pytree
from reglab.distributions.planar import Planar, is_zero, split_class
from reglab.distributions.sequences import normal, unit

INNER_END = (1.0, 0.5)  # a point of the inner arc is this minus a point of the outer arc
NODES, WEIGHTS = np.asarray(np.polynomial.legendre.leggauss(16), np.float32)
WINDOW = 5.5  # standard deviations of the angle on each side of its most likely value
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
    num_coordinates: ClassVar[int] = 3
    num_free: ClassVar[int] = 3
    plot_region: ClassVar[tuple[float, float, float, float]] = (-2.0, 3.0, -1.6, 2.1)

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
        return jax.nn.softmax(self._log_joint(points), axis=-1)

    def marginal(self, points: Array) -> Array:
        """p(x), ``(n,)``."""
        return jnp.exp(self._log_joint(points)).sum(axis=-1)

    def _log_joint(self, points: Array) -> Array:
        sigma = jnp.maximum(self.noise, LEAST_SIGMA)
        both = jnp.concatenate([points, _turned(points)])
        return _log_arc(both, sigma).reshape(2, -1).T - jnp.log(2.0)

    def _is_on_curves(self) -> bool:
        return is_zero(self.noise)


def _turned(points: Array) -> Array:
    """Turned by pi about the middle of the figure, which swaps the arcs."""
    return jnp.asarray(INNER_END)[None] - points


def _log_arc(points: Array, sigma: Array) -> Array:
    """Log of the density of the outer arc, ``(n,)``.

    The squared distance of a point at (r, phi) to the arc at t is (1-r)^2 + 4 r sin^2((t-phi)/2).
    Gauss-Legendre over the angles near the best one, which is taken out first: no underflow.
    """
    r = jnp.sqrt((points**2).sum(axis=1))
    phi = jnp.arctan2(points[:, 1], points[:, 0])
    best = jnp.where(phi >= 0, phi, jnp.where(phi > -jnp.pi / 2, 0.0, jnp.pi))
    reach = WINDOW * sigma / jnp.sqrt(jnp.maximum(r, 1e-9))
    start, stop = jnp.maximum(best - reach, 0), jnp.minimum(best + reach, jnp.pi)
    t = start[:, None] + (stop - start)[:, None] * (NODES[None] + 1) / 2
    nearest = jnp.sin((best - phi) / 2) ** 2
    further = jnp.sin((t - phi[:, None]) / 2) ** 2 - nearest[:, None]
    heights = jnp.exp(-2 * (r / sigma**2)[:, None] * further)
    mean_height = heights @ WEIGHTS / 2
    squared = (1 - r) ** 2 + 4 * r * nearest
    integral = jnp.log(mean_height * (stop - start) / jnp.pi)
    return integral - squared / (2 * sigma**2) - jnp.log(2 * jnp.pi * sigma**2)
