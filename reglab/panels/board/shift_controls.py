"""The controls of a shift of the distribution."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from reglab.distributions import SHIFTS, shifted
from reglab.panels.kit.knobs import words
from reglab.panels.kit.layout import select
from reglab.panels.kit.notes import note, written
from reglab.panels.kit.speech import offer, tell
from reglab.words import say

NO_SHIFT = {say("none"): ""}  # None would be no choice, and show none
KINDS = {
    "rotation": say("rotation"),
    "translation": say("translation"),
    "class_prior": say("class prior"),
    "noise": say("noise"),
    "contrast": say("contrast"),
}
STRENGTHS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


class ShiftControls:
    """A shift of the distribution under which h is measured too.

    Args:
        shift: called with the kind, or None, and the strength.
    """

    def __init__(self, shift: Callable[[str | None, float], None]):
        self._shift = shift
        self._silent, self._offered = False, None
        kinds = NO_SHIFT | {KINDS[kind]: kind for kind in SHIFTS}
        self.kind = select(say("kind"), kinds, say("What happens to the inputs or the classes."))
        self.strength = widgets.SelectionSlider(
            options=[(words(value), value) for value in STRENGTHS],
            value=0.2,
            description=say("strength"),
            tooltip=say("From 0, which is the distribution itself, to 1."),
            continuous_update=False,
        )
        self.strength.add_class("reglab-slider")
        self.strength.disabled = True
        self.said = note()
        self.kind.observe(self._observed, "value")
        self.strength.observe(self._observed, "value")
        self.children = [self.kind, self.strength, self.said]

    def show(self, distribution: Any) -> None:
        """Offers the shifts that this distribution can take; one that it cannot take ends."""
        shapes = distribution.input_shape, distribution.image_shape
        key = *shapes, distribution.input_kind, distribution.method
        if key == self._offered:
            return
        self._offered, kind = key, self.kind.value
        kinds = NO_SHIFT | {KINDS[name]: name for name in SHIFTS if _can_take(distribution, name)}
        self._silent = True
        try:
            offer(self.kind, kinds)
            self.kind.value = kind if kind in kinds.values() else ""
        finally:
            self._silent = False
        if self.kind.value != kind:
            self._observed(None)

    def _observed(self, _) -> None:
        if self._silent:
            return
        kind = self.kind.value or None
        self.strength.disabled = kind is None
        tell(self.said, value=written(say("Measuring it there…") if kind else ""))
        self._shift(kind, float(self.strength.value or 0.0))


def _can_take(distribution: object, kind: str) -> bool:
    try:
        shifted(distribution, kind, 0.5)
    except ValueError:
        return False
    return True
