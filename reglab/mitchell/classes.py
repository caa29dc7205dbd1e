"""Predicted classes from any library: checked, and compared with the labels."""

from typing import Any

import numpy as np

KINDS = {"b": "whole numbers", "i": "whole numbers", "u": "whole numbers", "f": "whole numbers"}
KINDS |= {"U": "strings", "T": "strings"}
MOST_WHOLE = 2**53  # beyond, floating-point numbers skip some whole ones


def mistakes(
    train_predictions: Any, train_labels: Any, test_predictions: Any, test_labels: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Which examples each of m checkpoints gets wrong.

    Args:
        train_predictions: ``(m, n)`` classes, or ``(m, n, K)`` class scores.
        train_labels: ``(n,)`` classes.
        test_predictions: ``(m, N)`` classes, or ``(m, N, K)`` class scores, N from 2.
        test_labels: ``(N,)`` classes.

    Returns:
        Booleans ``(m, n)`` on the training examples and ``(m, N)`` on the test examples.

    Raises:
        ValueError: one line with what was expected and what came.
    """
    labels = _labels("train_labels", train_labels, 1)
    held_out = _labels("test_labels", test_labels, 2)
    kind = KINDS[labels.dtype.kind]
    if KINDS[held_out.dtype.kind] != kind:
        raise ValueError(f"test_labels: expected {kind}, as train_labels, got {_shown(held_out)}")
    train = _wrong("train_predictions", train_predictions, "train_labels", labels)
    test = _wrong("test_predictions", test_predictions, "test_labels", held_out)
    if len(train) != len(test):
        raise ValueError(
            f"test_predictions: expected {len(train)} checkpoints, as in train_predictions, "
            f"got {len(test)}"
        )
    return train, test


def _wrong(name: str, predictions: Any, owner: str, labels: np.ndarray) -> np.ndarray:
    """Where predicted classes differ from the labels, ``(m, n)``."""
    array = _array(name, predictions)
    if array.ndim not in (2, 3):
        raise ValueError(
            f"{name}: expected classes (checkpoints, examples) or class scores (checkpoints, "
            f"examples, classes), got shape {array.shape}"
        )
    if not len(array):
        raise ValueError(f"{name}: expected at least 1 checkpoint, got shape {array.shape}")
    if array.shape[1] != len(labels):
        raise ValueError(
            f"{name}: expected {len(labels)} examples, as in {owner}, got shape {array.shape}"
        )
    if array.ndim == 3:
        return _highest(name, array, owner, labels) != labels
    array, kind = _classes(name, array), KINDS[labels.dtype.kind]
    if KINDS[array.dtype.kind] != kind:
        raise ValueError(f"{name}: expected {kind}, as in {owner}, got {_shown(array)}")
    return array != labels


def _highest(name: str, scores: np.ndarray, owner: str, labels: np.ndarray) -> np.ndarray:
    """The class of the highest score, ``(m, n)``; the first of equal ones."""
    count = scores.shape[2]
    if scores.dtype.kind not in "biuf":
        raise ValueError(f"{name}: expected class scores that are numbers, got {_shown(scores)}")
    if count < 2:
        raise ValueError(
            f"{name}: expected scores of at least 2 classes, got shape {scores.shape}; where one "
            "output stands for two classes, hand in the classes"
        )
    if scores.dtype.kind == "f" and np.isnan(scores).any():
        raise ValueError(f"{name}: expected numbers, got nan at {_first(np.isnan(scores))}")
    strange = labels if labels.dtype.kind in "UT" else labels[(labels < 0) | (labels >= count)]
    if len(strange):
        raise ValueError(
            f"{owner}: expected whole numbers from 0 to {count - 1}, as {name} holds scores of "
            f"{count} classes, got {strange.tolist()[0]!r}"
        )
    return scores.argmax(axis=2)


def _labels(name: str, value: Any, least: int) -> np.ndarray:
    labels = _array(name, value)
    if labels.ndim != 1:
        raise ValueError(f"{name}: expected one class an example, got shape {labels.shape}")
    if len(labels) < least:
        raise ValueError(
            f"{name}: expected {least} example{'s' * (least > 1)} or more, got {len(labels)}"
        )
    return _classes(name, labels)


def _classes(name: str, array: np.ndarray) -> np.ndarray:
    """The array, if it holds whole numbers or strings; whole floating-point numbers as integers."""
    if array.dtype.kind not in KINDS:
        raise ValueError(f"{name}: expected whole numbers or strings, got {_shown(array)}")
    if array.dtype.kind == "b":
        return array.astype(np.int8)
    if array.dtype.kind != "f":
        return array
    with np.errstate(invalid="ignore"):
        is_whole = (array == np.floor(array)) & (np.abs(array) <= MOST_WHOLE)
    if not is_whole.all():
        place = _first(~is_whole)
        raise ValueError(
            f"{name}: expected whole numbers or strings as classes, got {array[place].item()!r} "
            f"at {place[0] if array.ndim == 1 else place}"
        )
    return array.astype(np.int64)


def _array(name: str, value: Any) -> np.ndarray:
    """The value as an array; libraries differ in what they raise where it is none."""
    if np.ma.isMaskedArray(value):
        raise ValueError(f"{name}: expected an array, got one with a mask")
    try:
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{name}: expected an array, got {type(value).__name__}: {reason}"
        ) from None


def _first(where: np.ndarray) -> tuple[int, ...]:
    """Indices of the first place that holds."""
    return tuple(int(i) for i in np.unravel_index(int(where.argmax()), where.shape))


def _shown(array: np.ndarray) -> str:
    """What an array holds, in words."""
    if array.dtype.kind == "O":
        return "Python objects; .astype(str) or .astype(int) makes plain classes of them"
    return KINDS.get(array.dtype.kind, f"the type {array.dtype}")
