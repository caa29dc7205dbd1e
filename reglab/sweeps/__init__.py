"""Sweeps: grids of experiments, trained by any executor, kept in a store that nothing breaks."""

from reglab.sweeps.check import Checked
from reglab.sweeps.cluster import joined, local_cluster
from reglab.sweeps.grid import Grid
from reglab.sweeps.result import Result, key_of, versions
from reglab.sweeps.store import Store, Writer, open_store, writing
from reglab.sweeps.stored import Stored
from reglab.sweeps.sweep import sweep

__all__ = [
    "Checked",
    "Grid",
    "Result",
    "Store",
    "Stored",
    "Writer",
    "joined",
    "key_of",
    "local_cluster",
    "open_store",
    "sweep",
    "versions",
    "writing",
]
