"""Words on axes: measured, kept inside, kept apart from each other and from what is drawn."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import ArrayLike

from reglab.figures.script import Script
from reglab.figures.style import MUTED, SMALL, figure_of, halo

Spot = tuple[float, float]  # lower left corner of a box, in points
ENGLISH = Script()


class Box(NamedTuple):
    """A rectangle in points, from the lower left corner of the axes."""

    left: float
    bottom: float
    width: float
    height: float

    def overlap(self, other: "Box") -> float:
        """The area that both share."""
        across = min(self.left + self.width, other.left + other.width)
        up = min(self.bottom + self.height, other.bottom + other.height)
        across, up = across - max(self.left, other.left), up - max(self.bottom, other.bottom)
        return across * up if across > 0 and up > 0 else 0.0

    def holds(self, inner: "Box") -> bool:
        """Whether the other lies inside, to half a point."""
        return (
            inner.left >= self.left - 0.5
            and inner.bottom >= self.bottom - 0.5
            and inner.left + inner.width <= self.left + self.width + 0.5
            and inner.bottom + inner.height <= self.bottom + self.height + 0.5
        )

    def count(self, points: np.ndarray) -> int:
        """How many of the points ``(n, 2)`` lie inside."""
        x, y = points[:, 0] - self.left, points[:, 1] - self.bottom
        return int(((x > 0) & (x < self.width) & (y > 0) & (y < self.height)).sum())


class Labels:
    """Places words on axes whose limits and size are final.

    Args:
        ax: the axes.
        script: how the words are written; as in English where left out.

    Attributes:
        script: how the words are written.
        width: of the axes, in points.
        height: of the axes, in points.
        bounds: where words may go.
        taken: boxes that they avoid.
    """

    def __init__(self, ax: Axes, script: Script = ENGLISH):
        self._ax, self.script = ax, script
        self._scale = 72 / figure_of(ax).dpi
        ax.apply_aspect()
        box = ax.get_window_extent()
        self._corner = np.array([box.x0, box.y0])
        self.width, self.height = box.width * self._scale, box.height * self._scale
        self.bounds = Box(0, 0, self.width, self.height)
        self.taken: list[Box] = []

    def points(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Positions ``(n, 2)`` in points of data coordinates."""
        data = np.stack([np.atleast_1d(x), np.atleast_1d(y)], axis=1).astype(float)
        return (self._ax.transData.transform(data) - self._corner) * self._scale

    def block(self, x: float, y: float, half: float) -> None:
        """Keeps words off a square round a position in points."""
        self.taken.append(Box(x - half, y - half, 2 * half, 2 * half))

    def write(self, text: str, **font: Any) -> tuple[Text, Box]:
        """A text that has no place yet, and its size."""
        font = {"fontsize": SMALL, "color": MUTED, "linespacing": 1.15, "va": "bottom"} | font
        font |= self.script.look
        words = self.script.said(text)
        artist = self._ax.text(0, 0, words, transform=self._ax.transAxes, **font)
        artist.set(parse_math=False, clip_on=False, zorder=10)
        size = artist.get_window_extent()
        return artist, Box(0, 0, size.width * self._scale, size.height * self._scale)

    def put(self, artist: Text, box: Box) -> None:
        """Moves a text into a box, which is then taken."""
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[artist.get_horizontalalignment()]
        left = box.left + share * box.width
        artist.set_position((left / self.width, box.bottom / self.height))
        self.taken.append(box)

    def place(
        self,
        texts: Sequence[str],
        spots: Callable[[float, float], Iterable[Spot]],
        *,
        crowding: Callable[[Box], float] = lambda box: 0.0,
        strict: bool = False,
        **font: object,
    ) -> Text | None:
        """Writes one of the texts where it covers least; returns it, or None for want of room.

        Args:
            texts: ways to write the same, the best first.
            spots: from width and height of a text to where it might go, the best first.
            crowding: what a text in a box would cover, beside the boxes taken.
            strict: whether to write nothing rather than touch a box that is taken.
            **font: of the text.
        """
        best: tuple[float, Text, Box] | None = None
        written = [self.write(text, **font) for text in texts]
        order = 0
        for artist, size in written:
            for left, bottom in spots(size.width, size.height):
                order += 1
                box = Box(left, bottom, size.width, size.height)
                covered = sum(box.overlap(other) for other in self.taken)
                if not self.bounds.holds(box) or (strict and covered > 0):
                    continue
                cost = covered + crowding(box) + 0.001 * order
                if best is None or cost < best[0]:
                    best = cost, artist, box
        for artist, _ in written:
            if best is None or artist is not best[1]:
                artist.remove()
        if best is None:
            return None
        self.put(best[1], best[2])
        best[1].set_path_effects(halo())
        return best[1]


def around(x: float, y: float, gap: float) -> Callable[[float, float], list[Spot]]:
    """Eight spots round a position in points, the nearest and rightmost first."""

    def spots(width: float, height: float) -> list[Spot]:
        near = 0.7 * gap
        return [
            (x + gap, y - height / 2),
            (x - gap - width, y - height / 2),
            (x + near, y + near),
            (x + near, y - near - height),
            (x - near - width, y + near),
            (x - near - width, y - near - height),
            (x - width / 2, y + gap),
            (x - width / 2, y - gap - height),
        ]

    return spots


def spread(boxes: Sequence[Box], low: float, high: float, gap: float = 1.5) -> list[Box]:
    """Boxes of one column moved apart, each about as little as can be, between low and high.

    >>> [box.bottom for box in spread([Box(0, 4, 9, 4), Box(0, 5, 9, 4)], 0, 20, gap=0)]
    [2.5, 6.5]
    """
    order = sorted(range(len(boxes)), key=lambda i: boxes[i].bottom)
    bottoms = [box.bottom for box in boxes]
    for _ in range(60):
        for i, above in zip(order, [*order[1:], None], strict=True):
            excess = 0.0
            if above is not None:
                excess = bottoms[i] + boxes[i].height + gap - bottoms[above]
            if above is not None and excess > 0:
                bottoms[i] -= excess / 2
                bottoms[above] += excess / 2
            bottoms[i] = max(low, min(bottoms[i], high - boxes[i].height))
    return [box._replace(bottom=bottom) for box, bottom in zip(boxes, bottoms, strict=True)]
