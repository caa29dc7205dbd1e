"""``CheckSession``: checks claims on a thread of its own."""

from reglab.live.base import BaseSession
from reglab.live.worker import Worker
from reglab.theory import Check


class CheckSession(BaseSession[Check]):
    """A worker without work but what it is given by ``do``; it publishes no frames."""

    def __init__(self):
        self._worker = Worker("reglab-claims")
        self._worker.start(_Idle())


class _Idle:
    delay = None

    def turn(self, is_told: bool) -> None:
        pass

    def refuse(self, error: Exception) -> None:
        pass  # whoever asked reads it in the future

    def fail(self, error: Exception) -> None:
        pass

    def close(self) -> None:
        pass
