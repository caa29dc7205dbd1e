"""reglab: see overfitting as Tom Mitchell defined it, with the true error known."""

from reglab import distributions, nn, theory
from reglab.config import (
    AlexNetConfig,
    AttentionConfig,
    CNNConfig,
    Experiment,
    Hyper,
    LinearConfig,
    MLPConfig,
)
from reglab.live import Session
from reglab.mitchell import (
    Audit,
    Certificate,
    Verdict,
    audit,
    certify,
    compare,
    explain,
    find_witness,
    frequencies,
    judge,
)
from reglab.sweeps import Grid, open_store, sweep
from reglab.training import Population, Run, early_stopping, fit, fit_population, twins

__version__ = "0.1.0"

__all__ = [
    "AlexNetConfig",
    "AttentionConfig",
    "Audit",
    "CNNConfig",
    "Certificate",
    "Experiment",
    "Grid",
    "Hyper",
    "LinearConfig",
    "MLPConfig",
    "Population",
    "Run",
    "Session",
    "Verdict",
    "audit",
    "certify",
    "compare",
    "distributions",
    "early_stopping",
    "explain",
    "find_witness",
    "fit",
    "fit_population",
    "frequencies",
    "judge",
    "nn",
    "open_store",
    "sweep",
    "theory",
    "twins",
]
