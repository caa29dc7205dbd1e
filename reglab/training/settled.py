"""What an experiment comes to on objects of the user's: which numbers are in force there."""

import dataclasses

from reglab.config import Experiment, Hyper
from reglab.distributions import OwnData
from reglab.training.own_optimizer import OwnOptimizer
from reglab.training.plan import Plan
from reglab.words import say


def check_handed(experiment: Experiment, **handed: object) -> None:
    """Raises where an experiment was run on objects of the user's that are not handed in again.

    Args:
        experiment: as it was handed in.
        **handed: the user's ``distribution``, ``model`` and ``optimizer``, or None.
    """
    for name in experiment.own:
        if handed.get(name) is None:
            raise ValueError(
                say(
                    "{name}: expected the one that this experiment was run with, which is no "
                    "part of it, got none; hand it in: fit(experiment, {name}=...)",
                    name=name,
                )
            )


def settled(experiment: Experiment, distribution: object, plan: Plan) -> Experiment:
    """The experiment with the numbers that are in force, and a note of what is the user's.

    On data of the user's ``hyper.label_noise`` counts where it was asked for; elsewhere it becomes
    the label noise of the data. The dropout and batch-norm layers of a user's module keep their own
    rate and momentum until somebody asks for another.

    Args:
        experiment: as it was handed in.
        distribution: an object of the user's, or None where the named one is meant.
        plan: of the experiment.

    Raises:
        ValueError: one line, where a number that cannot act was asked for.
    """
    asked, numbers = experiment.asked, {}
    if isinstance(distribution, OwnData) and "label_noise" not in asked:
        numbers["label_noise"] = float(distribution.label_noise)
    own = ["distribution"] if distribution is not None else []
    numbers |= plan.modes.settled(experiment)
    if plan.modes.is_own:
        own.append("model")
    if isinstance(plan.optimizer, OwnOptimizer):
        own.append("optimizer")
        _check_schedule(experiment, plan)
    _check_active(experiment, plan)
    hyper = experiment.hyper._replace(**numbers)
    return dataclasses.replace(experiment, hyper=hyper, own=tuple(own))


def _check_active(experiment: Experiment, plan: Plan) -> None:
    """Raises where a number of ``Hyper`` that cannot act is not at its default."""
    numbers = [*experiment.hyper._asdict().items(), *(c[1:] for c in experiment.changes)]
    off, plain = plan.inactive, Hyper()
    for name, value in numbers:
        if name in off and value != (expected := getattr(plain, name)):
            raise ValueError(
                say(
                    "{name}: expected {expected:g}, got {got:g}. {why}",
                    name=name,
                    expected=expected,
                    got=value,
                    why=off[name],
                )
            )


def _check_schedule(experiment: Experiment, plan: Plan) -> None:
    if "learning_rate" in plan.inactive and experiment.schedule != "constant":
        raise ValueError(
            say(
                "schedule: expected 'constant', got {got!r}. {why}",
                got=experiment.schedule,
                why=plan.inactive["learning_rate"],
            )
        )
