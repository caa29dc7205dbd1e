"""``ImagesDisplay``: what h decides where the inputs are images."""

from typing import NamedTuple, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from reglab.figures import style
from reglab.figures.display import ViewDisplay
from reglab.mitchell.words import grouped
from reglab.views import UNANSWERED, ImagesView
from reglab.words import say

TITLES = {
    "h": say("Decisions of h"),
    "witness": say("Decisions of h′"),
    "disagreement": say("Where they differ"),
}
LEAST, MOST, GAP = 9.0, 30.0, 3.0  # points: size of a training image, and between two
ERROR = 21.0  # points: size of an error elsewhere
LINE = 9.5  # points
TONES = LinearSegmentedColormap.from_list("reglab-images", [style.NEUTRAL, style.INK])


class Tiles(NamedTuple):
    """A grid of square tiles, in points from the upper left corner of the axes."""

    left: np.ndarray  # (count,)
    top: np.ndarray  # (count,)
    size: float


class ImagesDisplay(ViewDisplay[ImagesView]):
    """The training images, flipped labels framed and wrong answers crossed; errors elsewhere.

    Args:
        view: images, labels and what h answers.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes, in points from their upper left corner.
        figure_: their figure.
        training_: the training images shown, one artist each.
        frames_: frames of those whose label was flipped, a collection.
        crosses_: marks of those that h gets wrong, on their lower right corners.
        errors_: images that h gets wrong over the whole distribution, one artist each.
        answers_: what stands under them, such as ``4→9``.
    """

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure of one column of a journal."""
        ax = style.axes(ax, (3.4, 2.95), (0.06, 0.06, 0.06, 0.26))
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        box, scale = ax.get_window_extent(), 72 / self.figure_.dpi
        width, height = box.width * scale, box.height * scale
        ax.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[])
        self._title(ax, TITLES.get(self.view.what, TITLES["h"]))
        lines = 2 if height > 180 else 1
        under = lines * (ERROR + LINE + 2) + LINE + 6
        self._draw_key(height - LINE)
        self._draw_training(width, height - under - LINE - 5)
        ax.axhline(height - under - LINE - 1, color=style.GRID, linewidth=0.7)
        self._draw_errors(width, height - under - LINE + 2, lines)
        return self

    def _draw_training(self, width: float, bottom: float) -> None:
        view, ax = self.view, self.ax_
        tiles = fitted(len(view.images), width, bottom - LINE - 4)
        shown = len(tiles.left)
        words = style.examples(len(view.images))
        if shown < len(view.images):
            words = say("{examples}, the first {count} shown", examples=words, count=grouped(shown))
        self._write(words, 0, 0)
        top = tiles.top + LINE + 3
        self.training_ = [
            self._tile(view.images[i], tiles.left[i], top[i], tiles.size) for i in range(shown)
        ]
        flipped = np.flatnonzero((view.labels != view.true_labels)[:shown])
        squares = [Rectangle((tiles.left[i], top[i]), tiles.size, tiles.size) for i in flipped]
        self.frames_ = PatchCollection(
            squares, facecolor="none", edgecolor=style.INK, linewidth=1.3, zorder=3
        )
        ax.add_collection(self.frames_)
        wrong = np.flatnonzero((view.predicted != view.labels)[:shown])
        inside = tiles.size - min(3.0, 0.2 * tiles.size)
        corner = tiles.left[wrong] + inside, top[wrong] + inside
        self.crosses_ = self._crosses(*corner, min(6.5, 0.5 * tiles.size))

    def _draw_errors(self, width: float, top: float, lines: int) -> None:
        view, step = self.view, ERROR + 5
        count = min(len(view.error_images), lines * max(1, int((width + 5) // step)))
        columns = max(1, int((width + 5) // step))
        words = say("a sample of errors over {over}", over=view.over)
        self._write(words if count else say("no error in the sample"), 0, top)
        self.errors_, self.answers_ = [], []
        for i in range(count):
            left, row = i % columns * step, top + LINE + 3 + i // columns * (ERROR + LINE + 2)
            self.errors_.append(self._tile(view.error_images[i], left, row, ERROR))
            called = view.error_predicted[i]
            answer = f"{view.error_labels[i]}→{'?' if called == UNANSWERED else called}"
            centre = left + ERROR / 2
            self.answers_.append(self._write(answer, centre, row + ERROR + 1.5, ha="center"))

    def _draw_key(self, top: float) -> None:
        size = 5.5
        frame = Rectangle((1, top + 0.6), size, size, facecolor="none", edgecolor=style.INK)
        self.ax_.add_patch(frame).set_linewidth(1.2)
        self._write(say("label flipped"), 10, top)
        who = "h′" if self.view.what == "witness" else "h"
        self._crosses(np.array([69.0]), np.array([top + 3.4]), 5.5)
        self._write(say("{who} is wrong", who=who), 75, top)
        self._write(say("4→9: a 4 taken for a 9"), 124, top)

    def _tile(self, image: np.ndarray, left: float, top: float, size: float):
        extent = left, left + size, top + size, top
        look = {"cmap": TONES, "vmin": 0, "vmax": 255, "interpolation": "nearest"}
        return self.ax_.imshow(image, extent=extent, aspect="auto", zorder=2, **look)

    def _crosses(self, x: np.ndarray, y: np.ndarray, size: float):
        disc = self.ax_.scatter(x, y, s=size**2, c=style.INK, linewidths=0, zorder=4)
        self.ax_.scatter(
            x, y, s=(0.42 * size) ** 2, marker="x", c=style.PAPER, linewidths=0.8, zorder=5
        )
        disc.set_clip_on(False)
        return disc

    def _write(self, text: str, x: float, y: float, **look):
        return self.ax_.text(
            x, y, self.script.said(text), **self._look(va="top", parse_math=False, **look)
        )


def fitted(count: int, width: float, height: float) -> Tiles:
    """The largest tiles of which all fit, or else as many of the least size as do.

    >>> tiles = fitted(4, 70, 70)
    >>> tiles.size, tiles.left.tolist(), tiles.top.tolist()
    (30.0, [0.0, 33.0, 0.0, 33.0], [0.0, 0.0, 33.0, 33.0])
    """

    def room(size: float) -> tuple[int, int]:
        steps = size + GAP
        return max(1, int((width + GAP) // steps)), max(1, int((height + GAP) // steps))

    size = MOST
    while size > LEAST and np.prod(room(size)) < count:
        size -= 0.5
    columns, rows = room(size)
    index = np.arange(min(count, columns * rows))
    return Tiles(index % columns * (size + GAP), index // columns * (size + GAP), size)
