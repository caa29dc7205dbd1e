"""The live engine behind every panel: a session in, frames out, no widget in it."""

from reglab.live.after import AFTER, Outcome, after
from reglab.live.frame import Frame, Status
from reglab.live.presets import PRESETS, Preset, register
from reglab.live.session import Session

__all__ = [
    "AFTER",
    "PRESETS",
    "Frame",
    "Outcome",
    "Preset",
    "Session",
    "Status",
    "after",
    "register",
]
