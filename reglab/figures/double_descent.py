"""``DoubleDescentDisplay``: who overfits as the fit grows wider, and who says so."""

from collections import Counter
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reglab.figures import descent_errors, style
from reglab.figures.descent_errors import DescentErrorsDisplay
from reglab.figures.display import ViewDisplay
from reglab.figures.labels import Labels
from reglab.figures.widths import TICKS, axis_of_widths, count_ticks, width_title
from reglab.mitchell.words import grouped
from reglab.theory import Descent
from reglab.words import counted, say

WIDTH = 7.0  # inches: two columns of a journal
HEIGHTS = 3.35, 1.3, 1.2  # inches of the three rows, from above
BETWEEN = 0.08, 0.34  # inches under and over each axes
FOOT = 0.36  # inches under the lowest, beside
APART = 8.5  # points between tick labels


class DoubleDescentDisplay(ViewDisplay[Descent]):
    """Three pictures over one axis of widths: both errors, who overfits, and who the witness is.

    Args:
        view: what :func:`reglab.theory.double_descent` returns.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        figure_: the figure.
        axes_: the three axes, from above.
        errors_: the display of both errors.
        border_lines_: marks at the number of training examples, where it is in view.
        share_dots_: the share of draws in which h overfits, at each width; hollow where that is 0.
        share_bars_: the intervals of these shares.
        witness_dots_: widths of h and its witness, a dot for each pair, the larger the more draws.

    >>> from reglab.theory import double_descent
    >>> display = DoubleDescentDisplay(double_descent(draws=2)).plot()
    >>> display.axes_[2].get_xlabel()
    'width of h: features fitted, out of 300'
    """

    def plot(self, figure: Figure | None = None) -> Self:
        """Draws into ``figure``, or into a new one as wide as two columns of a journal."""
        height = sum(HEIGHTS) + FOOT
        self.figure_ = style.new_figure((WIDTH, height)) if figure is None else figure
        self.axes_ = []
        for row in HEIGHTS:
            height -= row
            cell, room = (0, height, WIDTH, row), (*descent_errors.ROOM[:2], *BETWEEN)
            self.axes_.append(style.axes(style.place(self.figure_, cell, room), (0, 0), ()))
        errors, shares, witnesses = self.axes_
        language = self.script.language
        self.errors_ = DescentErrorsDisplay(self.view, language=language).plot(errors)
        lines = [self.errors_.border_line_]
        lines += [axis_of_widths(ax, self.view) for ax in (shares, witnesses)]
        self.border_lines_ = [line for line in lines if line is not None]
        self._draw_shares(shares)
        self._draw_witnesses(witnesses)
        for ax in (errors, shares):
            ax.tick_params("x", labelbottom=False)
        return self

    def _draw_shares(self, ax: Axes) -> None:
        descent = self.view
        ax.set_ylim(-0.04, 1.04)
        style.ticks(ax, "y", 2)
        self._axis_titles(ax, "", say("share of the draws"))
        draws, widths = len(descent.verdict), len(descent.widths)
        head = say("In how many of {count} draws h overfits", count=grouped(draws))
        note = counted(
            widths,
            "h′ is one of {count} width; bars are 95 % intervals",
            "h′ is one of {count} widths; bars are 95 % intervals",
            count=grouped(widths),
        )
        self._title(ax, head if draws > 1 else say("Who overfits"), note)
        colours = [style.RED if share else style.MUTED for share in descent.share]
        fills = [style.RED if share else style.PAPER for share in descent.share]
        self.share_bars_ = ax.vlines(
            descent.widths, *descent.interval, colors=colours, linewidth=1.4
        )
        self.share_bars_.set(alpha=0.35)
        self.share_dots_ = ax.scatter(descent.widths, descent.share, s=15, c=fills, zorder=3)
        self.share_dots_.set(edgecolors=colours, linewidths=1.0, clip_on=False)

    def _draw_witnesses(self, ax: Axes) -> None:
        descent = self.view
        ax.set_yscale("log")
        h = np.broadcast_to(descent.widths, descent.witness.shape)[descent.witness > 0]
        witness = descent.witness[descent.witness > 0]
        pairs = Counter(zip(h.tolist(), witness.tolist(), strict=True))
        at = np.array(list(pairs), float).reshape(-1, 2)
        size = 40 * np.array(list(pairs.values()), float) / len(descent.witness)
        self.witness_dots_ = ax.scatter(*at.T, s=size, c=style.RED, linewidths=0)
        _limit(ax, witness)
        style.plain_ticks(ax, "y")
        self._axis_titles(ax, width_title(descent), say("width of h′"))
        note = say("the larger the dot, the more draws name it")
        self._title(ax, say("Who the witness h′ is"), note)


def _limit(ax: Axes, witnesses: np.ndarray) -> None:
    """Limits and ticks of the axis of witnesses, on the widths themselves where there is room."""
    low, high = (witnesses.min(), witnesses.max()) if len(witnesses) else (1, 10)
    ax.set_ylim(low / 1.5, high * 1.5)
    shown: list[int] = []
    for ticks in (np.unique(witnesses).tolist(), TICKS, [10**power for power in range(5)]):
        shown = [tick for tick in ticks if low <= tick <= high]
        places = Labels(ax).points(np.ones(len(shown)), shown)[:, 1]
        if shown and np.diff(places).min(initial=np.inf) >= APART:
            break
    count_ticks(ax.yaxis, shown)
