"""Training: ``fit``, what a live session shares with it, populations, and what is done to a run."""

from reglab.config import DATA_KNOBS
from reglab.nn import inference
from reglab.training.blocks import in_blocks
from reglab.training.cache import keep_compiled
from reglab.training.errors import Errors, errors_of
from reglab.training.fit import fit, run_of
from reglab.training.optimizers import OPTIMIZERS
from reglab.training.population import (
    Bands,
    Forecast,
    Population,
    bands,
    fit_population,
    forecast,
    static_key,
    train_in_pieces,
)
from reglab.training.predictions import predictions_on
from reglab.training.progress import Piece, Progress, Source, reporter
from reglab.training.remedies import (
    RULES,
    Averaged,
    DropoutErrors,
    Ensemble,
    EnsembleError,
    Stop,
    Stopped,
    dropout_samples,
    early_stopping,
    ema,
    ensemble,
    ensemble_error,
    losses_on,
    mc_dropout,
    mc_dropout_error,
    mc_predictor,
    swa,
    validation_sample,
)
from reglab.training.run import Run, RunLike
from reglab.training.setup import Setup, set_up
from reglab.training.step import Rows, advance, epoch_length
from reglab.training.trainer import Trainer
from reglab.training.trajectory import Hypotheses
from reglab.training.twins import name_of, twins

__all__ = [
    "DATA_KNOBS",
    "OPTIMIZERS",
    "RULES",
    "Averaged",
    "Bands",
    "DropoutErrors",
    "Ensemble",
    "EnsembleError",
    "Errors",
    "Forecast",
    "Hypotheses",
    "Piece",
    "Population",
    "Progress",
    "Rows",
    "Run",
    "RunLike",
    "Setup",
    "Source",
    "Stop",
    "Stopped",
    "Trainer",
    "advance",
    "bands",
    "dropout_samples",
    "early_stopping",
    "ema",
    "ensemble",
    "ensemble_error",
    "epoch_length",
    "errors_of",
    "fit",
    "fit_population",
    "forecast",
    "in_blocks",
    "inference",
    "keep_compiled",
    "losses_on",
    "mc_dropout",
    "mc_dropout_error",
    "mc_predictor",
    "name_of",
    "predictions_on",
    "reporter",
    "run_of",
    "set_up",
    "static_key",
    "swa",
    "train_in_pieces",
    "twins",
    "validation_sample",
]
