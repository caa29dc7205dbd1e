"""Results as tables: NumPy columns, CSV and Parquet."""

import contextlib
import csv
import importlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reglab.sweeps.store.database import Database
from reglab.sweeps.store.fields import column, columns_of, getter, path_of
from reglab.sweeps.store.rows import newest, pages
from reglab.words import say


def table(database: Database, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns by name, one entry a result that is done; see ``Store.table``."""
    until = newest(database)  # what is stored meanwhile may have other fields
    names = names or columns_of(pages(database, "done", until=until))
    get = getter([path_of("table", name) for name in names])
    lists: list[list[Any]] = [[] for _ in names]
    for page in pages(database, "done", until=until):
        for row in page:
            for values, value in zip(lists, get(row), strict=True):
                values.append(value)
    return {name: column(values) for name, values in zip(names, lists, strict=True)}


def to_csv(database: Database, path: str | os.PathLike) -> None:
    """Writes all results as CSV, a page at a time; see ``Store.to_csv``."""
    until = newest(database)
    names = columns_of(pages(database, "done", until=until))
    get = getter([path_of("table", name) for name in names])
    with _replaced(Path(path)) as stage, stage.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for page in pages(database, "done", until=until):
            writer.writerows([_flat(value) for value in get(row)] for row in page)


def to_parquet(database: Database, path: str | os.PathLike) -> None:
    """Writes all results as Parquet; see ``Store.to_parquet``."""
    try:
        arrow: Any = importlib.import_module("pyarrow")
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        raise ValueError(
            say("parquet: expected the package pyarrow; install it with: pip install pyarrow")
        ) from None
    columns = table(database, ())
    plain = {
        name: [_flat(value) for value in values] if values.dtype == object else values
        for name, values in columns.items()
    }
    with _replaced(Path(path)) as stage:
        parquet.write_table(arrow.table(plain), str(stage))


def _flat(value: object) -> Any:
    """Lists of sizes and of changes as JSON text; all else as it is."""
    return json.dumps(value) if isinstance(value, tuple) else value


@contextlib.contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A file to write in the place of ``path``, which it takes when the block has ended well."""
    stage = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        yield stage
        os.replace(stage, path)
    finally:
        stage.unlink(missing_ok=True)
