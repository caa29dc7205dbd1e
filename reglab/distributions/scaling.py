"""Inputs of one's own as float32: centred and scaled in float64, cast last."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from reglab.distributions.inputs import chunk_size
from reglab.words import say

SAME = 8 * np.finfo(np.float64).eps  # of the largest: values that differ by less are one value
COARSE = 1e-3  # of the range of a feature: no rounding to 32 bits may move a value further
Scale = float | np.floating | np.ndarray  # one number, or one a feature


class Part:
    """Some rows of an array of examples.

    Args:
        name: of the argument that the array came by.
        values: ``(n, *input_shape)``, finite.
        rows: which of them, in order.
    """

    def __init__(self, name: str, values: np.ndarray, rows: np.ndarray):
        self.name, self.values, self.rows = name, values, rows

    def chunks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Places in ``rows``, and a float64 copy of the examples there."""
        size = chunk_size(self.values)
        for start in range(0, len(self.rows), size):
            span = slice(start, start + size)
            yield span, self.values[self.rows[span]].astype(np.float64)

    def cast(self, low: Scale, size: Scale, mean: Scale, deviation: Scale) -> np.ndarray:
        """``((x - low) / size - mean) / deviation`` as float32, a new array."""
        out = np.empty((len(self.rows), *self.values.shape[1:]), np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            for span, x in self.chunks():
                x -= low
                x /= size
                x -= mean
                x /= deviation
                out[span] = x
                self._check(out[span], span)
        return out

    def _check(self, out: np.ndarray, span: slice) -> None:
        is_bad = ~np.isfinite(out).reshape(len(out), -1).all(axis=1)
        if is_bad.any():
            row = int(self.rows[span.start + is_bad.argmax()])
            raise ValueError(
                say(
                    "{name}: expected numbers that 32 bits can hold, got one that is too "
                    "large in example {row}",
                    name=self.name,
                    row=row,
                )
            )


def standardized(train: Part, test: Part, *, by_feature: bool) -> tuple[np.ndarray, np.ndarray]:
    """Both parts with mean 0 and standard deviation 1 over the first, float32.

    A feature of one value stays 0. ``by_feature`` is for rows ``(n, d)``, or else all numbers count
    as one feature.
    """
    axes = (0,) if by_feature else None
    low, high = _range(train, axes)
    with np.errstate(over="ignore"):
        size = high - low  # first to 0...1, where nothing can overflow
    is_same = size <= SAME * np.maximum(np.abs(low), np.abs(high))
    size = np.where(is_same, 1.0, size)
    if not np.isfinite(size).all():
        raise ValueError(
            say(
                "{name}: expected numbers that 32 bits can hold, got too large ones",
                name=train.name,
            )
        )
    count = len(train.rows) if by_feature else len(train.rows) * train.values[0].size
    mean = sum(((x - low) / size).sum(axis=axes) for _, x in train.chunks()) / count
    squares = sum(np.square((x - low) / size - mean).sum(axis=axes) for _, x in train.chunks())
    deviation = np.where(is_same, 1.0, np.sqrt(squares / count))
    return train.cast(low, size, mean, deviation), test.cast(low, size, mean, deviation)


def as_they_are(train: Part, test: Part, *, by_feature: bool) -> tuple[np.ndarray, np.ndarray]:
    """Both parts as float32, in which no feature may lose what sets its values apart."""
    made = train.cast(0, 1, 0, 1), test.cast(0, 1, 0, 1)
    if train.values.dtype.itemsize <= 2 or train.values.dtype == np.float32:
        return made
    axes = (0,) if by_feature else None
    low, high = _range(train, axes)
    moved: Any = 0.0
    for span, x in train.chunks():
        moved = np.maximum(moved, np.abs(x - made[0][span]).max(axis=axes))
    is_lost = np.ravel((moved > COARSE * (high - low)) & (high > low))
    if is_lost.any():
        raise ValueError(
            say(
                "{name}: expected numbers that 32 bits can tell apart, got some in column {column} "
                "that differ by too little for their size; leave standardize on, or take their "
                "mean off",
                name=train.name,
                column=int(is_lost.argmax()),
            )
            if by_feature
            else say(
                "{name}: expected numbers that 32 bits can tell apart, got some that differ by too "
                "little for their size; leave standardize on, or take their mean off",
                name=train.name,
            )
        )
    return made


def _range(part: Part, axes: Any) -> tuple[Any, Any]:
    both = [(x.min(axis=axes), x.max(axis=axes)) for _, x in part.chunks()]
    low = np.min([low for low, _ in both], axis=0)
    return low, np.max([high for _, high in both], axis=0)
