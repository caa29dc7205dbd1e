"""Sweeps: grids of experiments, trained by any executor, kept in a store that nothing breaks."""

from reglab.sweeps.frame import PopulationFrame, SweepStatus
from reglab.sweeps.grid import Grid
from reglab.sweeps.session import PopulationSession
from reglab.sweeps.sources import trained, watched
from reglab.sweeps.tally import Tally, varying

__all__ = [
    "Grid",
    "PopulationFrame",
    "PopulationSession",
    "SweepStatus",
    "Tally",
    "trained",
    "varying",
    "watched",
]
