"""Finite populations: each member is as likely as any other, and errors are counts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.config import Range
from reglab.distributions.base import (
    Distribution,
    Sample,
    base_draws,
    check_key,
    checked_count,
    flipped,
)
from reglab.distributions.estimate import ErrorEstimate, error_over
from reglab.distributions.sequences import MAX_POINTS
from reglab.precision import in_32_bits, jit
from reglab.words import say


@dataclass(frozen=True, kw_only=True)
class FinitePopulation(Distribution):
    """A uniform draw, with replacement, out of images with labels.

    The population is the whole distribution, so errors are counts, and exact. A member defines
    ``population``.

    Attributes:
        image_shape: height and width; examples are flat, rows of pixels one after another.
        size: number of members.
    """

    image_shape: ClassVar[tuple[int, int]]
    size: ClassVar[int]
    method: ClassVar[str] = "enumeration"
    num_classes: ClassVar[int] = 10
    ranges: ClassVar[dict[str, Range]] = {"label_noise": Range(0, 0.9)}
    num_coordinates: ClassVar[int] = 1

    @staticmethod
    def population() -> tuple[np.ndarray, np.ndarray]:
        """All members: images ``(size, *input_shape)`` float32 from 0 to 1, labels int32."""
        raise NotImplementedError

    def place(self, words: Array) -> Sample:
        """The members that one word each picks."""
        images, labels = self.population()
        index = _picked(self, words)
        return Sample(jnp.asarray(images)[index], jnp.asarray(labels)[index])

    def sample(self, key: Array, n: int) -> Sample:
        """Draws ``n`` examples, as every distribution does."""
        # Images are looked up outside of the compiled program, which would hold a copy of them all.
        index, y = _drawn(self, check_key(key), checked_count("n", n, 2**31 - 1))
        return Sample(jnp.asarray(self.population()[0])[index], y)

    def clean_labels(self, key: Array, n: int) -> Array:
        """The labels ``(n,)`` int32 of ``sample(key, n)`` before any was flipped."""
        return jnp.asarray(self.population()[1])[self.members(key, n)]

    def members(self, key: Array, n: int) -> Array:
        """Which members, as rows of ``evaluation``, ``sample(key, n)`` drew: ``(n,)`` int32."""
        n = checked_count("n", n, 2**31 - 1)
        return _picked(self, base_draws(self, check_key(key), n)[0])

    @in_32_bits
    def evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """All members, in their own order, whatever ``num_points`` is."""
        num_points = checked_count("num_points", num_points, MAX_POINTS)
        x, mass = self.clean_evaluation(check_key(key), num_points)
        return x, self.with_label_noise(mass)

    @in_32_bits
    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """What ``evaluation`` returns, without label noise."""
        images, labels = self.population()
        return jnp.asarray(images), jax.nn.one_hot(labels, self.num_classes) / self.size

    def clean_bayes_error(self) -> ErrorEstimate:
        """The share of members whose image has another label in most of its copies."""
        value = _ambiguous(type(self)) / self.size
        return ErrorEstimate(value, value, value, self.size, self.method)

    def unseen_error(self, predict: Callable[[Array], Any], key: Array, n: int) -> ErrorEstimate:
        """The error over those members that ``sample(key, n)`` did not draw.

        Over the whole population some of the test examples are training examples, and a network
        that learned these by heart looks better than it is elsewhere.

        Args:
            predict: maps ``(n, *input_shape)`` to class scores ``(n, num_classes)``.
            key: of the sample.
            n: its size.

        Raises:
            ValueError: scores of another shape or not finite, or a sample of all members.
        """
        x, mass = self.evaluation(key, 1)
        unseen = np.ones(self.size, bool)
        unseen[np.asarray(self.members(key, n))] = False
        if not unseen.any():
            raise ValueError(
                say("n: expected a sample that leaves members out, got one of {n}", n=n)
            )
        value = error_over(predict, x[unseen], np.asarray(mass)[unseen])
        return ErrorEstimate(value, value, value, int(unseen.sum()), self.method)


def _picked(distribution: FinitePopulation, words: Array) -> Array:
    return (words[:, 0] % jnp.uint32(distribution.size)).astype(jnp.int32)


@jit(static_argnames="n")
def _drawn(distribution: FinitePopulation, key: Array, n: int) -> tuple[Array, Array]:
    words, noise = base_draws(distribution, key, n)
    index = _picked(distribution, words)
    return index, flipped(distribution, jnp.asarray(distribution.population()[1])[index], noise)


@cache
def _ambiguous(kind: type[FinitePopulation]) -> int:
    """How many members no classifier of images can answer, as others look the same."""
    images, labels = kind.population()
    _, image = np.unique(images, axis=0, return_inverse=True)
    counts = np.zeros((image.max() + 1, kind.num_classes), int)
    np.add.at(counts, (image.ravel(), labels), 1)
    return int(len(labels) - counts.max(axis=1).sum())
