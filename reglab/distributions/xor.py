"""Four squares, labelled like a chessboard."""

from dataclasses import dataclass
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.distributions.base import Sample, pytree
from reglab.distributions.estimate import ErrorEstimate
from reglab.distributions.masses import xor_masses
from reglab.distributions.pictograms import SPREAD, Pictogram, of_classes
from reglab.distributions.planar import Planar, pair
from reglab.distributions.sequences import unit
from reglab.words import say

HALF_SIDE = 5.0
PADDING = 0.3


@pytree
@dataclass(frozen=True, kw_only=True)
class Xor(Planar):
    """x1 and x2 uniform on (-5, 5), pushed 0.3 off the axes; y = 1 where a shaken x has x1 x2 >= 0.

    Each coordinate is shaken by U(-w, w), w = 5 noise, for the label only. It changes sign with
    probability E = (w - 0.3)^2 / (20 w) (0 for w <= 0.3), and the Bayes error is 2 E (1 - E).

    References:
        ``classifyXORData`` in TensorFlow Playground, ``src/dataset.ts``.

    >>> round(Xor(noise=0.5).bayes_error().value, 4)
    0.1749
    """

    caption: ClassVar[str] = say("exclusive or")
    num_coordinates: ClassVar[int] = 4
    num_free: ClassVar[int] = 2

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Points of both classes."""
        crossed = (SPREAD[:, 0] > 0.5) == (SPREAD[:, 1] > 0.5)
        return of_classes(SPREAD[~crossed], SPREAD[crossed])

    def place(self, words: Array) -> Sample:
        """Examples out of two coordinates for x, two that shake it for the label."""
        s = 2 * unit(words) - 1
        x = HALF_SIDE * s[:, :2] + PADDING * jnp.sign(s[:, :2])
        shaken = x + HALF_SIDE * self.noise * s[:, 2:]
        return Sample(x, (shaken[:, 0] * shaken[:, 1] >= 0).astype(jnp.int32))

    def clean_posterior(self, points: Array) -> Array:
        """p(y | x): the two signs are independent given x, ``(n, 2)``."""
        w = HALF_SIDE * self.noise
        share = jnp.clip(0.5 + points / (2 * jnp.where(w > 0, w, 1.0)), 0, 1)
        p_positive = jnp.where(w > 0, share, (points >= 0).astype(jnp.float32))
        return pair(p_positive.prod(axis=1) + (1 - p_positive).prod(axis=1))

    def marginal(self, points: Array) -> Array:
        """p(x), uniform on four squares, ``(n,)``."""
        size = jnp.abs(points)
        is_inside = ((size > PADDING) & (size < HALF_SIDE + PADDING)).all(axis=1)
        return is_inside.astype(points.dtype) / (2 * HALF_SIDE) ** 2

    def cell_masses(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Products of integrals along the axes, piecewise quadratic, see ``Planar``."""
        return xor_masses(low, high, HALF_SIDE * float(self.noise), HALF_SIDE, PADDING)

    def clean_bayes_error(self) -> ErrorEstimate:
        """2 E (1 - E): exactly one of the two coordinates changes sign."""
        w = HALF_SIDE * float(self.noise)
        flip = (w - PADDING) ** 2 / (4 * HALF_SIDE * w) if w > PADDING else 0.0
        value = 2 * flip * (1 - flip)
        return ErrorEstimate(value, value, value, 0, "closed-form")
