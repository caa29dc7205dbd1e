"""The board: the runs on screen, which hypothesis is h, and its verdict. No thread, no widget."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from reglab.config import (
    DATA_KNOBS,
    Experiment,
    Hyper,
    check_hyper_value,
    check_name,
)
from reglab.live.board.shown import Shown
from reglab.training import Run, Setup, Trainer, run_of, set_up
from reglab.training.inactive import check_active
from reglab.training.run import RunOnData
from reglab.words import say

MAX_UNDO = 50


class Mark(NamedTuple):
    """A board at one moment, for undo."""

    runs: tuple[Trainer, ...]
    marks: tuple[tuple, ...]
    current: int
    pinned: int | None
    excluded: frozenset[int]


class Board(Shown[Trainer]):
    """Runs on one training sample and one distribution; the first is the one that twins copy.

    Attributes:
        runs: trainers in the order they were added; the knobs move the current one.
    """

    def __init__(
        self,
        experiment: Experiment,
        twins: Sequence[dict[str, Any]] = (),
        *,
        distribution: object = None,
        model: Callable | None = None,
        optimizer: Callable | None = None,
    ):
        self._objects = {"distribution": distribution, "model": model, "optimizer": optimizer}
        self.length = experiment.num_steps  # steps that Play adds to a finished run
        super().__init__(self.trainers(experiment, twins))
        self._undo: list[Mark] = []

    def trainers(
        self, experiment: Experiment, twins: Sequence[dict[str, Any]] = ()
    ) -> tuple[Trainer, ...]:
        """New trainers of an experiment and its twins, on the user's own objects if any."""
        first = Trainer(experiment, **self._objects)
        return first, *(Trainer.of(self._twin(experiment, values, first)) for values in twins)

    def _twin(self, experiment: Experiment, values: dict[str, Any], run: Trainer) -> Setup:
        """A run's setup but for these values; raises ``ValueError`` where there can be none."""
        if "model" in run.experiment.own:  # whose sizes and layers are in no configuration
            fields = {name: value for name, value in values.items() if name not in Hyper._fields}
            check_active(fields, run.inactive)
        asked = _with(experiment, values)
        _check_shares(asked, experiment)
        setup = set_up(asked, **self._objects)
        check_active(values, setup.inactive)
        return setup

    # -- what a user can do; each is one step of undo ------------------------------------------

    def configure(self, runs: tuple[Trainer, ...]) -> None:
        """Starts over with other runs."""
        self._remember()
        self.length = runs[0].experiment.num_steps
        self.runs, self.current, self.pinned, self.excluded = runs, 0, None, frozenset()

    def rewind(self) -> None:
        """All runs from step 0 with the same weights, on the same S."""
        self._start_over()

    def new_sample(self) -> None:
        """All runs from step 0 with the same weights, on another draw of S."""
        self._start_over(draw=self.runs[0].experiment.draw + 1)

    def _start_over(self, **fields: int) -> None:
        runs = []
        for run in self.runs:
            start = run.experiment.started_at(run.step)
            runs += self.trainers(start.replace(num_steps=self.length, **fields))
        self._remember()
        self.runs, self.pinned = tuple(runs), None

    def set(self, **values: float) -> None:
        """Moves knobs of the current run; those of S and D move for every run."""
        self.check(values)  # of this board: it may have changed since they were asked for
        self._remember()
        shared = {k: v for k, v in values.items() if k in DATA_KNOBS}
        for index, run in enumerate(self.runs):
            moved = values if index == self.current else shared
            moved = {k: v for k, v in moved.items() if getattr(run.hyper, k) != v}
            if moved:
                run.set(**moved)

    def add_twin(self, **values: object) -> None:
        """Adds a run that differs from the current one in these values alone, from step 0."""
        run = self.runs[self.current]
        plain = run.experiment.started_at(run.step)
        added = Trainer.of(self._twin(plain, values, run))
        self._remember()
        self.runs = *self.runs, added

    def extend(self) -> None:
        """Gives every run another stretch of steps."""
        self._remember()
        for run in self.runs:
            run.experiment = run.experiment.continued(run.step + self.length)

    def undo(self) -> None:
        """Back to before the last user action; nothing where there is none."""
        if not self._undo:
            return
        mark = self._undo.pop()
        self.runs, marks, self.current, self.pinned, self.excluded = mark
        for run, point in zip(self.runs, marks, strict=True):
            run.restore(point)

    def recorded(self, run: int) -> Run:
        """A run as it is now, which training on does not change."""
        return run_of(self.runs[run])

    @property
    def shown(self) -> tuple[tuple[Trainer, ...], int]:
        """The runs and which is the current one, for a thread that does not change the board."""
        runs, current = self.runs, self.current
        return runs, min(current, len(runs) - 1)

    @property
    def run(self) -> Trainer:
        """The current run."""
        runs, current = self.shown
        return runs[current]

    def takes_back(self, run: RunOnData, change: tuple[int, str, float] | None) -> bool:
        """Whether undoing the last action takes back this change of a run."""
        if change is None or not self._undo:
            return False
        mark = self._undo[-1]
        before = [m for m, marked in zip(mark.marks, mark.runs, strict=True) if marked is run]
        return any(change not in experiment.changes for experiment, *_ in before)

    @property
    def can_undo(self) -> bool:
        """Whether there is an action to take back."""
        return bool(self._undo)

    def _remember(self) -> None:
        marks = tuple(run.mark() for run in self.runs)
        mark = Mark(self.runs, marks, self.current, self.pinned, self.excluded)
        self._undo = [*self._undo, mark][-MAX_UNDO:]

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values of ``Hyper``, checked for every run they would move; raises ``ValueError``."""
        checked = {name: check_hyper_value(name, value) for name, value in values.items()}
        moved = {k: v for k, v in checked.items() if getattr(self.run.hyper, k) != v}
        check_active(moved, self.run.inactive)
        for run in self.runs:
            run.check(checked)
        return checked

    def check_twin(self, values: dict[str, Any]) -> None:
        """Raises ``ValueError`` where no twin with these values can be made."""
        self._twin(self.run.experiment, values, self.run)

    # -- what is selected ----------------------------------------------------------------------

    def select(self, run: int, row: int | None) -> None:
        """Makes a hypothesis h; without a row, the newest of the run."""
        if run < len(self.runs):  # the board may have changed since the address was checked
            self.current, self.pinned = run, row

    def include(self, run: int, included: bool) -> None:
        """Puts a run into the pool or takes it out."""
        if run >= len(self.runs):  # as in select; a twin to come is no run yet
            return
        self.excluded = self.excluded - {run} if included else self.excluded | {run}


def _check_shares(twin: Experiment, experiment: Experiment) -> None:
    """Raises ``ValueError`` where a twin would have another sample or distribution."""
    for name in DATA_KNOBS:
        value, own = getattr(twin.hyper, name), getattr(experiment.hyper, name)
        if value != own:
            raise ValueError(
                say(
                    "{name}: expected {own!r}, as twins share sample and distribution, got "
                    "{got!r}; move the knob, which moves it in every run, or start another "
                    "experiment",
                    name=name,
                    own=own,
                    got=value,
                )
            )


def _with(experiment: Experiment, values: dict[str, Any]) -> Experiment:
    """Values of ``Hyper``, of the experiment or of its model, put into an experiment."""
    model_fields = {f.name for f in dataclasses.fields(experiment.model)}
    own = ("optimizer", "batch_size", "seed", "augment", "l1_step", "schedule", "clipping")
    check = (*Hyper._fields, *own, *sorted(model_fields))
    for name in values:
        check_name("twin", name, check)
    inner = {k: v for k, v in values.items() if k in model_fields}
    outer = {k: v for k, v in values.items() if k not in model_fields}
    if inner:
        outer["model"] = dataclasses.replace(experiment.model, **inner)
    return experiment.asking(**outer)
