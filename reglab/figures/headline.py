"""``HeadlineDisplay``: the verdict in words."""

from functools import partial
from typing import Self

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from reglab.figures import style
from reglab.figures.display import ViewDisplay
from reglab.figures.labels import Labels
from reglab.mitchell.words import points
from reglab.views import VerdictView
from reglab.words import say, wrapped

MARKS = {
    "OVERFITS": "^",
    "OPTIMAL": r"$\checkmark$",
    "NO_WITNESS": "o",
    "UNDECIDED": "D",
    "DIVERGED": "8",
}
TONES = {
    "OVERFITS": (style.RED, style.RED_WASH),
    "DIVERGED": (style.RED, style.RED_WASH),
    "OPTIMAL": (style.GREEN, style.GREEN_WASH),
}
LEFT, RIGHT, PAD = 150.0, 84.0, 10.0  # points for the badge, for the figure, at the edges
SIZES = (8.0, 7.0, 6.0, 5.0)  # points of the sentence, as it gets longer
HEIGHT = 56.0  # points, for up to four lines


class HeadlineDisplay(ViewDisplay[VerdictView]):
    """The verdict as a badge (shape, word and colour), a sentence, and the severity as a figure.

    Args:
        view: the verdict.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        ax_: the axes, in points.
        figure_: their figure.
        badge_: the word on the badge.
        scope_: among what it was found.
        sentence_: the verdict in words.
        severity_: how much better the witness is, or None unless there is one.
    """

    def plot(self, ax: Axes | None = None) -> Self:
        """Draws into ``ax``, or into a new figure as wide as two columns of a journal."""
        view, ax = self.view, style.axes(ax, (7.0, HEIGHT / 72 + 0.1), (0.05, 0.05, 0.05, 0.05))
        self.ax_, self.figure_ = ax, style.figure_of(ax)
        self._labels = labels = Labels(ax, self.script)
        width, height = labels.width, labels.height
        ax.set(xlim=(0, width), ylim=(0, height), xticks=[], yticks=[])
        colour, wash = TONES.get(view.code, (style.INK, style.NEUTRAL))
        card = FancyBboxPatch((3, 3), width - 6, height - 6, facecolor=wash, edgecolor="none")
        card.set_boxstyle("round", pad=3, rounding_size=6)
        ax.add_patch(card)
        self._badge(colour, height / 2)
        self.severity_ = self._figure(colour, height / 2) if view.code == "OVERFITS" else None
        self._sentence(width - LEFT - (RIGHT if self.severity_ else 1.5 * PAD), height / 2)
        return self

    def _badge(self, colour: str, middle: float) -> None:
        mark = MARKS.get(self.view.code)
        left = PAD
        if mark is not None:
            filled = self.view.code != "NO_WITNESS"
            face = colour if filled else "none"
            look = {"markerfacecolor": face, "markeredgecolor": colour, "markersize": 8}
            self.ax_.plot(PAD + 5, middle + 6, marker=mark, **look)
            left += 15
        room = LEFT - left - 1.5 * PAD
        self.badge_ = self._fitted(self.view.word, room, 11.0, fontweight="bold", color=colour)
        self._at(self.badge_, left, middle + 6, "left")
        words = wrapped(self.script.said(self.view.scope), self._width, LEFT - 2 * PAD)
        self.scope_ = self._labels.write(words, va="top")[0]
        self._at(self.scope_, PAD, middle - 3, "left")

    def _figure(self, colour: str, middle: float):
        figure = say("{points} points", points=points(self.view.severity))
        text = self._fitted(figure, RIGHT - PAD, 11.0, fontweight="bold", color=colour, ha="right")
        right = self._labels.width - PAD
        self._at(text, right, middle + 6, "right")
        under = self._labels.write(say("severity"), va="top", ha="right")[0]
        self._at(under, right, middle - 3, "right")
        return text

    def _sentence(self, room: float, middle: float) -> None:
        """As large as its lines fit into the card."""
        for size in SIZES:
            measure = partial(self._width, fontsize=size)
            words = wrapped(self.script.said(self.view.sentence), measure, room)
            look = {"color": style.INK, "linespacing": 1.3}
            self.sentence_, box = self._labels.write(words, fontsize=size, **look)
            if box.height <= self._labels.height - 8 or size == SIZES[-1]:
                break
            self.sentence_.remove()
        self._at(self.sentence_, LEFT, middle, "left")

    def _fitted(self, text: str, room: float, size: float, **font):
        artist, box = self._labels.write(text, fontsize=size, **font)
        artist.set_fontsize(min(size, size * room / max(box.width, 1)))
        return artist

    def _width(self, text: str, **font) -> float:
        artist, box = self._labels.write(text, **font)
        artist.remove()
        return box.width

    def _at(self, artist, x: float, y: float, side: str) -> None:
        va = artist.get_va()
        artist.set(ha=side, va="center" if va == "bottom" else va)
        artist.set_position((x / self._labels.width, y / self._labels.height))
