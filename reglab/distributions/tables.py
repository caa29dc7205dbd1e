"""Own data out of a CSV file."""

import csv as reader
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reglab.distributions.arrays import arrays
from reglab.distributions.held_out import OwnData

SNIFFED = 2**16  # characters that tell the delimiter
DELIMITERS = ",;\t|"
LARGEST = float(np.finfo(np.float32).max)
MISSING = ("", "na", "n/a", "nan", "null", "none", "?")


def csv(
    path: str | Path,
    *,
    target: str,
    features: Sequence[str] | None = None,
    delimiter: str | None = None,
    **options: Any,
) -> OwnData:
    """A CSV file with one line of names, as a distribution known through held-out data alone.

    The file is read row by row into numbers of 32 bits.

    Args:
        path: of the file, in UTF-8.
        target: the column of the classes, numbers or text.
        features: the columns of the inputs, all of numbers; every other column where left out.
        delimiter: between columns; found out where left out.
        **options: as for :func:`reglab.distributions.arrays`.

    Raises:
        ValueError: one line, for a file that is not there or not such a table: no such column,
            text or nothing where a number should be, lines of another length.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.read(SNIFFED)
            delimiter = _delimiter(head) if delimiter is None else delimiter
            file.seek(0)
            names = next(reader.reader(file, delimiter=delimiter), [])
        names = [name.strip() for name in names]
        columns = _columns(names, target, features)
        table, labels = _read(path, delimiter, names, columns, target)
    except (OSError, UnicodeDecodeError, reader.Error) as error:
        raise ValueError(f"csv: expected a table in UTF-8 at {path.name}, got {error}") from None
    return arrays(table, _as_numbers(labels), **options)


def _delimiter(head: str) -> str:
    first = head.partition("\n")[0]
    counts = {mark: first.count(mark) for mark in DELIMITERS}
    return max(counts, key=lambda mark: counts[mark])


def _columns(names: list[str], target: str, features: Sequence[str] | None) -> list[int]:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"csv: expected columns of different names, got {twice!r} more than once")
    chosen = [name for name in names if name != target] if features is None else list(features)
    for name in (target, *chosen):
        if name not in names:
            raise ValueError(f"csv: expected one of the columns {', '.join(names)}, got {name!r}")
    if target in chosen:
        raise ValueError(f"features: expected columns other than the target, got {target!r}")
    if not chosen:
        raise ValueError("csv: expected at least one column besides the target, got none")
    return [names.index(name) for name in chosen]


def _read(
    path: Path, delimiter: str, names: list[str], columns: list[int], target: str
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs ``(n, len(columns))`` float32 and labels ``(n,)`` of text; in one pass."""
    known: dict[str, int] = {}
    codes = array("q")
    place = names.index(target)

    def rows():
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = reader.reader(file, delimiter=delimiter)
            next(lines)
            for row in lines:
                if not row:
                    continue
                if len(row) != len(names):
                    raise ValueError(
                        f"csv: expected {len(names)} columns, got {len(row)} "
                        f"in line {lines.line_num}"
                    )
                label = row[place].strip()
                if not label:
                    raise ValueError(_missing("a class", target, lines.line_num))
                codes.append(known.setdefault(label, len(known)))
                yield _numbers(row, names, columns, lines.line_num)

    table = np.fromiter(rows(), np.dtype((np.float32, len(columns))))
    if not len(table):
        raise ValueError(f"csv: expected rows below the names, got none in {path.name}")
    return table, np.array(list(known))[np.frombuffer(codes, np.int64)]


def _numbers(row: list[str], names: list[str], columns: list[int], line: int) -> tuple:
    try:
        numbers = tuple([float(row[i]) for i in columns])
    except ValueError:
        column = next(i for i in columns if not _is_number(row[i]))
        raise ValueError(_not_a_number(row[column], names[column], line)) from None
    if not all(abs(number) <= LARGEST for number in numbers):  # false for nan
        column = next(i for i in columns if not abs(float(row[i])) <= LARGEST)
        raise ValueError(_not_a_number(row[column], names[column], line))
    return numbers


def _not_a_number(text: str, column: str, line: int) -> str:
    if text.strip().lower() in MISSING:
        return _missing("a number", column, line)
    return (
        f"csv: expected a number in column {column!r}, got {text!r} in line {line}; "
        "name the columns of numbers in features"
    )


def _missing(expected: str, column: str, line: int) -> str:
    return (
        f"csv: expected {expected} in column {column!r}, got a missing value in line {line}; "
        "fill it or leave the row out"
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _as_numbers(labels: np.ndarray) -> np.ndarray:
    """Labels as numbers where all of them are whole ones, so that 10 comes after 9."""
    known = np.unique(labels)
    if not all(_is_number(text) and float(text).is_integer() for text in known):
        return labels
    return labels.astype(np.float64).astype(np.int64)
