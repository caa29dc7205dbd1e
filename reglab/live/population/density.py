"""Many dots of a plane as a grid that is ready to draw."""

import numpy as np

Region = tuple[float, float, float, float]  # left, right, low, high
ROWS, COLS = 54, 72
MOST_DOTS = 2000  # drawn one by one


def density(across: np.ndarray, up: np.ndarray) -> tuple[Region, np.ndarray]:
    """Where dots lie, and how densely.

    Errors on a training set are whole counts of examples: where these are few, each has a column
    of cells to itself, or else some columns would hold two counts and others one.

    Args:
        across: ``(m,)``, finite.
        up: ``(m,)``, finite.

    Returns:
        The region (left, right, low, high) that holds all dots, and ``(54, cols)`` uint8 with up to
        72 columns: the square root of the number of dots in each cell, 255 where it is largest.
        Row 0 is the lowest.

    >>> region, grid = density(np.array([0.0, 0.1, 0.4]), np.array([0.2, 0.4, 0.4]))
    >>> grid.shape, int(grid[0, 0]), int(grid[-1, -1]), int(grid[0, -1])
    ((54, 5), 255, 255, 0)
    """
    left, right, cols = _columns(across)
    low, high = _ends(up)
    span = [[low, high], [left, right]]
    count = np.histogram2d(up, across, bins=(ROWS, cols), range=span)[0]
    share = np.sqrt(count / max(count.max(), 1))
    # A cell with a single dot among thousands must be seen too.
    shade = np.where(count > 0, np.maximum(255 * share, 24), 0)
    return (left, right, low, high), np.round(shade).astype(np.uint8)


def _columns(values: np.ndarray) -> tuple[float, float, int]:
    """Ends and number of the columns."""
    levels = np.unique(np.round(values.astype(float), 6))
    if 1 < len(levels) <= COLS:
        gap = float(np.diff(levels).min())
        count = round((levels[-1] - levels[0]) / gap) + 1
        if count <= COLS:
            return float(levels[0] - gap / 2), float(levels[-1] + gap / 2), count
    return *_ends(values), COLS


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 0.01, high + 0.01)
