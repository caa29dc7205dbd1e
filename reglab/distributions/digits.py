"""Scikit-learn's handwritten digits, as a finite population."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.config import Range
from reglab.distributions.base import Distribution, Sample, base_draws, check_key, pytree
from reglab.distributions.estimate import ErrorEstimate

NUM_IMAGES = 1797


@pytree
@dataclass(frozen=True, kw_only=True)
class Digits(Distribution):
    """A uniform draw, with replacement, out of 1,797 images of 8x8 pixels from 0 to 1.

    The population is the whole distribution, so errors are counts. All images differ, so without
    label noise the Bayes error is 0.

    References:
        ``sklearn.datasets.load_digits``; Alpaydin & Kaynak, UCI ML Repository, 1998.

    >>> Digits(label_noise=0.25).bayes_error().value
    0.25
    """

    input_shape: ClassVar[tuple[int, ...]] = (64,)
    image_shape: ClassVar[tuple[int, int]] = (8, 8)
    num_classes: ClassVar[int] = 10
    method: ClassVar[str] = "enumeration"
    ranges: ClassVar[dict[str, Range]] = {"label_noise": Range(0, 0.9)}
    num_coordinates: ClassVar[int] = 1

    def place(self, words: Array) -> Sample:
        """The members that one word each picks."""
        images, labels = _population()
        index = _members(words)
        return Sample(jnp.asarray(images)[index], jnp.asarray(labels)[index])

    def members(self, key: Array, n: int) -> Array:
        """Which members, as rows of ``evaluation``, ``sample(key, n)`` drew: ``(n,)`` int32."""
        return _members(base_draws(self, check_key(key), n)[0])

    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """All members, in scikit-learn's order, whatever ``num_points`` is."""
        images, labels = _population()
        return jnp.asarray(images), jax.nn.one_hot(labels, 10) / NUM_IMAGES

    def clean_bayes_error(self) -> ErrorEstimate:
        """The share of members whose image has another label in most of its copies."""
        images, labels = _population()
        _, image = np.unique(images, axis=0, return_inverse=True)
        counts = np.zeros((image.max() + 1, 10), int)
        np.add.at(counts, (image, labels), 1)
        value = float(1 - counts.max(axis=1).sum() / NUM_IMAGES)
        return ErrorEstimate(value, value, value, NUM_IMAGES, self.method)


def _members(words: Array) -> Array:
    return (words[:, 0] % jnp.uint32(NUM_IMAGES)).astype(jnp.int32)


@cache
def _population() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits  # a second to import, and only this class needs it

    images, labels = (np.asarray(array) for array in load_digits(return_X_y=True))
    return (images / 16).astype(np.float32), labels.astype(np.int32)
