"""Own data out of a CSV file."""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from reglab.config import check_name
from reglab.distributions.arrays import arrays
from reglab.distributions.cells import MISSING, Cells
from reglab.distributions.frames import is_nameless
from reglab.distributions.held_out import OwnData
from reglab.distributions.labels import from_text
from reglab.distributions.missing import shown
from reglab.distributions.rfc4180 import Records, delimiter_of, separator
from reglab.words import say

_OPTION = say("option of csv")
SNIFFED = 2**16  # characters that tell the delimiter
OPTIONS = tuple(
    name
    for name, parameter in signature(arrays).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
)


def csv(
    path: str | Path,
    *,
    target: str,
    features: Sequence[str] | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    encoding: str = "utf-8",
    comment: str | None = None,
    missing: Sequence[str] = MISSING,
    **options: Any,
) -> OwnData:
    """A CSV file with one line of names, as a distribution known through held-out data alone.

    The file is read row by row, strictly as RFC 4180 has it, into numbers of 64 bits. Blanks around
    names and classes do not count. Classes are numbers where each is written as a number would be,
    or else text. A column of True and False counts as 1 and 0.

    Args:
        path: of the file.
        target: the column of the classes, numbers or text.
        features: the columns of the inputs, all of numbers; every other column where left out.
        delimiter: between columns; found out where left out, or taken from a first line ``sep=;``.
        decimal: the mark before decimals, ``.`` or ``,``; there is none between thousands.
        encoding: of the file.
        comment: a character that begins a comment, up to the end of the line.
        missing: words for a missing value, in any case; nothing at all is one anyway.
        **options: as for :func:`reglab.distributions.arrays`.

    Raises:
        ValueError: one line, for a file that is not there or not such a table: no such column,
            text or nothing where a number should be, lines of another length, a stray quote.
    """
    _check_marks(delimiter, decimal, comment)
    _check_arguments(path, encoding, features, missing, options)
    path = Path(path)
    words = tuple(word.lower() for word in missing)
    with _opened(path, encoding) as lines:
        records, names = _head(lines, delimiter, comment)
        columns = _columns(names, target, features)
        cells = Cells(names, columns, names.index(target), decimal, words)
        records.is_row = cells.is_row
        table, known, codes = _read(records, names, cells, len(columns), path)
    return arrays(table, from_text(known)[codes], **options)


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[Any]:
    is_utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    try:
        with path.open(encoding="utf-8-sig" if is_utf8 else encoding, newline="") as file:
            yield file
    except (OSError, UnicodeError, LookupError) as error:
        name = "UTF-8" if is_utf8 else encoding
        values = {"encoding": name, "file": path.name, "got": error}
        raise ValueError(
            say(
                "csv: expected a table in {encoding} at {file}, got {got}; say its encoding=",
                **values,
            )
            if isinstance(error, UnicodeError)
            else say("csv: expected a table in {encoding} at {file}, got {got}", **values)
        ) from None


def _check_marks(delimiter: object, decimal: object, comment: object) -> None:
    for name, mark in (("delimiter", delimiter), ("comment", comment)):
        if mark is None:
            continue
        if not isinstance(mark, str) or len(mark) != 1 or mark in '"\r\n':
            raise ValueError(
                say(
                    "{name}: expected one character that is no quote, got {got}",
                    name=name,
                    got=shown(mark),
                )
            )
    if decimal not in (".", ","):
        raise ValueError(say("decimal: expected '.' or ',', got {got}", got=shown(decimal)))
    if comment is not None and comment in (delimiter, decimal):
        raise ValueError(say("comment: expected a mark of its own, got {got!r}", got=comment))


def _check_arguments(
    path: object, encoding: object, features: object, missing: object, options: Any
) -> None:
    if not isinstance(path, str | PathLike):
        raise ValueError(say("path: expected the path of a file, got {got}", got=shown(path)))
    if not isinstance(encoding, str):
        raise ValueError(say("encoding: expected the name of one, got {got}", got=shown(encoding)))
    for name, several in (("features", features), ("missing", missing)):
        if isinstance(several, str):
            raise ValueError(
                say(
                    "{name}: expected a list of them, got the text {got!r}",
                    name=name,
                    got=several,
                )
            )
    for name in options:
        check_name(_OPTION, name, OPTIONS)


def _head(file: Any, delimiter: str | None, comment: str | None) -> tuple[Records, list[str]]:
    """The records below the names, and the names."""
    head = file.read(SNIFFED).removeprefix("\ufeff")
    file.seek(0)
    lines = chain([next(file, "").removeprefix("\ufeff")], file)
    first = head.partition("\n")[0]
    declared, skipped = separator(first), 0
    if declared is not None:
        next(lines)
        head, skipped = head.partition("\n")[2], 1
    if comment is not None:
        rows = head.splitlines(keepends=True)
        head = "".join(row for row in rows if not row.lstrip().startswith(comment))
    records = Records(lines, delimiter or declared or delimiter_of(head), comment, skipped)
    _, names = next(iter(records), (1, []))
    return records, [name.strip() for name in names]


def _columns(names: list[str], target: str, features: Sequence[str] | None) -> list[int]:
    chosen = [name for name in names if name != target] if features is None else list(features)
    twice = next((name for name in chosen if chosen.count(name) > 1), None)
    if features is not None and twice is not None:
        raise ValueError(
            say("features: expected each column once, got {got!r} more than once", got=twice)
        )
    twice = next((name for name in (target, *chosen) if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(
            say("csv: expected columns of different names, got {got!r} more than once", got=twice)
        )
    for name in (target, *chosen):
        if name not in names:
            raise ValueError(
                say(
                    "csv: expected one of the columns {names}, got {got!r}",
                    names=shown_names(names),
                    got=name,
                )
            )
    if target in chosen:
        raise ValueError(
            say("features: expected columns other than the target, got {got!r}", got=target)
        )
    if not chosen:
        raise ValueError(say("csv: expected at least one column besides the target, got none"))
    nameless = next((name for name in chosen if is_nameless(name)), None)
    if nameless is not None and features is None:
        raise ValueError(
            say(
                "csv: expected a name for every column, got {got!r} for column {place}, which "
                "may number the rows; name the columns of the inputs in features",
                got=nameless,
                place=names.index(nameless) + 1,
            )
        )
    return [names.index(name) for name in chosen]


def shown_names(names: list[str]) -> str:
    """Names of columns in one line."""
    return " ".join(", ".join(names).split())


def _read(
    records: Records, names: list[str], cells: Cells, num_columns: int, path: Path
) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Inputs ``(n, num_columns)``, the classes met and each row's place among them; in one pass."""
    known: dict[str, int] = {}
    seen: dict[str, int] = {}  # fields as they stand in the file
    codes = array("q")

    def rows():
        for line, fields in records:
            if len(fields) != len(names):
                raise ValueError(
                    say(
                        "csv: expected {num_columns} columns, got {got} in line {line}",
                        num_columns=len(names),
                        got=len(fields),
                        line=line,
                    )
                )
            field = fields[cells.place]
            if field not in seen:
                seen[field] = known.setdefault(cells.label(field, line), len(known))
            codes.append(seen[field])
            yield cells.numbers(fields, line)

    table = np.fromiter(rows(), np.dtype((np.float64, num_columns)))
    if not len(table):
        raise ValueError(
            say("csv: expected rows below the names, got none in {file}", file=path.name)
        )
    return table, list(known), np.frombuffer(codes, np.int64)
