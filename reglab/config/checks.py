"""Checks of names and numbers, each with a one-line message of what was expected."""

import math
import numbers
from typing import Any, NamedTuple


class Range(NamedTuple):
    """Values a number may take: from ``low`` to ``high``, both included unless said."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, value: object) -> bool:
        try:
            number = float(value) if isinstance(value, numbers.Real) else math.nan
        except OverflowError:
            return False
        above = number > self.low if self.open_low else number >= self.low
        below = number < self.high if self.open_high else number <= self.high
        return bool(above and below)

    def __str__(self) -> str:
        start = f"above {self.low:g}" if self.open_low else f"from {self.low:g}"
        return f"{start} {'to below' if self.open_high else 'to'} {self.high:g}"


def check_number(name: str, value: Any, allowed: Range, *, integer: bool = False) -> Any:
    """Returns ``value`` as a Python number, or raises a ``ValueError`` of one line."""
    kind = "a whole number" if integer else "a number"
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    fits = value in allowed and not isinstance(value, bool)
    if not fits or (integer and not float(value).is_integer()):
        raise ValueError(f"{name}: expected {kind} {allowed}, got {value!r}")
    return int(float(value)) if integer else float(value)


def check_name(what: str, value: object, allowed: tuple[str, ...]) -> str:
    """Returns ``value`` if it is one of the ``allowed`` names, or raises a ``ValueError``."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{what}: expected one of {', '.join(allowed)}, got {value!r}")
    return value
