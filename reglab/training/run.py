"""A run: what all that reads one may ask of it, wherever it is held, and the run that is finished.

A :class:`Run` is what ``fit`` returns, a ``Trainer`` is a run in progress, and a store's result is
a run that was read from a disk. All three are :class:`RunLike`, and so is any object with the same
members: verdicts, remedies, pictures and tables take them all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard

import jax
import numpy as np
from flax import nnx

from reglab import distributions
from reglab.config import Experiment, Hyper
from reglab.distributions import AnyDistribution
from reglab.training.state import Data, data_of
from reglab.training.step import Rows
from reglab.training.trajectory import Hypotheses
from reglab.words import say


class RunLike(Protocol):
    """What a finished run, a run in progress and a stored run have in common."""

    @property
    def experiment(self) -> Experiment:
        """What is run, with the changes made so far."""
        ...

    @property
    def distribution(self) -> AnyDistribution:
        """D, with the numbers of the last step."""
        ...

    @property
    def history(self) -> Rows:
        """Arrays of equal length, one entry a row that was recorded."""
        ...

    @property
    def hypotheses(self) -> Hypotheses:
        """The plain network of each row, as far as they were kept."""
        ...

    @property
    def diverged(self) -> bool:
        """Whether the loss left every reasonable range."""
        ...

    @property
    def name(self) -> str:
        """The remedies in words."""
        ...


def is_run(value: object) -> TypeGuard[RunLike]:
    """Whether something is a run: what a public function asks where it takes a function too."""
    return isinstance(getattr(value, "experiment", None), Experiment)


class OnData:
    """The data of a run, S and D at the numbers of the last step; a base of every kind of run."""

    @property
    def step(self: RunLike) -> int:
        """The step of the last row; 0 where there is none."""
        return int(self.history.step[-1:].sum())

    @property
    def hyper(self: "RunOnData") -> Hyper:
        """The numbers that a next step would use."""
        return self.experiment.hyper_at(self.step)

    @property
    def distribution_key(self: "RunOnData") -> tuple:
        """What D depends on."""
        return self.experiment.distribution, *self.hyper.of_distribution.values()

    @property
    def data_key(self: "RunOnData") -> tuple:
        """What S and D depend on: hypotheses whose keys differ cannot share a pool."""
        experiment = self.experiment
        sample = experiment.draw, experiment.max_train, self.hyper.num_train
        return *self.distribution_key, *sample

    def sample(self: "RunOnData") -> tuple[np.ndarray, np.ndarray]:
        """S, cheaper than ``data``: inputs and labels of ``num_train`` examples, NumPy arrays."""
        key, count = jax.random.key(self.experiment.draw), self.hyper.num_train
        x, y = distributions.guarded(self.distribution).sample(key, self.experiment.max_train)
        return np.asarray(x)[:count], np.asarray(y)[:count]

    @property
    def data(self: "RunOnData") -> Data:
        """S, ``max_train`` examples of it, and the points that stand for D."""
        return data_of(self.distribution, self.experiment.draw, self.experiment.max_train)


class RunOnData(RunLike, Protocol):
    """A run with its data: what pictures and frames are composed from."""

    @property
    def step(self) -> int:
        """Steps taken, or those of the last row."""
        ...

    @property
    def hyper(self) -> Hyper:
        """The numbers of that step."""
        ...

    @property
    def distribution_key(self) -> tuple:
        """What D depends on."""
        ...

    @property
    def data_key(self) -> tuple:
        """What S and D depend on."""
        ...

    @property
    def data(self) -> Data:
        """S and the points that stand for D."""
        ...

    def sample(self) -> tuple[np.ndarray, np.ndarray]:
        """S."""
        ...


@dataclass(frozen=True, eq=False)  # arrays make no truth value
class Run(OnData):
    """A finished run. Two runs are equal where they are the same object.

    Attributes:
        experiment: what was run.
        distribution: D, with the numbers of the last step.
        history: arrays of equal length, one entry a row: ``step``; ``train_loss`` (nats, on S,
            without the penalty); ``penalty``; ``train_error`` (on S, of the folded hypothesis);
            ``true_error``, ``true_low``, ``true_high`` (over D, with its interval).
        hypotheses: ``hypotheses[i]`` is the plain network of row ``i``.
        diverged: whether the run stopped early because its loss left every reasonable range.
        name: the remedies in words, such as ``dropout 0.5``.
        trained: makes ``model``; None where no step was taken.
    """

    experiment: Experiment
    distribution: Any
    history: Rows
    hypotheses: Hypotheses
    diverged: bool = False
    name: str = "plain"
    trained: Callable[[], nnx.Module] | None = field(default=None, repr=False, compare=False)

    @property
    def model(self) -> nnx.Module:
        """The module as trained, after the last step, a new copy at each access.

        It has its batch norm and dropout layers, at the last rate that it was trained with; see
        ``nnx.view`` for its modes. ``hypotheses[-1]`` is the plain network that it predicts as.

        Raises:
            ValueError: the run diverged, so that its last weights belong to no row, or has not
                begun.
        """
        if self.diverged:
            raise ValueError(say("run: expected one that did not diverge, got one that did"))
        if self.trained is None:
            raise ValueError(
                say("run: expected one that has been trained, got one without a state")
            )
        return self.trained()
