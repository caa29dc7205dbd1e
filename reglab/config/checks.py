"""Checks of names and numbers, each with a one-line message of what was expected."""

import math
import numbers
from typing import Any, NamedTuple

from reglab.words import Message, say


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
        return str(self.in_words())

    def in_words(self) -> Message:
        """The range as it stands behind "a number".

        >>> Range(0, 1).in_words(), Range(0, 1, open_low=True, open_high=True).in_words()
        ('from 0 to 1', 'above 0 to below 1')
        """
        low, high = self.low, self.high
        if self.open_low and self.open_high:
            return say("above {low:g} to below {high:g}", low=low, high=high)
        if self.open_low:
            return say("above {low:g} to {high:g}", low=low, high=high)
        if self.open_high:
            return say("from {low:g} to below {high:g}", low=low, high=high)
        return say("from {low:g} to {high:g}", low=low, high=high)


def check_number(name: str, value: Any, allowed: Range, *, integer: bool = False) -> Any:
    """Returns ``value`` as a Python number, or raises a ``ValueError`` of one line."""
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    fits = value in allowed and not isinstance(value, bool)
    if not fits or (integer and not float(value).is_integer()):
        raise ValueError(
            say(
                "{name}: expected {kind} {allowed}, got {got!r}",
                name=name,
                kind=say("a whole number") if integer else say("a number"),
                allowed=allowed.in_words(),
                got=value,
            )
        )
    return int(float(value)) if integer else float(value)


def check_counts(**counts: int | None) -> None:
    """Raises a ``ValueError`` of one line where a count is below 1; None is one left out."""
    for name, value in counts.items():
        if value is not None and (isinstance(value, bool) or not value >= 1):
            raise ValueError(
                say(
                    "{name}: expected a whole number of at least 1, got {got!r}",
                    name=name,
                    got=value,
                )
            )


def check_name(what: str, value: object, allowed: tuple[str, ...]) -> str:
    """Returns ``value`` if it is one of the ``allowed`` names, or raises a ``ValueError``."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(
            say(
                "{name}: expected one of {allowed}, got {got!r}",
                name=what,
                allowed=", ".join(allowed),
                got=value,
            )
        )
    return value
