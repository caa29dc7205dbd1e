"""When to send: the next frame only after the last was acknowledged; drop, never queue."""

import threading
import time
from collections.abc import Callable
from typing import Any

from reglab.panels.kit.wire import Packer

PATIENCE = 2.0  # seconds without an acknowledgement, after which everything is sent anew
MOST_PATIENCE = 32.0  # it doubles each time nobody answers: a slow line must not be flooded


class Sender:
    """Keeps the browser up to date over a line that is slow, doubled, or gone.

    Safe to call from several threads: widget messages come on other threads than frames.

    Args:
        send: takes ``(content, buffers)`` and hands them to every open front end.
        clock: seconds, monotonic.
        told: a frame, a NamedTuple, as those who look at it are shown it: in their language.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any], list[bytes]], None],
        clock: Callable[[], float] = time.monotonic,
        told: Callable[[tuple], tuple] = lambda frame: frame,
    ):
        self._send = send
        self._clock, self._told = clock, told
        self._lock = threading.RLock()
        self._packer = Packer()
        self._latest: tuple | None = None
        self._sent: tuple | None = None
        self._seq = 0
        self._acknowledged = 0
        self._sent_at = 0.0
        self._patience = PATIENCE
        self._joined = False

    def offer(self, frame: tuple) -> None:
        """Sends the frame, or keeps it as the latest until the browser is ready."""
        with self._lock:
            self._latest = frame
            self._advance()

    def hello(self) -> None:
        """A front end has come, or come back, and knows nothing."""
        with self._lock:
            self._joined = True
            self._patience = PATIENCE
            self._start_anew()

    def acknowledged(self, seq: object) -> None:
        """The front end has painted message ``seq``; anything but a sent number is ignored."""
        with self._lock:
            if type(seq) is not int or not self._acknowledged < seq <= self._seq:
                return
            self._acknowledged = seq
            self._patience = PATIENCE
            self._advance()

    def nudge(self) -> None:
        """A front end is alive: send what waits, or again what was lost."""
        with self._lock:
            self._advance()

    def _advance(self) -> None:
        if not self._joined or self._latest is None:
            return
        if self._acknowledged < self._seq:
            if self._clock() - self._sent_at < self._patience:
                return
            self._patience = min(2 * self._patience, MOST_PATIENCE)
            self._start_anew()
        elif self._latest is not self._sent:
            self._transmit(self._latest)

    def _start_anew(self) -> None:
        self._packer.forget()
        if self._latest is not None:
            self._transmit(self._latest)

    def _transmit(self, frame: tuple) -> None:
        content, buffers = self._packer.pack(self._told(frame))
        self._seq += 1
        self._sent, self._sent_at = frame, self._clock()
        self._send({"kind": "frame", "seq": self._seq, **content}, buffers)
