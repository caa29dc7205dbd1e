"""An experiment as it can be trained: checked against its distribution, its model and itself."""

import functools
from collections.abc import Callable
from typing import NamedTuple

from reglab import distributions, nn
from reglab.config import Experiment, Hyper
from reglab.distributions import AnyDistribution
from reglab.training.batch_norm import check_batches
from reglab.training.inactive import idle_numbers
from reglab.training.plan import Adapt, Optimize, Plan, own_optimizer, plan_of
from reglab.training.settled import check_handed, settled
from reglab.training.state import Data, try_data


class Setup(NamedTuple):
    """What an experiment comes to before anything is trained.

    Attributes:
        experiment: with the numbers that are in force, see ``settled``.
        base: the distribution, before it gets the numbers of the experiment.
        plan: what is compiled in.
        data: S and the evaluation set at the first step, where a user's distribution was tried.
    """

    experiment: Experiment
    base: AnyDistribution
    plan: Plan
    data: Data | None = None

    def distribution_at(self, hyper: Hyper) -> AnyDistribution:
        """D at the numbers of a step.

        Raises:
            ValueError: a number out of its range.
        """
        return distributions.with_numbers(self.base, **hyper.of_distribution)

    @property
    def inactive(self) -> dict[str, str]:
        """Names of ``Hyper``, and fields of models, that cannot act in this run, each with why."""
        return {**idle_numbers(self.experiment, self.base), **self.plan.inactive}


class Adapters(NamedTuple):
    """What makes the parts of many setups, each part once.

    Attributes:
        named: makes the distribution of a name.
        model: makes a plan's model of the user's factory; None where there is none.
        optimizer: likewise, its optimizer.
    """

    named: Callable[[str], AnyDistribution]
    model: Adapt | None
    optimizer: Optimize | None


def adapters(model: Callable | None, optimizer: Callable | None) -> Adapters:
    """The adapters of two factories, each of which is traced once for all members of a shape."""
    return Adapters(
        functools.cache(distributions.get),
        None if model is None else functools.cache(functools.partial(nn.OwnModel, model)),
        None if optimizer is None else functools.cache(functools.partial(own_optimizer, optimizer)),
    )


def set_up(
    experiment: Experiment,
    *,
    distribution: object = None,
    model: Callable | None = None,
    optimizer: Callable | None = None,
) -> Setup:
    """Checks an experiment, without training anything.

    Args:
        experiment: what is to be trained.
        distribution: an object of the user's instead of the named one, as in ``fit``.
        model: a factory of the user's instead of ``experiment.model``, as in ``fit``.
        optimizer: a factory of the user's instead of ``experiment.optimizer``, as in ``fit``.

    Raises:
        ValueError: one line that says what was expected and what came.

    >>> set_up(Experiment()).plan.num_classes
    2
    """
    return adapted_setup(experiment, distribution, adapters(model, optimizer))


def adapted_setup(
    experiment: Experiment, distribution: object, own: Adapters, *, is_tried: bool = True
) -> Setup:
    """What :func:`set_up` returns, with adapters that many experiments share.

    Args:
        experiment: what is to be trained.
        distribution: an object of the user's, or None where the named one is meant.
        own: of these experiments.
        is_tried: whether a user's distribution is to draw as much as training will ask it for.
    """
    check_handed(experiment, distribution=distribution, model=own.model, optimizer=own.optimizer)
    given = own.named(experiment.distribution) if distribution is None else distribution
    base = distributions.adapted(given)
    drawn = try_data(base, experiment) if is_tried and distributions.is_users(base) else None
    plan = plan_of(experiment, base, own.model, own.optimizer)
    made = Setup(settled(experiment, distribution, plan), base, plan, drawn)
    in_force = [made.experiment.hyper_at(step) for step in steps_of_changes(made.experiment)]
    for hyper in in_force:
        made.distribution_at(hyper)  # raises where a number is out of range
    check_batches(plan, [hyper.num_train for hyper in in_force])
    return made


def steps_of_changes(experiment: Experiment) -> list[int]:
    """The steps from which on other numbers are in force, the first step included, ascending."""
    return sorted({0, *(step for step, _, _ in experiment.changes)})
