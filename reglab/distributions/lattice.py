"""The rows that evenly spread points lie in, and what an edge along a row does to an error.

Points of :func:`low_discrepancy` form a lattice, nearly: every ``stride``-th point is the next one
in a row of neighbours, so point i lies in row i modulo ``stride``, and the row beside it is that of
point i + ``beside``. An edge that follows a row takes in all of its points, or none: the error
jumps by the whole row, wherever between two rows the edge lies. Sub-sets of every eighth point,
which are lattices with other rows, do not notice it; the jump from one row to the next does.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from reglab.distributions.sequences import ADDENDS

COORDINATES = (1, 2, 3)  # that a lattice may have
NUM_DIRECTIONS = {1: 0, 2: 4, 3: 6}  # of rows looked at; points on a line have none
LEAST_POINTS = 16  # in a row


class Rows(NamedTuple):
    """One direction of rows: i, i + stride, i + 2 stride, ... and the row ``beside`` it."""

    stride: int
    beside: int


@lru_cache(maxsize=64)
def rows_of(num_points: int, num_coordinates: int) -> tuple[Rows, ...]:
    """The densest rows of ``low_discrepancy(key, num_points, num_coordinates)``, densest first.

    Of each direction the shortest step, within rows of at least ``LEAST_POINTS`` points; none
    where there are too few points. The row beside it spans the least area with it.

    >>> rows_of(16_384, 2)[:2]
    (Rows(stride=97, beside=60), Rows(stride=60, beside=37))
    """
    if not NUM_DIRECTIONS[num_coordinates]:
        return ()
    lags = np.arange(1, num_points // LEAST_POINTS + 1)
    steps = np.outer(lags, [1 / num_points, *ADDENDS[num_coordinates - 1]])
    steps -= np.rint(steps)
    lengths = np.linalg.norm(steps, axis=1)
    unit = num_points ** (-1 / num_coordinates)
    found: list[Rows] = []
    for i in np.argsort(lengths):
        areas = _areas(steps, steps[i]) / unit**2
        if any(areas[rows.stride - 1] < 1e-6 for rows in found):  # a multiple of a shorter step
            continue
        is_beside = (areas > 0.3) & (lags % lags[i] != 0)
        if is_beside.any():
            order = np.lexsort([lengths, np.where(is_beside, areas.round(3), np.inf)])
            found.append(Rows(int(lags[i]), int(lags[order[0]] % lags[i])))
        if len(found) == NUM_DIRECTIONS[num_coordinates]:
            break
    return tuple(found)


def _areas(steps: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Areas ``(m,)`` of the parallelograms that ``step`` spans with each of ``(m, d)`` steps."""
    squares = (steps**2).sum(axis=1) * (step**2).sum() - (steps @ step) ** 2
    return np.sqrt(np.maximum(squares, 0.0))
