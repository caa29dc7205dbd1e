"""Predicted classes from any library, and the labels that belong to them: read and checked."""

from numbers import Integral, Real
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from reglab.words import counted, say

KINDS = dict.fromkeys("biuf", say("whole numbers")) | {"U": say("strings")}
MOST_WHOLE = 2**53  # beyond, floating-point numbers skip some whole ones


class Part(NamedTuple):
    """Training or test examples, as m checkpoints answer them.

    Attributes:
        name: ``train`` or ``test``.
        labels: ``(n,)`` classes, integers or strings.
        predicted: ``(m, n)`` classes, of the same kind.
        scores: ``(m, n, K)`` class scores, or None where classes were handed in.
    """

    name: str
    labels: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray | None = None

    @property
    def wrong(self) -> np.ndarray:
        """Which examples each checkpoint gets wrong, ``(m, n)`` booleans."""
        return self.predicted != self.labels


def parts_of(
    train_predictions: object, train_labels: object, test_predictions: object, test_labels: object
) -> tuple[Part, Part]:
    """Both parts, each checked by itself.

    Args:
        train_predictions: ``(m, n)`` classes, or ``(m, n, K)`` class scores.
        train_labels: ``(n,)`` classes.
        test_predictions: ``(m, N)`` classes, or ``(m, N, K)`` class scores, N from 2.
        test_labels: ``(N,)`` classes.

    Raises:
        ValueError: one line with what was expected and what came.
    """
    labels = _labels("train_labels", train_labels, 1)
    held_out = _labels("test_labels", test_labels, 2)
    kind = KINDS[labels.dtype.kind]
    if KINDS[held_out.dtype.kind] != kind:
        raise ValueError(
            say(
                "test_labels: expected {kind}, as train_labels, got {got}",
                kind=kind,
                got=_shown(held_out),
            )
        )
    train = _part("train", train_predictions, labels)
    test = _part("test", test_predictions, held_out)
    if len(train.predicted) != len(test.predicted):
        raise ValueError(
            say(
                "test_predictions: expected {num_checkpoints} checkpoints, as in "
                "train_predictions, got {got}",
                num_checkpoints=len(train.predicted),
                got=len(test.predicted),
            )
        )
    return train, test


def _part(part: str, predictions: object, labels: np.ndarray) -> Part:
    name, owner = f"{part}_predictions", f"{part}_labels"
    array = _array(name, predictions)
    if array.ndim not in (2, 3):
        raise ValueError(
            say(
                "{name}: expected classes (checkpoints, examples) or class scores "
                "(checkpoints, examples, classes), got shape {shape}",
                name=name,
                shape=array.shape,
            )
        )
    if not len(array):
        raise ValueError(
            say(
                "{name}: expected at least 1 checkpoint, got shape {shape}",
                name=name,
                shape=array.shape,
            )
        )
    if array.shape[1] != len(labels):
        raise ValueError(
            say(
                "{name}: expected {num_examples} examples, as in {owner}, got shape {shape}",
                name=name,
                num_examples=len(labels),
                owner=owner,
                shape=array.shape,
            )
        )
    if array.ndim == 3:
        return Part(part, labels, _highest(name, array, owner, labels), array)
    array, kind = _classes(name, array), KINDS[labels.dtype.kind]
    if KINDS[array.dtype.kind] != kind:
        raise ValueError(
            say(
                "{name}: expected {kind}, as in {owner}, got {got}",
                name=name,
                kind=kind,
                owner=owner,
                got=_shown(array),
            )
        )
    return Part(part, labels, array)


def _highest(name: str, scores: np.ndarray, owner: str, labels: np.ndarray) -> np.ndarray:
    """The class of the highest score, ``(m, n)``; the first of equal ones."""
    count = scores.shape[2]
    if scores.dtype.kind not in "biuf":
        raise ValueError(
            say(
                "{name}: expected class scores that are numbers, got {got}",
                name=name,
                got=_shown(scores),
            )
        )
    if count < 2:
        raise ValueError(
            say(
                "{name}: expected scores of at least 2 classes, got shape {shape}; where one "
                "output stands for two classes, hand in the classes",
                name=name,
                shape=scores.shape,
            )
        )
    if not np.isfinite(scores).all():
        place = _first(~np.isfinite(scores))
        raise ValueError(
            say(
                "{name}: expected finite scores, got {got} at {place}, which is no answer",
                name=name,
                got=scores[place].item(),
                place=place,
            )
        )
    strange = labels if labels.dtype.kind == "U" else labels[(labels < 0) | (labels >= count)]
    if len(strange):
        raise ValueError(
            say(
                "{owner}: expected whole numbers from 0 to {highest}, as {name} holds scores "
                "of {count} classes, got {got!r}",
                owner=owner,
                highest=count - 1,
                name=name,
                count=count,
                got=strange.tolist()[0],
            )
        )
    return scores.argmax(axis=2)


def _labels(name: str, value: object, least: int) -> np.ndarray:
    labels = _array(name, value)
    if labels.ndim != 1:
        raise ValueError(
            say(
                "{name}: expected one class an example, got shape {shape}",
                name=name,
                shape=labels.shape,
            )
        )
    if len(labels) < least:
        raise ValueError(
            counted(
                least,
                "{name}: expected {count} example or more, got {got}",
                "{name}: expected {count} examples or more, got {got}",
                name=name,
                got=len(labels),
            )
        )
    return _classes(name, labels)


def _classes(name: str, array: np.ndarray) -> np.ndarray:
    """The array as int64 or strings, if it holds whole numbers or strings."""
    if array.dtype.kind not in KINDS:
        raise ValueError(
            say(
                "{name}: expected whole numbers or strings, got {got}", name=name, got=_shown(array)
            )
        )
    if array.dtype.kind in "Ub":
        return array if array.dtype.kind == "U" else array.astype(np.int64)
    most = MOST_WHOLE if array.dtype.kind == "f" else np.iinfo(np.int64).max
    with np.errstate(invalid="ignore"):
        is_whole = (array == np.floor(array)) & (abs(array.astype(float)) <= most)
    if not is_whole.all():
        place = _first(~is_whole)
        raise ValueError(
            say(
                "{name}: expected whole numbers or strings as classes, got {got!r} at {place}",
                name=name,
                got=array[place].item(),
                place=_place(place),
            )
        )
    return array.astype(np.int64)


def _array(name: str, value: object) -> np.ndarray:
    """The value as an array; libraries differ in what they raise where it is none."""
    if np.ma.isMaskedArray(value):
        raise ValueError(say("{name}: expected an array, got one with a mask", name=name))
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        why = " ".join(str(error).split())
        raise ValueError(
            say(
                "{name}: expected an array, got {got}: {why}",
                name=name,
                got=type(value).__name__,
                why=why,
            )
        ) from None
    if array.dtype.kind == "O":
        return _plain(name, value, array)
    if array.dtype.kind == "T":
        return np.array(array.tolist(), str).reshape(array.shape)
    if jnp.issubdtype(array.dtype, jnp.floating) and array.dtype.kind != "f":
        return array.astype(np.float32)  # bfloat16, and those of eight bits
    if jnp.issubdtype(array.dtype, jnp.integer) and array.dtype.kind not in "iu":
        return array.astype(np.int64)
    return array


def _plain(name: str, value: object, array: np.ndarray) -> np.ndarray:
    """Python objects as numbers or strings, if they are all of one kind: columns of a table are."""
    if not array.ndim:
        raise ValueError(
            say("{name}: expected an array, got {got}", name=name, got=type(value).__name__)
        )
    whole, real = (Integral, np.bool_), (Real, np.bool_)
    for kind, made in ((str, str), (whole, np.int64), (real, np.float64)):
        if all(isinstance(value, kind) for value in array.flat):
            try:
                return array.astype(made)
            except OverflowError:
                raise ValueError(
                    say("{name}: expected numbers of 64 bits, got larger ones", name=name)
                ) from None
    alike = str if isinstance(array.flat[0], str) else real
    place = _first(
        np.array([not isinstance(entry, alike) for entry in array.flat]).reshape(array.shape)
    )
    raise ValueError(
        say(
            "{name}: expected plain classes, all of one kind, got {got!r} of type {kind} at "
            "{place}",
            name=name,
            got=array[place],
            kind=type(array[place]).__name__,
            place=_place(place),
        )
    )


def _first(where: np.ndarray) -> tuple[int, ...]:
    """Indices of the first place that holds."""
    return tuple(int(i) for i in np.unravel_index(int(where.argmax()), where.shape))


def _place(place: tuple[int, ...]) -> int | tuple[int, ...]:
    return place[0] if len(place) == 1 else place


def _shown(array: np.ndarray) -> str:
    """What an array holds, in words."""
    if array.dtype.kind == "V":
        return say(
            "raw bytes ({dtype}), which is how np.savez writes bfloat16: cast it before",
            dtype=array.dtype,
        )
    return KINDS.get(array.dtype.kind, say("the type {dtype}", dtype=array.dtype))
