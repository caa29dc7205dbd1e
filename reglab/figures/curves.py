"""``CurvesDisplay``: when did it happen."""

from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reglab.figures import style
from reglab.figures.display import ViewDisplay
from reglab.figures.ends import End, name_ends, short
from reglab.figures.labels import Box, Labels
from reglab.figures.rows import Row, newest, row_of, trained
from reglab.figures.scale import domain, quantile
from reglab.figures.script import tidy
from reglab.look import NUMBERS
from reglab.mitchell.words import grouped
from reglab.views import PlaneView
from reglab.words import say

MOST_NAMES = 6  # of other runs; there is no room for more
ROOM = 0.58, 1.75, 0.4, 0.4  # inches at the left, right, bottom and top


class CurvesDisplay(ViewDisplay[PlaneView]):
    """Both errors of h's run against steps, and the true error of every other run.

    Args:
        view: the runs, h and its witness.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes.
        figure_: their figure.
        train_line_: error on the training examples, of h's run.
        true_line_: error over the whole distribution, of h's run.
        band_: the interval of that error.
        other_lines_: error over the whole distribution of each other run.
        bayes_line_: the Bayes error, or None where it is not known.
        change_lines_: a line for each knob change of h's run, the newest first.
        change_names_: what moved, or None where the words found no room.
        end_names_: the names at the right ends.
        marks_: the texts that name h′, or the lowest error where h′ is of another run.
    """

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure as wide as two columns of a journal.

        Names stand to the right of the axes: axes of one's own need some 1.7 inches there.
        """
        view, ax = self.view, style.axes(ax, (7.0, 2.3), ROOM)
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        self._run = view.runs[view.h[0]]
        self._draw_axes()
        self._labels = Labels(ax, self.script)
        self._draw_changes()
        self.bayes_line_ = None
        if view.bayes_error is not None:
            self.bayes_line_ = ax.axhline(
                view.bayes_error, color=style.BAYES, linewidth=0.8, linestyle=style.DASHES
            )
            level = self._labels.points(0, view.bayes_error)[0, 1]
            self._labels.taken.append(Box(0, level - 1.5, self._labels.width, 3))
        self._draw_others()
        self._draw_run()
        self.end_names_ = name_ends(ax, self._labels, self._ends(), 72 * ROOM[1] - 2)
        self.marks_: dict[str, Any] = {}
        if len(self._run.step):
            self._mark()
        return self

    def _draw_axes(self) -> None:
        ax, runs = self.ax_, [run for _, run in trained(self.view)]
        shown = [row_of(self.view, self.view.h), newest(self.view, self.view.h[0])]
        errors = [quantile(runs, name, NUMBERS.curves_up) for name in ("true_error", "train_error")]
        errors += [error for row in shown if row is not None for error in (row.train, row.true)]
        errors += [self.view.bayes_error or 0.0]
        ax.set_ylim(domain(errors, from_zero=True))
        ax.set_xlim(0, max([1, *(int(run.step[-1]) for run in runs)]))
        style.ticks(ax, "y", 5)
        style.plain_ticks(ax, "x")
        ax.tick_params("x", pad=5)  # the badge of h stands on the axis
        ax.xaxis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: tidy(grouped(int(step)))))
        self._axis_titles(ax, say("step"), say("error"))
        others = say("other runs: error over {over}", over=self.view.over) if runs[1:] else ""
        if len(runs) - 1 > MOST_NAMES:
            others = say("{others}, the first {count} named", others=others, count=MOST_NAMES)
        pad = 15.0 if self._run.changes else 6.0
        self._title(ax, say("Errors of “{run}”", run=self._run.name), others, pad=pad)

    def _draw_changes(self) -> None:
        """The newest changes are named first; where words would touch, a line alone remains."""
        labels, column = self._labels, 72 * ROOM[1]
        labels.bounds = Box(0, labels.height, labels.width + column, 14)
        self.change_lines_, self.change_names_ = [], []
        for step, words in reversed(self._run.changes):
            line = self.ax_.axvline(step, color=style.INK, alpha=NUMBERS.change, linewidth=0.8)
            x = float(labels.points(step, 0)[0, 0])

            def spots(width: float, height: float, x: float = x):
                return [(x - 1, labels.height + 1.5), (x + 1 - width, labels.height + 1.5)]

            self.change_lines_.append(line)
            self.change_names_.append(labels.place([words], spots, strict=True, color=style.INK))

    def _draw_others(self) -> None:
        self.other_lines_ = []
        for index, run in trained(self.view):
            if run is self._run:
                continue
            colour = style.run_colour(index)
            line = self.ax_.plot(run.step, run.true_error, color=colour, alpha=0.5, linewidth=0.9)
            self.other_lines_ += line

    def _draw_run(self) -> None:
        run, ax = self._run, self.ax_
        interval = run.step, run.true_low, run.true_high
        look = {"color": style.WHOLE, "alpha": NUMBERS.interval, "linewidth": 0}
        self.band_ = ax.fill_between(*interval, **look)
        (self.train_line_,) = ax.plot(run.step, run.train_error, color=style.TRAIN, linewidth=1.0)
        (self.true_line_,) = ax.plot(run.step, run.true_error, color=style.WHOLE, linewidth=1.5)
        h = row_of(self.view, self.view.h)
        if h is None:
            return
        ax.axvline(h.step, color=style.INK, alpha=NUMBERS.handle, linewidth=0.8, zorder=1.5)
        badge = ax.annotate("h", (h.step, 0), xycoords=ax.get_xaxis_transform(), zorder=8)
        badge.set(fontsize=6.5, fontweight="bold", color=style.PAPER, ha="center", va="center")
        colours = {"facecolor": style.INK, "edgecolor": style.PAPER}
        badge.set_bbox({"boxstyle": "round,pad=0.22", **colours})

    def _ends(self) -> list[End]:
        view, ends = self.view, []
        row = newest(view, view.h[0])
        if row is not None:
            train = style.measured(row.train, row.train, row.train)
            ends.append(_true_end(short(self.view.over), row, style.WHOLE))
            name = style.examples(view.num_train)
            ends.append(End(name, train, style.TRAIN, row.step, row.train, style.END_MARK))
        others = [index for index, run in trained(view) if run is not self._run]
        for index in others[:MOST_NAMES]:
            row = newest(view, index)
            if row is not None:
                mark = style.run_mark(index, 5)
                ends.append(_true_end(view.runs[index].name, row, style.run_colour(index), mark))
        if view.bayes_error is not None:
            bayes, right = view.bayes_error, self.ax_.get_xlim()[1]
            ends.append(End(style.bayes_error(bayes), "", style.BAYES, right, bayes))
        return ends

    def _mark(self) -> None:
        """The witness, and the lowest error of this run where the witness is another's."""
        run, view = self._run, self.view
        least = int(np.argmin(run.true_error))
        is_own = view.witness is not None and view.witness[0] == view.h[0]
        marks = [("h′", row_of(view, view.witness), style.RED)]
        if not is_own and run.true_high[least] < run.true_low[-1]:
            marks.append(("lowest", row_of(view, (view.h[0], least)), style.INK))
        self._labels.bounds = Box(0, 0, self._labels.width, self._labels.height)
        for name, row, colour in marks:
            if row is not None:
                self.marks_[name] = self._mark_row(name, row, colour)

    def _mark_row(self, name: str, row: Row, colour: str):
        labels, ax = self._labels, self.ax_
        style.ring(ax, row.step, row.true, colour, 6.5)
        x, y = labels.points(row.step, row.true)[0]
        labels.block(x, y, 5)

        def spots(width: float, height: float):
            lefts = x + 3, x - 3 - width
            above = [(left, y + away) for away in (9, 18, 28, 40) for left in lefts]
            below = [(left, y - away - height) for away in (9, 18, 28, 40) for left in lefts]
            return [spot for pair in zip(above, below, strict=True) for spot in pair]

        said = say("lowest") if name == "lowest" else name
        text = say("{name}, step {step}", name=said, step=grouped(row.step))
        font = {"color": colour, "fontweight": "bold" if name == "h′" else "normal"}
        words = labels.place([text], spots, crowding=self._crossed, strict=False, **font)
        if words is not None:
            box = labels.taken[-1]
            ends = (y + 4.5, box.bottom + 2) if box.bottom > y else (y - 4.5, box.bottom + 5)
            heights = [end / labels.height for end in ends]
            transform = ax.get_xaxis_transform()
            ax.plot([row.step] * 2, heights, color=colour, linewidth=0.8, transform=transform)
        return words

    def _crossed(self, box: Box) -> float:
        """How much of the curves a text in a box would cover."""
        lines = [self.true_line_, self.train_line_, *self.other_lines_]
        steps = np.linspace(*self.ax_.get_xlim(), 400)
        hits = 0
        for line in lines:
            x, y = line.get_data()
            points = self._labels.points(steps, np.interp(steps, x, y, right=np.nan))
            hits += box.count(points)
        return 6.0 * hits


def _true_end(name: str, row: Row, colour: str, mark: dict[str, Any] | None = None) -> End:
    value = style.measured(row.true, row.low, row.high)
    return End(name, value, colour, row.step, row.true, mark or style.END_MARK)
