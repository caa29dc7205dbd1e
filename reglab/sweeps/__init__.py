"""Sweeps: grids of experiments, trained by any executor, kept in a store that nothing breaks."""

from reglab.sweeps.cluster import joined, local_cluster
from reglab.sweeps.grid import Grid
from reglab.sweeps.result import Result, key_of, versions
from reglab.sweeps.store import Checked, Store, Stored, Writer, open_store, writing
from reglab.sweeps.sweep import sweep
from reglab.sweeps.watched import watched

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
    "watched",
    "writing",
]
