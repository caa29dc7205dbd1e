"""The numbers behind the draws: independent ones for samples, evenly spread ones for quadrature.

Both come as 32-bit words, one row a point and one column a coordinate, so that one generator
turns either into examples. Words stay whole until the last moment: multiples of an irrational
lose their even spacing when they are taken in float32.
"""

import jax
import jax.numpy as jnp
from jax import Array

MAX_POINTS = 2**22
# Multiples of these spread as evenly as those of the golden (one coordinate) or the plastic ratio
# (two). They were picked by search, because every eighth multiple spreads evenly too: intervals
# rest on sub-sets of every eighth point, and came out two to four times wider with the ratios.
ADDENDS = {1: (0.2165283007,), 2: (0.5168349367, 0.3950129300)}


def independent(key: Array, n: int, num_coordinates: int) -> Array:
    """Independent words ``(n, num_coordinates)`` uint32; row i depends on ``key`` and i alone."""
    # A folded key is two fresh words by itself; drawing bits from it compiles five times longer.
    per_row = -(-num_coordinates // 2)
    counters = jnp.arange(n * per_row, dtype=jnp.uint32)
    words = jax.random.key_data(jax.vmap(jax.random.fold_in, (None, 0))(key, counters))
    return words[:, :2].reshape(n, 2 * per_row)[:, :num_coordinates]


def low_discrepancy(key: Array, num_points: int, num_coordinates: int) -> Array:
    """Evenly spread words ``(num_points, num_coordinates)`` uint32, shifted at random by ``key``.

    The first coordinate runs through ``num_points`` equal steps, the others are multiples of
    ``ADDENDS`` modulo 1. Two or three coordinates, and at most ``MAX_POINTS`` points.

    References:
        Niederreiter, *Random Number Generation and Quasi-Monte Carlo Methods*, 1992, ch. 3-5.
        Cranley & Patterson, *SIAM J. Numer. Anal.* 13, 1976 (the random shift).
    """
    shift = jax.random.bits(key, (num_coordinates,), jnp.uint32)
    index = jnp.arange(num_points, dtype=jnp.uint32)
    step, rest = divmod(2**32, num_points)
    # index * 2**32 / num_points without 64-bit integers: index * step, and the remainder's share,
    # which is below MAX_POINTS and so may pass through float32.
    carry = (index.astype(jnp.float32) * (rest / num_points)).astype(jnp.uint32)
    first = index * jnp.uint32(step % 2**32) + carry + shift[0] % jnp.uint32(min(step, 2**32 - 1))
    others = [
        index * jnp.uint32(round(addend * 2**32)) + shift[j + 1]
        for j, addend in enumerate(ADDENDS[num_coordinates - 1])
    ]
    return jnp.stack([first, *others], axis=-1)


def unit(words: Array) -> Array:
    """Words as float32 strictly inside (0, 1), on a grid of 2**-23.

    >>> float(unit(jnp.uint32(0))) > 0, float(unit(jnp.uint32(2**32 - 1))) < 1
    (True, True)
    """
    return ((words >> 9).astype(jnp.float32) + 0.5) * 2.0**-23


def normal(u: Array) -> Array:
    """Standard normal quantiles of numbers in (0, 1).

    >>> round(float(normal(jnp.float32(0.975))), 3)
    1.96
    """
    return 2**0.5 * jax.lax.erf_inv(2 * u - 1)
