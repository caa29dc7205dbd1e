"""Which numbers of an experiment cannot act, whatever they are, and why."""

from collections.abc import Mapping
from typing import Any

from reglab.config import DISTRIBUTION_NUMBERS, Experiment, idle_in_search
from reglab.distributions import REGISTRY, AnyDistribution, Distribution
from reglab.words import say

NO_NUMBER = say("These data have no such number.")
_NO_NORM = say("This model has no batch norm.")
_NONE_TO_DROP = say("This model has no hidden units to drop.")
_NONE_TO_NORMALIZE = say("This model has no hidden units to normalize.")
_NO_MOMENTUM = say("Plain gradient descent has no momentum.")
_ALONE = say("A batch of one example has no other to be mixed with.")
_NO_CLASSES = say("Regression has no classes to smooth over.")


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
        idle["batch_norm_momentum"] = _NO_NORM
    if "model" not in experiment.own and not experiment.model.has_hidden:
        idle["dropout_rate"] = _NONE_TO_DROP
        idle["batch_norm"] = _NONE_TO_NORMALIZE
    if experiment.optimizer == "sgd":
        idle["momentum"] = _NO_MOMENTUM
    if experiment.augment == "mixup" and experiment.batch_size == 1:
        idle["augmentation"] = _ALONE
    kind = distribution
    if kind is None and "distribution" not in experiment.own:
        kind = REGISTRY[experiment.distribution]
    is_ours = isinstance(kind, (Distribution, type))
    if not is_ours:
        return idle
    if kind.loss == "squared":
        idle["label_smoothing"] = _NO_CLASSES
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
                say(
                    "{name}: expected a number or a field that can act in this run, got "
                    "{got!r}; {why}",
                    name=name,
                    got=value,
                    why=inactive[name],
                )
            )
