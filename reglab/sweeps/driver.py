"""The driver of a sweep: hands out batches, stores what comes back, finds who kills workers."""

import itertools
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)
from typing import Any

from reglab.config import Experiment, check_experiment
from reglab.sweeps.engines import num_workers
from reglab.sweeps.store import Writer
from reglab.sweeps.work import failed
from reglab.training import Forecast, Progress, static_key
from reglab.words import line_of, say

AIM = 2.0  # seconds that a task should last
FIRST, MOST = 8, 256  # members of a task: before anything was timed, and at most
LOOK = 512  # experiments that are looked up in the store at once
PAUSE = 0.2  # seconds between two looks at whether to stop

Batch = list[Experiment]


class Driver:
    """Runs one sweep; see :func:`reglab.sweeps.sweep` for what the arguments mean."""

    def __init__(
        self,
        writer: Writer,
        executor: Executor,
        *,
        work: Callable[..., Any],
        batch: int | None,
        window: int,
        report: Callable[[Progress], Any],
        should_stop: Callable[[], bool],
        forecast: Callable[[Batch], Forecast] | None = None,
    ):
        self._writer, self._executor, self._work = writer, executor, work
        self._batch, self._window = batch, window
        self._report, self._should_stop, self._forecast = report, should_stop, forecast
        self._costs: dict[Any, float] = {}  # least seconds a member, of each static configuration
        self._flight: dict[Future, tuple[Any, Batch]] = {}
        self._suspects: list[tuple[Any, Batch]] = []
        self._attempt = uuid.uuid4().hex
        self._numbers = itertools.count()

    def run(self, grid: Iterable[Experiment]) -> None:
        """Trains and stores everything that is missing."""
        total = open_ = 0
        first: Batch = []
        for number, few in enumerate(_in_lots(grid)):
            _check(few, number * LOOK)
            total += len(few)
            missing = self._writer.missing(few)
            first, open_ = first or missing, open_ + len(missing)
        if not total:
            raise ValueError(say("grid: expected at least one experiment, got none"))
        self._writer.expect(open_)
        known = total - open_
        expected, share = self._expected(first)
        self._progress = Progress(
            known, total, 0.0, known=known, expected=expected, evaluation=share
        )
        self._started = time.monotonic()
        self._report(self._progress)
        try:
            for key, batch in self._batches(grid):
                self._submit(key, batch)
                while len(self._flight) >= self._window and self._collect():
                    pass
                if self._should_stop():
                    return
            while self._flight and self._collect():
                pass
            self._try_suspects()
        finally:
            for future in self._flight:
                future.cancel()
            self._flight.clear()

    def _expected(self, missing: Batch) -> tuple[float, float]:
        """Seconds that a member will take, and the share of its rows; zeros where nobody knows."""
        if self._forecast is None or not missing:
            return 0.0, 0.0
        key = static_key(missing[0])
        alike = [experiment for experiment in missing if static_key(experiment) == key]
        said = self._forecast(alike[: self._size(key)])
        return said.seconds / num_workers(self._executor), said.evaluation

    def _batches(self, grid: Iterable[Experiment]) -> Iterator[tuple[Any, Batch]]:
        """Batches of one static configuration, made when there is room for them."""
        waiting: dict[Any, Batch] = {}
        missing = (experiment for few in _in_lots(grid) for experiment in self._writer.missing(few))
        for experiment in missing:
            key = static_key(experiment)
            batch = waiting.setdefault(key, [])
            batch.append(experiment)
            if len(batch) >= self._size(key):
                yield key, waiting.pop(key)
        yield from waiting.items()

    def _size(self, key: object) -> int:
        """Members of the next batch."""
        if self._batch is not None:
            return self._batch
        cost = self._costs.get(key)
        return FIRST if cost is None else min(max(int(AIM / cost), 1), MOST)

    def _submit(self, key: object, batch: Batch) -> None:
        attempt = f"{self._attempt}-{next(self._numbers)}"
        texts = tuple(experiment.to_json() for experiment in batch)
        try:
            future = self._executor.submit(self._work, texts, attempt)
        except (BrokenExecutor, RuntimeError) as error:
            raise self._over(error) from error
        self._flight[future] = key, batch

    def _collect(self) -> bool:
        """Stores what has come back, perhaps nothing; returns whether to go on."""
        done, _ = wait(self._flight, timeout=PAUSE, return_when=FIRST_COMPLETED)
        for future in done:
            key, batch = self._flight.pop(future)
            try:
                results = future.result()
            except BrokenExecutor as error:
                raise self._over(error) from error
            except Exception as error:  # of any kind: whatever lost the batch, it is tried again
                self._suspects.append((error, batch))
            else:
                self._store(results)
                costs = [r.seconds for r in results if not r.error]
                if costs:
                    cost = max(sum(costs) / len(costs), 1e-6)
                    self._costs[key] = min(cost, self._costs.get(key, cost))
        return not self._should_stop()

    def _try_suspects(self) -> None:
        """Trains members of lost batches one by one: whoever loses its worker now is to blame."""
        while self._suspects and not self._should_stop():
            _, batch = self._suspects.pop(0)
            for experiment in batch:
                if self._should_stop():
                    return
                self._submit(None, [experiment])
                while self._flight:
                    if not self._collect():
                        return
                if self._suspects and self._suspects[-1][1] == [experiment]:
                    error, _ = self._suspects.pop()
                    self._store([failed(experiment, _reason(error))])

    def _store(self, results: list[Any]) -> None:
        self._writer.add(results)
        lost = sum(bool(result.error) for result in results)
        self._progress = self._progress._replace(
            done=self._progress.done + len(results),
            failed=self._progress.failed + lost,
            seconds=time.monotonic() - self._started,
        )
        self._report(self._progress)

    def _over(self, error: BaseException) -> OSError:
        return OSError(
            say(
                "executor: expected one that takes tasks, but it does no more ({why}); all "
                "{count} results are safe in {folder}, and the same call goes on from there",
                why=line_of(error) or type(error).__name__,
                count=self._progress.done,
                folder=self._writer.folder,
            )
        )


def _in_lots(grid: Iterable[Experiment]) -> Iterator[Batch]:
    """The experiments of a grid, some at a time."""
    rest = iter(grid)
    while lot := list(itertools.islice(rest, LOOK)):
        yield lot


def _check(experiments: Batch, before: int) -> None:
    """Raises ``ValueError`` where one of them could not be trained; ``before`` came before them."""
    for number, experiment in enumerate(experiments, before + 1):
        name = say("experiment {number}", number=number)
        check_experiment(experiment, name)
        try:
            static_key(experiment)
        except ValueError as error:
            raise ValueError(say("{name}: {error}", name=name, error=error)) from None


def _reason(error: BaseException) -> str:
    name = type(error).__name__
    if name == "KilledWorker":
        return "its worker died, more than once, while it was trained with nothing else under way"
    said = line_of(error)
    return f"the worker was lost: {name}" + (f": {said}" if said else "")
