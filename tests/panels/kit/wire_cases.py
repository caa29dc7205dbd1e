"""Sequences of frames that the wire must carry, to the reader in Python and to the browser."""

import types
import typing
from typing import Any, NamedTuple

import numpy as np

from reglab import views
from reglab.live import Frame, PopulationFrame
from tests.panels.kit.live_frames import boundary, curves, images, story, without_picture

ARRAYS = (
    np.array([0.5, np.nan, -np.inf, 1e300]), np.arange(6, dtype=np.int32).reshape(3, 2),
    np.zeros((0, 4), np.uint8), np.array([True, False]), np.array([2**32 - 1], np.uint32),
    np.arange(-3, 400, dtype=np.int64), np.float32([[0.1, 0.2]]), np.array([], np.float32),
    np.array([7, 300], np.uint16), np.float16([0.5]),
)  # fmt: skip


class One(NamedTuple):
    """A frame of one field."""

    part: Any


class Two(NamedTuple):
    """A frame whose fields change one at a time."""

    number: int
    part: Any


def example(hint, turn=0):
    """A value of a type: every field of a NamedTuple, two members of a tuple that is open."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if hasattr(hint, "_fields"):
        hints = typing.get_type_hints(hint)
        return hint(*(example(hints[name], turn + i) for i, name in enumerate(hint._fields)))
    if hint is Any:
        return Two(turn, ARRAYS[turn % len(ARRAYS)])
    if hint is np.ndarray:
        return ARRAYS[turn % len(ARRAYS)]
    if origin in (types.UnionType, typing.Union):
        return example(parts[turn % len(parts)], turn)
    if origin is tuple:
        parts = parts[:1] * 2 if parts[-1] is Ellipsis else parts
        return tuple(example(part, turn + i) for i, part in enumerate(parts))
    return {str: "h′", int: 3, float: float("nan"), bool: True, type(None): None}[hint]


VIEWS = [kind for kind in vars(views).values() if hasattr(kind, "_fields")]
EVERY = {kind.__name__: [One(example(kind, turn)) for turn in range(len(ARRAYS))] for kind in VIEWS}
EVERY |= {
    kind.__name__: [example(kind, turn) for turn in range(3)] for kind in (Frame, PopulationFrame)
}


def moved_sample(frame):
    """The same run, all of it measured anew."""
    run = frame.runs[0]
    return frame._replace(runs=(run._replace(true_error=run.true_error + np.float32(0.01)),))


def rows(*counts, width=None, dtype=np.float32):
    """Frames of an array of so many rows, each the same where both have it."""
    shape = (max(counts),) if width is None else (max(counts), width)
    whole = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    return [One(whole[:count]) for count in counts]


BOARDS = {
    "grows": [story(n) for n in (1, 2, 10, 40)],
    "rewinds": [story(40), story(10), story(11)],
    "rewinds and runs past its old end": [story(40), story(1), story(60)],
    "is measured anew": [story(40), moved_sample(story(40)), moved_sample(story(41))],
    "changes in the middle": [
        story(40),
        story(runs=[curves()._replace(train_error=np.r_[curves().train_error[:20], [0] * 20])]),
    ],
    "gets a twin": [story(40), *(story(runs=[curves(), curves(1, n)]) for n in (1, 40))],
    "loses a run": [story(runs=[curves(i) for i in runs]) for runs in ((0, 1, 2), (1, 2))],
    "starts empty": [story(runs=[]), story(1)],
    "changes its picture": [
        story(picture=images()), story(), story(picture=boundary(0.5, "disagreement")),
        story(picture=images(30, 0)), without_picture(story()), story(),
    ],
    "same again": [story(), story()],
}  # fmt: skip
ARRAY = np.arange(4, dtype=np.float32)
TREES = {
    "grows many times": rows(*range(1, 40)),
    "grows in rows": rows(1, 2, 300, 301, 2000, width=3),
    "shrinks": rows(9, 4, 0, 2),
    "is taken back and grows": [*rows(9, 4), One(np.r_[np.arange(4), 7, 8].astype(np.float32))],
    "is of another type": [*rows(5), *rows(5, dtype=np.int32), *rows(6, dtype=bool)],
    "is of another shape": [*rows(6, width=2), *rows(6, width=3), *rows(6)],
    "has rows of nothing": [*rows(3, 4, width=0), *rows(2)],
    "comes and goes": [One(None), One(ARRAY), One(None), One((ARRAY, None)), One(ARRAY[:2])],
    "is at another place": [One((ARRAY, -ARRAY)), One((-ARRAY,)), One(()), One((ARRAY, ARRAY))],
    "is a number": [
        One(np.array(3.5)),
        One(np.float32("inf")),
        One(np.int64(2**40)),
        One(np.True_),
    ],
    "tells nought from minus nought": [One(np.float32([0.0])), One(np.float32([-0.0]))],
    "one part changes": [Two(1, ARRAY), Two(2, ARRAY), Two(2, ARRAY * 1), Two(2, ARRAY * 2)],
    "is another frame": [Two(1, ARRAY), One(ARRAY), Two(1, ARRAY)],
    "lies across": [One(np.arange(12.0).reshape(3, 4).T), One(np.arange(12, dtype=">i4")[::2])],
}
CASES = {**EVERY, **BOARDS, **TREES}
