"""What an experiment comes to on objects of the user's: which numbers are in force there."""

import dataclasses
from collections.abc import Callable
from typing import Any

from reglab.config import Experiment
from reglab.distributions import OwnData


def settled(experiment: Experiment, distribution: Any, model: Callable | None) -> Experiment:
    """The experiment with the numbers that are in force, and a note of what is the user's.

    On data of the user's ``hyper.label_noise`` counts where it was asked for; elsewhere it becomes
    the label noise of the data.

    Args:
        experiment: as it was handed in.
        distribution: an object of the user's, or None where the named one is meant.
        model: a factory of the user's, or None.

    Raises:
        ValueError: an experiment that was run on objects of the user's, without these.
    """
    handed = {"distribution": distribution, "model": model}
    for name in experiment.own:
        if handed[name] is None:
            raise ValueError(
                f"{name}: expected the one that this experiment was run with, which is no part of "
                f"it, got none; hand it in: fit(experiment, {name}=...)"
            )
    own = tuple(name for name, value in handed.items() if value is not None)
    experiment = dataclasses.replace(experiment, own=own)
    if isinstance(distribution, OwnData) and "label_noise" not in experiment.asked:
        hyper = experiment.hyper._replace(label_noise=float(distribution.label_noise))
        experiment = dataclasses.replace(experiment, hyper=hyper)
    return experiment
