"""Own data out of arrays: checked, split, scaled."""

from typing import Any

import numpy as np

from reglab.config import Range, check_number
from reglab.distributions.held_out import Examples, OwnData

LEAST = 2  # examples in each part
CHUNK = 2**16  # examples looked at together: checking and scaling copy no more


def arrays(
    x: Any,
    y: Any,
    *,
    test_x: Any = None,
    test_y: Any = None,
    test_share: float = 0.3,
    split: int = 0,
    standardize: bool = True,
    label_noise: float = 0.0,
) -> OwnData:
    """One's own examples as a distribution known through held-out data alone.

    Args:
        x: inputs ``(n, *input_shape)``, numbers: rows of features, sequences, or images.
        y: classes ``(n,)``: whole numbers, booleans or text. Classes are put in order.
        test_x: inputs to hold out; where left out, a random share of ``x`` is.
        test_y: their classes.
        test_share: that share, above 0 and below 1.
        split: seed of the split, a whole number from 0.
        standardize: whether to bring inputs to mean 0 and standard deviation 1 over the training
            examples: rows of features feature by feature, anything else as a whole.
        label_noise: probability that a label becomes another class, in both parts.

    Raises:
        ValueError: one line, where the arrays are not that, hold missing values, or know one class.

    >>> data = arrays([[0.0], [1.0], [2.0], [3.0]], ["a", "b", "a", "b"], test_share=0.5)
    >>> data.num_train, data.num_test, data.examples.classes
    (2, 2, ('a', 'b'))
    """
    x, y = inputs("x", x), labels("y", y)
    _same_length("x", x, "y", y)
    if (test_x is None) != (test_y is None):
        raise ValueError("test_x: expected both test_x and test_y, or neither")
    rng = np.random.default_rng(check_number("split", split, Range(0, 2**32 - 1), integer=True))
    if test_x is None:
        share = Range(0, 1, open_low=True)
        count = round(len(x) * check_number("test_share", test_share, share))
        order = rng.permutation(len(x))
        test_x, test_y = x[order[:count]], y[order[:count]]
        x, y = x[order[count:]], y[order[count:]]
    else:
        test_x, test_y = inputs("test_x", test_x), labels("test_y", test_y)
        _same_length("test_x", test_x, "test_y", test_y)
        if test_x.shape[1:] != x.shape[1:]:
            raise ValueError(
                f"test_x: expected inputs of shape {x.shape[1:]} as in x, got {test_x.shape[1:]}"
            )
        order = rng.permutation(len(test_x))
        test_x, test_y = test_x[order], test_y[order]
    classes, y, test_y = _numbered(y, test_y)
    if min(len(x), len(test_x)) < LEAST:
        raise ValueError(
            f"x: expected at least {LEAST} examples to train on and {LEAST} to hold out, "
            f"got {len(x)} and {len(test_x)}"
        )
    if standardize:
        x, test_x = _standardized(x, test_x)
    return OwnData(data=Examples(x, y, test_x, test_y, classes), label_noise=label_noise)


def inputs(name: str, values: Any) -> np.ndarray:
    """Inputs as float32, ``(n, ...)``, or a ``ValueError`` of one line."""
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.empty(0, object)  # NumPy's words for lists of mixed lengths
    if array.dtype == object:
        shapes = sorted({np.shape(value) for value in values})
        if len(shapes) > 1:
            several = " and ".join(map(str, shapes[:3]))
            raise ValueError(f"{name}: expected inputs of one shape, got {several}")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name}: expected numbers, got an array of dtype {array.dtype}")
    if array.ndim < 2 or 0 in array.shape:
        raise ValueError(
            f"{name}: expected inputs of shape (n, ...), n from 1, got shape {array.shape}"
        )
    with np.errstate(over="ignore"):
        array = array.astype(np.float32, copy=False)
    for start in range(0, len(array), CHUNK):
        is_bad = ~np.isfinite(array[start : start + CHUNK]).reshape(-1, array[0].size).all(axis=1)
        if is_bad.any():
            raise ValueError(
                f"{name}: expected finite numbers, got a missing, infinite or too large one in "
                f"example {start + int(is_bad.argmax())}; fill it or leave the example out"
            )
    return array


def labels(name: str, values: Any) -> np.ndarray:
    """Labels ``(n,)`` of whole numbers or of text, or a ``ValueError`` of one line."""
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.empty((0, 0), object)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one label an example, (n,), got shape {array.shape}")
    if array.dtype == object:
        if not all(isinstance(value, str) for value in array):
            raise ValueError(f"{name}: expected whole numbers or text, got {_first_odd(array)!r}")
        array = array.astype(str)
    if array.dtype.kind == "f":
        if not (array == np.round(array)).all():  # also false for nan
            odd = array[array != np.round(array)][0]
            raise ValueError(f"{name}: expected classes, got the number {odd:g}")
        array = array.astype(np.int64)
    if array.dtype.kind not in "biuU":
        raise ValueError(f"{name}: expected whole numbers or text, got dtype {array.dtype}")
    if array.dtype.kind == "U" and any(not text.strip() for text in np.unique(array)):
        raise ValueError(f"{name}: expected a label for every example, got an empty one")
    return array


def _first_odd(array: np.ndarray) -> Any:
    return next(value for value in array if not isinstance(value, str))


def _same_length(name: str, x: np.ndarray, other: str, y: np.ndarray) -> None:
    if len(x) != len(y):
        raise ValueError(f"{other}: expected {len(x)} labels, one for each of {name}, got {len(y)}")


def _numbered(y: np.ndarray, test_y: np.ndarray) -> tuple[tuple, np.ndarray, np.ndarray]:
    if (y.dtype.kind == "U") != (test_y.dtype.kind == "U"):
        raise ValueError("test_y: expected labels of the kind that y has, text or numbers")
    known = np.unique(np.concatenate([np.unique(y), np.unique(test_y)]))
    if len(known) < 2:
        raise ValueError(f"y: expected at least 2 classes, got only {known[0].item()!r}")
    if len(known) > max(1000, len(y) // 2):
        raise ValueError(
            f"y: expected classes, got {len(known)} different values for {len(y)} examples"
        )
    train, test = (np.searchsorted(known, part).astype(np.int32) for part in (y, test_y))
    return tuple(known.tolist()), train, test


def _standardized(x: np.ndarray, test_x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    axes = (0,) if x.ndim == 2 else None
    mean = x.mean(axis=axes, dtype=np.float64)
    squares = sum(
        np.square(x[start : start + CHUNK] - mean).sum(axis=axes)
        for start in range(0, len(x), CHUNK)
    )
    deviation = np.sqrt(squares / (len(x) if x.ndim == 2 else x.size))
    deviation = np.where(deviation > 1e-6 * np.maximum(np.abs(mean), 1e-30), deviation, 1.0)
    return _scaled(x, mean, deviation), _scaled(test_x, mean, deviation)


def _scaled(x: np.ndarray, mean: Any, deviation: Any) -> np.ndarray:
    out = np.empty_like(x)
    for start in range(0, len(x), CHUNK):
        span = slice(start, start + CHUNK)
        out[span] = (x[span] - mean) / deviation
    return out
