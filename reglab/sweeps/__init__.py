"""Sweeps: grids of experiments, trained by any executor, kept in a store that nothing breaks."""

from reglab.sweeps.cluster import joined, local_cluster
from reglab.sweeps.grid import Grid
from reglab.sweeps.live import (
    PopulationFrame,
    PopulationSession,
    SweepStatus,
    Tally,
    trained,
    varying,
    watched,
)
from reglab.sweeps.result import Result, key_of, versions
from reglab.sweeps.store import Checked, Store, Stored, Writer, open_store, writing
from reglab.sweeps.sweep import sweep

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
