"""How what a worker thread publishes reaches the widgets: on the kernel's main loop."""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Loop:
    """The loop that runs where this is made, or none, as in a script.

    Attributes:
        is_there: whether one ran.
    """

    def __init__(self):
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self.is_there = self._loop is not None

    def call(self, act: Callable[..., Any], *args: object) -> None:
        """Calls it on the loop, soon and in order; at once, on this thread, where there is none."""
        if self._loop is None:
            act(*args)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act, *args)


class Mailbox(Generic[T]):
    """Hands what comes on any thread to the loop it was made on; only the latest counts.

    Made where no loop runs, as in a script, it hands over at once, on the thread of the sender.

    Args:
        take: what is called with the latest.

    Attributes:
        latest: what came last, or None before anything did.

    >>> Mailbox(print).put("one")
    one
    """

    def __init__(self, take: Callable[[T], None]):
        self.latest: T | None = None
        self.take = take
        self._is_due = False
        self._loop = Loop()

    def put(self, item: T) -> None:
        """Keeps the item as the latest and has it taken soon; what waited is forgotten."""
        self.latest = item
        if not self._loop.is_there:
            self.take(item)
        elif not self._is_due:
            self._is_due = True
            self._loop.call(self._hand_over)

    def _hand_over(self) -> None:
        self._is_due = False
        item = self.latest
        assert item is not None, "something was put before it is handed over"
        self.take(item)
