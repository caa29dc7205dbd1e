"""What stands for a value that is not there, and words for what came instead."""

from decimal import Decimal
from typing import Any

import numpy as np

from reglab.words import say

NO_VALUES = ("NAType", "NaTType", "MaskedConstant")  # of pandas, pandas and NumPy
DIFFER = (float, complex, Decimal, np.inexact, np.datetime64, np.timedelta64)
MISSING = say("a missing value")
MOST_SHOWN = 40  # characters of a value in a message


def is_missing(value: object) -> bool:
    """Whether ``value`` is None, not a number or not a time, pandas' NA, or masked.

    >>> is_missing(None), is_missing(float("nan")), is_missing(0.0), is_missing("NA")
    (True, True, False, False)
    """
    if value is None or type(value).__name__ in NO_VALUES:
        return True
    return isinstance(value, DIFFER) and bool(value != value)


def plain(value: Any) -> Any:
    """A scalar of NumPy, JAX or PyTorch as Python's own, anything else as it is."""
    is_scalar = getattr(value, "ndim", None) == 0 and hasattr(value, "item")
    return value.item() if is_scalar and value is not np.ma.masked else value  # whose item is 0


def shown(value: object) -> str:
    """A value in one line of a message.

    >>> shown("a" * 50)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def masked_examples(values: object) -> np.ndarray | None:
    """Where a masked array has masked values, ``(n,)`` one an example; None where nothing is."""
    if not isinstance(values, np.ma.MaskedArray):
        return None
    mask = np.atleast_1d(np.ma.getmaskarray(values))
    is_masked = np.asarray(mask.reshape(len(mask), -1).any(axis=1))
    return is_masked if is_masked.any() else None
