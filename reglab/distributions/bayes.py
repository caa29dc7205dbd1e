"""Bayes errors by integration, each with an interval from two resolutions."""

from collections.abc import Callable

import numpy as np

from reglab.distributions.estimate import ErrorEstimate


def refined(integrate: Callable[[int], tuple[float, int]]) -> ErrorEstimate:
    """The finer of two integrals, with their difference as the half-width.

    Args:
        integrate: maps a resolution, 1 or 2 cells where the other takes the half, to the value
            and the number of points it took.
    """
    coarse, _ = integrate(1)
    value, num_points = integrate(2)
    half = abs(value - coarse)
    return ErrorEstimate(value, max(value - half, 0.0), value + half, num_points, "quadrature")


def overlap(kernels: list[tuple[np.ndarray, np.ndarray]], cell: float) -> float:
    """Half the integral of the least of the class densities on a grid: the Bayes error of two.

    Args:
        kernels: for each class, which is a mean over T nodes of products of one-dimensional
            densities: those in x1 ``(rows, T)`` and those in x2 ``(cols, T)``.
        cell: area of a cell of the grid.
    """
    densities = [first @ second.T / first.shape[1] for first, second in kernels]
    return float(np.minimum(*densities).sum(dtype=np.float64) * cell / 2)
