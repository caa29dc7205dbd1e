"""Whether a store is as it was written: the file, each row, each file of weights."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from reglab.sweeps.result import key_of
from reglab.sweeps.store import files
from reglab.sweeps.store.database import Database
from reglab.sweeps.store.rows import (
    PAGE,
    Row,
    chunks,
    counts,
    experiment_of,
    histories,
    history_of,
    last_of,
    marks,
    pages,
)
from reglab.words import reason, say

MOST = 10  # faults of the file that are told


class Checked(NamedTuple):
    """What a check has found.

    Attributes:
        done: results.
        failed: experiments that failed.
        problems: what is damaged, one line each; empty where nothing is.
        orphans: files of weights without a result, which a crash may leave; they do no harm.
    """

    done: int
    failed: int
    problems: tuple[str, ...]
    orphans: int = 0


def check(folder: Path, database: Database) -> Checked:
    """Checks all that a store holds; what cannot be read any more is a problem, not an error."""
    problems: list[str] = []
    sizes = {"done": 0, "failed": 0}
    orphans = 0
    try:
        problems += _of_file(database)
        sizes = counts(database)
        problems += _of_rows(folder, database)
        orphans = sum(_orphans(folder, database))
    except (OSError, ValueError) as error:
        if reason(error) not in problems:
            problems.append(reason(error))
    return Checked(sizes["done"], sizes["failed"], tuple(problems), orphans)


def _of_file(database: Database) -> Iterator[str]:
    for (said,) in database.rows(f"PRAGMA integrity_check({MOST})"):
        if said != "ok":
            yield f"{database.path.name}: {' '.join(said.split())}"


def _of_rows(folder: Path, database: Database) -> Iterator[str]:
    for page in pages(database, "failed"):
        for row in page:
            yield from _of_experiment(row)
    for page in pages(database, "done"):
        for row, history in histories(database, page):
            yield from _of_experiment(row)
            yield from _of_history(row, history)
            yield from _of_weights(folder, row)
    (others,) = database.rows("SELECT COUNT(*) FROM results WHERE status NOT IN ('done', 'failed')")
    if others[0]:
        yield say(
            "status: expected done or failed, got another in {count} results", count=others[0]
        )


def _of_experiment(row: Row) -> Iterator[str]:
    try:
        key = key_of(experiment_of(row))
    except ValueError as error:
        yield reason(error)
        return
    if key != row.key:
        yield say(
            "result {key}: expected the experiment of this key, got that of {got}",
            key=row.key,
            got=key,
        )


def _of_history(row: Row, content: bytes | None) -> Iterator[str]:
    try:
        history = history_of(content)
    except ValueError as error:
        yield say("result {key}: {error}", key=row.key, error=error)
        return
    for name, value in last_of(history).items():
        if getattr(row, name) != value:
            yield say(
                "result {key}: expected {name} {value}, the last of its history, got {got}",
                key=row.key,
                name=name,
                value=value,
                got=getattr(row, name),
            )


def _of_weights(folder: Path, row: Row) -> Iterator[str]:
    if row.weights is None:
        return
    if row.weights != files.place_of(row.key):
        yield say(
            "result {key}: expected {path}, got {got!r}",
            key=row.key,
            path=files.place_of(row.key),
            got=row.weights,
        )
        return
    try:
        content = (folder / row.weights).read_bytes()
    except OSError as error:
        yield say(
            "{path}: expected the weights of a result, got {got}",
            path=row.weights,
            got=error.strerror,
        )
        return
    if files.sha256(content) != row.sha256:
        yield say(
            "{path}: expected the file that was stored, got another content", path=row.weights
        )


def _orphans(folder: Path, database: Database) -> Iterable[int]:
    for few in chunks(files.names(folder), PAGE):
        keys = [Path(name).stem for name in few]
        rows = database.rows(f"SELECT weights FROM results WHERE key IN ({marks(keys)})", *keys)
        yield len(set(few) - {name for (name,) in rows})
