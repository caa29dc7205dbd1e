"""A frame of the board: verdicts, curves, rows and pictures, all of one moment."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from reglab.config import DATA_KNOBS
from reglab.live.board.board import Board
from reglab.live.board.certified import Certified
from reglab.live.board.frame import Frame, Status
from reglab.live.board.judged import judged
from reglab.live.board.shifted import ShiftedErrors
from reglab.live.board.shown import Address, Shown
from reglab.live.pictures import BOARD, Moment, Studio
from reglab.mitchell import number_words, over_of, value_words
from reglab.training import epoch_length
from reglab.training.divergence import LOUD, Cause, cause_of
from reglab.training.run import RunOnData
from reglab.views import CurvesView, PlaneView
from reglab.words import Message, say

DECISIONS = ("h", "witness", "disagreement")


class Scene:
    """Composes frames; keeps what does not change between them.

    Args:
        pictures: names of those that are shown.

    Attributes:
        what: whose decisions are shown, one of ``DECISIONS``.
        shifted: what h and h′ do where the distribution has moved.
        certified: what is proved of h and h′.
        witness: h′ in the last frame, as (run, row), or None.
    """

    def __init__(self, pictures: Iterable[str] = BOARD):
        self.what = "h"
        self.shifted = ShiftedErrors()
        self.certified = Certified()
        self.witness: Address | None = None
        self._studio = Studio(pictures)
        self._bayes: tuple[Any, float | None] = None, None
        self._moves: dict[int, tuple[Any, tuple[tuple[int, Message], ...]]] = {}

    def frame(self, number: int, status: Status, board: Shown[RunOnData]) -> Frame:
        """The frame of this moment."""
        current = board.runs[board.current]
        bayes = self._bayes_error(current) if board.num_rows(board.current) else None
        verdict, witness, rows = judged(board, bayes)
        self.witness = witness
        verdict = self.certified.shown(verdict, board, witness)
        pair = board.hypothesis(board.h), board.hypothesis(witness)
        errors = self._errors(board, bayes, status.num_steps)
        is_busy = status.state == "playing"
        what = "h" if pair[1] is None else self.what
        pictures = self._studio(Moment(current, *pair, what, errors), is_busy=is_busy)
        return Frame(
            number=number,
            status=status,
            verdict=verdict,
            runs=errors.runs,
            h=errors.h,
            witness=witness,
            bayes_error=bayes,
            num_train=errors.num_train,
            epoch_length=errors.epoch_length,
            board=rows,
            pictures=pictures,
            over=errors.over,
            shift_sentence=self.shifted.sentence(current, *pair, is_busy=is_busy),
        )

    def divergence_sentence(self, run: RunOnData, board: Board | None = None) -> Message:
        """Says what made a run diverge, and what to do.

        Args:
            run: which diverged.
            board: of the run, where its last action can be taken back.
        """
        experiment, steps = run.experiment, run.history.step
        scale = float(np.sqrt(np.mean(np.square(run.sample()[0], dtype=np.float64))))
        cause = cause_of(experiment, steps, scale)
        values = {"run": run.name, "step": int(steps[-1:].sum())}
        if not cause.knob:
            return say(
                "The run “{run}” has no reasonable loss before its first step, so none of its "
                "numbers is to blame. Look at the inputs, whose typical size is {scale}, and at "
                "the initial weights of the model.",
                run=run.name,
                scale=_three_digits(scale),
            )
        hyper, named = experiment.hyper_at(run.step), []
        for name in filter(None, (cause.knob, cause.partner)):
            is_set = cause.change is not None and cause.change[1] == name
            value = cause.change[2] if is_set and cause.change else getattr(hyper, name)
            named.append(self._moved(run, name, value))
        values["knob"] = named[0]
        if cause.partner:
            values["knob"] = say("{knob} with {partner}", knob=named[0], partner=named[1])
        can_undo = board is not None and board.takes_back(run, cause.change)
        values["advice"] = _advice(run, cause, scale, can_undo)
        if cause.change:
            return say(
                "The run “{run}” diverged past step {step}, after {knob} was set at step {moved}: "
                "its loss left every reasonable range. {advice}",
                moved=cause.change[0],
                **values,
            )
        return say(
            "The run “{run}” diverged past step {step} with {knob}: its loss left every "
            "reasonable range. {advice}",
            **values,
        )

    def _bayes_error(self, run: RunOnData) -> float | None:
        key = run.distribution_key
        if self._bayes[0] != key:
            estimate = run.distribution.bayes_error()
            self._bayes = key, None if estimate is None else float(estimate.value)
        return self._bayes[1]

    def _errors(self, board: Shown[RunOnData], bayes: float | None, num_steps: int) -> PlaneView:
        current = board.runs[board.current]
        num_train = current.hyper.num_train
        return PlaneView(
            runs=tuple(self._curves(board, index) for index in range(len(board.runs))),
            h=board.h,
            witness=self.witness,
            bayes_error=bayes,
            num_train=num_train,
            over=over_of(current.distribution),
            epoch_length=epoch_length(num_train, current.experiment.batch_size),
            num_steps=num_steps,
        )

    def _curves(self, board: Shown[RunOnData], index: int) -> CurvesView:
        run = board.runs[index]
        history = run.history
        return CurvesView(
            name=run.name,
            step=history.step,
            train_error=history.train_error,
            true_error=history.true_error,
            true_low=history.true_low,
            true_high=history.true_high,
            changes=self._changes(run, index),
            in_pool=index not in board.excluded,
        )

    def _changes(self, run: RunOnData, index: int) -> tuple[tuple[int, Message], ...]:
        """What moved in a run, in words; hundreds of them where somebody plays with a slider."""
        experiment = run.experiment
        known, words = self._moves.get(index, (None, ()))
        if known is not experiment:
            words = tuple((s, self._moved(run, k, v)) for s, k, v in experiment.changes)
            self._moves[index] = experiment, words
        return words

    def _moved(self, run: RunOnData, name: str, value: float) -> Message:
        words = number_words(name, run.experiment)
        return say("{number} {value}", number=words, value=value_words(name, value))


def _advice(run: RunOnData, cause: Cause, scale: float, can_undo: bool) -> Message:
    """What to do about a divergence."""
    if can_undo:
        return say("Undo takes that change back.")
    if cause.knob in DATA_KNOBS:
        return say("Put it back.")
    if cause.partner and cause.partner != "l1" and cause.knob != "l1":
        return say("Keep their product below 1.")
    if cause.knob == "learning_rate" and scale > LOUD:
        return say(
            "Choose a smaller one, or scale the inputs, whose typical size is {scale}.",
            scale=_three_digits(scale),
        )
    if cause.knob == "learning_rate" and "model" in run.experiment.own:
        return say(
            "Choose a smaller one; if that does not help, look for what makes the scores of the "
            "model infinite."
        )
    return say("Choose a smaller one.")


def _three_digits(value: float) -> str:
    return f"{float(f'{value:.3g}'):g}"
