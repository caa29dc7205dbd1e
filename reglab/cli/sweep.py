"""``reglab sweep``: a grid in, a store with all results out."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from reglab.cli.printing import note, show
from reglab.cli.store import summary
from reglab.sweeps import Grid, Store, joined, local_cluster, sweep
from reglab.training import Progress, keep_compiled, reporter
from reglab.words import commas, say

DESCRIPTION = say(
    """\
Trains all experiments of GRID.json that DIR does not hold yet and stores each result. The file
holds {{"base": {{an experiment}}, "product": {{"hyper.dropout_rate": [0, 0.5], "draw": [0, 1]}}}},
as Grid.to_json writes it."""
)
EPILOG = say(
    """\
Whatever stops the command, what was stored is safe, and the same command goes on from there.
`reglab store DIR` checks and exports the results. Exit code: 0; 1 where something is wrong, which
one line on standard error names, or where experiments failed: then all others are stored
nevertheless; 130 on Ctrl-C."""
)
EVERY = 10.0  # seconds between two lines of progress where there is no terminal


def add_sweep(commands) -> None:
    """Adds ``reglab sweep``, which trains a grid on all cores or on a cluster."""
    parser = commands.add_parser(
        "sweep",
        help=say("train a grid of experiments on all cores or on a cluster"),
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("grid", metavar="GRID.json", type=Path, help=say("what to train"))
    parser.add_argument(
        "--store", metavar="DIR", type=Path, required=True, help=say("where results are kept")
    )
    engine = parser.add_mutually_exclusive_group()
    engine.add_argument(
        "--workers",
        metavar="N",
        type=int,
        help=say("processes on this machine; one a core where left out, 0 trains in this process"),
    )
    engine.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help=say("join the dask.distributed cluster at this address, on this machine or by TLS"),
    )
    parser.add_argument(
        "--batch",
        metavar="M",
        type=int,
        help=say("experiments in a task; two seconds' worth by default"),
    )
    parser.add_argument(
        "--retry-failed",
        action="store_true",
        help=say("try again what failed in an earlier run"),
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    grid, language = _read(arguments.grid), arguments.language
    keep_compiled()
    progress = True if sys.stderr.isatty() else _lines(language)
    try:
        with _engine(arguments) as executor, reporter(progress, language) as report:
            store = sweep(
                grid,
                executor=executor,
                store=arguments.store,
                batch=arguments.batch,
                retry_failed=arguments.retry_failed,
                progress=report,
            )
    except KeyboardInterrupt:
        note(say("stopped; what was stored is safe, the same command goes on"), language)
        return 130
    return _end(store, language)


def _read(path: Path) -> Grid:
    try:
        return Grid.from_json(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(
            say("grid: expected a JSON file, got {path}: {error}", path=path, error=error.strerror)
        ) from None
    except ValueError as error:
        raise ValueError(say("{path}: {error}", path=path, error=error)) from None


@contextlib.contextmanager
def _engine(arguments: argparse.Namespace) -> Iterator[Executor | None]:
    if arguments.scheduler is not None:
        with joined(arguments.scheduler) as executor:
            yield executor
        return
    workers = _cores() if arguments.workers is None else arguments.workers
    if workers == 0:
        yield None
        return
    with local_cluster(workers) as executor:
        yield executor


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _lines(language: str) -> Callable[[Progress], Any]:
    """Progress as lines, for a log."""
    last = -EVERY

    def report(now: Progress) -> None:
        nonlocal last
        if now.seconds - last >= EVERY or now.done == now.total:
            last = now.seconds
            note(_line(now), language)

    return report


def _line(now: Progress) -> str:
    parts: list[str] = [say("{done} of {total} done", done=now.done, total=now.total)]
    if now.failed:
        parts.append(say("{count} failed", count=now.failed))
    if 0 < now.left < float("inf"):
        parts.append(say("{seconds:.0f} s left", seconds=now.left))
        if now.done == now.known < now.total and now.rows_said:
            parts.append(now.rows_said)
    return commas(parts)


def _end(store: Store, language: str) -> int:
    with store:
        for experiment, error in store.failed():
            text = experiment.to_json()
            note(say("failed: {error}: {experiment}", error=error, experiment=text), language)
        show(summary(store.num_done, store.num_failed), language)
        return int(store.num_failed > 0)
