"""One look for every figure: the colours, marks and words of the live view, on white paper.

Colours are set artist by artist and never by ``rcParams``: a user's style, dark ones too, stays
the user's own, and no file depends on it. Only the font is the user's, where it has the letters.
"""

import io
import threading
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reglab import look
from reglab.figures.script import tidy
from reglab.mitchell.words import ErrorInterval, grouped, percent, tick
from reglab.words import Message, counted, say

PAPER, INK, MUTED, GRID = look.PAPER, *map(look.inked, (look.INK, look.MUTED, look.GRID))
NEUTRAL = look.LIGHT.neutral
CLASSES = look.LIGHT.class0, look.LIGHT.class1  # these two and nothing else
TRAIN, WHOLE, BAYES = look.LIGHT.train, look.LIGHT.whole, look.LIGHT.bayes
RUNS = look.LIGHT.runs
RED, RED_WASH = look.LIGHT.red, look.LIGHT.red_wash  # verdicts only
GREEN, GREEN_WASH = look.LIGHT.green, look.LIGHT.green_wash
RUN_MARKS = ("o", "D", "v", "P")
CLASS_MARKS = ("s", "o")
DASHES = (0, (look.NUMBERS.dash, look.NUMBERS.dash_gap))
END_MARK = {"marker": "o", "markersize": 3.0, "linestyle": "none"}
SMALL, BODY, HEAD = 7.0, 8.0, 12.0  # points
DPI = 150
LOCK = threading.Lock()  # matplotlib's fonts and caches belong to one thread at a time


def halo(width: float = 2.5) -> list[AbstractPathEffect]:
    """A rim of paper that lifts words and marks off what lies under them."""
    return [withStroke(linewidth=width, foreground=PAPER)]


def run_colour(index: int) -> str:
    """The colour of a run on the board."""
    return RUNS[index % len(RUNS)]


def run_mark(index: int, size: float = 6.0) -> dict[str, Any]:
    """How the newest hypothesis of a run is marked; after the fourth run, marks are hollow."""
    colour = run_colour(index)
    is_hollow = index // len(RUN_MARKS) % 2 == 1
    return {
        "marker": RUN_MARKS[index % len(RUN_MARKS)],
        "markersize": size,
        "markerfacecolor": PAPER if is_hollow else colour,
        "markeredgecolor": colour if is_hollow else PAPER,
        "markeredgewidth": 1.2 if is_hollow else 0.8,
        "linestyle": "none",
    }


def axes(ax: Axes | None, size: tuple[float, float], room: tuple[float, ...]) -> Axes:
    """``ax``, or the one of a new figure of ``size`` inches.

    Args:
        ax: axes to draw into, or None.
        size: width and height of the new figure.
        room: inches left free at the left, right, bottom and top of its axes.
    """
    if ax is None:
        ax = place(new_figure(size), (0, 0, *size), room)
    ax.set_facecolor(PAPER)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def new_figure(size: tuple[float, float]) -> Figure:
    """An empty figure of ``size`` inches."""
    # Hinted letters are not as wide at every resolution: they are measured at that of the file.
    return Figure(size, dpi=DPI, facecolor=PAPER)


def place(figure: Figure, cell: tuple[float, ...], room: tuple[float, ...]) -> Axes:
    """New axes in a cell (left, bottom, width, height) of a figure; room and cell are inches."""
    left, bottom, width, height = cell
    before, after, under, over = room
    across, up = figure.get_size_inches()
    inner = (width - before - after) / across, (height - under - over) / up
    return figure.add_axes(((left + before) / across, (bottom + under) / up, *inner))


def figure_of(ax: Axes) -> Figure:
    """The figure that axes belong to, also those of a subfigure."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError(
            say("ax: expected axes of a figure, got some that were removed from theirs")
        )
    return figure


def ring(ax: Axes, x: float, y: float, colour: str, size: float):
    """The mark of h or h′: a circle that shows what is inside."""
    look: dict[str, Any] = {"marker": "o", "markerfacecolor": "none", "markeredgecolor": colour}
    (mark,) = ax.plot(x, y, markersize=size, markeredgewidth=1.4, **look)
    mark.set(path_effects=halo(3.4), clip_on=False, zorder=6)
    return mark


def ticks(ax: Axes, name: Literal["x", "y"], count: int) -> None:
    """Ticks of an axis of errors, in percent."""
    axis = ax.xaxis if name == "x" else ax.yaxis
    axis.set_major_locator(MaxNLocator(count, steps=[1, 2, 5, 10]))
    places = axis.get_major_locator().tick_values(*axis.get_view_interval())
    step = float(places[1] - places[0])
    axis.set_major_formatter(FuncFormatter(lambda share, _: tidy(tick(share, step))))
    plain_ticks(ax, name)


def plain_ticks(ax: Axes, name: Literal["x", "y"]) -> None:
    """Small, muted tick labels; those of the y axis with a hairline across."""
    length = 2.5 if name == "x" else 0
    ax.tick_params(
        name, labelsize=SMALL, labelcolor=MUTED, color=MUTED, length=length, width=0.6, pad=4
    )
    if name == "y":
        ax.grid(True, axis="y", color=GRID, linewidth=0.7)
    ax.set_axisbelow(True)


def examples(count: int) -> Message:
    """So many training examples, in words.

    >>> examples(60), examples(1)
    ('60 training examples', '1 training example')
    """
    return counted(
        count, "{count} training example", "{count} training examples", count=grouped(count)
    )


def measured(value: float, low: float, high: float) -> str:
    """An error in percent with its interval."""
    return percent(ErrorInterval(float(value), float(low), float(high)))


def bayes_error(error: float) -> Message:
    """The Bayes error, with its name."""
    return say("Bayes error {error}", error=measured(error, error, error))


def rendered(display: Any, kind: str = "png", *, dpi: float = DPI) -> bytes:
    """A display as the content of a file; safe to call from any thread.

    The same display gives the same bytes, with one release of matplotlib.

    Args:
        display: any display of this package, plotted or not.
        kind: ``png``, ``svg`` or ``pdf``.
        dpi: pixels an inch of what is not drawn as lines.
    """
    data = io.BytesIO()
    dated = {"png": None, "svg": "Date", "pdf": "CreationDate"}[kind]
    with LOCK, mpl.rc_context(_plain_settings()):
        if not hasattr(display, "figure_"):
            display.plot()
        display.figure_.savefig(
            data, format=kind, dpi=dpi, facecolor=PAPER, metadata={dated: None} if dated else None
        )
    return data.getvalue()


def _plain_settings() -> dict[Any, Any]:
    """Those of matplotlib itself, but for the user's fonts and backend."""
    left = ("font.", "backend", "interactive")
    plain = {k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith(left)}
    return {**plain, "svg.hashsalt": "reglab"}
