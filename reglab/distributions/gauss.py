"""Two round Gaussians."""

import math
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.distributions.base import Sample, pytree
from reglab.distributions.estimate import ErrorEstimate
from reglab.distributions.masses import gauss_masses
from reglab.distributions.pictograms import JITTER, Pictogram, of_classes
from reglab.distributions.planar import Planar, pair, split_class
from reglab.distributions.sequences import normal, unit
from reglab.words import say


@pytree
@dataclass(frozen=True, kw_only=True)
class Gauss(Planar):
    """Class 1 is N((2, 2), v I), class 0 is N((-2, -2), v I), with v = 0.5 + 7 noise.

    p(1 | x) is the logistic function of 4 (x1 + x2) / v; the Bayes error is Phi(-2 sqrt(2/v)).

    References:
        ``classifyTwoGaussData`` in TensorFlow Playground, ``src/dataset.ts``.

    >>> round(Gauss(noise=0.5).bayes_error().value, 4)
    0.0786
    """

    caption: ClassVar[str] = say("two Gaussians")
    num_coordinates: ClassVar[int] = 2
    num_free: ClassVar[int] = 2
    plot_region: ClassVar[tuple[float, float, float, float]] = (-8.0, 8.0, -8.0, 8.0)

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Points of both classes."""
        return of_classes([0.33, 0.33] + 0.1 * JITTER[0], [0.67, 0.67] + 0.1 * JITTER[1])

    @property
    def variance(self) -> float | Array:
        """Variance of each coordinate within a class."""
        return 0.5 + 7 * self.noise

    def place(self, words: Array) -> Sample:
        """Examples out of one coordinate for class and x1, one for x2."""
        u = unit(words)
        is_one, first = split_class(u[:, 0])
        z = normal(jnp.stack([first, u[:, 1]], axis=-1))
        centre = jnp.where(is_one, 2.0, -2.0)[:, None]
        return Sample(centre + jnp.sqrt(self.variance) * z, is_one.astype(jnp.int32))

    def clean_posterior(self, points: Array) -> Array:
        """p(y | x) of two Gaussians of equal covariance, ``(n, 2)``."""
        return pair(jax.nn.sigmoid(4 * points.sum(axis=1) / self.variance))

    def marginal(self, points: Array) -> Array:
        """p(x), the mean of two Gaussian densities, ``(n,)``."""
        v = self.variance
        near_0, near_1 = (((points - centre) ** 2).sum(axis=1) for centre in (-2.0, 2.0))
        return (jnp.exp(-near_0 / (2 * v)) + jnp.exp(-near_1 / (2 * v))) / (4 * jnp.pi * v)

    def cell_masses(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Products of differences of the normal distribution function, see ``Planar``."""
        return gauss_masses(low, high, float(self.variance))

    def clean_bayes_error(self) -> ErrorEstimate:
        """Phi(-2 sqrt(2/v)): half the distance of the centres, in standard deviations."""
        value = math.erfc(2 / math.sqrt(float(self.variance))) / 2
        return ErrorEstimate(value, value, value, 0, "closed-form")
