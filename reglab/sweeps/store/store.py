"""The store of a sweep: results in SQLite, weights in files, read while they are written."""

import threading
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np

from reglab.config import Experiment
from reglab.sweeps.result import Result, key_of
from reglab.sweeps.store import check, export, files
from reglab.sweeps.store.check import Checked
from reglab.sweeps.store.database import NAME, Database, Writable, version_of
from reglab.sweeps.store.fields import matcher
from reglab.sweeps.store.full_disk import explained_when_full
from reglab.sweeps.store.rows import (
    COLUMNS,
    Entry,
    Row,
    chunks,
    counts,
    entry_of,
    expected,
    experiment_of,
    histories,
    known,
    pages,
)
from reglab.sweeps.store.stored import Stored, stored
from reglab.words import say

LOOK = 1000  # experiments whose keys are in memory at once


def open_store(folder: str | PathLike) -> "Store":
    """Opens the store in a folder to read it, also while a sweep writes it.

    A full disk, or one that cannot be written, is no hindrance.

    Raises:
        OSError: there is no store, or it cannot be read.
        ValueError: it is damaged, or a newer reglab wrote it.
    """
    folder, values = Path(folder), {"folder": folder, "file": NAME}
    if not folder.is_dir():
        raise FileNotFoundError(
            say("store: expected the folder of a sweep, got {folder}: no folder", **values)
        )
    if not (folder / NAME).is_file():
        raise FileNotFoundError(
            say("store: expected {file} in {folder}, got a folder without it", **values)
        )
    database = Database(folder / NAME)
    try:
        if version_of(database) == 0:
            raise FileNotFoundError(
                say("store: expected a store in {folder}, got an empty {file}", **values)
            )
    except BaseException:
        database.close()
        raise
    return Store(folder, database)


def writing(folder: str | PathLike) -> "Writer":
    """Opens the store in a folder to write it; makes both if need be.

    The lock that keeps other writers out is this process's, and ends with it, however it ends.

    Raises:
        OSError: another sweep writes the store, the folder cannot be written, or the disk is full.
        ValueError: the folder's file is no store, damaged, or a newer reglab's.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, writing(folder) as store:
    ...     len(store), store.missing([Experiment()]) == [Experiment()]
    (0, True)
    """
    folder = Path(folder)
    with explained_when_full(folder):
        files.make_folder(folder)
        database = Writable(folder / NAME)
        try:
            files.sync_folder(folder)
            files.clear(folder)
        except BaseException:
            database.close()
            raise
    return Writer(folder, database)


class Store:
    """The results of a sweep, to read: from any thread, and while the sweep goes on.

    Made by :func:`open_store`. ``len(store)`` is the number of results that are done,
    ``store[experiment]`` is one of them, and so is ``store[key]``.

    Attributes:
        folder: where the store is.
    """

    def __init__(self, folder: Path, database: Database):
        self.folder = folder
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__} in {self.folder}"

    def close(self) -> None:
        """Closes the store; results that were read stay."""
        self._database.close()

    @property
    def num_done(self) -> int:
        """Results that are done."""
        return counts(self._database)["done"]

    @property
    def num_failed(self) -> int:
        """Experiments that failed."""
        return counts(self._database)["failed"]

    @property
    def num_expected(self) -> int:
        """Results, done or failed, that there will be after the last sweep; 0 before any."""
        return expected(self._database)

    def __len__(self) -> int:
        return self.num_done

    def __contains__(self, experiment: Experiment | str) -> bool:
        return bool(known(self._database, [_key(experiment)], "done"))

    def __iter__(self) -> Iterator[str]:
        return self.keys()

    def keys(self) -> Iterator[str]:
        """Keys of all results that are done, in the order in which they were stored."""
        for page in pages(self._database, "done"):
            yield from (row.key for row in page)

    def __getitem__(self, experiment: Experiment | str) -> Stored:
        key = _key(experiment)
        selected = self._database.rows(f"SELECT {COLUMNS} FROM results WHERE key = ?", key)
        rows = [Row(*values) for values in selected]
        values = {"folder": self.folder, "key": key}
        if not rows:
            raise KeyError(
                say("store: expected a result in {folder}, got none for {key}", **values)
            )
        if rows[0].status == "failed":
            values["error"] = rows[0].error
            raise KeyError(
                say("store: expected a result, got an error for {key}: {error}", **values)
            )
        ((row, history),) = histories(self._database, rows)
        return stored(self.folder, row, history)

    def runs(self, after: int = 0, /, **where: object) -> Iterator[Stored]:
        """Results that are done, in the order in which they were stored, few in memory at once.

        What is stored meanwhile comes at the end.

        Args:
            after: where to read on: ``number`` of the last result that was read before.
            **where: values that fields must have, such as ``dropout_rate=0.5`` or
                ``model=MLPConfig((8,))``; a list stands for any of its entries, such as
                ``seed=[0, 1]``. For the names, see :meth:`table`.

        Raises:
            ValueError: an unknown field, before anything is read.
        """
        return self._runs(after, matcher(where))

    def _runs(self, after: int, matches: Any) -> Iterator[Stored]:
        for page in pages(self._database, "done", after):
            for row, history in histories(self._database, filter(matches, page)):
                yield stored(self.folder, row, history)

    def failed(self) -> Iterator[tuple[Experiment, str]]:
        """Experiments that failed, each with its error, in the order in which they did."""
        for page in pages(self._database, "failed"):
            yield from ((experiment_of(row), row.error) for row in page)

    def table(self, *names: str) -> dict[str, np.ndarray]:
        """Fields of all results that are done, as columns of one entry a result, in their order.

        Args:
            *names: fields of ``Experiment`` or of ``Hyper`` (``seed``, ``dropout_rate``), of the
                model (``model.widths``, ``model.kind``), or of what came out: ``key``; ``step,
                train_loss, train_error, true_error, true_low, true_high`` of the last row, NaN
                without one; ``diverged``; ``seconds``; ``flax, jax, reglab``, versions. Left out,
                all of them.

        Returns:
            Arrays of numbers, truth values or text; of objects where a field is a tuple, a config,
            or one that some of the models do not have, where it is None.

        Raises:
            ValueError: an unknown field.
        """
        return export.table(self._database, names)

    def to_csv(self, path: str | PathLike) -> None:
        """Writes all fields of all results that are done to a CSV file, whole or not at all.

        Errors are shares from 0 to 1; lists are JSON text.
        """
        export.to_csv(self._database, path)

    def to_parquet(self, path: str | PathLike) -> None:
        """Writes what :meth:`to_csv` does to a Parquet file.

        Raises:
            ValueError: the package pyarrow is not installed.
        """
        export.to_parquet(self._database, path)

    def check(self) -> Checked:
        """Checks the file, each result and each file of weights, and counts what is there."""
        return check.check(self.folder, self._database)


class Writer(Store):
    """The only writer of a store, made by :func:`writing`; it reads like any other."""

    _database: Writable

    def __init__(self, folder: Path, database: Writable):
        super().__init__(folder, database)
        self._adding = threading.Lock()  # two batches may hold the same experiment

    def add(self, results: Iterable[Result]) -> None:
        """Stores a batch of results, all of them or none; they are safe when this returns.

        An experiment that is done already stays as it is; one that failed gets the new result.

        Raises:
            ValueError: a result that cannot be, before anything is written.
            OSError: the files cannot be written. Where the disk is full, ``errno`` is ``ENOSPC``;
                what was stored before is safe, and the same batch can be added again.
        """
        entries = [entry_of(result) for result in results]
        with self._adding, explained_when_full(self.folder):
            self._add(entries)

    def _add(self, entries: list[Entry]) -> None:
        done = known(self._database, (entry.key for entry in entries), "done")
        chosen: dict[str, Entry] = {}
        for entry in entries:
            earlier = chosen.get(entry.key)
            if entry.key not in done and (earlier is None or earlier.is_failed):
                chosen[entry.key] = entry
        weights = {key: entry.weights for key, entry in chosen.items() if entry.weights is not None}
        files.write(self.folder, weights)
        with self._database.transaction() as execute:
            ((first,),) = execute("SELECT next FROM counter").fetchall()
            for number, entry in enumerate(chosen.values(), first):
                _insert(execute, {**entry.values, "number": number})
            execute("UPDATE counter SET next = next + ?", (len(chosen),))

    def missing(self, experiments: Iterable[Experiment]) -> list[Experiment]:
        """Those of some experiments that have no result, neither done nor failed, in order."""
        lacking: list[Experiment] = []
        for few in chunks(experiments, LOOK):
            keys = [key_of(experiment) for experiment in few]
            there = known(self._database, keys)
            lacking += [e for e, key in zip(few, keys, strict=True) if key not in there]
        return lacking

    def expect(self, more: int) -> None:
        """Notes that a sweep is to add so many results to those that are there."""
        with explained_when_full(self.folder), self._database.transaction() as execute:
            execute("UPDATE counter SET expected = ? + (SELECT COUNT(*) FROM results)", (more,))

    def forget_failed(self) -> int:
        """Forgets what failed, so that it is tried again; returns how many there were."""
        with explained_when_full(self.folder), self._database.transaction() as execute:
            return execute("DELETE FROM results WHERE status = 'failed'").rowcount


def _key(experiment: Experiment | str) -> str:
    return experiment if isinstance(experiment, str) else key_of(experiment)


def _insert(execute: Any, values: dict[str, Any]) -> None:
    """Inserts a row in the place of one that failed, if there is one."""
    places = ", ".join(f":{name}" for name in values)
    execute(f"INSERT OR REPLACE INTO results ({', '.join(values)}) VALUES ({places})", values)
