"""The live engines behind the panels: a session in, frames out, no widget in them."""

from reglab.live.board import (
    PRESETS,
    REMEDIES,
    Frame,
    Outcome,
    Preset,
    Session,
    Status,
    apply_remedy,
    register,
)
from reglab.live.population import (
    PopulationFrame,
    PopulationSession,
    SweepStatus,
    Tally,
    trained,
    varying,
)

__all__ = [
    "PRESETS",
    "REMEDIES",
    "Frame",
    "Outcome",
    "PopulationFrame",
    "PopulationSession",
    "Preset",
    "Session",
    "Status",
    "SweepStatus",
    "Tally",
    "apply_remedy",
    "register",
    "trained",
    "varying",
]
