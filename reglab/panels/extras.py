"""Controls of what comes after training, and of what lies beyond the distribution."""

from collections.abc import Callable

import ipywidgets as widgets

from reglab.distributions import SHIFTS
from reglab.live import AFTER
from reglab.panels.knobs import words

RULES = {"oracle", "patience", "GL", "PQ", "UP"}
NO_SHIFT = "none"
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
        shifted: called with the kind, or None, and the strength.
    """

    def __init__(self, shifted: Callable[[str | None, float], None]):
        self._shifted = shifted
        kinds = {NO_SHIFT: None, **{kind.replace("_", " "): kind for kind in SHIFTS}}
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

    def _moved(self, _) -> None:
        self.strength.disabled = self.kind.value is None
        self._shifted(self.kind.value, float(self.strength.value or 0.0))


def _note() -> widgets.HTML:
    note = widgets.HTML()
    note.add_class("reglab-caption")
    return note
