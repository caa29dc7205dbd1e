"""One's own distributions: what they must have, and how numbers are set on any."""

import dataclasses
import inspect
from typing import Any, TypeVar, cast

D = TypeVar("D")
ATTRIBUTES = ("input_shape", "num_classes")
METHODS = ("sample", "evaluation", "bayes_error", "true_error")


def check(distribution: D) -> D:
    """Returns ``distribution`` if it has all that a run needs, of whatever class it is.

    That is ``input_shape``, ``num_classes``, and the methods ``sample``, ``evaluation``,
    ``bayes_error`` and ``true_error`` of :class:`Distribution`. :func:`true_error_from` makes the
    last one out of the others.

    Raises:
        ValueError: one line that names every missing member.

    >>> check(object())
    Traceback (most recent call last):
    ValueError: distribution: expected input_shape, num_classes, sample, evaluation, bayes_error, \
true_error, but object lacks all of them
    """
    if isinstance(distribution, type):
        raise ValueError(
            f"distribution: expected an object, got the class {distribution.__name__}; "
            f"did you mean {distribution.__name__}()?"
        )
    missing = [name for name in ATTRIBUTES if not hasattr(distribution, name)]
    missing += [name for name in METHODS if not callable(getattr(distribution, name, None))]
    if missing:
        names = ATTRIBUTES + METHODS
        lacks = "all of them" if len(missing) == len(names) else ", ".join(missing)
        raise ValueError(
            f"distribution: expected {', '.join(names)}, "
            f"but {type(distribution).__name__} lacks {lacks}"
        )
    return distribution


def loss_of(distribution: Any) -> str:
    """``zero-one`` or ``squared``: what errors over a distribution are made of.

    One's own distribution need not say it: without an attribute ``loss`` it is one of classes.

    >>> loss_of(object())
    'zero-one'
    """
    return str(getattr(distribution, "loss", "zero-one"))


def is_squared(distribution: Any) -> bool:
    """Whether errors over a distribution are squared ones, as in regression."""
    return loss_of(distribution) == "squared"


def with_numbers(distribution: D, **numbers: Any) -> D:
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
