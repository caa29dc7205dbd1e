"""Members of a population, checked one by one, and those that one program can train together."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from reglab.config import Experiment, check_experiment
from reglab.distributions import AnyDistribution
from reglab.training.plan import Plan
from reglab.training.setup import Adapters, Setup, adapted_setup, adapters, set_up, steps_of_changes
from reglab.words import say


class Member(NamedTuple):
    """One experiment of a population, set up.

    Attributes:
        position: among the experiments.
        setup: what it comes to.
    """

    position: int
    setup: Setup

    @property
    def experiment(self) -> Experiment:
        """With the numbers that are in force."""
        return self.setup.experiment

    @property
    def plan(self) -> Plan:
        """What is compiled in."""
        return self.setup.plan

    def distribution_at(self, step: int) -> AnyDistribution:
        """D at the numbers of a step."""
        return self.setup.distribution_at(self.experiment.hyper_at(step))

    @property
    def segments(self) -> tuple[tuple[int, int], ...]:
        """Steps at which segments start, with the number of training examples in each."""
        steps = steps_of_changes(self.experiment)
        steps = [step for step in steps if step == 0 or step < self.experiment.num_steps]
        return tuple((step, self.experiment.hyper_at(step).num_train) for step in steps)

    @property
    def static_key(self) -> tuple:
        """What members have in common that one program can train side by side."""
        experiment = self.experiment
        return self.plan, experiment.distribution, experiment.num_steps, self.segments


def members_of(
    experiments: Sequence[Experiment],
    distribution: object = None,
    model: Callable | None = None,
    optimizer: Callable | None = None,
) -> list[Member]:
    """All experiments, checked.

    Raises:
        ValueError: one line that names the member, what was expected and what came.
    """
    members, own = [], adapters(model, optimizer)
    for index, experiment in enumerate(experiments):
        check_experiment(experiment, f"experiments[{index}]")
        try:
            members.append(_member(index, experiment, distribution, own))
        except ValueError as error:
            raise ValueError(
                say("experiments[{index}]: {error}", index=index, error=error)
            ) from None
    return members


def _member(index: int, experiment: Experiment, distribution: object, own: Adapters) -> Member:
    # Of a user's distribution the first member draws; what the others draw is checked when drawn.
    setup = adapted_setup(experiment, distribution, own, is_tried=index == 0)
    return Member(index, setup._replace(data=None))  # which one program gets from all at once


def static_key(experiment: Experiment) -> tuple:
    """What experiments have in common that one program can train side by side.

    Raises:
        ValueError: one line that says what cannot be trained.
    """
    return Member(0, set_up(experiment)).static_key


def grouped(members: Sequence[Member]) -> list[list[Member]]:
    """Members that one program can train side by side: they differ in numbers alone."""
    groups: dict[tuple, list[Member]] = {}
    for member in members:
        groups.setdefault(member.static_key, []).append(member)
    return list(groups.values())
