"""A line through Gaussian inputs, with Gaussian noise: regression whose risk is a formula."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.config import Range, check_number
from reglab.distributions.base import (
    Distribution,
    Sample,
    base_draws,
    check_key,
    checked_count,
    pytree,
)
from reglab.distributions.estimate import BATCH, MAX_DRAWS, ErrorEstimate
from reglab.distributions.pictograms import ALONG, JITTER, Pictogram
from reglab.distributions.sequences import normal, unit
from reglab.distributions.squared import QUANTILE, unexplained
from reglab.precision import full_precision, jit
from reglab.words import say

NUM_FEATURES = 20
EVALUATION = 2**31 + 2  # folded into the key: evaluation sets are no samples of the same key
_AFFINE = 1e-4  # of the variance of y: a predictor that bends by less counts as affine
_HALF_WIDTH = Range(0, 1, open_low=True)


@pytree
@dataclass(frozen=True, kw_only=True)
class GaussianLinear(Distribution):
    """y = w·x + noise·z, with x of 20 standard normal features, z standard normal, |w| = 1.

    Errors are squared, as shares of the variance of y, 1 + noise²: 0 is exact, and 1 is what the
    mean of y as an answer to everything costs. All weights w are equal, so no feature is better
    than another. The risk of an affine h(x) = v·x + b is a formula, (|v - w|² + b² + noise²) /
    (1 + noise²); over a set that ``evaluation`` returns its mean is that formula, to round-off.

    Attributes:
        noise: standard deviation of what no h can know, 0 to 1.

    References:
        The linear model with random design; Hastie, Tibshirani and Friedman, *The Elements of
        Statistical Learning*, 2009, sec. 2.3.

    >>> GaussianLinear(noise=0.5).bayes_error().value
    0.2
    """

    input_shape: ClassVar[tuple[int, ...]] = (NUM_FEATURES,)
    input_kind: ClassVar[str] = "table"
    num_classes: ClassVar[int] = 1
    loss: ClassVar[str] = "squared"
    method: ClassVar[str] = "monte-carlo"
    ranges: ClassVar[dict[str, Range]] = {"noise": Range(0, 1)}
    caption: ClassVar[str] = say("regression: a line, 20 features")
    num_coordinates: ClassVar[int] = NUM_FEATURES + 1

    noise: float | Array = 0.0

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Points about a line."""
        line = np.stack([ALONG, 0.15 + 0.7 * ALONG], axis=-1)
        points = line + 0.08 * JITTER[0] * [0, 1]
        return [[float(x), float(np.clip(y, 0.02, 0.98)), 1] for x, y in points]

    def place(self, words: Array) -> Sample:
        """Examples out of a word a feature, and one for the noise."""
        z = normal(unit(words))
        x = z[:, :-1]
        return Sample(x, _line(x) + self.noise * z[:, -1])

    def sample(self, key: Array, n: int) -> Sample:
        """Draws ``n`` examples: ``x`` ``(n, 20)`` and targets ``y`` ``(n,)``, both float32."""
        return _drawn(self, check_key(key), checked_count("n", n, 2**31 - 1))

    def with_label_noise(self, mass: Array) -> Array:
        """There are no labels to flip."""
        return mass

    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """Inputs whose mean is 0 and covariance 1 exactly, and the mean of y at each, ``(n, 1)``.

        With fewer points than 40 they are plain draws.
        """
        words, _ = base_draws(self, jax.random.fold_in(key, EVALUATION), num_points)
        x = normal(unit(words))[:, :-1]
        if num_points >= 2 * NUM_FEATURES:
            x = x - x.mean(axis=0, keepdims=True)
            root = jnp.linalg.cholesky(x.T @ x / num_points)
            x = jax.scipy.linalg.solve_triangular(root, x.T, lower=True).T
        return x, _line(x)[:, None]

    @property
    def variance(self) -> float | Array:
        """The variance of y."""
        return 1 + self.noise**2

    def bayes_error(self) -> ErrorEstimate:
        """What the noise alone costs, noise² / (1 + noise²)."""
        value = float(self.noise) ** 2 / float(self.variance)
        return ErrorEstimate(value, value, value, 0, "closed-form")

    @full_precision
    def true_error(
        self,
        predict: Callable[[Array], Any],
        *,
        half_width: float = 0.002,
        key: Array | None = None,
    ) -> ErrorEstimate:
        """The squared error of ``predict``, as a share of the variance of y.

        Args:
            predict: maps ``(n, 20)`` to answers ``(n, 1)``. The risk of one that is affine is a
                formula; that of any other is a mean over fresh draws.
            half_width: of the interval of a mean over draws, which is normal, 95 %.
            key: of the draws.

        Raises:
            ValueError: answers of another shape or not finite, or a number out of range.
        """
        half_width = check_number("half_width", half_width, _HALF_WIDTH)
        key = check_key(jax.random.key(0) if key is None else key)
        weights, bias, bend = _tangent(predict)
        if bend < _AFFINE * self.variance:
            own = np.full(NUM_FEATURES, 1 / math.sqrt(NUM_FEATURES))
            excess = float(((weights - own) ** 2).sum() + bias**2)
            value = (excess + float(self.noise) ** 2) / float(self.variance)
            return ErrorEstimate(value, value, value, 0, "closed-form")
        return self._over_draws(predict, half_width, key)

    def _over_draws(self, predict: Callable, half_width: float, key: Array) -> ErrorEstimate:
        errors, half = np.zeros(0), math.inf
        while len(errors) == 0 or (half > half_width and len(errors) < MAX_DRAWS):
            count = max(BATCH, len(errors))
            x, mean = self.evaluation(jax.random.fold_in(key, len(errors)), count)
            miss = (_answers(predict, x) - np.asarray(mean))[:, 0]
            new = unexplained(miss**2, float(self.noise))
            errors = np.concatenate([errors, new])
            half = QUANTILE * errors.std() / math.sqrt(len(errors))
        value = float(errors.mean())
        return ErrorEstimate(value, value - half, value + half, len(errors), self.method)


@jit(static_argnames="n")
def _drawn(distribution: GaussianLinear, key: Array, n: int) -> Sample:
    return distribution.place(base_draws(distribution, key, n)[0])


def _line(x: Array) -> Array:
    # In a fixed order: a sum of its own making rounds otherwise for another number of rows.
    total = reduce(jnp.add, [x[:, i] for i in range(NUM_FEATURES)])
    return total / math.sqrt(NUM_FEATURES)


def _tangent(predict: Callable) -> tuple[np.ndarray, float, float]:
    """Weights and bias of the affine function through 21 answers, and how far others are off it."""
    probes = np.random.default_rng(0).normal(size=(64, NUM_FEATURES)).astype(np.float32)
    points = np.concatenate([np.zeros((1, NUM_FEATURES)), np.eye(NUM_FEATURES), probes])
    answers = _answers(predict, jnp.asarray(points, jnp.float32))[:, 0]
    bias, weights = answers[0], answers[1 : 1 + NUM_FEATURES] - answers[0]
    bend = answers[1 + NUM_FEATURES :] - (probes @ weights + bias)
    return weights, float(bias), float((bend**2).max())


def _answers(predict: Callable, x: Array) -> np.ndarray:
    answers = np.asarray(predict(x)).astype(np.float64)
    if answers.shape != (len(x), 1):
        raise ValueError(
            say(
                "predict: expected answers of shape {shape}, got {got}",
                shape=(len(x), 1),
                got=answers.shape,
            )
        )
    if not np.isfinite(answers).all():
        raise ValueError(say("predict: expected finite answers, got nan or infinity"))
    return answers
