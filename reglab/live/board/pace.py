"""How much to train now: a chosen pace, within a time budget for each chunk."""

import time

from reglab.config import Range, check_number
from reglab.training import Trainer

CHUNK_SECONDS = 0.025
TICK_SECONDS = 0.04
MAX_OWED_SECONDS = 0.2  # what holds training up makes it fall behind the pace, and no backlog
CATCH_UP = 4  # times the pace, for a run that is behind the others


class Pace:
    """Deals out steps, whole rows of history where the time budget allows.

    Args:
        steps_per_second: the pace of each run; ``None`` is as fast as the machine can.
    """

    def __init__(self, steps_per_second: float | None):
        self.wanted = self.check(steps_per_second)
        self.measured = 0.0  # steps a second of the run in front
        self._cost = 2e-3  # seconds a step, learnt as training goes on
        self.resume()

    @staticmethod
    def check(steps_per_second: float | None) -> float | None:
        """Returns a pace, or raises a ``ValueError``."""
        if steps_per_second is None:
            return None
        return check_number("steps_per_second", steps_per_second, Range(0, 1e9, open_low=True))

    def resume(self) -> None:
        """Forgets what is owed, after a pause."""
        self._then = time.monotonic()
        self._owed = 0.0

    def delay(self, eval_every: int) -> float:
        """Seconds until the next row is due."""
        if self.wanted is None:
            return 0.0
        due = self._then + max(TICK_SECONDS, (eval_every - self._owed) / self.wanted)
        return max(0.0, due - time.monotonic())

    def train(self, runs: tuple[Trainer, ...]) -> None:
        """Trains every run for its share of one chunk."""
        start = time.monotonic()
        self._earn(start, max(run.experiment.eval_every for run in runs))
        front = max(run.step for run in runs)
        budget = max(1, int(CHUNK_SECONDS / self._cost / len(runs)))
        taken, ahead = 0, 0
        for run in runs:
            behind = run.step < front
            steps = run.advance(self._share(run, budget, CATCH_UP if behind else 1))
            taken += steps
            ahead = max(ahead, 0 if behind else steps)
        if taken:
            seconds = time.monotonic() - start
            self._cost += 0.2 * (seconds / taken - self._cost)
        if self.wanted is not None:
            self._owed = max(0.0, self._owed - ahead)

    def _earn(self, now: float, eval_every: int) -> None:
        elapsed, self._then = now - self._then, now
        if self.wanted is not None:
            most = max(MAX_OWED_SECONDS * self.wanted, 2 * eval_every)
            self._owed = min(self._owed + elapsed * self.wanted, most)

    def _share(self, run: Trainer, budget: int, times: int) -> int:
        every = run.experiment.eval_every
        owed = budget if self.wanted is None else self._owed * times
        rows = max(1, int(min(owed, budget) // every))
        return min(budget, rows * every - run.step % every)
