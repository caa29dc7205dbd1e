"""One format for every room: trees of NamedTuples as messages that hold only what changed.

A message is ``(content, buffers)``. ``content`` is JSON:

- ``names``: the fields of each kind of NamedTuple, the first time that it is sent.
- ``fields``: each field of the frame that changed. In it a NamedTuple is ``{kind: [values]}``,
  after its class, and an array ``{"$": path}``, such as ``runs.0.true_error``. A tuple that is a
  field of the frame too, one before it, is ``{"=": name}``.
- ``arrays``: what changed in arrays, ``[dtype, shape, rows kept, *paths]``.
- ``reset``: whether the browser forgets all before. ``zipped``: whether the buffer is deflated.

There is one buffer, or none: the bytes of those arrays from the rows kept on, in their order.
"""

import json
import math
import struct
import zlib
from itertools import groupby
from typing import Any, NamedTuple, NoReturn

import numpy as np

from reglab.words import say

ZIP_FROM = 256  # bytes; fewer are not worth the call
READ = ("f4", "i4", "u4", "u1")  # what the browser reads
BECOMES = {
    "f8": "f4", "f2": "f4", "i8": "i4", "i2": "i4", "i1": "i4", "u8": "u4", "u2": "u4", "b1": "u1"
}  # fmt: skip
_PLAIN = (str, int, bool, type(None))


class Packer:
    """Remembers what the browser has, and packs what it lacks."""

    def __init__(self):
        self.forget()

    def forget(self) -> None:
        """From now on the browser is taken to know nothing."""
        self._kind: type | None = None
        self._tree = _Tree({}, {}, {}, {})
        self._sent: dict[str, np.ndarray] = {}  # as the browser has them

    def pack(self, frame: tuple) -> tuple[dict[str, Any], list[bytes]]:
        """The message that takes the browser from the last packed frame to this one.

        Args:
            frame: a NamedTuple of NamedTuples, tuples, arrays, numbers, words and None. Numbers
                that are not finite become null, arrays what ``BECOMES`` says.

        Raises:
            ValueError: something else is in it; the message says where.
        """
        if type(frame) is not self._kind:
            self.forget()
        before, sent = self._tree, self._sent
        tree = _Tree({}, dict(before.names), {}, {})
        for name, value in zip(_fields_of(frame), frame, strict=True):
            tree.fields[name] = tree.add(name, value)
            if isinstance(value, tuple) and value:
                tree.whole.setdefault(id(value), name)
        arrays = {
            path: sent[path] if before.arrays.get(path) is given else readable(path, given)
            for path, given in tree.arrays.items()
        }
        news = [
            new
            for path, array in arrays.items()
            if (new := _new(path, array, sent.get(path))) is not None
        ]
        groups = groupby(news, lambda new: new[:3])
        heads = [[*key, *(new.path for new in group)] for key, group in groups]
        body, zipped = _zipped(b"".join(new.data for new in news))
        content = {
            "reset": self._kind is None,
            "names": {k: list(v) for k, v in tree.names.items() if k not in before.names},
            "fields": _changed(before.fields, tree.fields),
            "arrays": heads,
            "zipped": zipped,
        }
        self._kind, self._tree, self._sent = type(frame), tree, arrays
        return content, [body] if body else []


def pack_whole(frame: tuple) -> bytes:
    """One frame in one piece: length of the JSON, the JSON, the buffer."""
    content, buffers = Packer().pack(frame)
    header = json.dumps(content, allow_nan=False).encode()
    return b"".join((struct.pack("<I", len(header)), header, *buffers))


def readable(path: str, array: np.ndarray) -> np.ndarray:
    """The array as the browser reads it.

    >>> readable("x", np.array([True, False])).dtype
    dtype('uint8')

    Raises:
        ValueError: no numbers, or integers that 32 bits do not hold.
    """
    given = array.dtype.str[1:]
    dtype = BECOMES.get(given, given)
    if dtype not in READ:
        _refuse(path, f"{array.dtype}")
    with np.errstate(over="ignore"):  # what float32 does not hold becomes infinite
        made = np.ascontiguousarray(array, f"<{dtype}")
    if dtype != given and dtype != "f4" and not np.array_equal(made, array):
        _refuse(path, f"{array.dtype} {array.min()}…{array.max()}")
    return made


class _Tree(NamedTuple):
    """A frame as JSON, and the arrays beside it."""

    fields: dict[str, Any]
    names: dict[str, tuple[str, ...]]  # of the fields of each kind
    arrays: dict[str, np.ndarray]
    whole: dict[int, str]  # fields that are done, by the identity of their values

    def add(self, path: str, value: Any) -> Any:
        """The value as JSON takes it."""
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, np.ndarray) and value.ndim:
            self.arrays[path] = value
            return {"$": path}
        if isinstance(value, np.ndarray | np.generic):
            number = value.item()
            if isinstance(number, np.generic):  # no number of Python's is so long
                _refuse(path, f"{value.dtype}")
            return self.add(path, number)
        if (done := self.whole.get(id(value))) is not None:
            return {"=": done}
        if names := _fields_of(value):
            kind = type(value).__name__
            if self.names.setdefault(kind, names) != names or "kind" in names:
                _refuse(path, f"{kind}({', '.join(names)})")
            return {kind: [self.add(f"{path}.{n}", v) for n, v in zip(names, value, strict=True)]}
        if isinstance(value, tuple | list):
            return [self.add(f"{path}.{i}", item) for i, item in enumerate(value)]
        _refuse(path, type(value).__name__)


class _New(NamedTuple):
    """What the browser lacks of an array."""

    dtype: str
    shape: list[int]
    kept: int  # rows that it has
    path: str
    data: bytes


def _new(path: str, array: np.ndarray, known: np.ndarray | None) -> _New | None:
    kept = 0
    if known is array:
        return None
    if known is not None and (known.dtype, known.shape[1:]) == (array.dtype, array.shape[1:]):
        kept = _common_rows(known, array)
        if kept == len(known) == len(array):
            return None
    dtype, shape = array.dtype.str[1:], list(array.shape)
    return _New(dtype, shape, kept, path, array[kept:].tobytes())


def _common_rows(old: np.ndarray, new: np.ndarray) -> int:
    """Rows from the start on in which both arrays hold the same bits."""
    rows = min(len(old), len(new))
    if not rows:
        return 0
    bits = [array[:rows].view("u1").reshape(rows, -1) for array in (old, new)]
    differ = (bits[0] != bits[1]).any(axis=1)
    return int(differ.argmax()) if differ.any() else rows


def _changed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in new.items() if name not in old or old[name] != value}


def _fields_of(value: object) -> tuple[str, ...]:
    return getattr(value, "_fields", ())


def _zipped(data: bytes) -> tuple[bytes, bool]:
    if len(data) >= ZIP_FROM:
        packed = zlib.compress(data, 1)
        if len(packed) < len(data):
            return packed, True
    return data, False


def _refuse(path: str, got: str) -> NoReturn:
    raise ValueError(
        say(
            "{path}: expected NamedTuples (of one name, the same fields, none called kind), "
            "tuples, arrays of numbers that 32 bits hold, numbers and words, got {got}",
            path=path,
            got=got,
        )
    )
