"""``reglab store``: whether a sweep's results are as they were written, and what is in them."""

import argparse
import collections
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from reglab.cli.say import say
from reglab.mitchell.words import grouped, interval_at, percent
from reglab.sweeps import Store, open_store
from reglab.training import name_of

DESCRIPTION = """\
Checks the results of a sweep: the SQLite file, that each result is stored under the key of its
experiment, and that each file of weights is as it was written. Says what varies and what came out
best. A sweep that is under way is not disturbed."""
EPILOG = """\
Each problem is a line of its own; the last line is "done N failed M". In tables, errors are shares
from 0 to 1. Exit code: 0; 1 where there is a problem, or where something is wrong, which one line
on standard error names."""
SHOWN = 6  # values of a field that are named one by one
FACTS = ("key", "step", "train_loss", "train_error", "true_error", "true_low", "true_high")
FACTS += ("diverged", "seconds", "flax", "jax", "reglab")


def add_store(commands) -> None:
    """Adds ``reglab store``, which checks and exports the results of a sweep."""
    parser = commands.add_parser(
        "store",
        help="check the results of a sweep and write them as a table",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the sweep")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write all results as CSV")
    parser.add_argument(
        "--parquet", metavar="FILE", type=Path, help="write all results as Parquet (needs pyarrow)"
    )
    parser.set_defaults(run=_store)


def _store(arguments: argparse.Namespace) -> int:
    with open_store(arguments.folder) as store:
        checked = store.check()
        for problem in checked.problems:
            say(problem)
        try:
            for line in _about(store):
                say(line)
        except (OSError, ValueError, KeyError):
            if not checked.problems:  # which say what cannot be read
                raise
        if checked.orphans:
            say(f"files of weights without a result, which do no harm: {grouped(checked.orphans)}")
        try:
            for line in _written(store, arguments):
                say(line)
        finally:
            say(f"done {checked.done} failed {checked.failed}")
    return int(bool(checked.problems))


def _written(store: Store, arguments: argparse.Namespace) -> Iterator[str]:
    """Writes the tables that are asked for, and says so."""
    for path, write in ((arguments.csv, store.to_csv), (arguments.parquet, store.to_parquet)):
        if path is not None:
            write(path)
            yield f"written: {path}"


def _about(store: Store) -> Iterator[str]:
    columns = store.table()
    if len(columns["key"]):
        yield from _varied(columns)
        yield from _best(store)
        yield from _versions(columns)
        diverged = int(columns["diverged"].sum())
        if diverged:
            yield f"diverged: {grouped(diverged)}"
    missing = store.num_expected - store.num_done - store.num_failed
    if missing > 0:
        yield (
            f"not trained yet: {grouped(missing)} of {grouped(store.num_expected)}; "
            "the same sweep goes on with them"
        )
    errors = collections.Counter(error for _, error in store.failed())
    for error, count in errors.most_common(SHOWN):
        yield f"failed: {grouped(count)} × {error}"


def _varied(columns: dict[str, np.ndarray]) -> Iterator[str]:
    for name, values in columns.items():
        distinct = sorted(set(values.tolist()), key=_order)
        if name in FACTS or len(distinct) == 1:
            continue
        if len(distinct) > SHOWN:
            first, last = distinct[0], distinct[-1]
            yield f"varied: {name}, {grouped(len(distinct))} values, {first} to {last}"
        else:
            yield f"varied: {name}: {', '.join(map(str, distinct))}"


def _order(value: object) -> tuple:
    """Numbers by size, all else by how it reads."""
    is_number = isinstance(value, (int, float))
    return (not is_number, value if is_number else str(value))


def _best(store: Store) -> Iterator[str]:
    """The least true error on each distribution; those of two do not compare."""
    columns = store.table("distribution", "true_error", "key")
    for distribution in dict.fromkeys(columns["distribution"].tolist()):
        errors = np.where(columns["distribution"] == distribution, columns["true_error"], np.nan)
        if np.isnan(errors).all():
            continue
        best = store[str(columns["key"][np.nanargmin(errors)])]
        value = interval_at(best.history, -1)
        yield (
            f"best true error on {distribution}: {percent(value)}, “{name_of(best.experiment)}”, "
            f"seed {best.experiment.seed}, draw {best.experiment.draw}, key {best.key}"
        )


def _versions(columns: dict[str, np.ndarray]) -> Iterator[str]:
    names = ("flax", "jax", "reglab")
    counts = collections.Counter(zip(*(columns[name].tolist() for name in names), strict=True))
    if len(counts) == 1:
        return
    for versions, count in counts.most_common():
        told = ", ".join(
            f"{name} {version or 'unknown'}" for name, version in zip(names, versions, strict=True)
        )
        yield f"trained with {told}: {grouped(count)}"
