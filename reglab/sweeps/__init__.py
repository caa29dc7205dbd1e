"""Sweeps: grids of experiments, trained by any executor, kept in a store that nothing breaks."""

from reglab.sweeps.check import Checked
from reglab.sweeps.cluster import joined, local_cluster
from reglab.sweeps.frame import PopulationFrame, SweepStatus
from reglab.sweeps.grid import Grid
from reglab.sweeps.result import Result, key_of, versions
from reglab.sweeps.session import PopulationSession
from reglab.sweeps.sources import trained, watched
from reglab.sweeps.store import Store, Writer, open_store, writing
from reglab.sweeps.stored import Stored
from reglab.sweeps.sweep import sweep
from reglab.sweeps.tally import Tally, varying

__all__ = [
    "Checked",
    "Grid",
    "PopulationFrame",
    "PopulationSession",
    "Result",
    "Store",
    "Stored",
    "SweepStatus",
    "Tally",
    "Writer",
    "joined",
    "key_of",
    "local_cluster",
    "open_store",
    "sweep",
    "trained",
    "varying",
    "versions",
    "watched",
    "writing",
]
