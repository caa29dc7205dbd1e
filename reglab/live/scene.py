"""A frame of the board: verdicts, curves, rows and the picture, all of one moment."""

from typing import Any

from reglab.live.board import Board
from reglab.live.elsewhere import Elsewhere
from reglab.live.frame import Frame, Status
from reglab.live.judged import judged
from reglab.live.pictures import Pictures
from reglab.mitchell import over_of, say
from reglab.training import Trainer, epoch_length, name_of
from reglab.views import CurvesView

PICTURES = ("h", "witness", "disagreement")
SHARES = ("label_noise",)  # knobs that are told in percent


class Scene:
    """Composes frames; keeps what does not change between them.

    Attributes:
        what: which picture is shown, one of ``PICTURES``.
        language: of all words.
        elsewhere: what h and h′ do where the distribution has moved.
    """

    def __init__(self, language: str = "en"):
        self.what, self.language = "h", language
        self.elsewhere = Elsewhere(language)
        self._pictures = Pictures()
        self._bayes: tuple[Any, float | None] = None, None

    def frame(self, number: int, status: Status, board: Board) -> Frame:
        """The frame of this moment."""
        current = board.runs[board.current]
        bayes = self._bayes_error(current) if len(current.trajectory) else None
        verdict, witness, rows = judged(board, bayes, self.language)
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
            epoch_length=epoch_length(current.hyper.num_train, current.plan.batch_size),
            board=rows,
            picture=picture,
            over=over_of(current.distribution, self.language),
            elsewhere=self.elsewhere.sentence(current, *pair, is_busy=is_busy),
        )

    def divergence(self, run: Trainer) -> str:
        """Says which knob made a run diverge, and what to do."""
        knobs = run.experiment.changes
        step, name, value = knobs[-1] if knobs else (0, "learning_rate", run.hyper.learning_rate)
        return say(
            self.language,
            "diverged" if knobs else "diverged_from_start",
            run=name_of(run.experiment, run.inactive),
            step=str(run.step),
            moved=str(step),
            knob=self._moved(run, name, value),
        )

    def _bayes_error(self, run: Trainer) -> float | None:
        key = run.distribution_key
        if self._bayes[0] != key:
            estimate = run.distribution.bayes_error()
            self._bayes = key, None if estimate is None else float(estimate.value)
        return self._bayes[1]

    def _curves(self, board: Board, index: int) -> CurvesView:
        run = board.runs[index]
        history = run.trajectory.history
        return CurvesView(
            name=name_of(run.experiment, run.inactive),
            step=history.step,
            train_error=history.train_error,
            true_error=history.true_error,
            true_low=history.true_low,
            true_high=history.true_high,
            changes=tuple((s, self._moved(run, k, v)) for s, k, v in run.experiment.changes),
            in_pool=index not in board.excluded,
        )

    def _moved(self, run: Trainer, name: str, value: float) -> str:
        shown = f"{100 * value:g} %" if name in SHARES else f"{value:g}"
        key = "knob_augmentation_kind" if name == "augmentation" else f"knob_{name}"
        return f"{say(self.language, key, kind=run.experiment.augment)} {shown}"
