"""``Session``: the engine behind every panel. One worker thread, a mailbox in, frames out."""

import atexit
import contextlib
import logging
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reglab import distributions
from reglab.config import Experiment, check_name
from reglab.live.board.board import Board
from reglab.live.board.engine import Engine
from reglab.live.board.frame import Frame, Status
from reglab.live.board.pace import Pace
from reglab.live.board.scene import PICTURES
from reglab.training import Run, run_of

logger = logging.getLogger(__name__)
_open: weakref.WeakSet["Session"] = weakref.WeakSet()


class Session:
    """Trains in the background and publishes what is to be seen.

    Every method returns at once: bad values raise here, in the caller, and change nothing; good
    ones go into a mailbox that the worker empties between chunks of 20 to 30 ms. Frames that
    nobody took in time are dropped, never queued.

    Args:
        experiment: the default preset where left out.
        twins: for each further run, the values in which it differs; see ``add_twin``.
        distribution: an object of the user's instead of the named distribution.
        model: a factory ``(rngs) -> nnx.Module`` of the user's instead of ``experiment.model``.
        optimizer: likewise ``(learning_rate) -> optax.GradientTransformation``; see ``fit``.
        frames_per_second: the most frames that are published while training.
        steps_per_second: the pace of training; ``None`` trains as fast as the machine can.

    Raises:
        ValueError: one line that says what was expected and what came.

    >>> with Session(Experiment(num_steps=12), steps_per_second=None) as session:
    ...     session.play()
    ...     done = session.wait()
    ...     session.state.state, session.state.step
    ('finished', 12)
    """

    def __init__(
        self,
        experiment: Experiment | None = None,
        twins: Sequence[dict[str, Any]] = (),
        *,
        distribution: Any = None,
        model: Callable | None = None,
        optimizer: Callable | None = None,
        frames_per_second: float = 10.0,
        steps_per_second: float | None = 120.0,
    ):
        one = Experiment() if experiment is None else _checked(experiment)
        objects = {"distribution": distribution, "model": model, "optimizer": optimizer}
        self._board, pace = Board(one, twins, **objects), Pace(steps_per_second)
        self._is_idle = self._is_closing = False
        call = self._publish, lambda: self._is_closing, self._told
        self._engine = Engine(self._board, pace, 1.0 / frames_per_second, *call)
        self._subscribers: list[Callable[[Frame], None]] = []
        self._frame: Frame | None = None
        self._status = self._engine.status()
        self._inbox: list[tuple[str, dict[str, Any]]] = []
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="reglab-session", daemon=True)
        _open.add(self)
        self._thread.start()

    # -- what a user can do --------------------------------------------------------------------

    def play(self) -> None:
        """Trains until paused or finished; a finished run gets as many steps again."""
        self._post("play")

    def pause(self) -> None:
        """Stops training after the chunk in hand."""
        self._post("pause")

    def step(self) -> None:
        """Trains to the next row of the history, then pauses."""
        self._post("step")

    def rewind(self) -> None:
        """Back to step 0 with the same initial weights and the knobs as they are now."""
        self._post("restart")

    def new_sample(self) -> None:
        """Draws another training sample S from the same distribution and starts over."""
        self._post("new_sample")

    def set(self, **hyper: float) -> None:
        """Moves knobs of the current run while it trains; never recompiles.

        Raises:
            ValueError: an unknown number, one out of its range, or one that cannot act in the
                current run, see ``inactive``.
        """
        self._post("set", **self._board.check(hyper))

    def configure(self, experiment: Experiment, twins: Sequence[dict[str, Any]] = ()) -> None:
        """Starts over with another experiment and its twins; static changes compile."""
        self._post("configure", runs=self._board.trainers(_checked(experiment), twins))

    def add_twin(self, **values: Any) -> None:
        """Adds a run that shares data, weights and order and differs in these values alone.

        Args:
            **values: fields of ``Hyper`` or of the model's config, such as ``batch_norm=True``.

        Raises:
            ValueError: an unknown field, a value out of its range, one that cannot act in the
                twin, or one that would give it another sample or distribution.
        """
        self._board.check_twin(values)
        self._post("twin", **values)

    def undo(self) -> None:
        """Back to before the last user action (not before Play, Pause or Step)."""
        self._post("undo")

    def select(self, run: int, row: int | None = None) -> None:
        """Makes a hypothesis h: ``row`` of ``run``, or its newest one."""
        self._board.check_address(run, row)
        self._post("select", run=run, row=row)

    def include(self, run: int, included: bool = True) -> None:
        """Puts a run into the pool of possible witnesses, or takes it out."""
        self._board.check_address(run, None)
        self._post("include", run=run, included=bool(included))

    def show(self, what: str) -> None:
        """Chooses the picture: ``h``, ``witness`` or ``disagreement``."""
        self._post("show", what=check_name("picture", what, PICTURES))

    def shift(self, kind: str | None, strength: float = 0.0) -> None:
        """Also measures h where the distribution has moved; ``None`` stops that.

        Args:
            kind: one of ``reglab.distributions.SHIFTS`` that can act on the inputs.
            strength: from 0, which is D itself, to 1.
        """
        if kind is not None:
            distributions.shifted(self._board.run.distribution, kind, strength)
        self._post("shift", kind=kind, strength=float(strength))

    def certify(self) -> None:
        """Proves that h overfits, on a thread of its own; see ``reglab.certify``.

        The frame that comes when it is done says so, as long as h and h′ are the same: its
        verdict has ``certify`` "done", and the proved bounds in its sentence.
        """
        self._post("certify")

    def set_pace(self, steps_per_second: float | None) -> None:
        """Steps a second of each run; ``None`` is as fast as the machine can."""
        self._post("set_pace", steps_per_second=Pace.check(steps_per_second))

    def close(self, timeout: float | None = None) -> None:
        """Stops the worker for good and waits for it, at most ``timeout`` seconds."""
        with self._wake:
            if not self._is_closing:
                self._post("close")
                self._is_closing = True
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    # -- what a user can see -------------------------------------------------------------------

    @property
    def state(self) -> Status:
        """Where the session stands."""
        return self._status

    @property
    def frame(self) -> Frame | None:
        """The newest frame, or None before the first."""
        return self._frame

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs on the board, with all that they have recorded so far."""
        return tuple(run_of(run) for run in self._board.runs)

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The runs on the board, each as the experiment that reproduces its numbers."""
        return tuple(run.experiment for run in self._board.runs)

    @property
    def experiment(self) -> Experiment:
        """The experiment of the current run, with the changes made so far."""
        return self._board.run.experiment

    @property
    def current(self) -> int:
        """The index of the current run: that of h, which the knobs move."""
        return self._board.shown[1]

    @property
    def inactive(self) -> Mapping[str, str]:
        """Numbers, and fields of models, that cannot act in the current run, each with why."""
        return self._board.run.inactive

    def subscribe(self, callback: Callable[[Frame], None]) -> Callable[[], None]:
        """Calls ``callback(frame)`` on the worker thread; returns what ends the subscription."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until nothing is left to do (mailbox empty, not playing); False on time-out."""
        with self._wake:
            return self._wake.wait_for(lambda: self._is_idle and not self._inbox, timeout)

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # -- the worker ----------------------------------------------------------------------------

    def _post(self, name: str, **values: Any) -> None:
        with self._wake:
            if self._is_closing:
                raise RuntimeError("this session is closed: make a new one")
            if name == "set" and self._inbox and self._inbox[-1][0] == "set":
                values = {**self._inbox.pop()[1], **values}  # the latest value wins
            self._inbox.append((name, values))
            self._wake.notify_all()

    def _told(self, name: str, **values: Any) -> None:
        """A command from a thread that the session may not have outlived."""
        with contextlib.suppress(RuntimeError):
            self._post(name, **values)

    def _work(self) -> None:
        while self._engine.state != "closed":
            commands = self._take()
            try:
                self._engine.turn(commands)
            except Exception as error:  # a thread that dies silently would leave a dead panel
                logger.exception("the session stopped training")
                self._stopped(self._engine.fail(error))
                if any(name == "close" for name, _ in commands):
                    self._engine.close()
        self._stopped(self._engine.status())
        with self._wake:
            self._is_idle, self._inbox = True, []
            self._wake.notify_all()

    def _take(self) -> list[tuple[str, dict[str, Any]]]:
        """Waits for commands, or until training is due."""
        with self._wake:
            self._is_idle = not self._engine.is_busy
            self._wake.notify_all()
            self._wake.wait_for(lambda: bool(self._inbox), self._engine.delay)
            self._is_idle = False
            commands, self._inbox = self._inbox, []
            return commands

    def _stopped(self, status: Status) -> None:
        """Publishes the last picture with the words of what stopped the training, if any did."""
        self._status = status
        if self._frame is not None:
            number = self._frame.number + 1
            self._publish(self._frame._replace(number=number, status=status))

    def _publish(self, frame: Frame) -> None:
        self._frame, self._status = frame, frame.status
        for callback in list(self._subscribers):
            try:
                callback(frame)
            except Exception:  # one broken subscriber must not stop the others or the training
                logger.exception("a subscriber of the session failed")


@atexit.register
def _close_all() -> None:
    """Stops every worker: one caught inside a compiled program would hang the process's exit."""
    for session in tuple(_open):
        session.close(timeout=10.0)


def _checked(experiment: Any) -> Experiment:
    if not isinstance(experiment, Experiment):
        raise ValueError(f"experiment: expected an Experiment, got {experiment!r}")
    return experiment
