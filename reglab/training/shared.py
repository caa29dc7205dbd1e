"""What runs must have in common where their hypotheses are held against each other."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from reglab.config import Experiment
from reglab.distributions import AnyDistribution, adapted
from reglab.training.run import RunLike
from reglab.words import say

T = TypeVar("T")
_KIND, _EXAMPLES, _DRAWS = say("kind of distribution"), say("examples"), say("draws")
_ALL = say("all")


def distribution_of(run: RunLike) -> AnyDistribution:
    """The distribution of a run, which a run of a class of the user's may hold as it came."""
    return adapted(run.distribution)


def description_at(
    experiment: Experiment, step: int, distribution: AnyDistribution | None = None
) -> dict[str, Any]:
    """What fixes D at a step of an experiment; the values can be hashed and compared.

    Args:
        experiment: what is run.
        step: from 0.
        distribution: what it is run on; left out, the name of the registered one says it all.
    """
    data: dict[str, Any] = {"distribution": experiment.distribution}
    if distribution is not None:  # an object of the user's goes by the name of a registered one
        data[_KIND] = distribution.class_name
        data[_EXAMPLES] = distribution.examples
        data[_DRAWS] = distribution.digest
    return data | experiment.hyper_at(step).of_distribution


def description_of(run: RunLike, step: int) -> dict[str, Any]:
    """What fixes D at a step of a run."""
    return description_at(run.experiment, step, distribution_of(run))


def check_shared(
    runs: Sequence[T], described: Callable[[T], dict[str, Any]], within: str = _ALL
) -> dict[str, Any]:
    """What describes the first run, if it describes the others too.

    Args:
        runs: at least one run, or experiment to be run.
        described: makes a description of one; what one of two lacks is not compared.
        within: what the runs are in, in words.

    Raises:
        ValueError: one line that names what differs, and the first run where it does.
    """
    shared = described(runs[0])
    for number, run in enumerate(runs[1:], start=2):
        for name, value in described(run).items():
            if value != shared.get(name, value):
                raise ValueError(
                    say(
                        "runs: expected the same {name} in {within}, got {first!r} in run 1 and "
                        "{value!r} in run {number}",
                        name=name,
                        within=within,
                        first=shared[name],
                        value=value,
                        number=number,
                    )
                )
    return shared
