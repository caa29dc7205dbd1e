"""``BoundaryDisplay``: what h decides over the plane."""

from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.ndimage import gaussian_filter, zoom

from reglab.figures import style
from reglab.figures.display import ViewDisplay
from reglab.look import NUMBERS
from reglab.views import BoundaryView
from reglab.words import say

TITLES = {
    "h": say("Decision of h"),
    "witness": say("Decision of h′"),
    "disagreement": say("Where they differ"),
}
ROOM = 0.06, 0.06, 0.28, 0.26  # inches at the left, right, bottom and top
WASH = (*to_rgb(style.INK), 0.1)
HALF = 127.5
FINER = 4  # points of a contour between two of the view
BLUR = 0.9  # points of the view; less leaves the steps of its grid in the contours


def class_colours() -> ListedColormap:
    """From class 0 over neutral, where both are as likely, to class 1; as in the live view."""
    level = np.linspace(0, 1, 256)
    share = np.minimum(1, np.abs(2 * level - 1) * NUMBERS.map_gain) ** NUMBERS.map_power
    share *= NUMBERS.map_strength
    ends = np.array([to_rgb(colour) for colour in style.CLASSES])
    neutral = np.array(to_rgb(style.NEUTRAL))
    chosen = ends[(level > 0.5).astype(int)]
    return ListedColormap(neutral + share[:, None] * (chosen - neutral), "reglab")


class BoundaryDisplay(ViewDisplay[BoundaryView]):
    """The decision map: classes as colours that fade where h is unsure, and both boundaries.

    Args:
        view: the map, the Bayes boundary where it is known, and the training examples.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes.
        figure_: their figure.
        image_: the map.
        boundary_: where h changes its mind, a contour set; None where it never does.
        bayes_: where the best classifier does; None where it never does or is not known.
        examples_: the training examples, a collection for each class.
        key_: what the marks mean, a legend without a box.
    """

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure of one column of a journal."""
        view, ax = self.view, style.axes(ax, (3.4, 2.95), ROOM)
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        differ = view.what == "disagreement"
        left, right, low, high = view.region
        rows, cols = view.shade.shape
        across, up = (right - left) / (cols - 1), (high - low) / (rows - 1)
        self.image_ = ax.imshow(
            np.full_like(view.shade, 128) if differ else view.shade,
            # Values belong to nodes, and the outer ones lie on the edges of the region.
            extent=(left - across / 2, right + across / 2, low - up / 2, high + up / 2),
            origin="lower",
            cmap=class_colours(),
            vmin=0,
            vmax=255,
            interpolation="bicubic",
            interpolation_stage="data",
        )
        self.bayes_ = None
        if view.bayes is not None:
            self.bayes_ = self._contour(view.bayes, style.BAYES, 1.0)
        if differ:
            self._hatch()
        self.boundary_ = self._contour(view.shade, style.INK, 0.8 if differ else 1.6)
        self.examples_ = [self._examples(kind) for kind in (0, 1)]
        ax.set(xlim=(left, right), ylim=(low, high), xticks=[], yticks=[], anchor="NW")
        self.key_ = self._key()
        self._title(ax, TITLES.get(view.what, TITLES["h"]))
        return self

    def _grid(self, shade: np.ndarray) -> tuple[np.ndarray, ...]:
        # A sure h steps from 0 to 255 between two nodes: the blur takes the steps out of its line.
        blurred = gaussian_filter(shade.astype(float), BLUR, mode="nearest")
        field = np.asarray(zoom(blurred, FINER, order=3))
        left, right, low, high = self.view.region
        rows, cols = field.shape[0], field.shape[1]
        return np.linspace(left, right, cols), np.linspace(low, high, rows), field

    def _contour(self, shade: np.ndarray, colour: str, width: float):
        grid = self._grid(shade)
        if not grid[2].min() < HALF < grid[2].max():
            return None
        lines = self.ax_.contour(*grid, levels=[HALF], colors=[colour])
        lines.set(linewidth=width, capstyle="round")
        return lines

    def _hatch(self) -> None:
        grid = self._grid(self.view.shade)
        if grid[2].max() <= HALF:
            return
        area = self.ax_.contourf(*grid, levels=[HALF, 1e9], colors=[WASH], hatches=["////"])
        area.set(edgecolor=style.MUTED, linewidth=0)

    def _examples(self, kind: int):
        is_many = len(self.view.y) > NUMBERS.map_few
        return self.ax_.scatter(
            *self.view.x[self.view.y == kind].T,
            s=7 if is_many else 15,
            marker=style.CLASS_MARKS[kind],
            c=style.CLASSES[kind],
            edgecolors=style.PAPER,
            linewidths=0.4 if is_many else 0.7,
            zorder=3,
        )

    def _key(self):
        mark = {"linestyle": "none", "markeredgecolor": "none", "markersize": 4}
        entries: dict[str, Any] = {
            say("class {number}", number=kind): Line2D(
                [], [], marker=style.CLASS_MARKS[kind], color=colour, **mark
            )
            for kind, colour in enumerate(style.CLASSES)
        }
        if self.view.what == "disagreement":
            entries[say("they differ")] = Patch(
                facecolor=WASH, edgecolor=style.MUTED, hatch="////", linewidth=0
            )
        else:
            name = "h′" if self.view.what == "witness" else "h"
            entries[name] = Line2D([], [], color=style.INK, linewidth=1.6)
        if self.bayes_ is not None:
            entries[say("Bayes")] = Line2D([], [], color=style.BAYES, linewidth=1.0)
        return self._legend(
            self.ax_,
            entries,
            loc="upper left",
            bbox_to_anchor=(0, -0.01),
            ncols=len(entries),
            borderaxespad=0.2,
            borderpad=0,
            handlelength=1.4,
            handletextpad=0.4,
            columnspacing=1.2,
        )
