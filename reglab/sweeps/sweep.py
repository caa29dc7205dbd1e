"""``sweep``: a grid in, a store with all results out, whatever dies on the way."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from os import PathLike
from typing import Any

from reglab.config import Experiment, check_counts
from reglab.sweeps.driver import Driver
from reglab.sweeps.engines import Inline, is_here, num_workers
from reglab.sweeps.grid import Grid
from reglab.sweeps.store import Store, open_store, writing
from reglab.sweeps.work import train_batch
from reglab.training import Progress, forecast, reporter


def sweep(
    grid: Iterable[Experiment],
    *,
    executor: Executor | None = None,
    store: str | PathLike | None = None,
    batch: int | None = None,
    window: int | None = None,
    retry_failed: bool = False,
    progress: bool | Callable[[Progress], Any] = False,
    should_stop: Callable[[], bool] | None = None,
    work: Callable[..., Any] = train_batch,
) -> Store:
    """Trains all experiments that the store does not hold yet, and stores each result.

    What was stored stays, whatever happens to this process, to a worker or to the disk; the same
    call again goes on where it ended. Experiments are trained in batches of one static
    configuration, each one compiled program. A batch whose worker dies is tried again member by
    member, with nothing else under way, so that a member that kills its worker is known and
    becomes a failed result, and all others are trained.

    Args:
        grid: a :class:`Grid`, or experiments of any kind; each is trained once.
        executor: any executor of ``concurrent.futures``. The one to have is
            ``Client(...).get_executor(retries=2)`` of ``dask.distributed``, which replaces workers
            that die. Left out, everything is trained in this process.
        store: a folder, made if need be; left out, results lie in a temporary folder that goes
            when the store that is returned does.
        batch: experiments in a task; left out, as many as take about two seconds.
        window: tasks that are under way at once; left out, two for each worker.
        retry_failed: whether experiments that failed in an earlier call are tried again.
        progress: a bar of tqdm's, or a function that is called with a :class:`Progress` whenever
            results have been stored, and before the first with how long the first kind of member
            takes, measured in this process where tasks run on this machine.
        should_stop: asked between tasks; where it says yes, tasks under way are cancelled.
        work: what a task calls, for tests.

    Returns:
        The store, open for reading.

    Raises:
        ValueError: an experiment that cannot be; nothing has been trained then.
        OSError: the folder cannot be written, another sweep writes it, the disk is full, or the
            executor takes no more tasks. What was stored is safe.

    >>> from reglab.sweeps import Grid
    >>> grid = Grid(Experiment(num_steps=12), product={"dropout_rate": [0, 0.5], "draw": [0, 1]})
    >>> len(sweep(grid))
    4
    """
    check_counts(batch=batch, window=window)
    grid = grid if isinstance(grid, Grid) else list(dict.fromkeys(grid))
    folder = tempfile.mkdtemp(prefix="reglab-sweep-") if store is None else store
    try:
        with writing(folder) as writer, reporter(progress) as report:
            if retry_failed:
                writer.forget_failed()
            engine = Inline() if executor is None else executor
            driver = Driver(
                writer,
                engine,
                work=work,
                batch=batch,
                window=window or 2 * num_workers(engine),
                report=report,
                should_stop=should_stop or (lambda: False),
                forecast=forecast if progress and is_here(engine) and work is train_batch else None,
            )
            driver.run(grid)
        opened = open_store(folder)
    except BaseException:
        if store is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if store is None:
        weakref.finalize(opened, shutil.rmtree, folder, True)
    return opened
