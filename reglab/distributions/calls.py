"""Calls of a user's code: what it returns, or one line of what it raised."""

from collections.abc import Callable
from typing import Any, TypeVar

from reglab.precision import in_32_bits
from reglab.words import line_of, say

R = TypeVar("R")


@in_32_bits
def asked(name: str, wanted: str, call: Callable[[], R], *, keeps_lines: bool = False) -> R:
    """What a call of the user's code returns; whatever it raises becomes one line.

    Args:
        name: of the attribute or method.
        wanted: what it should have returned, in words.
        call: asks for it.
        keeps_lines: a ``ValueError`` stays as it is: it is likely to be a line of reglab's.
    """
    try:
        return call()
    except Exception as error:  # code of the user's may raise anything
        if keeps_lines and isinstance(error, ValueError):
            raise
        raise ValueError(
            say(
                "{name}: expected {wanted}, got {got}: {why}",
                name=name,
                wanted=wanted,
                got=type(error).__name__,
                why=line_of(error),
            )
        ) from error


def pair(name: str, wanted: str, answer: Any) -> tuple[Any, Any]:
    """The two parts that a method of the user's is to return."""
    try:
        first, second = answer
    except (TypeError, ValueError) as error:
        raise ValueError(
            say(
                "{name}: expected {wanted}, got {got} ({why})",
                name=name,
                wanted=wanted,
                got=type(answer).__name__,
                why=error,
            )
        ) from None
    return first, second
