"""Controls of what comes after training, and of what lies beyond the distribution."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from reglab.distributions import SHIFTS, shifted
from reglab.live import AFTER
from reglab.panels.knobs import words

RULES = {"oracle", "patience", "GL", "PQ", "UP"}
TIE = "\u202f"  # a narrow space at which no line breaks
NO_SHIFT = {"none": ""}  # None would be no choice, and show none
STRENGTHS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


class Afterwards:
    """What can be done to a run when it is trained: a choice and a button.

    Args:
        done: called with one of ``reglab.live.AFTER``.
    """

    def __init__(self, done: Callable[[str], None]):
        names = {(f"early stopping: {name}" if name in RULES else name): name for name in AFTER}
        self.choice = widgets.Dropdown(
            options=names,
            description="do",
            tooltip="Early stopping goes back to an earlier hypothesis of this run. The oracle "
            "knows the true error; the others read the loss on 100 further examples.",
        )
        self.choice.add_class("reglab-select")
        self.apply = widgets.Button(
            description="Apply", tooltip="Does it to the current run, and says what came out."
        )
        self.apply.on_click(lambda _: done(str(self.choice.value)))
        self.said = _note()
        self.children = [self.choice, self.apply, self.said]


class Elsewhere:
    """A shift of the distribution under which h is measured too.

    Args:
        moved: called with the kind, or None, and the strength.
    """

    def __init__(self, moved: Callable[[str | None, float], None]):
        self._shifted = moved
        self._silent, self._offered = False, None
        kinds = NO_SHIFT | {kind.replace("_", " "): kind for kind in SHIFTS}
        self.kind = widgets.Dropdown(
            options=kinds, description="kind", tooltip="What happens to the inputs or the classes."
        )
        self.kind.add_class("reglab-select")
        self.strength = widgets.SelectionSlider(
            options=[(words(value), value) for value in STRENGTHS],
            value=0.2,
            description="strength",
            tooltip="From 0, which is the distribution itself, to 1.",
            continuous_update=False,
        )
        self.strength.add_class("reglab-slider")
        self.strength.disabled = True
        self.said = _note()
        self.kind.observe(self._moved, "value")
        self.strength.observe(self._moved, "value")
        self.children = [self.kind, self.strength, self.said]

    def show(self, distribution: Any) -> None:
        """Offers the shifts that this distribution can take; one that it cannot take ends."""
        shapes = distribution.input_shape, distribution.image_shape
        key = *shapes, distribution.input_kind, distribution.method
        if key == self._offered:
            return
        self._offered, kind = key, self.kind.value
        kinds = NO_SHIFT | {
            one.replace("_", " "): one for one in SHIFTS if _can_take(distribution, one)
        }
        self._silent = True
        try:
            self.kind.options = kinds
            self.kind.value = kind if kind in kinds.values() else ""
        finally:
            self._silent = False
        if self.kind.value != kind:
            self._moved(None)

    def _moved(self, _) -> None:
        if self._silent:
            return
        kind = self.kind.value or None
        self.strength.disabled = kind is None
        self.said.value = "Measuring it there…" if kind else ""
        self._shifted(kind, float(self.strength.value or 0.0))


def _can_take(distribution: Any, kind: str) -> bool:
    try:
        shifted(distribution, kind, 0.5)
    except ValueError:
        return False
    return True


def written(text: str) -> str:
    """A sentence as HTML, in which a number, its interval and its unit stay on one line.

    >>> written("44.4 ± 0.1 % < 50 %") == "44.4\u202f±\u202f0.1\u202f% &lt; 50\u202f%"
    True
    """
    return html.escape(text).replace(" ± ", f"{TIE}±{TIE}").replace(" %", f"{TIE}%")


def _note() -> widgets.HTML:
    note = widgets.HTML()
    note.add_class("reglab-caption")
    return note
