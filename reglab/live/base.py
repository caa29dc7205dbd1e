"""What both sessions are to those who use them: a worker with an engine, and its frames."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, Self, TypeVar

from reglab.live.worker import Worker

F = TypeVar("F")
T = TypeVar("T")


class BaseSession(Generic[F]):
    """Publishes frames while it works, on one thread of its own."""

    _worker: Worker[F]

    @property
    def frame(self) -> F | None:
        """The newest frame, or None before the first."""
        return self._worker.frame

    @property
    def is_closed(self) -> bool:
        """Whether somebody has closed it."""
        return self._worker.is_closing

    def subscribe(self, callback: Callable[[F], None]) -> Callable[[], None]:
        """Calls ``callback(frame)`` on the worker thread; returns what ends the subscription."""
        return self._worker.subscribe(callback)

    def do(self, work: Callable[[], T]) -> "Future[T]":
        """Runs something that takes a while on the worker thread, between two pieces of its work.

        Returns at once. What comes of it, an error too, is in the future, which is cancelled where
        the session is closed before.
        """
        return self._worker.do(work)

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until nothing is left to do; False after ``timeout`` seconds."""
        return self._worker.wait(timeout)

    def close(self, timeout: float | None = None) -> None:
        """Stops the worker for good and waits for it, at most ``timeout`` seconds."""
        self._worker.close(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
