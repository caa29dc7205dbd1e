"""The browser's half of the wire, in Python: reads messages, acknowledges them, shows trees."""

import json
import math
import zlib
from collections import namedtuple

import numpy as np

TYPES = {
    "float32": "Float32Array", "float64": "Float32Array", "float16": "Float32Array",
    "int32": "Int32Array", "int64": "Int32Array", "int16": "Int32Array", "int8": "Int32Array",
    "uint32": "Uint32Array", "uint64": "Uint32Array", "uint16": "Uint32Array",
    "uint8": "Uint8Array", "bool": "Uint8Array",
}  # fmt: skip


class Reader:
    """What a browser knows after the messages it got."""

    def __init__(self):
        self.names, self.fields, self.arrays, self.seq = {}, {}, {}, None

    def take(self, content, buffers):
        """The frame after a message, as a named tuple of what the browser sees."""
        content = json.loads(json.dumps(content, allow_nan=False))
        if content["reset"]:
            self.__init__()
        body = b"".join(buffers)
        body = zlib.decompress(body) if content["zipped"] else body
        for dtype, shape, kept, *paths in content["arrays"]:
            for path in paths:
                size = np.dtype(dtype).itemsize * (shape[0] - kept) * math.prod(shape[1:])
                data, body = body[:size], body[size:]
                new = np.frombuffer(data, f"<{dtype}").reshape(shape[0] - kept, *shape[1:])
                old = self.arrays[path][:kept] if kept else new[:0]
                assert len(old) == kept
                self.arrays[path] = np.concatenate([old, new])
        assert not body
        self.names |= content["names"]
        self.fields |= content["fields"]
        frame = {}
        for name, value in self.fields.items():
            frame[name] = self._built(value, frame)
        return namedtuple("Seen", frame)(*frame.values())

    def _built(self, value, frame):
        if isinstance(value, list):
            return tuple(self._built(one, frame) for one in value)
        if not isinstance(value, dict):
            return value
        ((kind, inside),) = value.items()
        if kind == "$":
            return self.arrays[inside]
        if kind == "=":
            return frame[inside]
        parts = [self._built(one, frame) for one in inside]
        return namedtuple(kind, self.names[kind])(*parts)


class Browser:
    """A front end of a view: hears what is sent, and acknowledges each frame at once.

    Attributes:
        sent: the content of all messages.
        frame: the newest frame.
    """

    def __init__(self, view, **hello):
        self._reader, self._view = Reader(), view
        self.sent, self.frame = [], None
        view.send = self._hear
        self.say(kind="hello", **hello)

    def say(self, **content):
        """Sends the view a message."""
        self._view._receive(self._view, content, [])

    def _hear(self, content, buffers=None):
        self.sent.append(content)
        if content["kind"] == "frame":
            self.frame = self._reader.take(content, buffers)
            self.say(kind="ack", seq=content["seq"])


def opened(piece):
    """The frame of a saved piece."""
    end = 4 + int.from_bytes(piece[:4], "little")
    return Reader().take(json.loads(piece[4:end]), [piece[end:]])


def shown(value):
    """A tree as the browser sees it, as JSON; arrays with the names of their types there."""
    if isinstance(value, np.ndarray) and value.ndim:
        values = [finite(item) for item in value.ravel().tolist()]
        if TYPES[value.dtype.name] == "Float32Array":
            with np.errstate(over="ignore"):
                values = [finite(x) for x in np.float32(value).ravel().tolist()]
        return {"type": TYPES[value.dtype.name], "shape": list(value.shape), "values": values}
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if hasattr(value, "_fields"):
        return {"kind": type(value).__name__, **fields(value)}
    if isinstance(value, tuple | list):
        return [shown(item) for item in value]
    return finite(value)


def fields(frame):
    """The fields of a frame, each as the browser sees it."""
    return {name: shown(item) for name, item in zip(frame._fields, frame, strict=True)}


def finite(value):
    """The value, or None where it is no finite number."""
    if isinstance(value, bool):
        return int(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
