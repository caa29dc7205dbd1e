"""The best hypothesis under two bounds at once, for many pairs of bounds in one sweep."""

from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from reglab.mitchell.arrays import Array, next_power, placed, running_min

PAIRS = 2**18  # for up to so many (query, hypothesis) pairs, looking at each is the fastest


def best_below(xp: ModuleType, rank: Array, high: Array, count: Array, low: Array) -> Any:
    """For each query, the smallest rank among the first ``count`` hypotheses with ``high < low``.

    Where no hypothesis meets both bounds, the answer means nothing.

    Args:
        xp: ``numpy`` or ``jax.numpy``.
        rank: ``(m,)`` int32, a permutation of 0 to m - 1.
        high: ``(m,)``, in the order of ``rank``.
        count: ``(q,)`` int32, from 0 to m.
        low: ``(q,)``.

    Returns:
        ``(q,)`` integers. O((m + q) log m) time, O(m + q) memory.

    >>> rank, high = np.array([2, 0, 1]), np.array([0.1, 0.9, 0.2])
    >>> best_below(np, rank, high, np.array([2, 3]), np.array([0.5, 0.5])).tolist()
    [2, 1]
    """
    if rank.shape[0] * count.shape[0] <= PAIRS:
        return _by_pairs(xp, rank, high, count, low)
    if xp is np:
        kept, rank, high, count = _undominated(rank, high, count)
        return kept[_by_halving(np, rank, high, count, low)]
    return _by_halving(xp, rank, high, count, low)


def _by_pairs(xp, rank, high, count, low):
    place = placed(xp, rank, xp.arange(rank.shape[0], dtype=np.int32))
    high = placed(xp, rank, high)
    meets = (place[None, :] < count[:, None]) & (high[None, :] < low[:, None])
    return meets.argmax(axis=1)


def _undominated(rank, high, count):
    """Leaves out hypotheses that an earlier one of smaller rank and no larger high makes idle.

    Compares each with two: the one of smallest rank so far and the one of smallest high so far.
    Of random pools that leaves a small share. Returns the ranks kept, in order, and the three
    columns as they are without the others.
    """
    least = running_min(np, rank)
    lowest = running_min(np, high)
    is_new = np.concatenate([[True], lowest[1:] < lowest[:-1]])
    newest = np.maximum.accumulate(np.where(is_new, np.arange(len(rank)), 0))
    keeps = (high < placed(np, rank, high)[least]) | (rank == least)
    keeps &= rank <= rank[newest]
    is_kept = placed(np, rank, keeps)
    new_rank = np.cumsum(is_kept, dtype=np.int32) - 1
    new_count = np.cumsum(keeps, dtype=np.int32)[count - 1]
    return np.flatnonzero(is_kept), new_rank[rank[keeps]], high[keeps], new_count


def _by_halving(xp, rank, high, count, low):
    """Walks every query down a binary tree over the ranks, as in a wavelet tree.

    A node holds the hypotheses of one dyadic range of ranks in their original order, so a
    query's first ``count`` of them are the first of the node too. It goes to the lower half if
    the smallest ``high`` of those there is below its ``low``, else to the upper, and carries
    along how many of its hypotheses are there. The nodes of a level lie side by side in one array.
    """
    m, n = rank.shape[0], next_power(rank.shape[0])
    rank = xp.concatenate([rank, xp.arange(m, n, dtype=rank.dtype)])
    high = xp.concatenate([high, xp.full(n - m, np.inf, high.dtype)])
    place = xp.arange(n, dtype=np.int32)

    def halve(width, state):
        node, count, rank, high = state
        half = width // 2
        is_lower = (rank & half) == 0
        num_lower = xp.cumsum(is_lower, dtype=np.int32)  # each node before adds half of its width
        lowest = running_min(xp, xp.where(is_lower, high, np.inf), width)
        last = node * width + count - 1
        inside = num_lower[last] - node * half
        goes_lower = lowest[last] < low
        count = xp.where(goes_lower, inside, count - inside)
        node = 2 * node + ~goes_lower
        start = (place & -width) >> 1
        target = xp.where(is_lower, num_lower - 1, place - num_lower + half) + start
        return node, count, placed(xp, target, rank), placed(xp, target, high)

    state = xp.zeros(count.shape, np.int32), count, rank, high
    depth = n.bit_length() - 1
    if xp is jnp:
        return jax.lax.fori_loop(0, depth, lambda i, s: halve(jnp.int32(n) >> i, s), state)[0]
    for level in range(depth):
        state = halve(n >> level, state)
    return state[0]
