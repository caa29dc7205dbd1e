"""Trains one experiment piece by piece: what ``fit`` does at once and a session while it plays."""

import functools
from collections.abc import Callable, Mapping

import numpy as np
from flax import nnx

from reglab.config import Experiment
from reglab.distributions import AnyDistribution
from reglab.training.batch_norm import check_batches
from reglab.training.divergence import diverged_at
from reglab.training.run import OnData
from reglab.training.setup import Setup, set_up
from reglab.training.state import (
    Data,
    TrainState,
    data_of,
    initial_state,
    streams,
    traced,
    trained_model,
)
from reglab.training.step import Chunk, Rows, advance
from reglab.training.trajectory import Hypotheses, Trajectory
from reglab.training.twins import name_of


class Trainer(OnData):
    """One run in progress.

    Attributes:
        experiment: with the changes made so far.
        distribution: D, with its numbers as in ``hyper``.
        trajectory: the rows recorded so far.
        diverged: whether the loss left every reasonable range; training then stops.
    """

    def __init__(
        self,
        experiment: Experiment,
        *,
        distribution: object = None,
        model: Callable | None = None,
        optimizer: Callable | None = None,
    ):
        objects = {"distribution": distribution, "model": model, "optimizer": optimizer}
        self._begin(set_up(experiment, **objects))

    @classmethod
    def of(cls, setup: Setup) -> "Trainer":
        """A trainer of an experiment that was set up before."""
        trainer = cls.__new__(cls)
        trainer._begin(setup)
        return trainer

    def _begin(self, setup: Setup) -> None:
        self._setup, self.plan, self.experiment = setup, setup.plan, setup.experiment
        self.trajectory = Trajectory(setup.plan.modes.network)
        self.diverged = False
        self._state: TrainState | None = None
        self._data: tuple[tuple, Data] | None = None
        if setup.data is not None:
            self._data = self.data_key[:-1], setup.data

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return 0 if self._state is None else int(self._state.step)

    @property
    def is_finished(self) -> bool:
        """Whether the last step was taken."""
        return self._state is not None and self.step >= self.experiment.num_steps

    @property
    def inactive(self) -> Mapping[str, str]:
        """Names of ``Hyper``, and fields of models, that cannot act in this run, each with why."""
        return self._setup._replace(experiment=self.experiment).inactive

    @property
    def name(self) -> str:
        """The remedies in words."""
        return name_of(self.experiment, self.inactive)

    @property
    def trained(self) -> Callable[[], nnx.Module] | None:
        """What makes the module at the weights and numbers of the last step taken."""
        if self._state is None:
            return None
        last = self.experiment.hyper_at(max(self.step - 1, 0))
        state = self._state._replace(opt_state=())
        return functools.partial(trained_model, self.plan, state, last)

    @property
    def distribution(self) -> AnyDistribution:
        """D at the numbers of the next step."""
        return self._setup.distribution_at(self.hyper)

    @property
    def history(self) -> Rows:
        """The rows recorded so far."""
        return self.trajectory.history

    @property
    def hypotheses(self) -> Hypotheses:
        """The hypotheses of the rows recorded so far."""
        return self.trajectory.hypotheses

    @property
    def data(self) -> Data:
        """S and the evaluation set at the numbers of the next step."""
        key = self.data_key[:-1]
        if self._data is None or self._data[0] != key:
            experiment = self.experiment
            made = data_of(self.distribution, experiment.draw, experiment.max_train)
            self._data = key, made
        return self._data[1]

    def advance(self, num_steps: int) -> int:
        """Takes up to ``num_steps`` steps and records their rows; returns the steps taken.

        Stops early at a change of the experiment, after ``CHUNK_ROWS`` rows, at the end of the
        run, and where the run diverges. The first call also records the row of step 0.
        """
        if self.diverged or self.is_finished:
            return 0
        hyper, start, fresh = traced(self.plan, self.hyper), self.step, self._state is None
        keys = streams(np.uint32(self.experiment.seed))
        if self._state is None:
            self._state = initial_state(self.plan, keys.weights, hyper)
        stops = [s for s, _, _ in self.experiment.changes if s > start]
        stop = min([start + num_steps, self.experiment.num_steps, *stops])
        ends = np.int32(stop), np.int32(self.experiment.num_steps), np.bool_(fresh)
        self._state, chunk = advance(self.plan, self._state, self.data, hyper, keys, *ends)
        self._record(chunk)
        return self.step - start

    def check(self, values: dict[str, float]) -> None:
        """Raises ``ValueError`` where the distribution or the sample cannot take these values."""
        self._setup.distribution_at(self.hyper._replace(**values))
        self.experiment.replace(**values)
        check_batches(self.plan, [int(values.get("num_train", self.hyper.num_train))])

    def set(self, **values: float) -> None:
        """Moves knobs from the next step on; the change becomes part of the experiment."""
        moved = tuple((self.step, name, value) for name, value in values.items())
        kept = tuple(c for c in self.experiment.changes if c[0] < self.step or c[1] not in values)
        kept = tuple(c for c in kept if c[0] <= self.step)
        self.experiment = self.experiment.replace(changes=(*kept, *moved))

    def mark(self) -> tuple:
        """The point reached, to hand to ``restore``; costs nothing."""
        return self.experiment, self._state, len(self.trajectory), self.diverged

    def restore(self, mark: tuple) -> None:
        """Goes back to an earlier point of the same run."""
        self.experiment, self._state, count, self.diverged = mark
        self.trajectory = self.trajectory.cut(count)

    def _record(self, chunk: Chunk) -> None:
        """Adds the rows of a chunk, but for those of a divergence, which no thread is to see."""
        new = np.asarray(chunk.rows.train_loss)[: int(chunk.num_rows)]
        row = diverged_at(np.concatenate([self.trajectory.history.train_loss, new]))
        self.trajectory.append(chunk, row)
        self.diverged = row is not None
