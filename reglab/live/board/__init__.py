"""A few runs on one board, trained while they are watched: ``Session``, and what it is made of."""

from reglab.live.board.frame import Frame, Status
from reglab.live.board.presets import PRESETS, Preset, register
from reglab.live.board.remedies import REMEDIES, Outcome, apply_remedy
from reglab.live.board.session import Session

__all__ = [
    "PRESETS",
    "REMEDIES",
    "Frame",
    "Outcome",
    "Preset",
    "Session",
    "Status",
    "apply_remedy",
    "register",
]
