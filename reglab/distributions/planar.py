"""What the planar distributions of two classes share: points, masses, density, posterior."""

from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer

from reglab.config import Range
from reglab.distributions.base import Distribution, Sample
from reglab.distributions.sequences import low_discrepancy
from reglab.precision import jit
from reglab.words import say


@dataclass(frozen=True, kw_only=True)
class Planar(Distribution):
    """A distribution on the plane. A member adds ``clean_posterior`` and ``marginal``.

    Attributes:
        num_free: the leading coordinates that place x; the rest decide the label given x, and an
            evaluation integrates them out.
        plot_region: ``(x1 low, x1 high, x2 low, x2 high)``, shows nearly all draws.
        noise: how far the classes run into each other.
    """

    input_shape: ClassVar[tuple[int, ...]] = (2,)
    num_classes: ClassVar[int] = 2
    ranges: ClassVar[dict[str, Range]] = {"noise": Range(0, 0.5), "label_noise": Range(0, 0.5)}
    num_free: ClassVar[int]
    plot_region: ClassVar[tuple[float, float, float, float]] = (-6.0, 6.0, -6.0, 6.0)

    noise: float | Array = 0.2

    @property
    def net_coordinates(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Coordinates of the scrambled net that the points of ``evaluation`` are."""
        return self.num_free

    def clean_posterior(self, points: Array) -> Array:
        """p(y | x) before label noise, ``(n, 2)``; defined on the whole plane."""
        raise NotImplementedError

    def marginal(self, points: Array) -> Array:
        """The density p(x), ``(n,)``, at a noise that has one."""
        raise NotImplementedError

    def cell_masses(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Proved bounds, from below, of the mass of boxes for each class, without label noise.

        Their sum over a partition falls short of 1 by what is not proved: rounding, the remainder
        of a quadrature, and what lies outside. See ``reglab.distributions.masses``.

        Args:
            low: least coordinates of each box, ``(n, 2)`` float64.
            high: greatest coordinates, likewise.

        Returns:
            ``(n, 2)`` float64, from 0 to 1.

        Raises:
            ValueError: a member, or a noise, of which no such bounds are known.
        """
        raise ValueError(
            say("cell_masses: expected a distribution with proved masses, got {got!r}", got=self)
        )

    def mass_at(self, sample: Sample) -> Array:
        """p(y | x) before label noise at points that can be drawn; y is one draw's label."""
        return self.clean_posterior(sample.x)

    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """Evenly spread draws of x, each with its whole p(y | x): see ``evaluation``."""
        words = low_discrepancy(key, num_points, self.num_free)
        words = jnp.pad(words, ((0, 0), (0, self.num_coordinates - self.num_free)))
        sample = self.place(words)
        return sample.x, self.mass_at(sample) / num_points

    def density(self, points: Array) -> Array:
        """The joint density p(x, y), label noise included; integrates to 1.

        Args:
            points: ``(n, 2)``.

        Returns:
            ``(n, num_classes)``, per unit of area.

        Raises:
            ValueError: no such points, or no density because all mass lies on curves.
        """
        if self._is_on_curves():
            raise ValueError(
                say("density: expected noise above 0, got {got!r}, which lies on curves", got=self)
            )
        points = _checked_points(points)
        return _density(self, points)

    def posterior(self, points: Array) -> Array:
        """The probabilities p(y | x), label noise included, on the whole plane.

        Where nothing can be drawn they continue towards the nearest class.

        Args:
            points: ``(n, 2)``.

        Returns:
            ``(n, num_classes)``, rows sum to 1.
        """
        return _posterior(self, _checked_points(points))

    def _is_on_curves(self) -> bool:
        return False


def split_class(u: Array) -> tuple[Array, Array]:
    """One uniform coordinate as a fair class (bool) and another uniform coordinate."""
    is_one = u >= 0.5
    return is_one, 2 * u - is_one.astype(u.dtype)


def is_zero(number: object) -> bool:
    """Whether a number is known to be 0; a traced one is not known."""
    return not isinstance(number, Tracer) and bool(np.all(np.asarray(number) == 0))


def pair(p_one: Array) -> Array:
    """``(n,)`` probabilities of class 1 as ``(n, 2)`` probabilities of both."""
    return jnp.stack([1 - p_one, p_one], axis=-1)


@jit
def _posterior(distribution: Planar, points: Array) -> Array:
    return distribution.with_label_noise(distribution.clean_posterior(points))


@jit
def _density(distribution: Planar, points: Array) -> Array:
    return distribution.marginal(points)[:, None] * _posterior(distribution, points)


def _checked_points(points: object) -> Array:
    array = points if isinstance(points, jax.Array) else np.asarray(points)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(say("points: expected shape (n, 2), got {got}", got=array.shape))
    return jnp.asarray(array, jnp.float32)
