"""Panels for JupyterLab: a session, its controls and its pictures in one widget."""

from reglab.panels.board.lab import BoardLab
from reglab.panels.board.view import LiveView
from reglab.panels.claims.lab import CheckLab
from reglab.panels.population.lab import SweepLab
from reglab.panels.rooms.base import ROOMS, Group, Lab, Room, register
from reglab.panels.rooms.claims import ClaimsLab
from reglab.panels.rooms.mitchell import MitchellLab
from reglab.panels.rooms.population import PopulationLab

for lab in (MitchellLab, PopulationLab, ClaimsLab):
    register(lab)

__all__ = [
    "ROOMS",
    "BoardLab",
    "CheckLab",
    "ClaimsLab",
    "Group",
    "Lab",
    "LiveView",
    "MitchellLab",
    "PopulationLab",
    "Room",
    "SweepLab",
    "register",
]
