"""Errors over independent draws, with exact binomial bounds that hold for many hypotheses."""

from functools import lru_cache

import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.distributions.intervals import clopper_pearson
from reglab.distributions.weighted import weighted_error

SAMPLED = ("monte-carlo", "held-out")  # methods whose points are independent draws
NUM_HYPOTHESES = 1000  # judged on one set of draws
LEVEL = 0.05 / NUM_HYPOTHESES


@lru_cache(maxsize=16)
def binomial_bounds(n: int, level: float = LEVEL) -> np.ndarray:
    """Clopper and Pearson's bounds of a share, for every count of hits out of ``n`` draws.

    At the default level the bounds of up to 1,000 hypotheses, all judged on the same draws, hold
    at once with a probability of at least 95 %.

    Returns:
        ``(2, n + 1)`` float32: low and high for each count from 0 to ``n``.

    >>> binomial_bounds(10, 0.05)[:, 5].round(3).tolist()
    [0.18700000643730164, 0.8130000233650208]
    """
    return clopper_pearson(np.arange(n + 1), n, level).astype(np.float32)


def sampled_error(predicted: Array, mass: Array, bounds: Array) -> tuple[Array, Array, Array]:
    """The error of predicted classes over independent draws, as ``(value, low, high)``.

    With label noise, ``mass`` holds the chance of each label at a draw, and the error spreads less
    than a count of flipped labels would: the bounds, those of a count, are then wider than need be.

    Args:
        predicted: classes ``(n,)``; -1 where there is no answer, which is a mistake.
        mass: ``(n, num_classes)``, sums to 1, the same for every draw.
        bounds: what :func:`binomial_bounds` returns for ``n``.
    """
    value, _, _ = weighted_error(predicted, mass, exact=True)
    count = value * predicted.shape[0]
    slack = 1e-3  # of rounding
    low = bounds[0][jnp.floor(count + slack).astype(jnp.int32)]
    high = bounds[1][jnp.ceil(count - slack).astype(jnp.int32)]
    return value, low, high
