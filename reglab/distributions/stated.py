"""What a distribution of the user's says of itself: sizes, names, numbers, errors, each checked."""

import inspect
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reglab.config import Range, check_name
from reglab.distributions.estimate import METHODS, ErrorEstimate
from reglab.words import say

ROUNDING = 1e-6  # by how much an error may leave its interval, or the range from 0 to 1


def takes(method: Callable, name: str) -> bool:
    """Whether a method has a parameter of that name."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):  # built in, and not to be found out
        return True
    return any(p.name == name or p.kind is p.VAR_KEYWORD for p in parameters)


def size(value: Any) -> int | None:
    """A whole number as one of Python's; None of anything else.

    >>> size(np.int64(3)), size(True), size(2.0)
    (3, None, None)
    """
    try:
        return None if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        return None


def sizes(name: str, value: object) -> tuple[int, ...]:
    """A shape of at least one axis, none of them empty."""
    axes = [size(axis) for axis in value] if isinstance(value, tuple | list) else []
    if not axes or any(axis is None or axis < 1 for axis in axes):
        raise ValueError(
            say(
                "{name}: expected a tuple of whole numbers from 1 such as (2,), got {got!r}",
                name=name,
                got=value,
            )
        )
    return tuple(int(axis) for axis in axes if axis is not None)


def image_shape(value: object, input_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Height, width and perhaps channels of an image that has as many numbers as an input."""
    shape, count = sizes("image_shape", value), math.prod(input_shape)
    if len(shape) not in (2, 3) or math.prod(shape) != count:
        raise ValueError(
            say(
                "image_shape: expected (height, width) or (height, width, channels) of "
                "{count} numbers, got {got}",
                count=count,
                got=shape,
            )
        )
    return shape


def ranges(value: object) -> dict[str, Range]:
    """The values that each number may take."""
    if not isinstance(value, Mapping) or not all(isinstance(v, Range) for v in value.values()):
        raise ValueError(
            say("ranges: expected a dict of reglab.config.Range, got {got!r}", got=value)
        )
    return dict(value)


def region(value: object) -> tuple[float, float, float, float]:
    """A part of the plane."""
    bounds = (
        [real(bound) for bound in value] if isinstance(value, tuple | list | np.ndarray) else []
    )
    is_region = len(bounds) == 4 and all(map(math.isfinite, bounds))
    if not is_region or bounds[0] >= bounds[1] or bounds[2] >= bounds[3]:
        raise ValueError(
            say("plot_region: expected (x1 low, x1 high, x2 low, x2 high), got {got!r}", got=value)
        )
    return bounds[0], bounds[1], bounds[2], bounds[3]


def real(value: Any) -> float:
    """A number; nan of anything else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def estimate(name: str, wanted: str, answer: Any, most: float) -> ErrorEstimate:
    """An error estimate of the user's as one of reglab's.

    Args:
        name: of the method that returned it.
        wanted: what it should have returned.
        answer: what it did return.
        most: the largest error that there is.
    """
    try:
        value, low, high = (float(part) for part in (answer.value, answer.low, answer.high))
        points, method = int(answer.num_points), answer.method
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            say(
                "{name}: expected {wanted}, got {got!r}; of a known value e hand in "
                "reglab.distributions.ErrorEstimate(e, e, e, 0, 'closed-form')",
                name=name,
                wanted=wanted,
                got=answer,
            )
        ) from None
    is_within = low - ROUNDING <= value <= high + ROUNDING and math.isfinite(high - low)
    if not (-ROUNDING <= value <= most + ROUNDING and is_within):
        values = {"name": name, "got": value, "low": low, "high": high}
        raise ValueError(
            say(
                "{name}: expected a value from 0 up within its interval, got {got:g} in {low:g} to "
                "{high:g}",
                **values,
            )
            if math.isinf(most)
            else say(
                "{name}: expected a value from 0 to 1 within its interval, got {got:g} in {low:g} "
                "to {high:g}",
                **values,
            )
        )
    return ErrorEstimate(value, low, high, points, check_name(f"{name}: method", method, METHODS))
