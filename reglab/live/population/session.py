"""``PopulationSession``: trains or watches a population, and publishes what is to be seen."""

import atexit
import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from reglab.config import check_name
from reglab.live.population.composer import Composer
from reglab.live.population.frame import PopulationFrame, SweepStatus, progress_words
from reglab.live.population.tally import Tally
from reglab.live.population.trained import Source
from reglab.mitchell import SCOPES
from reglab.training import Progress

logger = logging.getLogger(__name__)
EVERY = 0.3  # seconds between two frames, at least
SHARE = 0.2  # of the time that frames may take
MOVING = ("compiling", "running")
_open: weakref.WeakSet["PopulationSession"] = weakref.WeakSet()


class PopulationSession:
    """Runs a source of results on one worker thread and publishes frames; knows no widget.

    Every method returns at once. What is asked for is looked at between two pieces of the source;
    of several wishes of a kind the latest counts. Frames that nobody took are dropped.

    Args:
        source: where runs come from, see :func:`reglab.sweeps.trained`.
        by: what varies; see :func:`reglab.mitchell.frequencies`.
        scope: what a hypothesis is held against: its own ``run``, or all on the same ``data``.
        at_least: severity from which a hypothesis counts as overfitting, 0 to 1.
        picture: draws what the last hypothesis of a run decides, or returns None.
        every: seconds between two frames, at least.

    Raises:
        ValueError: one line that says what was expected and what came.
    """

    def __init__(
        self,
        source: Source,
        *,
        by: str = "dropout_rate",
        scope: str = "data",
        at_least: float = 0.0,
        picture: Callable[[Any], Any] | None = None,
        every: float = EVERY,
    ):
        self._source, self._every = source, every
        self._composer = Composer(Tally(by, scope=scope, at_least=at_least), picture)
        self._status = SweepStatus("idle", "", Progress(0, 0, 0.0))
        self._frame: PopulationFrame | None = None
        self._subscribers: list[Callable[[PopulationFrame], None]] = []
        self._wishes: dict[str, Any] = {}
        self._is_idle, self._shown_at, self._cost = False, 0.0, 0.0
        self._cancelled = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="reglab-population", daemon=True)
        _open.add(self)
        self._thread.start()

    # -- what a user can do --------------------------------------------------------------------

    def play(self, source: Source | None = None, *, by: str | None = None) -> None:
        """Starts the source, or another one, from nothing; what was shown before is gone.

        Args:
            source: where runs come from; the last one where left out.
            by: what varies; empty to find it out from the runs that come, and as it is where
                left out.
        """
        if by:
            Tally(by)  # raises where there is no such field
        self._wish("play", (source or self._source, by))

    def cancel(self) -> None:
        """Stops the source; the runs that are there stay."""
        with self._wake:
            self._cancelled = True
            self._wake.notify_all()

    def choose(self, value: int) -> None:
        """Makes one value of what varies, by its index, the one that is told about."""
        self._wish("choose", int(value))

    def brush(self, run: int | None) -> None:
        """Looks at one run by itself, or at none."""
        self._wish("brush", run)

    def brush_near(self, train_error: float, true_error: float) -> None:
        """Looks at the run nearest to a place in the witness plane."""
        self._wish("brush", (float(train_error), float(true_error)))

    def judge(self, *, scope: str | None = None, at_least: float | None = None) -> None:
        """Judges anew in another scope, or from another severity on."""
        if scope is not None:
            self._wish("scope", check_name("scope", scope, SCOPES))
        if at_least is not None:
            if not 0 <= at_least <= 1:
                raise ValueError(f"at_least: expected a share from 0 to 1, got {at_least}")
            self._wish("at_least", float(at_least))

    def close(self, timeout: float | None = None) -> None:
        """Stops the worker for good and waits for it, at most ``timeout`` seconds."""
        with self._wake:
            self._wishes, self._cancelled = {"close": True}, True
            self._wake.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    # -- what a user can see -------------------------------------------------------------------

    @property
    def state(self) -> SweepStatus:
        """Where the session stands."""
        return self._status

    @property
    def frame(self) -> PopulationFrame | None:
        """The newest frame, or None before the first."""
        return self._frame

    @property
    def runs(self) -> tuple[Any, ...]:
        """The runs that are there."""
        return tuple(self._composer.tally.runs)

    def subscribe(self, callback: Callable[[PopulationFrame], None]) -> Callable[[], None]:
        """Calls ``callback(frame)`` on the worker thread; returns what ends the subscription."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until nothing is left to do; False on time-out."""
        with self._wake:
            return self._wake.wait_for(lambda: self._is_idle and not self._wishes, timeout)

    def __enter__(self) -> "PopulationSession":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    # -- the worker ----------------------------------------------------------------------------

    def _wish(self, kind: str, value: Any) -> None:
        with self._wake:
            if self._status.state == "closed" or "close" in self._wishes:
                raise RuntimeError("this session is closed: make a new one")
            self._wishes[kind] = value
            self._wake.notify_all()

    def _should_stop(self) -> bool:
        return self._cancelled or "play" in self._wishes

    def _work(self) -> None:
        self._publish()
        while True:
            with self._wake:
                self._is_idle = not self._wishes
                self._wake.notify_all()
                self._wake.wait_for(lambda: bool(self._wishes))
                self._is_idle = False
                is_closing, start = "close" in self._wishes, self._wishes.pop("play", None)
                self._cancelled = is_closing
            if is_closing:
                break
            if start is not None:
                self._run(*start)
            else:
                self._fulfil()
                self._publish()
        self._status = self._status._replace(state="closed", text="")
        with self._wake:
            self._is_idle, self._wishes = True, {}
            self._wake.notify_all()

    def _run(self, source: Source, by: str | None) -> None:
        self._composer.restart(by)
        self._become("compiling", Progress(0, 0, 0.0))
        try:
            for found, progress in source(self._should_stop):
                self._composer.add(found)
                is_fresh = not self._composer.tally.runs and not progress.done
                self._become("compiling" if is_fresh else "running", progress, due=False)
                if self._should_stop():
                    break
        except Exception as error:  # a thread that dies silently would leave a dead panel
            logger.exception("the population stopped")
            self._become("failed", self._status.progress, told=f"It stopped: {_line(error)}")
            return
        self._become("cancelled" if self._should_stop() else "finished", self._status.progress)

    def _become(self, state: str, progress: Progress, *, told: str = "", due: bool = True) -> None:
        self._status = SweepStatus(state, told or _words(state, progress), progress)
        has_wishes = self._fulfil()
        if due or has_wishes or time.monotonic() - self._shown_at >= self._pause:
            self._publish()

    @property
    def _pause(self) -> float:
        """Seconds between two frames: so many that training goes on meanwhile."""
        return max(self._every, self._cost / SHARE)

    def _fulfil(self) -> bool:
        """Does what was wished for, but for starting and closing; whether there was anything."""
        with self._wake:
            kinds = [kind for kind in self._wishes if kind not in ("play", "close")]
            wishes = {kind: self._wishes.pop(kind) for kind in kinds}
        try:
            self._composer.fulfil(wishes)
        except Exception as error:
            logger.exception("a wish could not be fulfilled")
            self._status = self._status._replace(text=f"That did not work: {_line(error)}")
        return bool(wishes)

    def _publish(self) -> None:
        started = time.monotonic()
        try:
            frame = self._composer.frame(self._status)
        except Exception as error:  # the last picture stays, and says what is wrong
            logger.exception("no frame could be made")
            if self._frame is None:
                return
            told = f"It cannot be drawn: {_line(error)}"
            frame = self._frame._replace(status=self._status._replace(state="failed", text=told))
        self._frame, self._shown_at = frame, time.monotonic()
        self._cost = self._shown_at - started
        for callback in list(self._subscribers):
            try:
                callback(frame)
            except Exception:  # one broken subscriber must not stop the others or the training
                logger.exception("a subscriber of the session failed")


def _line(error: Exception) -> str:
    text = " ".join(str(error).split()) or "no words for it"
    return text if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: {text}"


def _words(state: str, progress: Progress) -> str:
    said = progress_words(progress)
    return {
        "compiling": "Waiting for the first runs. Compiling comes first: a few seconds.",
        "running": said,
        "cancelled": f"Cancelled: {said.partition(',')[0]} are kept.",
        "finished": f"Finished: {progress_words(progress._replace(known=progress.done))}.",
    }.get(state, "")


@atexit.register
def _close_all() -> None:
    """Stops every worker: one caught inside a compiled program would hang the process's exit."""
    for session in tuple(_open):
        session.close(timeout=10.0)
