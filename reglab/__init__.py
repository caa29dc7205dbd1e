"""reglab: see overfitting as Tom Mitchell defined it, with the true error known."""

from reglab.config import Experiment, Hyper, LinearConfig, MLPConfig

__version__ = "0.1.0"

__all__ = ["Experiment", "Hyper", "LinearConfig", "MLPConfig"]
