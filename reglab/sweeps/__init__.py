"""Sweeps: grids of experiments, trained by any executor, kept in a store that nothing breaks."""

from reglab.sweeps.grid import Grid

__all__ = ["Grid"]
