"""The store of a sweep: results in SQLite, weights in files, read while they are written."""

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from reglab.config import Experiment
from reglab.sweeps.result import Result


def open_store(folder: str | PathLike) -> "Store":
    """Opens the store in a folder, to read."""
    raise NotImplementedError


def writing(folder: str | PathLike) -> "Writer":
    """Opens the store in a folder to write, made if need be; the only writer it has."""
    raise NotImplementedError


class Store:
    """Results of a sweep, to read."""

    folder: Path
    num_done: int
    num_failed: int

    def __len__(self) -> int:
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        """Closes the store."""

    def runs(self, **where: Any) -> Iterator[Any]:
        """Results, in the order in which they were stored."""
        raise NotImplementedError


class Writer(Store):
    """The only writer of a store."""

    def add(self, results: Iterable[Result]) -> None:
        """Stores a batch of results; they are safe when this returns."""
        raise NotImplementedError

    def missing(self, experiments: Iterable[Experiment]) -> list[Experiment]:
        """Those of some experiments that have no result, neither done nor failed."""
        raise NotImplementedError

    def forget_failed(self) -> int:
        """Forgets results that failed, so that they are tried again; returns how many."""
        raise NotImplementedError
