"""Which numbers of an experiment cannot act, whatever they are, and why."""

from collections.abc import Mapping
from typing import Any

from reglab.config import DISTRIBUTION_NUMBERS, Experiment, idle_in_search
from reglab.distributions import REGISTRY, AnyDistribution, Distribution

NO_NUMBER = "These data have no such number."


def idle_numbers(
    experiment: Experiment, distribution: AnyDistribution | type[Distribution] | None = None
) -> dict[str, str]:
    """Numbers, and fields of models, that change nothing in a run, each with the reason.

    Of a model of the user's nothing is said here: the model itself knows.

    Args:
        experiment: what is run.
        distribution: the object it is run on; left out, what the registered one of its name is.

    >>> from reglab.config import LinearConfig
    >>> linear = idle_numbers(Experiment(model=LinearConfig(), optimizer="sgd"))
    >>> [name in linear for name in ("batch_norm", "dropout_rate", "momentum", "learning_rate")]
    [True, True, True, False]
    """
    idle = idle_in_search(experiment)
    if "model" not in experiment.own and not _has_norm(experiment.model):
        idle["batch_norm_momentum"] = "This model has no batch norm."
    if "model" not in experiment.own and not experiment.model.has_hidden:
        idle["dropout_rate"] = "This model has no hidden units to drop."
        idle["batch_norm"] = "This model has no hidden units to normalize."
    if experiment.optimizer == "sgd":
        idle["momentum"] = "Plain gradient descent has no momentum."
    if experiment.augment == "mixup" and experiment.batch_size == 1:
        idle["augmentation"] = "A batch of one example has no other to be mixed with."
    kind = distribution
    if kind is None and "distribution" not in experiment.own:
        kind = REGISTRY[experiment.distribution]
    is_ours = isinstance(kind, (Distribution, type))
    if not is_ours:
        return idle
    if kind.loss == "squared":
        idle["label_smoothing"] = "Regression has no classes to smooth over."
    for name in DISTRIBUTION_NUMBERS:
        if name not in kind.ranges:
            idle[name] = NO_NUMBER
    return idle


def _has_norm(model: Any) -> bool:
    return getattr(model, "batch_norm", False) and model.has_hidden


def check_active(values: Mapping[str, Any], inactive: Mapping[str, str]) -> None:
    """Raises ``ValueError`` where one of some values would change nothing, with the reason."""
    for name, value in values.items():
        if name in inactive:
            raise ValueError(
                f"{name}: expected a number or a field that can act in this run, got {value!r}; "
                f"{inactive[name]}"
            )
