"""``FrequencyDisplay``: how often h overfits, against what varies."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reglab.figures import style
from reglab.figures.display import ViewDisplay
from reglab.figures.script import tidy
from reglab.look import NUMBERS
from reglab.mitchell import frequencies, value_of
from reglab.mitchell.words import grouped, plain
from reglab.training import RunLike
from reglab.views import FrequencyView
from reglab.words import Message, counted, say

SIZE = 3.4, 3.1  # inches: one column of a journal
ROOM = 0.58, 0.16, 0.42, 0.4  # inches at the left, right, bottom and top
GAP, BELOW = 0.16, 0.72  # inches between the two axes, and of the lower one's height
STEEP = 50.0  # ratio of values from which their axis is logarithmic
MOST_COUNTS = 8  # values whose counts are written beside their dots


class FrequencyDisplay(ViewDisplay[FrequencyView]):
    """The share of runs whose last hypothesis overfits, with its interval, against what varies.

    Beneath, the median severity. A hollow dot stands where some runs are undecided: the interval
    then reaches up as if each of them overfitted.

    Args:
        view: the counts.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes of the share.
        severity_ax_: the axes of the severity beneath; None in axes of the caller's.
        figure_: their figure.
        dots_: shares, one a value.
        bars_: a line for each interval.
        severity_line_: median severity, or None.
        counts_: what is written beside the dots.
    """

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure of one column of a journal."""
        self.severity_ax_ = None
        if ax is None:
            return self.plot_in(style.new_figure(SIZE), (0, 0, *SIZE))
        return self._plot(ax)

    def plot_in(self, figure: Figure, cell: tuple[float, float, float, float]) -> Self:
        """Draws both axes into a cell (left, bottom, width, height), in inches, of a figure."""
        return self._plot(self._new_axes(figure, cell))

    def _plot(self, ax: Axes) -> Self:
        self.ax_, self.figure_ = style.axes(ax, SIZE, ROOM), style.figure_of(ax)
        at = self._places()
        self._draw_shares(at)
        self.severity_line_ = self._draw_severity(at)
        for axes in (self.ax_, self.severity_ax_):
            if axes is not None:
                self._draw_values(axes, at)
        lowest = self.severity_ax_ or self.ax_
        self._axis_titles(lowest, self.view.varies, lowest.get_ylabel())
        return self

    def _new_axes(self, figure: Figure, cell: tuple[float, float, float, float]) -> Axes:
        left, start, width, height = cell
        room = (*ROOM[:2], ROOM[2], 0.0)
        self.severity_ax_ = style.axes(
            style.place(figure, (left, start, width, ROOM[2] + BELOW), room), SIZE, ROOM
        )
        bottom = ROOM[2] + BELOW + GAP
        return style.place(
            figure, (left, start + bottom, width, height - bottom), (*ROOM[:2], 0.0, ROOM[3])
        )

    def _places(self) -> np.ndarray:
        """Positions on the axis: the values, or their ranks where their logarithms would be."""
        values = np.asarray(self.view.values, float)
        positive = values[values > 0]
        is_steep = len(positive) > 1 and positive.max() / positive.min() > STEEP
        return np.arange(len(values), dtype=float) if is_steep else values

    def _draw_values(self, ax: Axes, at: np.ndarray) -> None:
        """The ticks of what varies: the values themselves where there are few."""
        values, unit = np.asarray(self.view.values, float), self.view.unit
        style.plain_ticks(ax, "x")
        span = float(np.ptp(at)) if len(at) else 0.0
        pad = NUMBERS.share_pad * span if span else 0.5
        if len(at):
            ax.set_xlim(at.min() - pad, at.max() + pad)
        if len(values) <= 10 or not np.array_equal(at, values):
            every = -(-len(values) // 10)
            ax.set_xticks(at[::every], [_number(v, unit) for v in values[::every]])
        else:
            ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
            ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: _number(v, unit)))
        if ax is self.ax_ and self.severity_ax_ is not None:
            ax.tick_params("x", labelbottom=False)

    def _draw_shares(self, at: np.ndarray) -> None:
        view, ax = self.view, self.ax_
        ax.set_ylim(-0.03, 1.12)
        style.ticks(ax, "y", 5)
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
        self._axis_titles(ax, "", say("share of {runs}", runs=view.of))
        known = np.asarray(view.num_runs) > 0
        self.bars_ = [
            ax.plot([x, x], ends, color=style.INK, linewidth=1.1, alpha=0.6, zorder=2)[0]
            for x, *ends in zip(at[known], view.low[known], view.high[known], strict=True)
        ]
        look = {"color": style.INK, "linewidth": 0.7, "alpha": NUMBERS.share_line, "zorder": 2}
        ax.plot(at[known], view.share[known], **look)
        face = [style.PAPER if n else style.INK for n in np.asarray(view.num_undecided)[known]]
        self.dots_ = ax.scatter(at[known], view.share[known], s=26, c=face, zorder=3)
        self.dots_.set(edgecolors=style.INK, linewidths=1.1)
        self._title(ax, self._head(), self._note())
        self._draw_counts(at)

    def _head(self) -> Message:
        least = plain(100 * self.view.at_least)
        if not self.view.at_least:
            return say("h overfits")
        return counted(
            1 if least == "1" else 2,
            "h overfits by {count} point or more",
            "h overfits by {count} points or more",
            count=least,
        )

    def _note(self) -> Message:
        sizes = np.unique(self.view.num_runs[self.view.num_runs > 0])
        if not len(sizes):
            return say("no run yet")
        least, most = grouped(int(sizes[0])), grouped(int(sizes[-1]))
        if len(sizes) == 1:
            return say("{count} {runs} each", count=least, runs=self.view.of)
        return say("{least} to {most} {runs} each", least=least, most=most, runs=self.view.of)

    def _draw_counts(self, at: np.ndarray) -> None:
        self.counts_ = []
        if len(at) > MOST_COUNTS or self.severity_ax_ is None:
            return
        for x, hits, size, high in zip(
            at, self.view.num_overfit, self.view.num_runs, self.view.high, strict=True
        ):
            if not size:
                continue
            place = (x, min(high, 1.0)), (0, 5 if hits == size else 2)
            text = self.ax_.annotate(f"{hits}/{size}", *place, textcoords="offset points")
            text.set(fontsize=6, color=style.MUTED, ha="center", va="bottom")
            text.set_path_effects(style.halo())
            self.counts_.append(text)

    def _draw_severity(self, at: np.ndarray) -> Any:
        ax = self.severity_ax_
        if ax is None:
            return None
        severity = np.asarray(self.view.severity, float)
        known = np.isfinite(severity)
        look = {"color": style.INK, "linewidth": 0.9, "marker": "o", "markersize": 2.8}
        (line,) = ax.plot(at[known], 100 * severity[known], **look)
        ax.set_ylim(0, max(1.0, 125 * float(severity[known].max(initial=0.0))))
        style.plain_ticks(ax, "y")
        ax.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        self._axis_titles(ax, "", say("severity, points"))
        return line


def frequency(
    runs: Sequence[RunLike],
    by: str = "dropout_rate",
    *,
    scope: str = "data",
    at_least: float = 0.0,
    varies: str | None = None,
    language: str | None = None,
) -> FrequencyDisplay:
    """Draws how many of the runs overfit, for each value of one field.

    Args:
        runs: such as a ``Population``, over several draws of the training set.
        by: what varies, see :func:`reglab.mitchell.frequencies`.
        scope: what a hypothesis is held against, ``run`` or ``data``.
        at_least: severity from which it counts as overfitting, a share from 0 to 1.
        varies: the field in words; its name where left out.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    >>> from reglab import Experiment, LinearConfig, fit_population
    >>> base = Experiment(model=LinearConfig(), num_steps=60)
    >>> runs = fit_population([base.replace(draw=draw) for draw in range(3)])
    >>> frequency(runs).view.num_runs.tolist()
    [3]
    """
    found = frequencies(runs, by, scope=scope, at_least=at_least)._asdict()
    shown = {name: value for name, value in found.items() if name in FrequencyView._fields}
    words = by.rpartition(".")[2].replace("_", " ") if varies is None else varies
    draws = {(value_of(run.experiment, by), run.experiment.draw) for run in runs}
    of = say("draws") if len(draws) == len(runs) else say("runs")
    view = FrequencyView(words, **shown, at_least=at_least, of=of)
    return FrequencyDisplay(view, language=language).plot()


def _number(value: float, unit: str) -> str:
    return tidy(plain(value, is_share=unit == "%"))
