"""Runs side by side, one of whose hypotheses is h: what a frame is composed from."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from flax import nnx

from reglab.config import Range, check_number
from reglab.nn import Network
from reglab.training.run import RunLike, RunOnData
from reglab.words import say

R = TypeVar("R", bound=RunOnData, covariant=True)
Address = tuple[int, int]  # index of a run, row of its history


class Shown(Generic[R]):
    """Runs on one training sample and one distribution, in training or finished.

    Attributes:
        runs: in the order they were added.
        current: index of the run that h belongs to.
        pinned: row of h, or None while h is the newest hypothesis of the current run.
        excluded: runs that the pool leaves out.
    """

    runs: tuple[R, ...]

    def __init__(self, runs: Sequence[R], pinned: int | None = None):
        self.runs, self.current, self.pinned = tuple(runs), 0, pinned
        self.excluded: frozenset[int] = frozenset()

    def recorded(self, run: int) -> RunLike:
        """A run with all that it has recorded so far, of one moment."""
        return self.runs[run]

    def num_rows(self, run: int) -> int:
        """Rows that a run has recorded."""
        return len(self.runs[run].history.step)

    def check_address(self, run: int, row: int | None) -> None:
        """Raises ``ValueError`` where there is no such run or row."""
        check_number("run", run, Range(0, len(self.runs) - 1), integer=True)
        if row is None:
            return
        count = self.num_rows(run)
        if not count:
            raise ValueError(
                say(
                    "row: expected None, as run {run} has no row yet, got {got!r}", run=run, got=row
                )
            )
        check_number("row", row, Range(0, count - 1), integer=True)

    @property
    def h(self) -> Address:
        """The hypothesis that is judged, as (run, row)."""
        newest = self.num_rows(self.current) - 1
        pinned = self.pinned
        return self.current, newest if pinned is None else min(pinned, newest)

    def hypothesis(self, address: Address | None) -> tuple[Network, nnx.State] | None:
        """The ``(network, state)`` of a hypothesis, or None before the first row."""
        if address is None or address[1] < 0:
            return None
        run, row = address
        hypotheses = self.runs[run].hypotheses
        return hypotheses.network, hypotheses.state(row)
