"""What runs must have in common where their hypotheses are held against each other."""

from collections.abc import Callable, Sequence
from typing import Any

from reglab.distributions import adapted


def distribution_of(run: Any) -> Any:
    """The distribution of a run; None where the run, of whatever class, names none."""
    found = getattr(run, "distribution", None)
    return None if found is None else adapted(found)


def description_of(run: Any, step: int) -> dict[str, Any]:
    """What fixes D at a step of a run; the values can be hashed and compared.

    Args:
        run: with an ``experiment`` and perhaps a ``distribution``.
        step: from 0.
    """
    hyper = run.experiment.hyper_at(step)
    data = {"distribution": run.experiment.distribution}
    distribution = distribution_of(run)
    if distribution is not None:  # an object of the user's goes by the name of a registered one
        data["kind of distribution"] = distribution.class_name
        data["examples"] = distribution.examples
        data["draws"] = distribution.digest
    return data | hyper.of_distribution


def check_shared(
    runs: Sequence[Any], described: Callable[[Any], dict[str, Any]], within: str = "all"
) -> dict[str, Any]:
    """What describes the first run, if it describes the others too.

    Args:
        runs: at least one.
        described: makes a description of a run. What one of two runs lacks is not compared.
        within: what the runs are in, in words.

    Raises:
        ValueError: one line that names what differs, and the first run where it does.
    """
    shared = described(runs[0])
    for number, run in enumerate(runs[1:], start=2):
        for name, value in described(run).items():
            if value != shared.get(name, value):
                raise ValueError(
                    f"runs: expected the same {name} in {within}, "
                    f"got {shared[name]!r} in run 1 and {value!r} in run {number}"
                )
    return shared
