"""The frame of runs that are finished, as a panel would show them."""

import dataclasses
from typing import Any

from reglab.config import Experiment, LinearConfig, check_name
from reglab.live.board.board import Board
from reglab.live.board.frame import Frame, Status
from reglab.live.board.scene import PICTURES, Scene
from reglab.training import Run, Trainer, epoch_length


class _Finished(Trainer):
    """A run that was trained before, as a board takes it."""

    def __init__(self, run: Run):
        # A model of the user's is not at hand, and not needed: its hypotheses are.
        is_own = "model" in run.experiment.own
        model = LinearConfig() if is_own else run.experiment.model
        shown = dataclasses.replace(run.experiment, own=(), model=model)
        super().__init__(shown, distribution=run.distribution)
        self.experiment, self._name = run.experiment, run.name
        self.trajectory: Any = _Recorded(run)
        self.diverged = run.diverged

    @property
    def name(self) -> str:
        return self._name

    @property
    def step(self) -> int:
        return int(self.trajectory.history.step[-1:].sum())  # 0 where there is no row


class _Recorded:
    def __init__(self, run: Run):
        self.history, self.hypotheses = self.recorded = run.history, run.hypotheses

    def __len__(self) -> int:
        return len(self.history.step)


def still(run: Run, *others: Run, row: int | None = None, what: str = "h") -> Frame:
    """The frame of finished runs on one board.

    Args:
        run: the run of h, as ``fit`` returns it.
        *others: runs on the same S and D, such as twins.
        row: of h in ``run.history``; the last one where left out.
        what: the picture: ``h``, ``witness`` or ``disagreement``.

    Raises:
        ValueError: no such row or picture, or runs that do not share S and D.
    """
    check_name("picture", what, PICTURES)
    board = Board(Experiment())  # whose run gives way to these
    board.runs = tuple(_Finished(one) for one in (run, *others))
    board.check_address(0, row)
    board.pinned = row
    scene = Scene()
    scene.what = what
    first = board.runs[0]
    status = Status(
        state="diverged" if run.diverged else "finished",
        step=first.step,
        num_steps=run.experiment.num_steps,
        epoch=first.step / epoch_length(first.hyper.num_train, first.plan.batch_size),
        steps_per_second=0.0,
        text=divergence(run, *others),
        can_undo=False,
    )
    return scene.frame(0, status, board)


def divergence(*runs: Run) -> str:
    """Says which of the runs diverged, and what to do; empty where none did."""
    scene = Scene()
    return " ".join(scene.divergence(_Finished(run)) for run in runs if run.diverged)
