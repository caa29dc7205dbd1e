"""``reglab store``: whether a sweep's results are as they were written, and what is in them."""

import argparse
import collections
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from reglab.cli.printing import show
from reglab.mitchell.words import grouped, interval_at, percent
from reglab.sweeps import Store, open_store
from reglab.training import name_of
from reglab.words import Message, commas, say

DESCRIPTION = say(
    """\
Checks the results of a sweep: the SQLite file, that each result is stored under the key of its
experiment, and that each file of weights is as it was written. Says what varies and what came out
best. A sweep that is under way is not disturbed."""
)
EPILOG = say(
    """\
Each problem is a line of its own; the last line is "done N failed M". In tables, errors are shares
from 0 to 1. Exit code: 0; 1 where there is a problem, or where something is wrong, which one line
on standard error names."""
)
SHOWN = 6  # values of a field that are named one by one
FACTS = ("key", "step", "train_loss", "train_error", "true_error", "true_low", "true_high")
FACTS += ("diverged", "seconds", "flax", "jax", "reglab")


def add_store(commands) -> None:
    """Adds ``reglab store``, which checks and exports the results of a sweep."""
    parser = commands.add_parser(
        "store",
        help=say("check the results of a sweep and write them as a table"),
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help=say("the folder of the sweep"))
    parser.add_argument("--csv", metavar="FILE", type=Path, help=say("write all results as CSV"))
    parser.add_argument(
        "--parquet",
        metavar="FILE",
        type=Path,
        help=say("write all results as Parquet (needs pyarrow)"),
    )
    parser.set_defaults(run=_store)


def _store(arguments: argparse.Namespace) -> int:
    language = arguments.language
    with open_store(arguments.folder) as store:
        checked = store.check()
        for problem in checked.problems:
            show(problem, language)
        try:
            for line in _about(store):
                show(line, language)
        except (OSError, ValueError, KeyError):
            if not checked.problems:  # which say what cannot be read
                raise
        if checked.orphans:
            count = grouped(checked.orphans)
            said = say("files of weights without a result, which do no harm: {count}", count=count)
            show(said, language)
        try:
            for line in _written(store, arguments):
                show(line, language)
        finally:
            show(summary(checked.done, checked.failed), language)
    return int(bool(checked.problems))


def summary(done: int, failed: int) -> Message:
    """The last line of what is said of a sweep."""
    return say("done {done} failed {failed}", done=done, failed=failed)


def _written(store: Store, arguments: argparse.Namespace) -> Iterator[Message]:
    """Writes the tables that are asked for, and says so."""
    for path, write in ((arguments.csv, store.to_csv), (arguments.parquet, store.to_parquet)):
        if path is not None:
            write(path)
            yield say("written: {path}", path=path)


def _about(store: Store) -> Iterator[Message]:
    columns = store.table()
    if len(columns["key"]):
        yield from _varied(columns)
        yield from _best(store)
        yield from _versions(columns)
        diverged = int(columns["diverged"].sum())
        if diverged:
            yield say("diverged: {count}", count=grouped(diverged))
    missing = store.num_expected - store.num_done - store.num_failed
    if missing > 0:
        yield say(
            "not trained yet: {count} of {total}; the same sweep goes on with them",
            count=grouped(missing),
            total=grouped(store.num_expected),
        )
    errors = collections.Counter(error for _, error in store.failed())
    for error, count in errors.most_common(SHOWN):
        yield say("failed: {count} × {error}", count=grouped(count), error=error)


def _varied(columns: dict[str, np.ndarray]) -> Iterator[Message]:
    for name, values in columns.items():
        distinct = sorted(set(values.tolist()), key=_order)
        if name in FACTS or len(distinct) == 1:
            continue
        if len(distinct) > SHOWN:
            yield say(
                "varied: {name}, {count} values, {first} to {last}",
                name=name,
                count=grouped(len(distinct)),
                first=distinct[0],
                last=distinct[-1],
            )
        else:
            yield say("varied: {name}: {values}", name=name, values=", ".join(map(str, distinct)))


def _order(value: object) -> tuple:
    """Numbers by size, all else by how it reads."""
    is_number = isinstance(value, (int, float))
    return (not is_number, value if is_number else str(value))


def _best(store: Store) -> Iterator[Message]:
    """The least true error on each distribution; those of two do not compare."""
    columns = store.table("distribution", "true_error", "key")
    for distribution in dict.fromkeys(columns["distribution"].tolist()):
        errors = np.where(columns["distribution"] == distribution, columns["true_error"], np.nan)
        if np.isnan(errors).all():
            continue
        best = store[str(columns["key"][np.nanargmin(errors)])]
        value = interval_at(best.history, -1)
        yield say(
            "best true error on {distribution}: {error}, “{run}”, seed {seed}, draw {draw}, key "
            "{key}",
            distribution=distribution,
            error=percent(value),
            run=name_of(best.experiment),
            seed=best.experiment.seed,
            draw=best.experiment.draw,
            key=best.key,
        )


def _versions(columns: dict[str, np.ndarray]) -> Iterator[Message]:
    names = ("flax", "jax", "reglab")
    counts = collections.Counter(zip(*(columns[name].tolist() for name in names), strict=True))
    if len(counts) == 1:
        return
    for versions, count in counts.most_common():
        parts = [
            say("{name} {version}", name=name, version=version or say("unknown"))
            for name, version in zip(names, versions, strict=True)
        ]
        yield say("trained with {versions}: {count}", versions=commas(parts), count=grouped(count))
