"""How far a long computation is, told to a bar or to a function."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from reglab.words import chosen_language, say, translated


class Progress(NamedTuple):
    """How far a long computation is.

    Attributes:
        done: members that are finished, those that failed included.
        total: members that were asked for.
        seconds: since the start.
        failed: members that failed.
        known: members that were finished before the start, part of ``done``.
        expected: seconds that a member takes, measured before the start; 0 where nobody did.
        evaluation: share of these that goes into the rows of history; see ``eval_every``.
    """

    done: int
    total: int
    seconds: float
    failed: int = 0
    known: int = 0
    expected: float = 0.0
    evaluation: float = 0.0

    @property
    def rate(self) -> float:
        """Members a second since the start."""
        return (self.done - self.known) / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float:
        """Seconds that the rest takes at this rate, or as expected; infinite without either.

        >>> Progress(done=30, total=100, seconds=10.0, known=10).left
        35.0
        >>> Progress(done=0, total=100, seconds=0.0, expected=0.25).left
        25.0
        """
        rate = self.rate or (1 / self.expected if self.expected else 0.0)
        return (self.total - self.done) / rate if rate else float("inf")

    @property
    def rows_said(self) -> str:
        """What the rows of history take, in words; empty where nobody has measured it.

        >>> Progress(done=0, total=100, seconds=0.0, expected=0.3, evaluation=0.934).rows_said
        '93 % of the time for rows of history (eval_every)'
        """
        if not self.expected:
            return ""
        return say(
            "{percent:.0f} % of the time for rows of history (eval_every)",
            percent=100 * self.evaluation,
        )


Report = Callable[[Progress], Any]
Piece = tuple[list[Any], Progress]  # runs that came since the last piece, and how far it is
Source = Callable[[Callable[[], bool]], Iterator[Piece]]  # told when to stop, hands out runs


@contextlib.contextmanager
def reporter(progress: bool | Report, language: str | None = None) -> Iterator[Report]:
    """What to call with each :class:`Progress`: a bar where ``progress`` is true, or itself.

    The bar speaks the language, or else that of :func:`reglab.words.chosen_language`.

    Raises:
        ValueError: ``progress`` is neither a truth value nor a function.
    """
    if callable(progress):
        yield progress
        return
    if not isinstance(progress, bool):
        raise ValueError(
            say("progress: expected true, false or a function, got {got!r}", got=progress)
        )
    if not progress:
        yield lambda _: None
        return
    from tqdm import tqdm  # a bar is rarely wanted, and imports take time

    language = chosen_language(language)
    with tqdm(unit=translated(say(" runs"), language), smoothing=0.1) as bar:

        def report(now: Progress) -> None:
            bar.total, bar.initial = now.total, now.known
            if now.expected and now.done == now.known:
                about = say(
                    "{count} runs: about {seconds:.0f} s, {rows}",
                    count=now.total - now.done,
                    seconds=now.left,
                    rows=now.rows_said,
                )
                bar.write(about.into(language), file=bar.fp)
            if now.failed:
                bar.set_postfix({say("failed").into(language): now.failed}, refresh=False)
            bar.update(now.done - bar.n)
            bar.refresh()

        yield report
