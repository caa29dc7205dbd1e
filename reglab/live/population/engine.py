"""What a population session does, without a thread: pieces out of a source, frames out."""

import logging
import time
from collections.abc import Iterator

from reglab.live.population.composer import Composer
from reglab.live.population.frame import PopulationFrame, SweepStatus, progress_words, runs_words
from reglab.live.worker import Worker
from reglab.training import Piece, Progress, Source
from reglab.words import Message, reason, say

logger = logging.getLogger(__name__)
SHARE = 0.2  # of the time that frames may take


class PopulationEngine:
    """A state machine over a source: idle, compiling, running, cancelled, finished, failed, closed.

    Its methods under *commands* are carried out by a worker, between two pieces of the source, as
    are those of the composer.

    Args:
        source: where runs come from.
        composer: counts them and makes the frames.
        every: seconds between two frames while the source runs, at least.
        worker: that it works for, and that hands out its frames.

    Attributes:
        status: where the session stands.
    """

    def __init__(
        self, source: Source, composer: Composer, every: float, worker: Worker[PopulationFrame]
    ):
        self.composer, self.status = composer, SweepStatus("idle", "", Progress(0, 0, 0.0))
        self._source, self._every, self._worker = source, every, worker
        self._pieces: Iterator[Piece] | None = None
        self._shown_at, self._cost = 0.0, 0.0

    @property
    def delay(self) -> float | None:
        """Seconds until there is work; None where only a command brings some."""
        return None if self._pieces is None else 0.0

    def turn(self, is_told: bool) -> None:
        """Takes one piece out of the source, and publishes where that is due."""
        if is_told:
            self._publish()
        if self._pieces is None:
            return
        piece = self._next(self._pieces)
        pause = max(self._every, self._cost / SHARE)  # so long that training goes on meanwhile
        if piece is None or time.monotonic() - self._shown_at >= pause:
            self._publish()

    def refuse(self, error: Exception) -> None:
        """Says that what was asked for did not work; the source goes on."""
        self.status = self.status._replace(
            text=say("That did not work: {error}", error=_line(error))
        )

    def fail(self, error: Exception) -> None:
        """Stops the source, and says why on the last picture."""
        self._end("failed", _stopped(error))
        if (last := self._worker.frame) is not None:
            self._worker.publish(last._replace(status=self.status))

    def close(self) -> None:
        """Ends for good."""
        self._end("closed")

    def _next(self, pieces: Iterator[Piece]) -> Piece | None:
        """The next piece, counted; None where the source has ended, in whatever way."""
        try:
            piece = next(pieces, None)
            if piece is None:
                self._end("cancelled" if self._should_stop() else "finished")
                return None
            runs, progress = piece
            self.composer.add(runs)
        except Exception as error:  # anything may go wrong in a source
            logger.exception("the population stopped")
            self._end("failed", _stopped(error))
            return None
        is_fresh = not self.composer.tally.runs and not progress.done
        self._become("compiling" if is_fresh else "running", progress)
        return piece

    def _pieces_of(self, source: Source) -> Iterator[Piece]:
        yield from source(self._should_stop)

    def _should_stop(self) -> bool:
        return self._worker.waits_for(self.cancel, self.play)

    def _end(self, state: str, told: str = "") -> None:
        self._pieces = None
        self._become(state, self.status.progress, told)

    def _become(self, state: str, progress: Progress, told: str = "") -> None:
        self.status = SweepStatus(state, told or _words(state, progress), progress)

    def _publish(self) -> None:
        started = time.monotonic()
        try:
            frame = self.composer.frame(self.status)
        except Exception as error:  # the last picture stays, and says what is wrong
            logger.exception("no frame could be made")
            if (last := self._worker.frame) is None:
                return
            told = say("It cannot be drawn: {error}", error=_line(error))
            frame = last._replace(status=self.status._replace(state="failed", text=told))
        self._shown_at = time.monotonic()
        self._cost = self._shown_at - started
        self._worker.publish(frame)

    # -- commands ------------------------------------------------------------------------------

    def play(self, source: Source | None, by: str | None) -> None:
        """Starts a source, the last one where none is given, from nothing."""
        self._source = source or self._source
        self._pieces = self._pieces_of(self._source)
        self.composer.clear(by)
        self._become("compiling", Progress(0, 0, 0.0))

    def cancel(self) -> None:
        """Stops the source; the runs that are there stay."""
        if self._pieces is not None:
            self._end("cancelled")


def _stopped(error: Exception) -> Message:
    return say("It stopped: {error}", error=_line(error))


def _line(error: Exception) -> str:
    """What an error says, in one line, with its kind where nobody foresaw it."""
    text = reason(error)
    if not isinstance(text, Message):
        text = " ".join(text.split()) or say("no words for it")
    if isinstance(error, ValueError | OSError):
        return text
    return say("{kind}: {text}", kind=type(error).__name__, text=text)


def _words(state: str, progress: Progress) -> str:
    at_end = progress_words(progress._replace(known=progress.done))
    return {
        "compiling": say("Waiting for the first runs. Compiling comes first: a few seconds."),
        "running": progress_words(progress),
        "cancelled": say("Cancelled: {runs} are kept.", runs=runs_words(progress)),
        "finished": say("Finished: {progress}.", progress=at_end),
    }.get(state, "")
