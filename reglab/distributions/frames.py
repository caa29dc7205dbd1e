"""Data frames of pandas, polars and their like: numbers out of their columns, neither imported."""

import re
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from reglab.distributions.missing import MISSING, is_missing, plain, shown
from reglab.words import line_of, say

NAMELESS = re.compile(r"(Unnamed: \d+(_level_\d+)?)?")  # what pandas calls a column without a name
NUMBERS = "biuf"  # kinds of NumPy's dtypes


def is_frame(values: object) -> bool:
    """Whether these are columns with names, each of a type of its own."""
    is_lazy = hasattr(values, "collect")  # asking one for its columns would compute it
    return not is_lazy and all(hasattr(values, name) for name in ("columns", "dtypes", "shape"))


def is_nameless(name: object) -> bool:
    """Whether a column has no name, or the one that pandas gives where there is none.

    >>> is_nameless(""), is_nameless("Unnamed: 0"), is_nameless("age"), is_nameless(0)
    (True, True, False, False)
    """
    return isinstance(name, str) and NAMELESS.fullmatch(name.strip()) is not None


def as_array(name: str, values: object) -> np.ndarray | None:
    """What NumPy makes of ``values``; None for lists of mixed lengths.

    Raises:
        ValueError: one line, for what NumPy cannot look into.
    """
    try:
        return np.asarray(values)
    except ValueError:
        return None
    except (TypeError, RuntimeError) as error:  # of a tensor that is on a device, or traced
        raise ValueError(
            say(
                "{name}: expected something that NumPy takes for an array, got {got}: {why}",
                name=name,
                got=type(values).__name__,
                why=line_of(error),
            )
        ) from None


def table(name: str, frame: Any) -> np.ndarray:
    """A frame's columns as float64 ``(n, d)``, or a ``ValueError`` that names the column."""
    columns = list(_columns(frame))
    nameless = next((label for label, _ in columns if is_nameless(label)), None)
    if nameless is not None:
        raise ValueError(
            say(
                "{name}: expected a name for every column, got {got!r}, which may number the "
                "rows; leave that column out, or give it a name if it is an input",
                name=name,
                got=nameless,
            )
        )
    out = np.empty((len(frame), len(columns)))
    for place, (label, column) in enumerate(columns):
        out[:, place] = _numbers(name, label, column)
    return out


def check_together(x: Any, y: Any, test_x: Any) -> None:
    """Raises ``ValueError`` where frames and their labels do not belong together.

    That is: labels among the inputs, the rows of pandas' index in two orders, and test inputs of
    other columns than those of the training inputs.
    """
    if not is_frame(x):
        return
    label = getattr(y, "name", None)
    is_among = label is not None and label in list(x.columns)
    if is_among and np.array_equal(np.asarray(x[label]), np.asarray(y)):
        raise ValueError(
            say(
                "x: expected inputs without their labels, got the labels as column {label!r}; "
                "leave it out of x",
                label=label,
            )
        )
    if _is_other_order(getattr(x, "index", None), getattr(y, "index", None)):
        raise ValueError(
            say(
                "y: expected the rows of x in their order, got the same index in another "
                "order; use y.loc[x.index], or reset_index(drop=True) on both"
            )
        )
    if is_frame(test_x) and list(x.columns) != list(test_x.columns):
        several = ", ".join(map(str, x.columns)), ", ".join(map(str, test_x.columns))
        raise ValueError(
            say(
                "test_x: expected the columns {names} of x in this order, got {got}",
                names=several[0],
                got=several[1],
            )
        )


def numbers_of_objects(values: Iterable[Any], refuse: Any) -> np.ndarray:
    """Objects that are all numbers, as float64 ``(n,)``.

    ``refuse(place, what)`` makes the error for the first that is none; infinity stands for numbers
    that are too large.
    """

    def numbers():
        for place, value in enumerate(map(plain, values)):
            if is_missing(value):
                raise refuse(place, MISSING)
            if not isinstance(value, Real | Decimal):
                if isinstance(value, str):
                    raise refuse(place, say("text {value}", value=shown(value)))
                kind = type(value).__name__
                raise refuse(place, say("{kind} {value}", kind=kind, value=shown(value)))
            try:
                yield float(value)
            except OverflowError:  # of a whole number
                yield np.inf

    return np.fromiter(numbers(), np.float64)


def _is_other_order(index: Any, other: Any) -> bool:
    if not hasattr(index, "equals") or not hasattr(other, "equals"):  # no index of pandas
        return False
    return not index.equals(other) and len(index) == len(other) and set(index) == set(other)


def _columns(frame: Any) -> Iterable[tuple[Any, Any]]:
    if hasattr(frame, "items"):
        return frame.items()
    return zip(frame.columns, frame.iter_columns(), strict=True)


def _numbers(name: str, label: object, column: object) -> np.ndarray:
    def refuse(place: int, what: str) -> ValueError:
        if what == MISSING:
            advice = say("fill it or leave the example out")
        else:
            advice = say("make numbers of it, as pandas.get_dummies does, or leave the column out")
        return ValueError(
            say(
                "{name}: expected numbers in column {column!r}, got {got} in example {place}; "
                "{advice}",
                name=name,
                column=label,
                got=what,
                place=place,
                advice=advice,
            )
        )

    array = np.asarray(column)
    if array.ndim != 1:
        raise ValueError(
            say(
                "{name}: expected one number an example in column {column!r}, got arrays of "
                "shape {shape}",
                name=name,
                column=label,
                shape=array.shape[1:],
            )
        )
    if array.dtype.kind in "OUT":
        array = numbers_of_objects(array, refuse)
    if array.dtype.kind not in NUMBERS:
        raise ValueError(
            say(
                "{name}: expected numbers in column {column!r}, got {got}; make numbers of it or "
                "leave the column out",
                name=name,
                column=label,
                got=array.dtype,
            )
        )
    if array.dtype.kind == "f":
        is_bad = ~np.isfinite(array)
        if is_bad.any():
            place = int(is_bad.argmax())
            missing = np.isnan(array[place])
            raise refuse(place, MISSING if missing else shown(plain(array[place])))
    return array
