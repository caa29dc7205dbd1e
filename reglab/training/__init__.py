"""Training: ``fit`` and the pieces that a live session shares with it."""

from reglab.training.blocks import in_blocks
from reglab.training.cache import keep_compiled
from reglab.training.fit import Run, fit, run_of
from reglab.training.optimizers import OPTIMIZERS
from reglab.training.plan import inference
from reglab.training.step import Rows, advance, epoch_length
from reglab.training.trainer import DATA_KNOBS, Trainer
from reglab.training.trajectory import Hypotheses
from reglab.training.twins import name_of, twins

__all__ = [
    "DATA_KNOBS",
    "OPTIMIZERS",
    "Hypotheses",
    "Rows",
    "Run",
    "Trainer",
    "advance",
    "epoch_length",
    "fit",
    "in_blocks",
    "inference",
    "keep_compiled",
    "name_of",
    "run_of",
    "twins",
]
