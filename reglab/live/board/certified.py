"""The certificate of the verdict on screen, worked out on a thread of its own."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np

from reglab.live.board.shown import Address, Shown
from reglab.mitchell import certify, not_certified
from reglab.training.run import RunOnData
from reglab.views import VerdictView
from reglab.words import reason

MAX_SECONDS = 10.0


class Attempt(NamedTuple):
    """What came out for a pair of hypotheses.

    Attributes:
        key: tells the pair, and the distribution, from any other.
        state: ``done`` where it is proved, otherwise ``open``.
        text: in words.
    """

    key: str
    state: str
    text: str


class Certified:
    """Whether the verdict can be proved, is being proved, or is.

    Attributes:
        attempt: what came out last; it shows as long as h and h′ are the same.
    """

    def __init__(self):
        self.attempt: Attempt | None = None
        self._working = ""
        self._reason: tuple[Any, str] = None, ""

    def shown(
        self, verdict: VerdictView, board: Shown[RunOnData], witness: Address | None
    ) -> VerdictView:
        """The verdict with what is proved of it."""
        if verdict.code != "OVERFITS" or witness is None:
            return verdict
        reason = self._why_not(board, witness)
        if reason:
            return verdict._replace(certify="off", why=reason)
        key = _key(board, witness) if self.attempt or self._working else ""
        if self.attempt and self.attempt.key == key:
            if self.attempt.state == "done":
                return verdict._replace(certify="done", sentence=self.attempt.text)
            return verdict._replace(certify="open", why=self.attempt.text)
        return verdict._replace(certify="working" if self._working == key != "" else "ready")

    def start(
        self, board: Shown[RunOnData], witness: Address | None, finished: Callable[[Attempt], None]
    ) -> None:
        """Begins to prove it; ``finished`` is called on another thread.

        Nothing happens where there is no witness, no certificate, or the same is being worked on.
        """
        if witness is None or self._why_not(board, witness):
            return
        key = _key(board, witness)
        if key == self._working:
            return
        self._working = key
        (run, row), (other, at) = board.h, witness
        runs = [board.recorded(index) for index in dict.fromkeys((run, other))]
        pair = {"row": row, "witness": (len(runs) - 1, at)}

        def work() -> None:
            try:
                made = certify(*runs, **pair, max_seconds=MAX_SECONDS)
                attempt = Attempt(key, "done" if made.overfits else "open", made.sentence)
            except ValueError as error:
                attempt = Attempt(key, "open", reason(error))
            finished(attempt)

        threading.Thread(target=work, name="reglab-certificate", daemon=True).start()

    def take(self, attempt: Attempt) -> None:
        """Keeps what came out."""
        self.attempt = attempt
        if attempt.key == self._working:
            self._working = ""

    def _why_not(self, board: Shown[RunOnData], witness: Address) -> str:
        pair = [(board.runs[run], row) for run, row in (board.h, witness)]
        first, _ = pair[0]
        key = (first.distribution_key, *(run.hypotheses.network for run, _ in pair))
        if self._reason[0] != key:
            hypotheses = [run.hypotheses[row] for run, row in pair]
            self._reason = key, not_certified(first.distribution, *hypotheses)
        return self._reason[1]


def _key(board: Shown[RunOnData], witness: Address) -> str:
    """Tells the weights of both hypotheses, and what they are judged by, from any others."""
    digest = hashlib.sha256(repr(board.runs[board.h[0]].data_key).encode())
    for run, row in (board.h, witness):
        digest.update(repr((run, row)).encode())
        for leaf in jax.tree.leaves(board.runs[run].hypotheses.state(row)):
            digest.update(np.ascontiguousarray(leaf).tobytes())
    return digest.hexdigest()
