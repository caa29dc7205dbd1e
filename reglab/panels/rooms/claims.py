"""``ClaimsLab``: the room of the theory, what it predicts beside what is measured."""

from reglab.panels.claims.lab import CheckLab
from reglab.panels.rooms.base import Room
from reglab.words import say


class ClaimsLab(CheckLab):
    """The claims of the theory, each predicted and measured in front of you."""

    room = Room(name="claims", title=say("Theory: predicted and measured"))
