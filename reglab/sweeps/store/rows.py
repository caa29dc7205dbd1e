"""Rows of a store: results as SQLite holds them, and queries that are answered page by page."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from reglab.config import Experiment
from reglab.sweeps.result import PACKAGES, Result, canonical, hash_of
from reglab.sweeps.store import files
from reglab.sweeps.store.database import Database
from reglab.training import Rows
from reglab.words import say

LAST = ("step", "train_loss", "train_error", "true_error", "true_low", "true_high")
PAGE = 256  # rows in memory at once
FEW = 32  # of them with their histories


class Row(NamedTuple):
    """One result without its history. The numbers of ``LAST`` are those of the last row."""

    key: str
    number: int
    status: str
    experiment: str
    error: str
    step: int | None
    train_loss: float | None
    train_error: float | None
    true_error: float | None
    true_low: float | None
    true_high: float | None
    diverged: int
    weights: str | None
    sha256: str | None
    flax: str | None
    jax: str | None
    reglab: str | None
    seconds: float | None

    @property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """Of the process that trained, as far as they are known."""
        given = ((name, getattr(self, name)) for name in PACKAGES)
        return tuple((name, version) for name, version in given if version is not None)


COLUMNS = ", ".join(Row._fields)


class Entry(NamedTuple):
    """A result on its way into the store."""

    key: str
    is_failed: bool
    weights: bytes | None
    values: dict[str, Any]  # of the columns, but for the number


def entry_of(result: Result) -> Entry:
    """What is stored of a result.

    Raises:
        ValueError: one line that says what was expected and what came.
    """
    if not isinstance(result, Result):
        raise ValueError(say("result: expected a Result, got {got!r}", got=result))
    text = canonical(result.experiment)
    if (result.history is None) != bool(result.error):
        raise ValueError(
            say("result: expected a history or an error, got neither")
            if result.history is None
            else say("result: expected a history or an error, got both")
        )
    if result.weights is not None and (result.is_failed or not isinstance(result.weights, bytes)):
        raise ValueError(say("weights: expected the bytes of a result with a history, or None"))
    history = None if result.history is None else _columns(result.history)
    key = hash_of(text)
    values = {
        "key": key,
        "status": "failed" if result.is_failed else "done",
        "experiment": text,
        "error": " ".join(result.error.split()),
        **last_of(history),
        "diverged": int(result.diverged),
        "weights": None if result.weights is None else files.place_of(key),
        "sha256": None if result.weights is None else files.sha256(result.weights),
        **_versions(result),
        "seconds": float(result.seconds),
        "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "history": None if history is None else save(history._asdict()),
    }
    return Entry(key, result.is_failed, result.weights, values)


def last_of(history: Rows | None) -> dict[str, int | float | None]:
    """The numbers of the last row of a history; None where there is none, and for NaN."""
    if history is None or not len(history.step):
        return dict.fromkeys(LAST)
    numbers = {name: getattr(history, name)[-1].item() for name in LAST}
    # SQLite has no NaN
    return {name: None if number != number else number for name, number in numbers.items()}


def history_of(content: bytes | None) -> Rows:
    """The history that a BLOB holds.

    Raises:
        ValueError: it is damaged.
    """
    try:
        arrays = load(content or b"")
        if set(arrays) != set(Rows._fields):
            raise ValueError(say("the arrays {names}", names=", ".join(arrays)))
        return _columns(Rows(**arrays))
    except (SafetensorError, ValueError) as error:
        raise ValueError(
            say("history: expected the arrays of Rows, got {got}", got=error)
        ) from None


def experiment_of(row: Row) -> Experiment:
    """The experiment of a row.

    Raises:
        ValueError: its text is damaged, or of another version of reglab.
    """
    try:
        return Experiment.from_json(row.experiment)
    except ValueError as error:
        raise ValueError(say("result {key}: {error}", key=row.key, error=error)) from None


def pages(
    database: Database, status: str, after: int = 0, until: int = 2**62
) -> Iterator[list[Row]]:
    """Rows of one status, in the order in which they were stored, some at a time.

    Their numbers are above ``after`` and up to ``until``.
    """
    while True:
        rows = database.rows(
            f"SELECT {COLUMNS} FROM results WHERE status = ? AND number > ? AND number <= ? "
            "ORDER BY number LIMIT ?",
            *(status, after, until, PAGE),
        )
        if not rows:
            return
        page = [Row(*values) for values in rows]
        yield page
        after = page[-1].number


def histories(database: Database, rows: Iterable[Row]) -> Iterator[tuple[Row, bytes | None]]:
    """Rows with the BLOBs of their histories, few at a time."""
    for few in chunks(rows, FEW):
        contents = dict(
            database.rows(
                f"SELECT key, history FROM results WHERE key IN ({marks(few)})",
                *(row.key for row in few),
            )
        )
        for row in few:
            yield row, contents.get(row.key)


def counts(database: Database) -> dict[str, int]:
    """How many results there are, by status."""
    rows = database.rows("SELECT status, COUNT(*) FROM results GROUP BY status")
    return {"done": 0, "failed": 0} | dict(rows)


def expected(database: Database) -> int:
    """How many results the last sweep meant there to be."""
    ((number,),) = database.rows("SELECT expected FROM counter")
    return number


def newest(database: Database) -> int:
    """The number of the result that was stored last; 0 where there is none."""
    ((number,),) = database.rows("SELECT next - 1 FROM counter")
    return number


def known(database: Database, keys: Iterable[str], status: str | None = None) -> set[str]:
    """Those of some keys that have a result, of one status or of any."""
    present: set[str] = set()
    for few in chunks(keys, PAGE):
        rows = database.rows(
            f"SELECT key FROM results WHERE key IN ({marks(few)}) AND status = IFNULL(?, status)",
            *few,
            status,
        )
        present.update(key for (key,) in rows)
    return present


def chunks(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of up to ``size`` values each."""
    rest = iter(values)
    while chunk := list(itertools.islice(rest, size)):
        yield chunk


def marks(values: list[Any]) -> str:
    """As many question marks as there are values, for parameters to be bound to."""
    return ", ".join("?" * len(values))


def _columns(history: object) -> Rows:
    """Arrays of one entry a row, checked."""
    if not isinstance(history, Rows):
        raise ValueError(say("history: expected Rows, got {got}", got=type(history).__name__))
    columns = Rows(*(np.ascontiguousarray(column) for column in history))
    if any(column.ndim != 1 for column in columns) or len({len(c) for c in columns}) > 1:
        shapes = ", ".join(str(column.shape) for column in columns)
        raise ValueError(
            say("history: expected arrays of one equal length, got shapes {shapes}", shapes=shapes)
        )
    return columns


def _versions(result: Result) -> dict[str, str | None]:
    given = dict(result.versions)
    unknown = [name for name in given if name not in PACKAGES]
    if unknown:
        raise ValueError(
            say(
                "versions: expected those of {names}, got {got}",
                names=", ".join(PACKAGES),
                got=unknown[0],
            )
        )
    return {name: given.get(name) for name in PACKAGES}
