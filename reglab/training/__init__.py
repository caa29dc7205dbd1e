"""Training: ``fit``, the pieces that a live session shares with it, and what is done to a run."""

from reglab.config import DATA_KNOBS
from reglab.nn import inference
from reglab.training.averaging import Averaged, ema, swa
from reglab.training.blocks import in_blocks
from reglab.training.cache import keep_compiled
from reglab.training.ensembles import Ensemble, EnsembleError, ensemble, ensemble_error
from reglab.training.errors import Errors, errors_of
from reglab.training.fit import Run, fit, run_of
from reglab.training.fit_population import fit_population, train_in_pieces
from reglab.training.mc_dropout import (
    DropoutErrors,
    dropout_samples,
    mc_dropout,
    mc_dropout_error,
    mc_predictor,
)
from reglab.training.optimizers import OPTIMIZERS
from reglab.training.pieces import static_key
from reglab.training.population import Bands, Population, bands
from reglab.training.predictions import predictions_on
from reglab.training.progress import Piece, Progress, Source, reporter
from reglab.training.rules import RULES, Stop
from reglab.training.step import Rows, advance, epoch_length
from reglab.training.stopping import Stopped, early_stopping, losses_on, validation_sample
from reglab.training.timing import Forecast, forecast
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
    "static_key",
    "swa",
    "train_in_pieces",
    "twins",
    "validation_sample",
]
