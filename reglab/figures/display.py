"""``Display``: what all displays share, which is how their words are written."""

from typing import Any, Generic, TypeVar

from matplotlib.axes import Axes
from matplotlib.legend import Legend

from reglab.figures import style
from reglab.figures.script import script_of

V = TypeVar("V")


class Display:
    """A figure whose words are in one language.

    Args:
        language: of the words, such as ``zh``; left out, that of ``REGLAB_LANGUAGE``, else English.
            Without a font that has its letters the words are English, and a warning says so.

    Attributes:
        script: how the words are written.

    Raises:
        ValueError: asked, or set in the environment, for a language that nobody registered.
    """

    def __init__(self, language: str | None = None):
        self.script = script_of(language)

    def _look(self, **font: Any) -> dict[str, Any]:
        """What a text that is small and muted, unless told otherwise, is told."""
        return {"fontsize": style.SMALL, "color": style.MUTED, **self.script.look, **font}

    def _axis_titles(self, ax: Axes, x: str, y: str | None = None) -> None:
        """Axis titles, as sentences."""
        look = self._look(parse_math=False)
        ax.set_xlabel(self.script.said(x), labelpad=2.5, **look)
        ax.set_ylabel(self.script.said(y or ""), labelpad=3, **look)

    def _title(self, ax: Axes, head: str, note: str = "", *, pad: float = 6.0) -> None:
        """A bold title at the upper left, and a note beside it."""
        look = self._look(fontsize=style.BODY, fontweight="bold", color=style.INK)
        artist = ax.set_title(self.script.said(head), loc="left", pad=pad, **look)
        artist.set_parse_math(False)
        if note:
            beside: dict[str, Any] = {"xycoords": artist, "textcoords": "offset points"}
            words = ax.annotate(self.script.said(note), (1, 0), (5, 0), **beside, **self._look())
            words.set(va="bottom", parse_math=False)

    def _legend(self, ax: Axes, marks: dict[str, Any], **place: Any) -> Legend:
        """What marks mean, a legend without a box."""
        names = [self.script.said(name) for name in marks]
        look: dict[str, Any] = {"fontsize": style.SMALL, "labelcolor": style.MUTED}
        key = ax.legend(list(marks.values()), names, frameon=False, **look, **place)
        for text in key.get_texts():
            text.set(**self.script.look)
        return key


class ViewDisplay(Display, Generic[V]):
    """A display of one view.

    Args:
        view: what is drawn.
        language: as for :class:`Display`.
    """

    def __init__(self, view: V, *, language: str | None = None):
        super().__init__(language)
        self.view = view
