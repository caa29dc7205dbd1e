"""A square whose right half is another class, with a blurred edge."""

from dataclasses import dataclass
from typing import ClassVar

import jax.numpy as jnp

from reglab.config import Range
from reglab.distributions import ErrorEstimate, Planar, Sample, pytree, register
from reglab.distributions.planar import pair
from reglab.distributions.sequences import unit


@pytree
@dataclass(frozen=True, kw_only=True)
class Stripe(Planar):
    """x uniform on (-1, 1)²; y = 1 where x1 + U(-noise, noise) is above 0."""

    ranges: ClassVar[dict[str, Range]] = {"noise": Range(0, 1), "label_noise": Range(0, 0.5)}
    caption: ClassVar[str] = "left & right"
    num_coordinates: ClassVar[int] = 3
    num_free: ClassVar[int] = 2
    plot_region: ClassVar[tuple[float, float, float, float]] = (-1.2, 1.2, -1.2, 1.2)

    @classmethod
    def thumbnail(cls):
        return [[0.2, 0.5, 0], [0.8, 0.5, 1]]

    def place(self, words):
        s = 2 * unit(words) - 1
        return Sample(s[:, :2], (s[:, 0] + self.noise * s[:, 2] > 0).astype(jnp.int32))

    def clean_posterior(self, points):
        width = 2 * jnp.maximum(self.noise, 1e-6)
        return pair(jnp.clip(0.5 + points[:, 0] / width, 0, 1))

    def marginal(self, points):
        return (jnp.abs(points) < 1).all(axis=1).astype(points.dtype) / 4

    def clean_bayes_error(self):
        value = float(self.noise) / 4
        return ErrorEstimate(value, value, value, 0, "closed-form")


register("stripe", Stripe)
