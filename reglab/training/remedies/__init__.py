"""What is done to a run once it is trained: early stopping, averages, ensembles, dropout."""

from reglab.training.remedies.averaging import Averaged, ema, swa
from reglab.training.remedies.ensembles import Ensemble, EnsembleError, ensemble, ensemble_error
from reglab.training.remedies.mc_dropout import (
    DropoutErrors,
    dropout_samples,
    mc_dropout,
    mc_dropout_error,
    mc_predictor,
)
from reglab.training.remedies.rules import RULES, Stop
from reglab.training.remedies.stopping import (
    Stopped,
    early_stopping,
    losses_on,
    validation_sample,
)

__all__ = [
    "RULES",
    "Averaged",
    "DropoutErrors",
    "Ensemble",
    "EnsembleError",
    "Stop",
    "Stopped",
    "dropout_samples",
    "early_stopping",
    "ema",
    "ensemble",
    "ensemble_error",
    "losses_on",
    "mc_dropout",
    "mc_dropout_error",
    "mc_predictor",
    "swa",
    "validation_sample",
]
