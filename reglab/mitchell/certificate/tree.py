"""Proved bounds of two true errors and of their difference: a quadtree over the plane."""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from reglab.mitchell.certificate.enclosure import answers_in
from reglab.mitchell.certificate.layers import Layer

HALF_SIDE = 16.0  # of the square that is split; mass outside of it stays undecided
FIRST_SIDE = 1.0
LEAST_SIDE = 2.0**-19  # edges up to 16 are then float32 numbers
SHARE, FEWEST, MOST = 4, 64, 4096  # of the open cells that are split at once, and limits
QUARTERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


class Bounds(NamedTuple):
    """Between what a number lies, certainly."""

    low: float
    high: float


class Known(NamedTuple):
    """What is known of two hypotheses h and h' once some cells have been looked at.

    Attributes:
        h: bounds of the true error of h.
        witness: of that of h'.
        difference: of the true error of h minus that of h', narrower than the two together.
        cells: number of cells that have been looked at.
    """

    h: Bounds
    witness: Bounds
    difference: Bounds
    cells: int


class Cells(NamedTuple):
    """Squares on which at least one of the two hypotheses may change its answer.

    Attributes:
        corner: the least coordinates, ``(n, 2)``.
        side: ``(n,)``.
        answers: of h and h', ``(n, 2)``; -1 where they may change.
        mass: bounds from below for each class, without label noise, ``(n, 2)``.
    """

    corner: np.ndarray
    side: np.ndarray
    answers: np.ndarray
    mass: np.ndarray

    @property
    def open_mass(self) -> np.ndarray:
        """The mass of each, once for each hypothesis that is open there; 0 of the smallest."""
        mass = self.mass.sum(axis=1) * (self.answers < 0).sum(axis=1)
        return np.where(self.side > LEAST_SIDE, mass, 0)

    def only(self, chosen: np.ndarray) -> "Cells":
        """Some of them."""
        return Cells(*(part[chosen] for part in self))

    def __add__(self, other: "Cells") -> "Cells":  # pyright: ignore[reportIncompatibleMethodOverride]
        return Cells(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))


class Tree:
    """Cells that are split where most mass is open.

    Args:
        masses: ``(low, high) -> (n, 2)``, bounds from below of the masses of boxes.
        label_noise: from 0 to 0.5, of two classes.
        networks: the layers of h and of h'.
    """

    def __init__(self, masses: Callable, label_noise: float, networks: tuple[list[Layer], ...]):
        self._masses, self._networks, self._noise = masses, networks, label_noise
        self._settled = np.zeros((2, 2, 2))  # by the answers of h and h', and the class
        self.count = 0
        along = np.arange(-HALF_SIDE, HALF_SIDE, FIRST_SIDE)
        corner = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
        unknown = np.full((len(corner), 2), -1, np.int8)
        self._open = self._looked_at(corner, np.full(len(corner), FIRST_SIDE), unknown)

    def split(self) -> bool:
        """Splits the heaviest open cells; False where there is nothing to split."""
        weights = self._open.open_mass
        count = min(max(len(weights) // SHARE, FEWEST), MOST, int((weights > 0).sum()))
        if not count:
            return False
        heaviest = np.zeros(len(weights), bool)
        heaviest[np.argpartition(-weights, count - 1)[:count]] = True
        parents = self._open.only(heaviest)
        side = np.repeat(parents.side / 2, 4)
        corner = (parents.corner[:, None] + (parents.side / 2)[:, None, None] * QUARTERS).reshape(
            -1, 2
        )
        children = self._looked_at(corner, side, np.repeat(parents.answers, 4, axis=0))
        self._open = self._open.only(~heaviest) + children
        return True

    @property
    def known(self) -> Known:
        """The bounds so far; what no cell is known to hold may be anywhere."""
        settled, cells = self._settled, self._open
        slack = (self.count + 8) * 2.0**-50  # of all sums
        missing = 1 - settled.sum() - cells.mass.sum() + slack
        errors = [
            Bounds(wrong - slack, 1 - right + slack)
            for wrong, right in (self._judged(axis) for axis in range(2))
        ]
        differs = settled[1, 0, 0] + settled[0, 1, 1] - settled[1, 0, 1] - settled[0, 1, 0]
        less, more = _ranges(cells)
        difference = Bounds(differs - less - missing - slack, differs + more + missing + slack)
        h, witness = (self._noisy(error, self._noise, 0, 1) for error in errors)
        return Known(h, witness, self._noisy(difference, 0.0, -1, 1), self.count)

    def _looked_at(self, corner: np.ndarray, side: np.ndarray, answers: np.ndarray) -> Cells:
        """Cells with all that is found out of them; those that are settled go into the sums."""
        self.count += len(corner)
        mass = self._masses(corner, corner + side[:, None])
        has_mass = np.any(mass > 0, axis=1)
        cells = Cells(corner, side, answers, mass).only(has_mass)
        for which, layers in enumerate(self._networks):
            rows = np.flatnonzero(cells.answers[:, which] < 0)
            radius = cells.side[rows] / 2
            cells.answers[rows, which] = answers_in(
                layers, cells.corner[rows] + radius[:, None], radius
            )
        is_settled = np.all(cells.answers >= 0, axis=1)
        done = cells.only(is_settled)
        np.add.at(self._settled, tuple(done.answers.T), done.mass)
        return cells.only(~is_settled)

    def _judged(self, which: int) -> tuple[float, float]:
        """Mass on which a hypothesis is certainly wrong, and certainly right."""
        settled, cells = self._settled.sum(axis=1 - which), self._open
        answers = cells.answers[:, which]
        said_0, said_1 = (settled[k] + cells.mass[answers == k].sum(axis=0) for k in range(2))
        return said_0[1] + said_1[0], said_0[0] + said_1[1]

    def _noisy(self, clean: Bounds, shift: float, least: float, most: float) -> Bounds:
        """After labels were flipped, which takes the same part of every difference."""
        factor = 1 - 2 * self._noise
        low, high = (shift + factor * end for end in clean)
        slack = 2.0**-50 if factor else 0.0
        return Bounds(float(max(low - slack, least)), float(min(high + slack, most)))


def refined(tree: Tree, width: float, max_cells: int, max_seconds: float) -> Known:
    """Splits until all is known that was asked for, or a budget ends.

    That is: which of the true errors is less, and bounds of both that do not overlap where h errs
    more, and are at most ``width`` apart.
    """
    end = time.perf_counter() + max_seconds
    while True:
        known = tree.known
        is_decided = known.h.low > known.witness.high or known.difference.high <= 0
        if is_decided and all(high - low <= width for low, high in (known.h, known.witness)):
            return known
        if tree.count >= max_cells or time.perf_counter() >= end or not tree.split():
            return known


def _ranges(cells: Cells) -> tuple[float, float]:
    """How far the open cells may move the difference of the errors, down and up.

    Where h' alone is open and h answers a, the two differ on a part on which h errs on the other
    class and h' on a: between minus the mass of a and the mass of the other. Likewise where h
    alone is open; where both are, all mass counts both ways.
    """
    h, witness = cells.answers.T
    total = cells.mass.sum(axis=1)
    down, up = total.copy(), total.copy()
    for closed, is_closed, own in ((h, h >= 0, down), (witness, witness >= 0, up)):
        rows = np.flatnonzero(is_closed)
        other = up if own is down else down
        own[rows] = cells.mass[rows, closed[rows]]
        other[rows] = cells.mass[rows, 1 - closed[rows]]
    return float(down.sum()), float(up.sum())
