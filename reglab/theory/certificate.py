"""True errors with a guarantee: a quadtree over the plane, and bounds of a network on each cell."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

SLACK = 1e-9  # for rounding, which the bounds do not enclose
Layers = list[tuple[np.ndarray, np.ndarray]]


class Certified(NamedTuple):
    """What is known once cells of one size have been looked at.

    Attributes:
        side: of those cells.
        wrong: mass where the answer is certainly wrong.
        undecided: mass of cells in which the answer may change.
        tail: mass outside of the square.
    """

    side: float
    wrong: float
    undecided: float
    tail: float

    @property
    def ends(self) -> tuple[float, float]:
        """Between which the true error lies."""
        return self.wrong, self.wrong + self.undecided + self.tail


def certified(
    layers: Layers, mass: Callable, corner: np.ndarray, side: float, levels: int
) -> Iterator[Certified]:
    """Splits a square until ``levels`` sizes of cells have been looked at.

    Args:
        layers: kernel and bias of each layer of a ReLU network, the last one with a single output;
            above 0 it answers class 1, otherwise class 0.
        mass: ``(low, high) -> (n, 2)``, masses of both classes in boxes with these corners.
        corner: of the square, the one with the least coordinates.
        side: of the square.
        levels: number of sizes, each half of the one before.
    """
    corners, wrong = np.asarray(corner)[None], 0.0
    tail = 1 - mass(corners, corners + side).sum()
    for _ in range(levels):
        low, high = bounds(layers, corners + side / 2, side / 2)
        held = mass(corners, corners + side)
        is_one, is_zero = low > SLACK, high < -SLACK
        wrong += held[is_one, 0].sum() + held[is_zero, 1].sum()
        is_open = ~(is_one | is_zero)
        yield Certified(side, wrong, held[is_open].sum(), tail)
        side /= 2
        quarters = side * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        corners = (corners[is_open][:, None] + quarters[None]).reshape(-1, 2)


def bounds(layers: Layers, centre: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of a ReLU network on squares round ``centre``, ``(n, 2)``: two arrays ``(n,)``.

    The tighter of two: from interval arithmetic, layer by layer, and from the value at the centre
    and an interval of the gradient (the mean-value form).
    """
    low, high, value = centre - radius, centre + radius, centre
    steepest = least = np.eye(2)[None]  # bounds of the gradient, (n, 2, units)
    for i, (kernel, bias) in enumerate(layers):
        low, high = _linear(low, high, kernel)
        low, high, value = low + bias, high + bias, value @ kernel + bias
        least, steepest = _linear(least, steepest, kernel)
        if i < len(layers) - 1:
            is_on, may_be_on = (low > 0)[:, None], (high > 0)[:, None]
            least = np.where(is_on, least, np.minimum(least, 0) * may_be_on)
            steepest = np.where(is_on, steepest, np.maximum(steepest, 0) * may_be_on)
            low, high, value = (np.maximum(part, 0) for part in (low, high, value))
    reach = radius * np.maximum(np.abs(least), np.abs(steepest)).sum(axis=1)
    return np.maximum(low, value - reach)[:, 0], np.minimum(high, value + reach)[:, 0]


def _linear(low, high, kernel):
    middle, half = (low + high) / 2 @ kernel, (high - low) / 2 @ np.abs(kernel)
    return middle - half, middle + half
