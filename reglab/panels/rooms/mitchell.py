"""``MitchellLab``: the flagship room. Overfitting by definition, live, with every remedy."""

from reglab.panels.board.controls import numbers
from reglab.panels.board.lab import BoardLab
from reglab.panels.board.view import CARDS
from reglab.panels.rooms.base import Group, Room
from reglab.words import say


class MitchellLab(BoardLab):
    """Overfitting by Mitchell's definition, with every remedy: make it the last line of a cell."""

    room = Room(
        name="mitchell",
        title=say("Overfitting by definition"),
        cards=CARDS,
        controls=(
            Group(say("Data"), ("data", *numbers("Data"))),
            Group(say("Hypothesis space H"), ("model", "sizes", "activation")),
            Group(say("Remedies"), ("changes", *numbers("Remedies"))),
            Group(say("Search"), (*numbers("Search"), "optimizer", "batch_size", "seed")),
        ),
        below=(
            Group(say("After training"), ("remedy",)),
            Group(say("Shift: {h} on another distribution", h="<i>h</i>"), ("shift",)),
        ),
    )
