"""The check of what callers hand in as experiments."""

from reglab.config.experiment import Experiment
from reglab.words import say


def check_experiment(value: object, name: str = "experiment") -> Experiment:
    """Returns ``value`` if it is an experiment, or raises a ``ValueError`` of one line."""
    if not isinstance(value, Experiment):
        raise ValueError(say("{name}: expected an Experiment, got {got!r}", name=name, got=value))
    return value
