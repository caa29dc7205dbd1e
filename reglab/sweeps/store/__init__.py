"""The store of a sweep: results in SQLite and weights in files; it survives what breaks."""

from reglab.sweeps.store.check import Checked
from reglab.sweeps.store.store import Store, Writer, open_store, writing
from reglab.sweeps.store.stored import Stored

__all__ = ["Checked", "Store", "Stored", "Writer", "open_store", "writing"]
