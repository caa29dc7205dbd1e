"""What a session publishes: all that is on screen at one moment, without a widget in it."""

from typing import Any, NamedTuple

from reglab.views import WHOLE, BoardRow, BoundaryView, CurvesView, ImagesView, VerdictView


class Status(NamedTuple):
    """Where the session stands."""

    state: str  # idle, compiling, playing, paused, finished, diverged or closed
    step: int
    num_steps: int
    epoch: float
    steps_per_second: float
    text: str  # words for the state, e.g. which knob made the run diverge; may be empty
    can_undo: bool


class Frame(NamedTuple):
    """One moment of a session. Arrays are references that nobody changes afterwards."""

    number: int  # increases from frame to frame
    status: Status
    verdict: VerdictView
    runs: tuple[CurvesView, ...]
    h: tuple[int, int]  # (run, row)
    witness: tuple[int, int] | None
    bayes_error: float | None
    num_train: int
    epoch_length: int  # steps an epoch
    board: tuple[BoardRow, ...]
    pictures: Any  # a NamedTuple: the view of each that is shown; None where nothing is to be seen
    over: str = WHOLE  # what true errors are taken over, in words
    shift_sentence: str = ""  # errors where the distribution has moved, in words

    @property
    def picture(self) -> BoundaryView | ImagesView | None:
        """What is decided, as a map or images; None where it has no picture, or none is shown."""
        views = (getattr(self.pictures, name, None) for name in ("map", "images"))
        return next((view for view in views if view is not None), None)
