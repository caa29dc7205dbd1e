"""One's own distributions: what they must have, and how numbers are set on any."""

import dataclasses
import inspect
from typing import Any, TypeVar, cast

from reglab.words import say

D = TypeVar("D")
ATTRIBUTES = ("input_shape", "num_classes")
MEMBERS = ("sample", "evaluation", "bayes_error", "true_error")


def check_members(distribution: object) -> None:
    """Raises ``ValueError``, one line, where something lacks what a distribution must have."""
    if isinstance(distribution, type):
        raise ValueError(
            say(
                "distribution: expected an object, got the class {kind}; did you mean {kind}()?",
                kind=distribution.__name__,
            )
        )
    missing = [name for name in ATTRIBUTES if not hasattr(distribution, name)]
    missing += [name for name in MEMBERS if not callable(getattr(distribution, name, None))]
    if missing:
        names = ATTRIBUTES + MEMBERS
        lacks = say("all of them") if len(missing) == len(names) else ", ".join(missing)
        raise ValueError(
            say(
                "distribution: expected {names}, but {kind} lacks {lacks}",
                names=", ".join(names),
                kind=type(distribution).__name__,
                lacks=lacks,
            )
        )


def is_ours(distribution: object) -> bool:
    """Whether a distribution is of a class of reglab's, the adapter included."""
    return type(distribution).__module__.partition(".")[0] == __name__.partition(".")[0]


def loss_of(distribution: Any) -> str:
    """``zero-one`` or ``squared``: what errors over a distribution are made of."""
    return str(distribution.loss)


def is_squared(distribution: object) -> bool:
    """Whether errors over a distribution are squared ones, as in regression."""
    return loss_of(distribution) == "squared"


def with_numbers(distribution: D, **numbers: object) -> D:
    """A copy of ``distribution`` with those of ``numbers`` that it has; the others are ignored.

    Numbers may be traced. An object with a method ``with_numbers`` does it by itself; any other
    that is no dataclass comes back as it is.

    Raises:
        ValueError: a number out of its range.
    """
    own_way = getattr(distribution, "with_numbers", None)
    if callable(own_way) and not inspect.isclass(distribution):
        return cast(D, own_way(**numbers))
    if not dataclasses.is_dataclass(distribution) or isinstance(distribution, type):
        return distribution
    own = {field.name for field in dataclasses.fields(distribution) if field.init}
    moved = {name: value for name, value in numbers.items() if name in own}
    return dataclasses.replace(distribution, **moved) if moved else distribution
