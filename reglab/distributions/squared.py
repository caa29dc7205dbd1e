"""Squared errors as shares of the variance of y, with their intervals."""

import math
from typing import Any

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

QUANTILE = 1.96  # of a normal interval at 95 %
SIMULTANEOUS = 4.06  # the same for a thousand hypotheses at once, by Bonferroni


def unexplained(squares: Any, noise: Any) -> Any:
    """Squared distances from the mean of y as shares of its variance, the noise included.

    1 + noise² is the variance of y where its mean has the variance 1.

    >>> unexplained(0.25, 0.5)
    0.4
    """
    return (squares + noise**2) / (1 + noise**2)


def squared_error(
    answers: Array, mean: Array, noise: ArrayLike, *, is_affine: bool
) -> tuple[Array, Array, Array]:
    """The error of answers over an evaluation set, as ``(value, low, high)``.

    Args:
        answers: ``(n,)``. One that is not finite makes the error infinite.
        mean: of y at each point, ``(n,)``.
        noise: standard deviation of y about its mean.
        is_affine: whether the answers are an affine function of the inputs: their risk over the
            set is then a formula. Otherwise the interval is normal, and holds for 1,000 hypotheses
            at once with a probability of about 95 %.
    """
    errors = unexplained((answers - mean) ** 2, noise)
    value = errors.mean()
    value = jnp.where(jnp.isnan(value), jnp.inf, value)
    half = 0.0 if is_affine else SIMULTANEOUS * errors.std() / math.sqrt(len(answers))
    half = jnp.where(jnp.isfinite(value), half, 0.0)  # infinity has no neighbourhood
    return value, jnp.maximum(value - half, 0.0), value + half
