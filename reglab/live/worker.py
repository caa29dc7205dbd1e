"""The one thread behind a session: commands in, frames out."""

import atexit
import contextlib
import logging
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, TypeVar

from reglab.words import say

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F")
_open: weakref.WeakSet["Worker"] = weakref.WeakSet()


class Engine(Protocol):
    """What a worker runs: a state machine without a thread, whose methods are the commands."""

    @property
    def delay(self) -> float | None:
        """Seconds until there is work; None where only a command brings some."""

    def turn(self, is_told: bool) -> None:
        """Does a short piece of the work that is due, and publishes what there is to see.

        Args:
            is_told: whether commands were carried out since the last turn.
        """

    def refuse(self, error: Exception) -> None:
        """Says why a command could not be carried out."""

    def fail(self, error: Exception) -> None:
        """Stops the work after an error in a turn, and says so."""

    def close(self) -> None:
        """Ends for good."""


class Command(NamedTuple):
    """A function that the worker calls, with what it was asked for.

    Attributes:
        is_latest: whether a later one of the same function takes its place.
    """

    act: Callable[..., Any]
    args: tuple[Any, ...]
    values: dict[str, Any]
    is_latest: bool


class Worker(Generic[F]):
    """Carries out commands one after another, in a thread of its own, and lets an engine work.

    Every method may be called from any thread, and returns at once but for ``wait`` and ``close``.

    Args:
        name: of the thread.

    Attributes:
        frame: the newest frame, or None before the first.
        is_closing: whether somebody has asked for the end.
        thread: in which everything happens.
    """

    def __init__(self, name: str):
        self.frame: F | None = None
        self.is_closing = False
        self._is_idle = False
        self._inbox: list[Command] = []
        self._subscribers: list[Callable[[F], None]] = []
        self._wake = threading.Condition()
        self.thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self, engine: Engine) -> None:
        """Begins with a first turn of the engine, before any command."""
        self._engine = engine
        _open.add(self)
        self.thread.start()

    # -- commands in ---------------------------------------------------------------------------

    def post(self, act: Callable[P, Any], *args: P.args, **values: P.kwargs) -> None:
        """Hands in a command; all are carried out in the order in which they come.

        Raises:
            RuntimeError: the worker is closed, or about to be.
        """
        self._put(Command(act, args, values, is_latest=False))

    def post_latest(self, act: Callable[P, Any], *args: P.args, **values: P.kwargs) -> None:
        """Hands in a command that takes the place of one of the same function that still waits.

        Values by keyword that the earlier one alone has are kept. It stays behind every command
        that was handed in by ``post``.

        Raises:
            RuntimeError: the worker is closed, or about to be.
        """
        self._put(Command(act, args, values, is_latest=True))

    def tell(self, act: Callable[P, Any], *args: P.args, **values: P.kwargs) -> None:
        """Hands in a command from somewhere that the worker may not have outlived."""
        with contextlib.suppress(RuntimeError):
            self.post(act, *args, **values)

    def do(self, work: Callable[[], T]) -> "Future[T]":
        """Runs something between two turns; what comes of it, errors too, is in the future.

        The future is cancelled where the worker is closed before.

        Raises:
            RuntimeError: the worker is closed, or about to be.
        """
        future: Future[T] = Future()
        self.post(self._carry_out, work, future)
        return future

    def waits_for(self, *acts: Callable[..., Any]) -> bool:
        """Whether a command of one of these functions waits, or the end does."""
        with self._wake:
            return self.is_closing or any(command.act in acts for command in self._inbox)

    # -- frames out ----------------------------------------------------------------------------

    def publish(self, frame: F) -> None:
        """Hands a frame to all subscribers; for the engine."""
        self.frame = frame
        for callback in tuple(self._subscribers):
            try:
                callback(frame)
            except Exception:  # one broken subscriber must not stop the others or the work
                logger.exception("a subscriber of the session failed")

    def subscribe(self, callback: Callable[[F], None]) -> Callable[[], None]:
        """Calls ``callback(frame)`` on the thread; returns what ends the subscription."""
        self._subscribers.append(callback)

        def end() -> None:
            with contextlib.suppress(ValueError):
                self._subscribers.remove(callback)

        return end

    # -- the end -------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until nothing is left to do; False after ``timeout`` seconds."""
        with self._wake:
            return self._wake.wait_for(lambda: self._is_idle and not self._inbox, timeout)

    def close(self, timeout: float | None = None) -> None:
        """Carries out what waits, ends, and blocks until then for at most ``timeout`` seconds."""
        with self._wake:
            self.is_closing = True
            self._wake.notify_all()
        if threading.current_thread() is not self.thread:
            self.thread.join(timeout)

    # -- the thread ----------------------------------------------------------------------------

    def _put(self, command: Command) -> None:
        with self._wake:
            if self.is_closing:
                raise RuntimeError(say("this session is closed: make a new one"))
            if command.is_latest:
                command = command._replace(values=self._take_back(command.act) | command.values)
            self._inbox.append(command)
            self._wake.notify_all()

    def _take_back(self, act: Callable[..., Any]) -> dict[str, Any]:
        """Values by keyword of the command whose place a later one takes."""
        for index in reversed(range(len(self._inbox))):
            if not self._inbox[index].is_latest:
                break
            if self._inbox[index].act == act:
                return self._inbox.pop(index).values
        return {}

    def _work(self) -> None:
        is_told, is_closing = True, False
        while not is_closing:
            try:
                self._engine.turn(is_told)
            except Exception as error:  # a thread that dies silently would leave a dead panel
                logger.exception("the work of the session stopped")
                self._engine.fail(error)
            commands, is_closing = self._take()
            is_told = bool(commands)
            for command in commands:
                self._obey(command)
        self._engine.close()
        with self._wake:
            self._is_idle = True
            self._wake.notify_all()

    def _take(self) -> tuple[list[Command], bool]:
        """Waits for commands, for the end, or until there is work; then none is left."""
        delay = self._engine.delay
        with self._wake:
            self._is_idle = delay is None and not self._inbox
            self._wake.notify_all()
            self._wake.wait_for(lambda: self._inbox or self.is_closing, delay)
            self._is_idle = False
            commands, self._inbox = self._inbox, []
            return commands, self.is_closing

    def _obey(self, command: Command) -> None:
        try:
            command.act(*command.args, **command.values)
        except Exception as error:  # told to the user; later commands are carried out all the same
            if not isinstance(error, ValueError):  # which was right when it was asked for
                logger.exception("a command of the session failed")
            self._engine.refuse(error)

    def _carry_out(self, work: Callable[[], T], future: "Future[T]") -> None:
        if self.is_closing:
            future.cancel()
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = work()
        except Exception as error:  # raised by the future, where whoever asked reads it
            future.set_exception(error)
        else:
            future.set_result(result)


@atexit.register
def _close_all() -> None:
    """Stops every worker: one caught inside a compiled program would hang the process's exit."""
    workers = tuple(_open)
    for worker in workers:
        worker.close(timeout=0.0)
    for worker in workers:
        worker.close(timeout=10.0)
