"""The buttons above a lab: play, step, rewind, another sample, undo, pace, preset, export."""

import math
from collections.abc import Callable, Mapping

import ipywidgets as widgets

from reglab.live import Status
from reglab.panels.kit.layout import box, button, select
from reglab.panels.kit.speech import tell
from reglab.words import say

PACES: dict[str, float] = {
    say("slow"): 30.0,
    say("normal"): 120.0,
    say("fast"): 600.0,
    say("flat out"): math.inf,
}
OWN = say("of your own")
EXPORTS = ("CSV", "JSON", "PNG")


class Toolbar:
    """Buttons that call what they are named after.

    Args:
        actions: a function for each of ``play, pause, step, rewind, new_sample, undo``.
        set_pace: called with steps a second, None for as fast as can be.
        choose: called with the name of a preset.
        export: called with one of ``EXPORTS``.
        presets: names and titles.
        preset: the name to show first, or None where there is nothing to choose.
    """

    def __init__(
        self,
        actions: Mapping[str, Callable[[], None]],
        *,
        set_pace: Callable[[float | None], None],
        choose: Callable[[str], None],
        export: Callable[[str], None],
        presets: Mapping[str, str],
        preset: str | None,
    ):
        self._actions = actions
        self._is_playing = self._is_compiling = False
        self.play = button(say("Play"), "play", say("Trains, or pauses."), self._toggle)
        self.play.add_class("reglab-primary")
        self.step = button(
            say("Step"), "step-forward", say("Trains to the next row."), actions["step"]
        )
        self.rewind = button(
            say("Rewind"), "backward", say("Back to the same initial weights."), actions["rewind"]
        )
        self.new_sample = button(
            say("New sample"),
            "random",
            say("Draws other training examples."),
            actions["new_sample"],
        )
        self.undo = button(say("Undo"), "undo", say("Takes the last change back."), actions["undo"])
        self.pace = select(say("speed"), PACES, say("Steps a second."))
        self.pace.value = PACES["normal"]
        titles = {title: name for name, title in presets.items()} | {OWN: ""}
        self.preset = select(say("preset"), titles, say("An experiment to start from."))
        self.preset.value = preset or ""
        self.preset.disabled = preset is None
        # None would be no choice, and show none
        self.pace.observe(lambda c: set_pace(c["new"] if c["new"] < math.inf else None), "value")
        self.preset.observe(lambda change: change["new"] and choose(change["new"]), "value")
        self.exports = [
            button(
                kind, "download", say("Saves {kind}.", kind=kind), lambda kind=kind: export(kind)
            )
            for kind in EXPORTS
        ]
        self.counter = widgets.HTML()  # the live view's script writes it, frame by frame
        self.counter.add_class("reglab-counter")
        buttons = [self.play, self.step, self.rewind, self.new_sample, self.undo]
        # Two groups: in a narrow panel the second one moves to a line of its own as a whole.
        groups = [*buttons, self.counter], [self.pace, self.preset, *self.exports]
        self.widget = box([widgets.Box(group) for group in groups], "reglab-toolbar")

    def show(self, status: Status) -> None:
        """Shows what can be done now."""
        self._is_compiling = status.state == "compiling"
        self._label(status.state == "playing" or (self._is_compiling and self._is_playing))
        self.play.disabled = status.state in ("diverged", "closed")
        self.step.disabled = status.state in ("diverged", "closed")
        self.undo.disabled = not status.can_undo

    def left(self) -> None:
        """The experiment is no longer that of a preset, so that each can be chosen anew."""
        self.preset.value = ""

    def _label(self, is_playing: bool) -> None:
        self._is_playing = is_playing
        tell(self.play, description=say("Pause") if is_playing else say("Play"))
        self.play.icon = "pause" if is_playing else "play"

    def _toggle(self) -> None:
        asked = not self._is_playing
        self._actions["play" if asked else "pause"]()
        if self._is_compiling:  # for seconds no frame will tell that it was heard
            self._label(asked)
