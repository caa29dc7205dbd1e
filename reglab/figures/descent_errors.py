"""``DescentErrorsDisplay``: both errors against the width of the fit, and where h overfits."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes

from reglab.figures import style
from reglab.figures.display import ViewDisplay
from reglab.figures.ends import End, name_ends, short
from reglab.figures.labels import Box, Labels
from reglab.figures.scale import domain
from reglab.figures.widths import axis_of_widths, width_title
from reglab.mitchell.words import exact, grouped, percent
from reglab.theory import Descent
from reglab.views import WHOLE
from reglab.words import Message, say

ROOM = 0.62, 1.62, 0.34, 0.34  # inches at the left, right, bottom and top
TOP = 2.0  # the largest error in view: twice what no fit at all costs
SPREAD = 0.005  # of the axis of widths: how far the dots of one width stand apart
RIVALS = (
    say("h′: the best of those that err more\non the training examples than h"),
    say("h′: the best of those\nthat err more on the\ntraining examples"),
)
HEAD = 80.0  # points of the axes that its title takes
ROOMY = 40.0  # points from h′ to h that leave room for words


class DescentErrorsDisplay(ViewDisplay[Descent]):
    """Both errors against the width, and that of h′, the best whose training error is larger.

    Each dot is the error of one draw over the whole distribution, and the dotted line what the
    formula says of their mean. The red line is the median error of h′; h overfits exactly where it
    errs more than the h′ of its own draw. Errors above twice the variance of y are out of view.

    Args:
        view: what :func:`reglab.theory.double_descent` returns.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes.
        figure_: their figure.
        dots_: errors over the whole distribution, a dot for each draw and width.
        band_: from the least to the largest of the draws.
        median_line_: the median of the draws.
        beyond_: triangles at the upper edge, where the median is out of view.
        peak_: words for the largest median, or None where all are in view.
        train_line_: the median of the error on the training examples.
        rival_line_: the median of the error of h′; a gap where no width has one.
        severity_: the region between h′ and h, where h overfits.
        formula_line_: the formula, or None where a ridge leaves none.
        bayes_line_: the Bayes error.
        border_line_: the mark at the number of training examples, or None where it is not in view.
        border_name_: its name, or None.
        region_name_: words in the region where h overfits, or None for want of room.
        rival_name_: words that say what h′ is, or None where h overfits nowhere.
        end_names_: the names at the right ends.
    """

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure as wide as two columns of a journal.

        Names stand to the right of the axes: axes of one's own need some 1.6 inches there.
        """
        is_alone = ax is None
        ax = style.axes(ax, (7.0, 3.6), ROOM)
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        descent, width = self.view, self.view.widths
        highest = max(float(descent.true_error.max()), descent.bayes)
        top = TOP if highest > TOP else domain([highest], from_zero=True)[1]
        ax.set_ylim(0, top)
        self.border_line_ = axis_of_widths(ax, descent)
        style.ticks(ax, "y", 5)
        words = width_title(descent) if is_alone else ""
        share = say("squared error, as a share of the variance of y (1 − R²)")
        self._axis_titles(ax, words, share)
        self._title(ax, say("Both errors of h"))
        self._labels = Labels(ax, self.script)
        self.bayes_line_ = ax.axhline(
            descent.bayes, color=style.BAYES, linewidth=0.8, linestyle=style.DASHES
        )
        self._draw_draws(ax)
        columns = descent.true_error, descent.train_error, descent.rival_error
        true, train, rival = (np.median(errors, axis=0) for errors in columns)
        (self.median_line_,) = ax.plot(width, true, color=style.WHOLE, linewidth=1.8)
        (self.train_line_,) = ax.plot(width, train, color=style.TRAIN, linewidth=1.4)
        self._draw_rival(ax, true, _finite(rival))
        self.formula_line_ = None
        if not descent.ridge:
            look = {"color": style.INK, "linewidth": 1.0, "linestyle": (0, (1, 1.4)), "zorder": 3}
            (self.formula_line_,) = ax.plot(width, _finite(descent.predicted), **look)
        self._name_border()
        self._draw_beyond(ax, true, top)
        self._name_region(true, rival)
        self._name_ends(ax, train[-1], true[-1], rival[-1])
        return self

    def _draw_draws(self, ax: Axes) -> None:
        descent = self.view
        ends = descent.true_error.min(axis=0), descent.true_error.max(axis=0)
        self.band_ = ax.fill_between(descent.widths, *ends, color=style.WHOLE, alpha=0.13)
        self.band_.set(linewidth=0)
        span = descent.widths[-1] / descent.widths[0]
        x = descent.widths * span ** (SPREAD * _places(len(descent.true_error))[:, None])
        look = {"s": 5, "c": style.WHOLE, "alpha": 0.45, "linewidths": 0}
        self.dots_ = ax.scatter(
            np.broadcast_to(x, descent.true_error.shape), descent.true_error, **look
        )

    def _draw_rival(self, ax: Axes, true: np.ndarray, rival: np.ndarray) -> None:
        look = {"color": style.RED, "linewidth": 1.1, "linestyle": (0, (7, 1.5, 1.5, 1.5))}
        (self.rival_line_,) = ax.plot(self.view.widths, rival, zorder=3.5, **look)
        self.severity_ = ax.fill_between(
            self.view.widths, rival, true, where=true > rival, interpolate=True, color=style.RED
        )
        self.severity_.set(alpha=0.07, linewidth=0, zorder=0.5)

    def _draw_beyond(self, ax: Axes, true: np.ndarray, top: float) -> None:
        """Triangles for medians above the axes, and words for the highest of them."""
        descent, labels = self.view, self._labels
        x = descent.widths[true > top]
        look = {"marker": "^", "markersize": 3.5, "color": style.WHOLE, "linestyle": "none"}
        (self.beyond_,) = ax.plot(x, np.full(len(x), top), clip_on=False, zorder=5, **look)
        self.peak_ = None
        if len(x):
            highest = int(true.argmax())
            text = say(
                "median at width {width}: {error} %",
                width=grouped(int(descent.widths[highest])),
                error=grouped(round(100 * true[highest])),
            )
            if np.isinf(descent.predicted[highest]):
                text = say("{median}\nmean by the formula: infinite", median=text)
            heights = labels.height - 5.0, labels.height - 14.0
            self.peak_ = self._write([text], heights, near=labels.points(x[0], top)[0, 0])

    def _write(
        self,
        texts: Sequence[str],
        tops: Sequence[float],
        near: float,
        reach: float = np.inf,
        **font: Any,
    ):
        """Words between the lines, as near to a place along the axes as may be."""
        labels, descent = self._labels, self.view
        low, high = self.ax_.get_ylim()
        widths = np.geomspace(descent.widths[0], descent.widths[-1], 400)
        covered = [labels.points(widths, np.full(len(widths), descent.bayes))]
        for line in (self.median_line_, self.train_line_, self.rival_line_):
            errors = np.interp(widths, descent.widths, np.asarray(line.get_ydata(), float))
            errors = np.clip(errors, low, high)
            covered.append(labels.points(widths, errors))
        covered.append(labels.points(np.full(60, descent.num_train), np.linspace(low, high, 60)))
        dots = np.minimum(descent.true_error, high)
        covered += [labels.points(descent.widths, row) for row in dots]
        covered = np.concatenate(covered)

        def spots(width: float, height: float):
            lefts = np.linspace(0, max(labels.width - width, 0), 60)
            lefts = [left for left in lefts if abs(left + width / 2 - near) <= reach]
            return [(left, top - height) for top in tops for left in lefts]

        def crowding(box: Box) -> float:
            wide = Box(box.left - 4, box.bottom - 3, box.width + 8, box.height + 6)
            return 40.0 * wide.count(covered) + abs(box.left + box.width / 2 - near) / 20

        return labels.place(texts, spots, crowding=crowding, **font)

    def _name_region(self, true: np.ndarray, rival: np.ndarray) -> None:
        """Says what the red line is, and what it means to be above it."""
        descent, labels = self.view, self._labels
        self.region_name_ = self.rival_name_ = None
        is_over = true > np.where(np.isfinite(rival), rival, np.inf)
        if not is_over.any():
            return
        worst = int(np.where(is_over, true - rival, -np.inf).argmax())
        x, level = labels.points(descent.widths[worst], rival[worst])[0]
        height = labels.points(1, min(true[worst], self.ax_.get_ylim()[1]))[0, 1] - level
        if height > ROOMY:
            tops = [level + rise for rise in (28, 22, 40, 60)]
            font = {"color": style.RED, "fontweight": "bold"}
            self.region_name_ = self._write([say("h overfits")], tops, x, reach=40, **font)
        first = labels.points(descent.widths[is_over.argmax()], 0)[0, 0]
        tops = [level - fall for fall in (4, 8, 12, 16)]
        self.rival_name_ = self._write(RIVALS, tops, (first + x) / 2, color=style.RED)

    def _name_border(self) -> None:
        count = self.view.num_train
        self.border_name_ = None
        if self.border_line_ is not None:
            text, size = self._labels.write(say("n = {count}", count=style.examples(count)))
            middle = self._labels.points(count, 0)[0, 0]
            left = max(middle - size.width / 2, HEAD)
            self._labels.put(text, size._replace(left=left, bottom=self._labels.height + 5))
            self.border_name_ = text

    def _name_ends(self, ax: Axes, train: float, true: float, rival: float) -> None:
        descent, right, top = self.view, int(self.view.widths[-1]), ax.get_ylim()[1]

        def end(name: str, value: str, error: float, colour: str) -> End:
            mark = style.END_MARK if error <= top else None
            return End(name, value, colour, right, min(error, top), mark)

        ends = [
            end(short(WHOLE), _median(true), true, style.WHOLE),
            end(style.examples(descent.num_train), _median(train), train, style.TRAIN),
            End(style.bayes_error(descent.bayes), "", style.BAYES, right, descent.bayes),
        ]
        if np.isfinite(rival):
            ends.append(end("h′", _median(rival), rival, style.RED))
        if self.formula_line_ is not None and np.isfinite(descent.predicted[-1]):
            mean = float(descent.predicted[-1])
            words = say("mean by formula {error}", error=_percent(mean))
            ends.append(End(words, "", style.INK, right, min(mean, top)))
        self.end_names_ = name_ends(ax, self._labels, ends, 72 * ROOM[1] - 2)


def _places(count: int) -> np.ndarray:
    """Places for the dots of one width beside each other, -1 to 1."""
    return np.linspace(-1, 1, count) if count > 1 else np.zeros(1)


def _finite(errors: np.ndarray) -> np.ndarray:
    """NaN, which leaves a gap in a line, in place of infinity."""
    return np.where(np.isfinite(errors), errors, np.nan)


def _median(share: float) -> Message:
    return say("median {error}", error=_percent(share))


def _percent(share: float) -> str:
    return percent(exact(float(share)))
