"""``ClaimDisplay``: what a claim predicts beside what was measured."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from reglab.figures import style
from reglab.figures.display import Display
from reglab.theory import Check, Row
from reglab.theory.words import (
    KIND_WORDS,
    RELATION_WORDS,
    interval,
    name_of,
    number,
    shown_of,
)
from reglab.words import columns, say, wrapped

PREDICTED, MEASURED = style.INK, style.RUNS[1]
WIDTH, EDGE = 7.0, 0.25  # inches: two columns of a journal
LINE = 0.145  # inches of a line of words
HEAD_CHARACTERS, NAME_CHARACTERS, TITLE_CHARACTERS = 100, 42, 40
NUMBER_CHARACTERS = 40
STRIP = 2.8, 4.5  # inches from the left: where scalars are drawn
PANEL = 2.3  # inches of height
ROOM = 0.62, 0.16, 0.42, 0.45  # inches at the left, right, bottom and top of a series
FAR = 3.0  # half-widths of an interval that a strip shows each way
STEEP = 30.0  # ratio of values from which an axis is logarithmic


class ClaimDisplay(Display):
    """The statement, its verdict, a strip for each number and a picture for each series.

    A strip is drawn in units of its own interval: the upright line is the prediction, the bar is
    the measurement with its interval. What fails is red.

    Args:
        check: what :func:`reglab.theory.check` returns.
        has_heading: whether id, verdict and statement stand on top.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        figure_: the figure.
        head_: the texts of the heading.
        series_: the axes of each series, by its name.
        strips_: for each number by its name, the bar and the dot that are drawn.
    """

    def __init__(self, check: Check, *, has_heading: bool = True, language: str | None = None):
        super().__init__(language)
        self.check, self.has_heading = check, has_heading

    def plot(self) -> Self:
        """Draws a new figure as wide as two columns of a journal, as high as need be."""
        check = self.check
        self._series = [row for row in check.rows if row.predicted.x is not None]
        self._scalars = [row for row in check.rows if row.predicted.x is None]
        head = self._wrapped(check.claim.statement, HEAD_CHARACTERS) if self.has_heading else ""
        names = [
            (
                self._wrapped(name_of(r), NAME_CHARACTERS),
                self._wrapped(_numbers(r), NUMBER_CHARACTERS),
            )
            for r in self._scalars
        ]
        heights = (
            (0.5 + LINE * (head.count("\n") + 1) if head else 0.05) + LINE * bool(self._series),
            sum(_height(*words) for words in names) + 0.2 * bool(names),
            PANEL * ((len(self._series) + 1) // 2),
        )
        self.figure_ = style.new_figure((WIDTH, sum(heights) + 0.1))
        top = sum(heights) + 0.1
        self.head_ = self._heading(head, top) if head else []
        top -= heights[0]
        if self._series:
            self._draw_key(top + LINE)
        self.series_ = {}
        for index, row in enumerate(self._series):
            left = EDGE / 2 + (index % 2) * (WIDTH - EDGE) / 2
            cell = left, top - PANEL * (index // 2 + 1), (WIDTH - EDGE) / 2, PANEL
            ax = _series(style.place(self.figure_, cell, ROOM), row)
            self._axis_titles(ax, row.predicted.x_label or "")
            self._title(ax, self._wrapped(row.name, TITLE_CHARACTERS))
            self.series_[row.name] = ax
        self._draw_strips(names, top - heights[2] - 0.1, heights[1])
        return self

    def _write(self, x: float, y: float, text: str, **font: Any):
        """Words at inches from the lower left corner."""
        across, up = self.figure_.get_size_inches()
        font = {"fontsize": style.BODY, "color": style.INK, "va": "top", "linespacing": 1.2} | font
        artist = self.figure_.text(x / across, y / up, self.script.said(text), **self._look(**font))
        artist.set_parse_math(False)
        return artist

    def _wrapped(self, text: str, width: int) -> str:
        return wrapped(self.script.said(text), columns, width)

    def _heading(self, statement: str, top: float) -> list[Any]:
        passed = self.check.passed
        word = say("as predicted") if passed else say("not as predicted")
        colour = style.GREEN if passed else style.RED
        font = {"fontsize": style.HEAD, "fontweight": "bold", "va": "baseline"}
        claim = self.check.claim
        kind = say("{kind}, seed {seed}", kind=KIND_WORDS[claim.kind], seed=self.check.seed)
        return [
            self._write(EDGE, top - 0.28, claim.id, **font),
            self._write(EDGE + 0.5, top - 0.28, word, color=colour, **font),
            self._write(
                WIDTH - EDGE, top - 0.28, kind, color=style.MUTED, ha="right", va="baseline"
            ),
            self._write(EDGE, top - 0.42, statement),
        ]

    def _draw_key(self, top: float) -> None:
        self._write(EDGE, top, say("line: predicted"), fontsize=style.SMALL)
        self._write(EDGE + 0.95, top, say("dots: measured"), fontsize=style.SMALL, color=MEASURED)

    def _draw_strips(self, names: Sequence[tuple[str, str]], top: float, height: float) -> None:
        self.strips_ = {}
        if not names:
            return
        across, up = self.figure_.get_size_inches()
        left, right = STRIP
        box = left / across, (top - height) / up, (right - left) / across, height / up
        ax = style.axes(self.figure_.add_axes(box), (0, 0), (0, 0, 0, 0))
        ax.set(xlim=(-FAR - 0.4, FAR + 0.4), ylim=(-height, 0), xticks=[], yticks=[])
        ax.plot([0, 0], [-height, -0.17], color=PREDICTED, linewidth=1.0, zorder=2)
        ends = (left + right) / 2, top + 0.02
        self._write(*ends, say("prediction"), fontsize=style.SMALL, color=style.MUTED, ha="center")
        y = -0.2
        for row, (name, numbers) in zip(self._scalars, names, strict=True):
            self.strips_[row.name] = _strip(ax, row, y - LINE / 2)
            self._write(EDGE, top + y, name, fontsize=style.SMALL)
            self._write(right + 0.1, top + y, numbers, fontsize=style.SMALL)
            y -= _height(name, numbers)


def claim(check: Check, *, language: str | None = None) -> ClaimDisplay:
    """Draws one check, in a language: prediction beside measurement.

    >>> from reglab import theory
    >>> claim(theory.check("G3")).check.passed
    True
    """
    return ClaimDisplay(check, language=language).plot()


def _height(*words: str) -> float:
    """Of a strip with these words beside it, in inches."""
    return LINE * (max(text.count("\n") for text in words) + 1) + 0.07


def _numbers(row: Row) -> str:
    shown = shown_of(row)
    if not row.is_judged:
        return interval(shown)
    relation = RELATION_WORDS[row.predicted.relation]
    return say(
        "{measured} {relation} {predicted}",
        measured=interval(shown),
        relation=relation,
        predicted=number(shown.predicted),
    )


def _colour(row: Row) -> str:
    return MEASURED if row.passed else style.RED


def _strip(ax: Axes, row: Row, y: float):
    """A measurement in half-widths of its interval from the prediction."""
    shown, colour = shown_of(row), _colour(row)
    half = (shown.high - shown.low) / 2
    miss = shown.measured - shown.predicted
    if not row.is_judged or not np.isfinite(miss):
        return None
    far = FAR + 0.2
    at = np.clip(miss / half, -far, far) if half > 0 else far * np.sign(miss)
    mark = "o" if abs(at) < far else "<" if at < 0 else ">"
    reach = (0.0, 0.0)
    if half > 0:
        reach = tuple((end - shown.predicted) / half for end in (shown.low, shown.high))
    (bar,) = ax.plot(np.clip(reach, -far, far), [y, y], color=colour, linewidth=3, alpha=0.35)
    (dot,) = ax.plot(at, y, marker=mark, color=colour, markersize=4.5, linestyle="none", zorder=3)
    return bar, dot


def _series(ax: Axes, row: Row) -> Axes:
    """A prediction as a line and measurements with their intervals."""
    ax = style.axes(ax, (0, 0), (0, 0, 0, 0))
    predicted, measured = row.predicted, row.measured
    x = np.asarray(predicted.x, float)
    value, wanted, low, high = np.broadcast_arrays(
        measured.value, predicted.value, measured.low, measured.high
    )
    if _is_steep(x):
        ax.set_xscale("log")
    if _is_steep(np.concatenate([value, wanted[np.isfinite(wanted)]])):
        ax.set_yscale("log")
    if row.is_judged:
        dash = "-" if predicted.relation == "=" else style.DASHES
        ax.plot(x, wanted, color=PREDICTED, linewidth=1.0, linestyle=dash, zorder=2)
    finite = np.isfinite(value)
    bars = np.abs(np.stack([value - low, high - value]))
    if ax.get_yscale() == "log":  # a bar that reaches 0 would have no lower end
        bars[0] = np.minimum(bars[0], 0.9 * np.abs(value))
    ax.errorbar(
        x[finite],
        value[finite],
        bars[:, finite],
        fmt="o",
        markersize=3.2,
        color=_colour(row),
        elinewidth=1.0,
        zorder=3,
    )
    if ax.get_xscale() == "linear" and (x == np.rint(x)).all():
        ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10], integer=True))
    style.plain_ticks(ax, "x")
    style.plain_ticks(ax, "y")
    for axis, scale in ((ax.xaxis, ax.get_xscale()), (ax.yaxis, ax.get_yscale())):
        if scale == "log":
            low, high = axis.get_view_interval()
            parts = (1.0,) if high > 100 * low else (1.0, 2.0, 5.0)
            axis.set_major_locator(LogLocator(subs=parts))
            axis.set_major_formatter(FuncFormatter(lambda value, _: number(float(value))))
            axis.set_minor_locator(NullLocator())
    if ax.get_yscale() == "linear":
        ax.margins(y=0.12)
    return ax


def _is_steep(values: np.ndarray) -> bool:
    values = values[np.isfinite(values)]
    return bool(len(values)) and values.min() > 0 and values.max() / values.min() > STEEP
