"""The numbers behind the draws: independent ones for samples, evenly spread ones for quadrature.

Both come as 32-bit words, one row a point and one column a coordinate, so that one generator
turns either into examples. Words stay whole until the last moment: float32 has fewer bits.
"""

import functools
import operator

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

MAX_POINTS = 2**22
NUM_BITS = 22  # of the index of a point
# Sobol's first numbers of the second and third coordinate, and the lags of their recurrences.
RECURRENCES = (((1,), (1,)), ((1, 3), (1, 2)))
NUM_BLOCKS = 64  # every 64th point, and every 8th, makes a net of its own


def independent(key: Array, n: int, num_coordinates: int) -> Array:
    """Independent words ``(n, num_coordinates)`` uint32; row i depends on ``key`` and i alone."""
    # A folded key is two fresh words by itself; drawing bits from it compiles five times longer.
    per_row = -(-num_coordinates // 2)
    counters = jnp.arange(n * per_row, dtype=jnp.uint32)
    words = jax.random.key_data(jax.vmap(jax.random.fold_in, (None, 0))(key, counters))
    return words[:, :2].reshape(n, 2 * per_row)[:, :num_coordinates]


def low_discrepancy(key: Array, num_points: int, num_coordinates: int) -> Array:
    """Evenly spread words ``(num_points, num_coordinates)`` uint32: a net, scrambled by ``key``.

    Points of Sobol's sequence, up to three coordinates, each scrambled as Owen has it: every point
    by itself is uniform, and all together stay a net, in which every box of the volume of a few
    points holds as many as it should. The error of a mean over them falls faster than that over
    independent points, and no line follows a row of them, as the points of a lattice lie in rows.
    At most ``MAX_POINTS`` points; powers of two are the most even.

    Every 64th point and every 8th are stretches of the sequence, and hence nets themselves.

    References:
        Owen, Scrambled net variance for integrals of smooth functions, *Ann. Stat.* 25, 1997.
        Joe & Kuo, Constructing Sobol sequences with better two-dimensional projections, *SIAM J.
        Sci. Comput.* 30, 2008. Laine & Karras, Stratified sampling for stochastic transparency,
        *Comput. Graph. Forum* 30, 2011 (the hash that scrambles).
    """
    seeds = jax.random.bits(key, (num_coordinates,), jnp.uint32)
    index = _in_blocks(jnp.arange(num_points, dtype=jnp.uint32), num_points)
    size = max(num_points - 1, 1).bit_length()
    words = [_sobol(index, size, numbers) for numbers in _DIRECTIONS[:num_coordinates]]
    return jnp.stack([_scrambled(w, seed) for w, seed in zip(words, seeds, strict=True)], axis=-1)


def _in_blocks(i: Array, num_points: int) -> Array:
    """The point of the sequence that comes i-th, so that every 8th and 64th make a stretch."""
    blocks = [int(f"{block:06b}"[::-1], 2) for block in range(NUM_BLOCKS)]  # in the order of i
    sizes = np.array([len(range(block, num_points, NUM_BLOCKS)) for block in range(NUM_BLOCKS)])
    starts = np.zeros(NUM_BLOCKS, np.uint32)
    order = np.argsort(blocks)
    starts[order] = np.cumsum(sizes[order]) - sizes[order]
    return jnp.asarray(starts)[i % NUM_BLOCKS] + i // NUM_BLOCKS


def _sobol(index: Array, size: int, numbers: list[int]) -> Array:
    """Words of one coordinate of Sobol's sequence, at indices of ``size`` bits."""
    words = jnp.zeros_like(index)
    for bit in range(size):
        words ^= -((index >> bit) & 1) & jnp.uint32(numbers[bit])
    return words


def _scrambled(words: Array, seed: Array) -> Array:
    """Words whose every bit is flipped by a hash of the bits above it, and of ``seed``."""
    words = _reversed(words) + seed
    for factor in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6):
        words ^= words * jnp.uint32(factor)
    return _reversed(words)


def _reversed(words: Array) -> Array:
    """Words with their 32 bits in the other order."""
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        words = ((words >> shift) & jnp.uint32(mask)) | ((words & jnp.uint32(mask)) << shift)
    return (words >> 16) | (words << 16)


def _direction_numbers() -> list[list[int]]:
    """Sobol's direction numbers, as words of 32 bits, by coordinate and bit of the index."""
    numbers = [[1] * NUM_BITS]
    for first, lags in RECURRENCES:
        directions = list(first)
        while len(directions) < NUM_BITS:
            # The longest lag comes twice, once without its power of two.
            terms = [directions[-lag] << lag for lag in lags] + [directions[-lags[-1]]]
            directions.append(functools.reduce(operator.xor, terms))
        numbers.append(directions)
    return [[m << (31 - bit) for bit, m in enumerate(directions)] for directions in numbers]


_DIRECTIONS = _direction_numbers()


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
