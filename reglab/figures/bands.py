"""``BandsDisplay``: both errors of many runs against steps."""

from collections.abc import Sequence
from typing import Self

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reglab.figures import style
from reglab.figures.display import Display
from reglab.figures.ends import End, name_ends, short
from reglab.figures.labels import Labels
from reglab.figures.scale import domain
from reglab.figures.script import tidy
from reglab.look import NUMBERS
from reglab.mitchell.words import grouped
from reglab.views import BandsView
from reglab.words import counted, say

ROOM = 0.58, 1.75, 0.4, 0.4  # inches at the left, right, bottom and top


class BandsDisplay(Display):
    """The median of both errors, and the band that holds eight runs in ten.

    Args:
        view: of the runs that are told about.
        others: of other runs, of which the median of the true error is drawn, faintly.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes.
        figure_: their figure.
        train_line_: median error on the training examples.
        true_line_: median error over the whole distribution.
        train_band_: from the 10th to the 90th percentile.
        true_band_: likewise.
        other_lines_: median true error of each of the others.
        end_names_: the names at the right ends.
    """

    def __init__(
        self, view: BandsView, others: Sequence[BandsView] = (), *, language: str | None = None
    ):
        super().__init__(language)
        self.view, self.others = view, tuple(band for band in others if len(band.step))

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure as wide as two columns of a journal."""
        view, ax = self.view, style.axes(ax, (7.0, 2.3), ROOM)
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        self._draw_axes()
        faint = {"color": style.WHOLE, "alpha": NUMBERS.others, "linewidth": 0.8}
        self.other_lines_ = [
            ax.plot(band.step, band.true_median, **faint)[0] for band in self.others
        ]
        look = {"linewidth": 0, "alpha": 0.18}
        self.train_band_ = ax.fill_between(
            view.step, view.train_low, view.train_high, color=style.TRAIN, **look
        )
        self.true_band_ = ax.fill_between(
            view.step, view.true_low, view.true_high, color=style.WHOLE, **look
        )
        (self.train_line_,) = ax.plot(view.step, view.train_median, color=style.TRAIN)
        (self.true_line_,) = ax.plot(view.step, view.true_median, color=style.WHOLE)
        for line in (self.train_line_, self.true_line_):
            line.set_linewidth(1.4)
        self.end_names_ = name_ends(ax, Labels(ax, self.script), self._ends(), 72 * ROOM[1] - 2)
        return self

    def _draw_axes(self) -> None:
        ax, view = self.ax_, self.view
        tops = [view.true_high, view.train_high, *(band.true_median for band in self.others)]
        ax.set_ylim(domain([float(t.max()) for t in tops if len(t)], from_zero=True))
        ax.set_xlim(
            0, max([1, *(int(band.step[-1]) for band in (view, *self.others) if len(band.step))])
        )
        style.ticks(ax, "y", 5)
        style.plain_ticks(ax, "x")
        ax.xaxis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: tidy(grouped(int(step)))))
        self._axis_titles(ax, say("step"), say("error"))
        head = say("Errors {setting}", setting=view.name) if view.name else say("Errors")
        self._title(ax, head, self._note())

    def _note(self) -> str:
        counts = self.view.num_runs
        count = int(counts.max()) if len(counts) else 0
        note = counted(
            count,
            "median of {count} run, and the band of eight in ten",
            "median of {count} runs, and the band of eight in ten",
            count=grouped(count),
        )
        return say("{note}; faint: other values", note=note) if self.others else note

    def _ends(self) -> list[End]:
        view = self.view
        if not len(view.step):
            return []
        step, names = int(view.step[-1]), self._names()
        ends = []
        for name, colour, median in zip(
            names, (style.WHOLE, style.TRAIN), (view.true_median, view.train_median), strict=True
        ):
            error = float(median[-1])
            value = style.measured(error, error, error)
            ends.append(End(name, value, colour, step, error, style.END_MARK))
        return ends

    def _names(self) -> tuple[str, str]:
        count = self.view.num_train
        return (
            short(self.view.over),
            say("training examples") if count is None else style.examples(count),
        )
