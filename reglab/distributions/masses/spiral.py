"""Boxes about two spiral arms: chords along the arm, below what they stand for."""

import numpy as np

CELLS = 800  # along an arm, by the noise: then the arm moves by a tenth of the noise in a cell
FEWEST, MOST = 2**11, 2**14
PAIRS = 2**20  # of boxes and cells at once
ROUNDING = 1 - 2.0**-40


def spiral_masses(
    low: np.ndarray, high: np.ndarray, noise: float, length: float, turn: float
) -> np.ndarray:
    """Of two arms, with U(-noise, noise) added to each coordinate.

    Class 1 is (r sin t, r cos t), r = ``length`` i, t = ``turn`` i, i uniform on (0, 1); class 0
    is the same turned by half a turn.
    """
    boxes = (-high, -low), (low, high)
    arms = [_near_arm(*box, noise, length, turn) for box in boxes]
    return np.stack(arms, axis=1) / 2 * ROUNDING


def _near_arm(low, high, noise: float, length: float, turn: float) -> np.ndarray:
    """The integral over i of the shares of both sides of the arm's box that lie in each box.

    Between the ends of a cell the arm is off its chord by at most ``bend``. A share is a trapezium
    of the place of the arm's box, and concave wherever it is above 0: so it is at least its chord.
    """
    cells = int(np.clip(CELLS / max(noise, 1e-9), FEWEST, MOST))
    i = np.arange(cells + 1) / cells
    arm = length * i * np.stack([np.sin(turn * i), np.cos(turn * i)])  # (2, cells + 1)
    bend = length * (2 * turn + turn**2) / (8 * cells**2) + 2.0**-43
    first, count = _window(low, high, noise, length / cells, cells)
    sums, start = np.zeros(len(low)), 0
    ends = np.cumsum(count)
    while start < len(low):
        done = ends[start] - count[start]
        stop = max(start + 1, int(np.searchsorted(ends, done + PAIRS, side="right")))
        box = np.repeat(np.arange(start, stop), count[start:stop])
        cell = np.arange(len(box)) + (first - ends + count + done)[box]
        box, cell = _near(box, cell, low, high, arm, noise)
        parts = _products(low[box], high[box], arm[:, cell], arm[:, cell + 1], noise, bend)
        sums += np.bincount(box, parts, minlength=len(low))
        start = stop
    return sums / cells


def _window(low, high, noise: float, step: float, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """The first cell, and how many, whose radius suits each box; no other can reach it.

    Radii grow by ``step`` from cell to cell.
    """
    reach = 1.5 * noise + 2 * step
    nearest = np.hypot(*np.maximum(np.maximum(low, -high), 0).T)
    farthest = np.hypot(*np.maximum(np.abs(low), np.abs(high)).T)
    first = np.clip(np.floor((nearest - reach) / step), 0, cells).astype(np.int64)
    last = np.clip(np.ceil((farthest + reach) / step), 0, cells).astype(np.int64)
    return first, last - first


def _near(box, cell, low, high, arm, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """The pairs that may meet: those left out hold nothing, or are not counted."""
    for axis in range(2):
        at = arm[axis][cell]
        reach = noise + np.abs(np.diff(arm[axis])).max()
        is_near = (at > low[box, axis] - reach) & (at < high[box, axis] + reach)
        box, cell = box[is_near], cell[is_near]
    return box, cell


def _products(low, high, a, b, noise: float, bend: float) -> np.ndarray:
    """From below, the mean over a cell of the product of both shares, ``(pairs,)``."""
    sides = [_Side(low[:, k], high[:, k], a[k], b[k], noise, bend) for k in range(2)]
    start = np.maximum(sides[0].start, sides[1].start)
    stop = np.minimum(sides[0].stop, sides[1].stop)
    (p, q), (r, s) = ((side.at(start), side.at(stop)) for side in sides)
    return np.maximum(stop - start, 0) * (2 * p * r + 2 * q * s + p * s + q * r) / 6


class _Side:
    """Along one axis: the part of a cell on which the share is above 0, and the share there.

    Args:
        low: least coordinate of each box; ``high`` is the greatest.
        a: coordinate of the arm where the cell begins; ``b`` where it ends.
        noise: half the side of the arm's box; at 0 a share is 0 or 1.
        bend: how far the arm may be from its chord.
    """

    def __init__(self, low, high, a, b, noise: float, bend: float):
        self.low, self.high = low - noise + bend, high + noise - bend  # where it is above 0
        self.a, self.step, self.noise = a, b - a, noise
        self.most = np.minimum(high - low, 2 * noise)
        step = np.where(np.abs(self.step) < 2.0**-45, 2.0**-45, self.step)
        ends = (self.low - a) / step, (self.high - a) / step
        self.start, self.stop = np.maximum(np.minimum(*ends), 0), np.minimum(np.maximum(*ends), 1)

    def at(self, t: np.ndarray) -> np.ndarray:
        if not self.noise:
            return np.ones_like(t)
        place = self.a + self.step * t
        ramp = np.minimum(place - self.low, self.high - place)
        return np.maximum(np.minimum(self.most, ramp), 0) / (2 * self.noise)
