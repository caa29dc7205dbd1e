"""``PlaneDisplay``: who is the witness."""

from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reglab import look
from reglab.figures import style
from reglab.figures.display import ViewDisplay
from reglab.figures.labels import Box, Labels, around
from reglab.figures.rows import Row, newest, row_of, trained
from reglab.figures.scale import domain, quantile
from reglab.look import NUMBERS
from reglab.views import CurvesView, PlaneView
from reglab.words import columns, say, wrapped

REGION = say("a dot in here is a witness against h")
ROOM = 0.58, 0.22, 0.38, 0.26  # inches at the left, right, bottom and top
MANY = 4000  # dots; more are drawn as pixels in a vector file


class PlaneDisplay(ViewDisplay[PlaneView]):
    """The witness plane: training error across, true error up, a dot for each hypothesis.

    A dot to the lower right of h is a witness: it errs more on the training examples, and less
    over the whole distribution.

    Args:
        view: the runs, h and its witness.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes.
        figure_: their figure.
        dots_: a collection of dots for each run that has rows.
        paths_: the smoothed way of each of them.
        bayes_line_: the Bayes error, or None where it is not known.
        region_: where a witness would lie, or None before there is an h.
        arrow_: from h to its witness, or None.
        names_: the texts written, by what they name.
    """

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure of one column of a journal."""
        view, ax = self.view, style.axes(ax, (3.4, 2.95), ROOM)
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        self.names_: dict[str, Any] = {}
        h, witness = row_of(view, view.h), row_of(view, view.witness)
        self._limits(h, witness)
        style.ticks(ax, "x", 6)
        style.ticks(ax, "y", 6)
        self._axis_titles(
            ax,
            say("error on the {examples}", examples=style.examples(view.num_train)),
            say("error over {over}", over=view.over),
        )
        self._title(ax, say("Witness plane"), say("every dot is a hypothesis"))
        self._labels = Labels(ax, self.script)
        self.region_ = None if h is None else self._region(h, witness is not None)
        self._draw_runs()
        self.bayes_line_ = self._bayes()
        self.arrow_ = None
        if h is not None:
            self._name(h, witness)
            self._name_region(h, witness is not None)
        return self

    def _limits(self, h: Row | None, witness: Row | None) -> None:
        runs = [run for _, run in trained(self.view)]
        ends = [newest(self.view, index) for index, _ in trained(self.view)]
        shown = [row for row in (h, witness, *ends) if row is not None]
        across = [row.train for row in shown] + [
            quantile(runs, "train_error", NUMBERS.plane_across)
        ]
        if h is not None:
            across.append(h.train + NUMBERS.plane_room)
        up = [quantile(runs, "true_error", share) for share in (0, NUMBERS.plane_up)]
        up += [self.view.bayes_error, *(row.true for row in shown)]
        self.ax_.set_xlim(domain(across, from_zero=True))
        self.ax_.set_ylim(domain(up))

    def _inside(self, run: CurvesView) -> tuple[np.ndarray, np.ndarray]:
        """Errors of a run, those beyond the axes moved to their edge."""
        right, top = self.ax_.get_xlim()[1], self.ax_.get_ylim()[1]
        return np.minimum(run.train_error, right), np.minimum(run.true_error, top)

    def _draw_runs(self) -> None:
        runs = trained(self.view)
        total = sum(len(run.step) for _, run in runs)
        few = NUMBERS.dot_few if total < NUMBERS.dots_few else NUMBERS.dot_some
        alpha = few if total < NUMBERS.dots_some else NUMBERS.dot_many
        self.dots_, self.paths_, covered = [], [], [np.zeros((0, 2))]
        for index, run in runs:
            faint = 1.0 if run.in_pool else NUMBERS.out_of_pool
            x, y = self._inside(run)
            dots = self.ax_.scatter(x, y, s=6, c=style.run_colour(index), linewidths=0)
            dots.set(alpha=alpha * faint, clip_on=False, rasterized=total > MANY, zorder=2)
            way = _smoothed(run)
            (path,) = self.ax_.plot(*way, color=style.run_colour(index), linewidth=0.9)
            path.set(alpha=NUMBERS.path * faint, zorder=2.5)
            self.dots_.append(dots)
            self.paths_.append(path)
            covered += [self._labels.points(x, y), *[self._labels.points(*way)] * 3]
        self._covered = np.concatenate(covered)
        for index, run in runs:
            x, y = (column[-1] for column in self._inside(run))
            self.ax_.plot(x, y, **style.run_mark(index), clip_on=False, zorder=5)
            left, bottom = self._labels.points(x, y)[0]
            self._labels.block(left, bottom, 4.5)

    def _crowding(self, box: Box) -> float:
        return 4.0 * box.count(self._covered)

    def _region(self, h: Row, holds_witness: bool) -> Rectangle:
        right, low = self.ax_.get_xlim()[1], self.ax_.get_ylim()[0]
        width, height = max(0.0, right - h.train), max(0.0, min(h.low, h.true) - low)
        empty, full = (style.INK, look.REGION), (style.RED, NUMBERS.region_witness)
        colour, alpha = full if holds_witness else empty
        region = Rectangle((h.train, low), width, height, facecolor=colour, alpha=alpha)
        region.set(edgecolor="none", zorder=0.5)
        self.ax_.add_patch(region)
        return region

    def _bayes(self):
        bayes = self.view.bayes_error
        if bayes is None:
            return None
        line = self.ax_.axhline(bayes, color=style.BAYES, linewidth=0.8, linestyle=style.DASHES)
        labels = self._labels
        level = float(labels.points(0, bayes)[0, 1])

        def spots(width: float, height: float):
            lefts = labels.width - width - 1, 3.0
            return [(left, y) for y in (level - height - 1, level + 1.5) for left in lefts]

        text = style.bayes_error(bayes)
        self.names_["Bayes"] = labels.place([text], spots, crowding=self._crowding)
        return line

    def _name(self, h: Row, witness: Row | None) -> None:
        labels, ax = self._labels, self.ax_
        x, y = labels.points(h.train, h.true)[0]
        labels.block(x, y, 5.5)
        if witness is not None:
            wx, wy = labels.points(witness.train, witness.true)[0]
            labels.block(wx, wy, 6)
            for share in (0.2, 0.35, 0.5, 0.65, 0.8):
                labels.block(x + share * (wx - x), y + share * (wy - y), 3)
            if np.hypot(wx - x, wy - y) > 18:
                self.arrow_ = _arrow(ax, h, witness)
            style.ring(ax, witness.train, witness.true, style.RED, 8.5)
            font = {"fontsize": 9.5, "fontweight": "bold", "color": style.RED}
            self.names_["h′"] = labels.place(["h′"], around(wx, wy, 7), **font)
        style.ring(ax, h.train, h.true, style.INK, 8.5)
        ax.plot(h.train, h.true, **style.run_mark(h.run, 4.5), clip_on=False, zorder=7)
        font = {"fontsize": 9.5, "fontweight": "bold", "color": style.INK}
        self.names_["h"] = labels.place(["h"], around(x, y, 7), **font)

    def _name_region(self, h: Row, holds_witness: bool) -> None:
        """The words go where they cover least; where there is no room, they are left out."""
        labels = self._labels
        if self.view.bayes_error is not None:
            level = labels.points(0, self.view.bayes_error)[0, 1]
            labels.taken.append(Box(0, level - 1.5, labels.width, 3))
        left, top = labels.points(h.train, min(h.low, h.true))[0]

        def spots(width: float, height: float):
            room_x, room_y = labels.width - left - width - 8, top - height - 6
            if room_x < 0 or room_y < 0:
                return []
            downs, overs = (1, 0.8, 0.6, 0.4, 0.2, 0), (1, 0.75, 0.5, 0.25, 0)
            return [(left + 4 + a * room_x, 3 + b * room_y) for b in downs for a in overs]

        region = self.script.said(REGION)
        texts = [wrapped(region, columns, width) for width in (40, 24, 16)]
        self.names_["region"] = labels.place(
            texts,
            spots,
            crowding=self._crowding,
            strict=True,
            color=style.RED if holds_witness else style.MUTED,
        )


def _arrow(ax: Axes, h: Row, witness: Row):
    drawn = {"arrowstyle": "-|>", "color": style.RED, "linewidth": 1.3, "mutation_scale": 8}
    return ax.annotate(
        "",
        (witness.train, witness.true),
        (h.train, h.true),
        arrowprops={**drawn, "shrinkA": 5.5, "shrinkB": 5.5, "zorder": 5.5},
    )


def _smoothed(run: CurvesView) -> tuple[np.ndarray, np.ndarray]:
    """The way of a run as a moving mean: the noise of single steps would hide its shape."""
    count = len(run.step)
    rows = np.arange(count)
    most = max(1, round(count / NUMBERS.path_window))
    reach = np.minimum(most, np.minimum(rows, count - 1 - rows))

    def mean(errors: np.ndarray) -> np.ndarray:
        sums = np.concatenate([[0.0], np.cumsum(errors, dtype=float)])
        return (sums[rows + reach + 1] - sums[rows - reach]) / (2 * reach + 1)

    return mean(run.train_error), mean(run.true_error)
