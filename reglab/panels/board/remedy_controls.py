"""The controls of what can be done to a run when it is trained."""

from collections.abc import Callable

import ipywidgets as widgets

from reglab.live import REMEDIES
from reglab.panels.kit.layout import select
from reglab.panels.kit.notes import note
from reglab.words import say


class RemedyControls:
    """What can be done to a run when it is trained: a choice and a button.

    Args:
        apply: called with one of ``reglab.live.REMEDIES``.
    """

    def __init__(self, apply: Callable[[str], None]):
        told = say(
            "Early stopping goes back to an earlier hypothesis of this run. The oracle knows the "
            "true error; the others read the loss on 100 further examples."
        )
        titles = {remedy.title: name for name, remedy in REMEDIES.items()}
        self.choice = select(say("do"), titles, told)
        self.apply = widgets.Button(
            description=say("Apply"),
            tooltip=say("Does it to the current run, and says what came out."),
        )
        self.apply.on_click(lambda _: apply(str(self.choice.value)))
        self.said = note()
        self.children = [self.choice, self.apply, self.said]
