"""True errors with a guarantee, by the size of the cells that the plane is split into."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from reglab.mitchell.certificate import Layer, answers_in


class Certified(NamedTuple):
    """What is known once cells of one size have been looked at.

    Attributes:
        side: of those cells.
        wrong: mass where the answer is certainly wrong.
        undecided: mass of cells in which the answer may change.
        missing: mass that is not known to lie in any cell, outside of the square for the most part.
    """

    side: float
    wrong: float
    undecided: float
    missing: float

    @property
    def ends(self) -> tuple[float, float]:
        """Between which the true error lies."""
        return self.wrong, self.wrong + self.undecided + self.missing


def certified(
    layers: list[Layer], mass: Callable, corner: np.ndarray, side: float, levels: int
) -> Iterator[Certified]:
    """Splits a square until ``levels`` sizes of cells have been looked at.

    Args:
        layers: of a network on the plane.
        mass: ``(low, high) -> (n, 2)``, masses of both classes in boxes with these corners, or
            bounds of them from below.
        corner: of the square, the one with the least coordinates.
        side: of the square.
        levels: number of sizes, each half of the one before.
    """
    corners, wrong, right = np.asarray(corner)[None], 0.0, 0.0
    for _ in range(levels):
        centre, held = corners + side / 2, mass(corners, corners + side)
        answers = answers_in(layers, centre, np.full(len(corners), side / 2))
        for answer in range(2):
            settled = held[answers == answer].sum(axis=0)
            wrong, right = wrong + settled[1 - answer], right + settled[answer]
        is_open = answers < 0
        undecided = held[is_open].sum()
        yield Certified(side, wrong, undecided, 1 - wrong - right - undecided)
        side /= 2
        quarters = side * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        corners = (corners[is_open][:, None] + quarters[None]).reshape(-1, 2)
