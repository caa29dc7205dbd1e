"""Examples in both parts: what was trained on is no evidence about what is new."""

import sys
import warnings

import numpy as np

from reglab.distributions.held_out import OwnData
from reglab.distributions.inputs import chunk_size
from reglab.words import say


def num_shared(x: np.ndarray, test_x: np.ndarray) -> int:
    """How many of the inputs ``test_x`` are among the inputs ``x``, bit by bit, but 0 is -0.

    >>> num_shared(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[3.0, 4.0], [4.0, 3.0]]))
    1
    """
    return int(np.isin(_hashes(test_x), _hashes(x)).sum())


def checked_overlap(name: str, x: np.ndarray, test_x: np.ndarray) -> int:
    """What ``num_shared`` returns, for parts that came apart.

    Raises:
        ValueError: all inputs held out are inputs to train on, as where one file came twice.
    """
    count, total = num_shared(x, test_x), len(test_x)
    if count == total:
        raise ValueError(
            say(
                "{name}: expected other examples than those to train on, got {got} of {total} "
                "that are among them; hold out examples that nobody trains on",
                name=name,
                got=count,
                total=total,
            )
        )
    return count


def told_overlap(data: OwnData) -> OwnData:
    """Returns ``data``, and warns in one line where parts share examples."""
    if data.examples.num_shared:
        _warn(
            say(
                "{num_shared} of {num_test} held-out examples are training examples too: the "
                "error over them says little about new ones; leave repeated rows out before "
                "the split, unless inputs can take few values only",
                num_shared=data.examples.num_shared,
                num_test=data.num_test,
            )
        )
    return data


def _hashes(x: np.ndarray) -> np.ndarray:
    """A hash of each example, ``(n,)`` int64: of n and m examples, n m / 2**64 agree by chance."""
    size = chunk_size(x)
    hashes = [np.empty(0, np.int64)]
    for start in range(0, len(x), size):
        flat = x[start : start + size].reshape(-1, x[0].size)
        flat = np.ascontiguousarray(flat + flat.dtype.type(0))  # -0 becomes 0
        whole = flat.view(np.dtype((np.void, flat[0].nbytes))).ravel()
        hashes.append(np.fromiter(map(hash, whole.tolist()), np.int64, len(whole)))
    return np.concatenate(hashes)


def _warn(message: str) -> None:
    """Warns at the line outside this package that asked for it."""
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "reglab":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
