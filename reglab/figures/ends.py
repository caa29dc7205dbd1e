"""Names and values at the right ends of lines, where a legend would make the reader look twice."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from reglab.figures.labels import Box, Labels, spread
from reglab.mitchell.pool import SQUARED
from reglab.views import WHOLE
from reglab.words import say

GAP = 14.0  # points from the axes to the names
OVER, UNDER = 8.0, 6.0  # points that names may go beyond the axes
SHORT: dict[str, str] = {
    WHOLE: say("whole distribution"),
    SQUARED: say("whole distribution (1 − R²)"),
}


class End(NamedTuple):
    """What stands at the right end of a line.

    Attributes:
        name: of the line.
        value: what it ends at, in words; may be empty.
        colour: of both.
        step: where the line ends.
        error: what it ends at.
        mark: of the line's end, to plot; without one the name is no headline either.
    """

    name: str
    value: str
    colour: str
    step: float
    error: float
    mark: dict[str, Any] | None = None


def name_ends(ax: Axes, labels: Labels, ends: Sequence[End], room: float) -> list[Text]:
    """Writes the names in a column beside the axes, apart from each other; returns them.

    Args:
        ax: the axes.
        labels: of the same axes.
        ends: of the lines; where there are too many, values are left out.
        room: width of the column, in points.
    """
    low, high = -UNDER, labels.height + OVER
    written = [_written(labels, end, room - GAP) for end in ends]
    if sum(_height(texts) for texts in written) > high - low:
        for texts in written:
            for text, _ in texts[1:]:
                text.remove()
        written = [texts[:1] for texts in written]
    places = [labels.points(end.step, end.error)[0] for end in ends]
    boxes = [
        Box(labels.width + GAP, y - _height(texts) / 2, room - GAP, _height(texts))
        for (_, y), texts in zip(places, written, strict=True)
    ]
    for place, texts, box, end in zip(places, written, spread(boxes, low, high), ends, strict=True):
        _lead(ax, labels, place, box, end)
        top = box.bottom + box.height
        for text, size in texts:
            top -= size.height
            labels.put(text, Box(box.left, top, size.width, size.height))
    return [texts[0][0] for texts in written]


def short(over: str) -> str:
    """What errors are taken over, as a name.

    >>> short("the whole distribution"), short("held-out data")
    ('whole distribution', 'held-out data')
    """
    return SHORT.get(over) or over.removeprefix("the ")


def _written(labels: Labels, end: End, room: float) -> list[tuple[Text, Box]]:
    """The lines of a name, shortened to the room there is."""
    said = labels.script.said
    lines = [(said(end.name), "bold" if end.mark else "normal"), (said(end.value), "normal")]
    texts = []
    for line, weight in lines if end.value else lines[:1]:
        text, size = labels.write(line, color=end.colour, fontweight=weight)
        while size.width > room and len(line) > 2:
            text.remove()
            line = line.removesuffix("…")[:-1].rstrip(" ,") + "…"
            text, size = labels.write(line, color=end.colour, fontweight=weight)
        texts.append((text, size))
    return texts


def _height(texts: Sequence[tuple[Text, Box]]) -> float:
    return sum(size.height for _, size in texts)


def _lead(ax: Axes, labels: Labels, place: np.ndarray, box: Box, end: End) -> None:
    """A hairline from the end of the line to its name, which may have moved."""
    middle = box.bottom + box.height / 2
    x = np.array([labels.width + 3, box.left - 4]) / labels.width
    y = np.array([place[1], middle]) / labels.height
    look = {"color": end.colour, "linewidth": 0.6, "clip_on": False}
    ax.add_artist(Line2D(x, y, transform=ax.transAxes, alpha=0.7, **look))
    if place[0] < labels.width - 6:  # the run ended before the others
        ends = np.array([place[0], labels.width]) / labels.width
        dots = {"linestyle": (0, (1, 3)), "transform": ax.transAxes}
        ax.add_artist(Line2D(ends, [y[0]] * 2, **look, **dots))
    if end.mark is not None:
        ax.plot(end.step, end.error, color=end.colour, clip_on=False, zorder=4, **end.mark)
