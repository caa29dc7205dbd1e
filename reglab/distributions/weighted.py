"""The error over one set of weighted points, with its interval, in a compiled program.

Masses are counted in whole numbers, so that equal counts of equal masses are equal errors, to the
last bit, in whatever order and on whatever device they were summed.

A quadrature has an interval from several resolutions: the points fall into strided sub-sets (i
modulo m), each a coarser quadrature of the same error, and their spread says how precise the whole
is. Of any points, that is Student's t of eight sub-sets. Points that are a scrambled net are more
evenly spread than their parts. Over n points of a net in d dimensions the standard error of a share
whose boundary is a smooth surface falls as n to the power of -(d + 1) / (2 d): -3/4 of two, -2/3 of
three. So the spread of the parts, taken at four resolutions from 8 to 64 parts, is carried to the
whole by that law. The half-width is 4.5 such standard errors, as all hypotheses of a pool are
judged at once (``benchmarks/coverage.py``). It is an estimate and no certificate: a wrong
region that every point misses is met only by the least half-width, three times the mass of the
heaviest point.

References:
    He & Wang, On the convergence rate of randomized quasi-Monte Carlo for discontinuous functions,
    *SIAM J. Numer. Anal.* 53, 2015.
"""

import math

import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.distributions.estimate import LEAST, NUM_SUBSETS, STUDENT_T
from reglab.distributions.quotients import quotient
from reglab.distributions.sequences import NUM_BLOCKS
from reglab.words import say

UNITS = 2.0**28  # of mass, in which it is counted
STRIDES = (8, 16, 32, NUM_BLOCKS)  # of sub-sets that are nets
STANDARD_ERRORS = 4.5  # calibrated on all rows of pools at once


def weighted_error(
    predicted: Array, mass: Array, *, exact: bool, net_coordinates: int | None = None
) -> tuple[Array, Array, Array]:
    """The error of predicted classes over weighted points, as ``(value, low, high)``.

    Hypotheses that miss equal counts of equal masses get equal values: count / n, rounded to the
    nearest float32. Works under ``jit`` and ``vmap``.

    Args:
        predicted: classes ``(n,)``, integers from 0 to ``num_classes - 1``; -1 where h answers
            nothing, which is a mistake.
        mass: ``(n, num_classes)``, sums to 1.
        exact: true for a whole population: low and high equal the value. Otherwise they are
            an interval from several resolutions, an estimate (see this module), and n is at least
            16.
        net_coordinates: how many coordinates the points have that are placed by
            :func:`~reglab.distributions.sequences.low_discrepancy`; None of points of any kind.

    Raises:
        ValueError: shapes that do not fit, or too few points for an interval.

    >>> mass = jnp.full((16, 2), 1 / 32)
    >>> [float(v) for v in weighted_error(jnp.zeros(16, int), mass, exact=True)]
    [0.5, 0.5, 0.5]
    """
    n = mass.shape[0]
    if mass.ndim != 2 or predicted.shape != (n,):
        raise ValueError(
            say(
                "weighted_error: expected predicted (n,) and mass (n, num_classes), got {shape} "
                "and {mass_shape}",
                shape=predicted.shape,
                mass_shape=mass.shape,
            )
        )
    if not exact and n < 2 * NUM_SUBSETS:
        raise ValueError(
            say(
                "weighted_error: expected at least {least} points, got {got}",
                least=2 * NUM_SUBSETS,
                got=n,
            )
        )
    words = _counted(mass)
    is_missed = predicted[:, None] != jnp.arange(mass.shape[1])[None]  # all classes of a -1
    wrong, held = (
        parts.sum(axis=2, dtype=jnp.uint32) for parts in (jnp.where(is_missed, words, 0), words)
    )
    value = _share(wrong, held, _num_fine(mass.shape))
    if exact:
        return value, value, value
    if net_coordinates is None:
        half = _from_subsets(wrong[0], held[0])
    else:
        half = _from_net(wrong[0], net_coordinates)
    half = jnp.maximum(half, LEAST * mass.sum(axis=1).max())
    return value, jnp.clip(value - half, 0, 1), jnp.clip(value + half, 0, 1)


def _counted(mass: Array) -> Array:
    """Masses as whole units of ``1 / UNITS``, and fine parts of a unit: ``(2, n, K)`` uint32."""
    units = mass.astype(jnp.float32) * UNITS  # a power of two: nothing is rounded
    whole = jnp.floor(units)
    fine = jnp.rint((units - whole) * _num_fine(mass.shape))
    return jnp.stack([whole, fine]).astype(jnp.uint32)


def _num_fine(shape: tuple[int, ...]) -> float:
    """Fine parts of a unit, as many as leave their sum below 2**32."""
    return 2.0 ** (31 - math.ceil(math.log2(math.prod(shape))))


def _share(wrong: Array, held: Array, num_fine: float) -> Array:
    """Sum of ``wrong`` over that of ``held``, ``(2, n)`` whole units and fine parts, in float32.

    Equal masses leave nothing to the fine parts: their share is that of the whole units, rounded
    once. Otherwise the fine parts keep what float32 can tell.
    """
    wrong, held = (words.sum(axis=1, dtype=jnp.uint32) for words in (wrong, held))
    value = quotient(wrong[0], held[0])
    fine = wrong[1].astype(jnp.float32) - value * held[1].astype(jnp.float32)
    return value + fine / num_fine / held[0].astype(jnp.float32)


def _from_subsets(wrong: Array, held: Array) -> Array:
    """Half-width of any points ``(n,)``: Student's t of the errors of eight strided sub-sets."""
    wrong, held = (_strided(words, NUM_SUBSETS) for words in (wrong, held))
    errors = wrong.astype(jnp.float32) / jnp.maximum(held, 1).astype(jnp.float32)
    return STUDENT_T * jnp.std(errors, ddof=1) / math.sqrt(NUM_SUBSETS)


def _from_net(wrong: Array, num_coordinates: int) -> Array:
    """Half-width of points ``(n,)`` that are a net: see this module."""
    n, rate = len(wrong), (num_coordinates + 1) / (2 * num_coordinates)
    parts = _strided(wrong, STRIDES[-1])
    strides = [stride for stride in STRIDES if 2 * stride <= n]
    variances = [
        jnp.var(_errors(parts, n, stride), ddof=1) / stride ** (2 * rate) for stride in strides
    ]
    return STANDARD_ERRORS * jnp.sqrt(sum(variances) / len(strides))


def _errors(parts: Array, n: int, stride: int) -> Array:
    """Errors ``(stride,)`` over the strided sub-sets of n points, from sums by a multiple of it."""
    sums = parts.reshape(-1, stride).sum(axis=0, dtype=jnp.uint32)
    counts = np.array([len(range(first, n, stride)) for first in range(stride)])
    scale = np.float32(n) / counts.astype(np.float32) / np.float32(UNITS)
    return sums.astype(jnp.float32) * scale


def _strided(words: Array, stride: int) -> Array:
    """Sums ``(stride,)`` uint32 over every ``stride``-th of ``(n,)`` whole numbers."""
    padded = jnp.pad(words, (0, -len(words) % stride))
    return padded.reshape(-1, stride).sum(axis=0, dtype=jnp.uint32)
