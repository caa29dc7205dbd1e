"""A frame of the board: verdicts, curves, rows and the picture, all of one moment."""

from typing import Any

import numpy as np

from reglab.config import DATA_KNOBS
from reglab.live.board.board import Board
from reglab.live.board.certified import Certified
from reglab.live.board.frame import Frame, Status
from reglab.live.board.judged import judged
from reglab.live.board.shifted import ShiftedErrors
from reglab.live.board.shown import Address, Shown
from reglab.live.pictures.pictures import Pictures
from reglab.mitchell import number_words, over_of, say, value_words
from reglab.training import epoch_length
from reglab.training.divergence import LOUD, Cause, cause_of
from reglab.training.run import RunOnData
from reglab.views import CurvesView

PICTURES = ("h", "witness", "disagreement")


class Scene:
    """Composes frames; keeps what does not change between them.

    Attributes:
        what: which picture is shown, one of ``PICTURES``.
        language: of all words.
        shifted: what h and h′ do where the distribution has moved.
        certified: what is proved of h and h′.
        witness: h′ in the last frame, as (run, row), or None.
    """

    def __init__(self, language: str = "en"):
        self.what, self.language = "h", language
        self.shifted = ShiftedErrors(language)
        self.certified = Certified(language)
        self.witness: Address | None = None
        self._pictures = Pictures()
        self._bayes: tuple[Any, float | None] = None, None

    def frame(self, number: int, status: Status, board: Shown[RunOnData]) -> Frame:
        """The frame of this moment."""
        current = board.runs[board.current]
        bayes = self._bayes_error(current) if board.num_rows(board.current) else None
        verdict, witness, rows = judged(board, bayes, self.language)
        self.witness = witness
        verdict = self.certified.shown(verdict, board, witness)
        pair = board.hypothesis(board.h), board.hypothesis(witness)
        picture = self._pictures.picture(current, *pair, self.what)
        is_busy = status.state == "playing"
        return Frame(
            number=number,
            status=status,
            verdict=verdict,
            runs=tuple(self._curves(board, index) for index in range(len(board.runs))),
            h=board.h,
            witness=witness,
            bayes_error=bayes,
            num_train=current.hyper.num_train,
            epoch_length=epoch_length(current.hyper.num_train, current.experiment.batch_size),
            board=rows,
            picture=picture,
            over=over_of(current.distribution, self.language),
            shift_sentence=self.shifted.sentence(current, *pair, is_busy=is_busy),
        )

    def divergence_sentence(self, run: RunOnData, board: Board | None = None) -> str:
        """Says what made a run diverge, and what to do.

        Args:
            run: which diverged.
            board: of the run, where its last action can be taken back.
        """
        experiment, steps = run.experiment, run.history.step
        scale = float(np.sqrt(np.mean(np.square(run.sample()[0], dtype=np.float64))))
        cause, size = cause_of(experiment, steps, scale), f"{float(f'{scale:.3g}'):g}"
        hyper, named = experiment.hyper_at(run.step), []
        for name in filter(None, (cause.knob, cause.partner)):
            is_set = cause.change is not None and cause.change[1] == name
            value = cause.change[2] if is_set and cause.change else getattr(hyper, name)
            named.append(self._moved(run, name, value))
        key = "diverged" if cause.change else "diverged_from_start"
        can_undo = board is not None and board.takes_back(run, cause.change)
        return say(
            self.language,
            key if cause.knob else "diverged_before",
            run=run.name,
            step=str(int(steps[-1:].sum())),
            moved=str(cause.change[0] if cause.change else 0),
            knob=say(self.language, "knob_with", knob=named[0], partner=named[1])
            if cause.partner
            else "".join(named),
            advice=say(self.language, _advice(run, cause, scale, can_undo), scale=size),
            scale=size,
        )

    def _bayes_error(self, run: RunOnData) -> float | None:
        key = run.distribution_key
        if self._bayes[0] != key:
            estimate = run.distribution.bayes_error()
            self._bayes = key, None if estimate is None else float(estimate.value)
        return self._bayes[1]

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
            changes=tuple((s, self._moved(run, k, v)) for s, k, v in run.experiment.changes),
            in_pool=index not in board.excluded,
        )

    def _moved(self, run: RunOnData, name: str, value: float) -> str:
        words = number_words(self.language, name, run.experiment)
        return f"{words} {value_words(name, value)}"


def _advice(run: RunOnData, cause: Cause, scale: float, can_undo: bool) -> str:
    """The key of what to do about a divergence."""
    if can_undo:
        return "advice_undo"
    if cause.knob in DATA_KNOBS:
        return "advice_back"
    if cause.partner and cause.partner != "l1" and cause.knob != "l1":
        return "advice_product"
    if cause.knob == "learning_rate" and scale > LOUD:
        return "advice_scale"
    is_own = cause.knob == "learning_rate" and "model" in run.experiment.own
    return "advice_model" if is_own else "advice_smaller"
