"""The axis of widths that pictures of a double descent share."""

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from reglab.figures import style
from reglab.figures.script import tidy
from reglab.mitchell.words import grouped
from reglab.theory import Descent
from reglab.words import Message, say

TICKS = 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000


def axis_of_widths(ax: Axes, descent: Descent) -> Line2D | None:
    """Makes the x axis one of widths, logarithmic; returns the mark at n, if that is on it."""
    first, last = int(descent.widths[0]), int(descent.widths[-1])
    margin = max((last / first) ** 0.01, 1.01)
    ax.set_xscale("log")
    ax.set_xlim(first / margin, last * margin)
    ticks = [tick for tick in TICKS if first <= tick <= last]
    count_ticks(ax.xaxis, ticks if len(ticks) > 2 else descent.widths.tolist())
    style.plain_ticks(ax, "x")
    if not first <= descent.num_train <= last:
        return None
    return ax.axvline(descent.num_train, color=style.INK, alpha=0.35, linewidth=0.8, zorder=1)


def count_ticks(axis: Axis, ticks: list[int]) -> None:
    """Ticks of a logarithmic axis of whole numbers."""
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda count, _: tidy(grouped(int(count)))))


def width_title(descent: Descent) -> Message:
    """What the axis says."""
    count = grouped(descent.num_features)
    return say("width of h: features fitted, out of {count}", count=count)
