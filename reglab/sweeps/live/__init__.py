"""The engine behind the panel of a population; there is no widget in it."""

from reglab.sweeps.live.frame import PopulationFrame, SweepStatus
from reglab.sweeps.live.session import PopulationSession
from reglab.sweeps.live.sources import trained, watched
from reglab.sweeps.live.tally import Tally, varying

__all__ = [
    "PopulationFrame",
    "PopulationSession",
    "SweepStatus",
    "Tally",
    "trained",
    "varying",
    "watched",
]
