"""Inputs of one's own: any container of numbers as an array, and what its shape means."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from reglab.distributions.frames import NUMBERS, as_array, is_frame, numbers_of_objects, table
from reglab.distributions.missing import MISSING, masked_examples, shown
from reglab.words import listed, say

CHUNK = 2**20  # numbers looked at together: checking and scaling copy no more
MOST_CHANNELS = 4
KINDS = {2: ("table", "sequence", "plane"), 3: ("image",), 4: ("image",)}  # by axes, n among them


def inputs(name: str, values: object) -> np.ndarray:
    """Inputs ``(n, ...)`` as an array of finite numbers, or a ``ValueError`` of one line.

    It may share its memory with ``values``.
    """
    array = _array(name, values)
    if array.dtype.kind not in NUMBERS:
        raise ValueError(
            say(
                "{name}: expected numbers, got an array of dtype {dtype}",
                name=name,
                dtype=array.dtype,
            )
        )
    if array.ndim < 2 or 0 in array.shape:
        raise ValueError(
            say(
                "{name}: expected inputs of shape (n, ...), n from 1, got shape {shape}",
                name=name,
                shape=array.shape,
            )
        )
    if array.dtype.kind == "f":
        size = chunk_size(array)
        for start in range(0, len(array), size):
            # as they will be looked at: what is finite in 80 bits may not be in 64
            with np.errstate(over="ignore"):
                numbers = array[start : start + size].astype(np.float64, copy=False)
            is_bad = ~np.isfinite(numbers).reshape(len(numbers), -1).all(axis=1)
            if is_bad.any():
                raise _not_finite(name, start + int(is_bad.argmax()))
    return array


def chunk_size(array: np.ndarray) -> int:
    """How many examples are looked at together."""
    return max(1, CHUNK // array[0].size)


def checked_kind(kind: Any, shape: tuple[int, ...]) -> str | None:
    """What inputs of shape ``(n, ...)`` are; rows of a table where nobody says otherwise.

    Raises:
        ValueError: a kind that such inputs cannot be, and images whose channels come first.

    >>> checked_kind(None, (9, 4)), checked_kind("sequence", (9, 4)), checked_kind(None, (9, 8, 8))
    ('table', 'sequence', 'image')
    """
    possible = KINDS.get(len(shape), ())
    sizes = {"sequence": shape[1] > 2, "plane": shape[1] == 2}
    possible = tuple(name for name in possible if sizes.get(name, True))
    if kind is None:
        _check_channels(shape)
        return possible[0] if possible else None
    if kind not in possible:
        values = {"shape": shape[1:], "got": shown(kind)}
        raise ValueError(
            say(
                "kind: expected one of {allowed} for inputs of shape {shape}, got {got}",
                allowed=", ".join(possible),
                **values,
            )
            if possible
            else say("kind: expected none for inputs of shape {shape}, got {got}", **values)
        )
    return kind


def _check_channels(shape: tuple[int, ...]) -> None:
    if len(shape) != 4:
        return
    channels, height, width = shape[1:]
    if channels <= MOST_CHANNELS < min(height, width):
        raise ValueError(
            say(
                "x: expected images (n, height, width, channels), got shape {shape}, whose "
                "channels seem to come first; use x.transpose(0, 2, 3, 1), or say "
                "kind='image' if they do not",
                shape=shape,
            )
        )


def _array(name: str, values: Any) -> np.ndarray:
    if hasattr(values, "toarray"):
        raise ValueError(
            say(
                "{name}: expected a dense array, got a sparse {kind}; use {name}.toarray()",
                name=name,
                kind=type(values).__name__,
            )
        )
    if hasattr(values, "collect"):
        raise ValueError(
            say(
                "{name}: expected rows, got a {kind} that is not computed yet; use "
                "{name}.collect()",
                name=name,
                kind=type(values).__name__,
            )
        )
    if is_frame(values):
        return table(name, values)
    parts = values if isinstance(values, list | tuple) else [values]
    for place, part in enumerate(parts):
        masked = masked_examples(part)
        if masked is not None:
            raise _not_finite(name, place if part is not values else int(masked.argmax()))
    array = as_array(name, values)
    if array is None:
        raise _of_several_shapes(name, values)
    is_list = array.dtype == object and isinstance(values, list | tuple)
    if is_list and len(set(map(_shape, values))) > 1:
        raise _of_several_shapes(name, values)
    return _numeric(name, array)


def _of_several_shapes(name: str, values: Any) -> ValueError:
    several = listed(sorted(set(map(_shape, values)))[:3])
    return ValueError(
        say("{name}: expected inputs of one shape, got {got}", name=name, got=several)
    )


def _shape(value: Any) -> str:
    try:
        return str(np.shape(value))
    except ValueError:  # lists of mixed lengths
        return say("no shape at all")


def _numeric(name: str, array: np.ndarray) -> np.ndarray:
    """The array with numbers in place of objects and of floating types that NumPy does not know."""
    if array.dtype.kind == "V" and jnp.issubdtype(array.dtype, jnp.number):
        return array.astype(np.float32)
    if array.dtype != object:
        return array
    size = max(array[0].size, 1) if array.ndim > 1 and len(array) else 1

    def refuse(place: int, what: str) -> ValueError:
        if what == MISSING:
            return _not_finite(name, place // size)
        return ValueError(
            say(
                "{name}: expected numbers, got {got} in example {place}",
                name=name,
                got=what,
                place=place // size,
            )
        )

    return numbers_of_objects(array.ravel(), refuse).reshape(array.shape)


def _not_finite(name: str, place: int) -> ValueError:
    return ValueError(
        say(
            "{name}: expected finite numbers, got a missing, infinite or too large one in "
            "example {place}; fill it or leave the example out",
            name=name,
            place=place,
        )
    )
