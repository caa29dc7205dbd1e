"""Frames as messages: a small JSON part and binary buffers, holding only what the browser lacks.

A message is ``(content, buffers)``. ``content["fields"]`` has every value that changed,
``content["runs"]`` a pair ``[rows kept, rows in all]`` for each run, and ``content["blobs"]`` names
the buffers: ``run0`` holds new rows as float32 ``(k, 5)`` (step, training error, true error, low,
high), ``shade`` the decision map, the rest what the picture needs beside it.
"""

import json
import math
import struct
import zlib
from typing import Any

import numpy as np

from reglab.live.board.frame import Frame
from reglab.views import BoundaryView, CurvesView, ImagesView

ZIP_FROM = 256  # bytes; shorter buffers are not worth the call
_PLANAR = {"shade": "u1", "bayes": "u1", "x": "<f4", "y": "u1"}
_IMAGES = dict.fromkeys(ImagesView._fields[:-3], "u1")


def plain(value: Any) -> Any:
    """The value as JSON takes it: named tuples as objects, what is not finite as ``None``.

    >>> plain((1, float("nan"), np.float32(0.5)))
    [1, None, 0.5]
    """
    if hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in zip(value._fields, value, strict=True)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class Packer:
    """Remembers what the browser has, and packs what it lacks."""

    def __init__(self):
        self.forget()

    def forget(self) -> None:
        """From now on the browser is taken to know nothing."""
        self._fields: dict[str, Any] = {}
        self._tables: list[np.ndarray] = []
        self._views: list[CurvesView] = []
        self._arrays: dict[str, np.ndarray] = {}
        self._fresh = True

    def pack(self, frame: Frame) -> tuple[dict[str, Any], list[bytes]]:
        """The message that takes the browser from the last packed frame to this one."""
        blobs: list[tuple[str, np.ndarray]] = []
        runs = self._pack_runs(frame.runs, blobs)
        self._pack_arrays(frame.picture, blobs)
        fields = _fields(frame)
        changed = {k: v for k, v in fields.items() if k not in self._fields or self._fields[k] != v}
        self._fields = fields
        names, buffers = [], []
        for name, array in blobs:
            data, zipped = _zipped(array)
            names.append([name, zipped])
            buffers.append(data)
        content = {"reset": self._fresh, "fields": changed, "runs": runs, "blobs": names}
        self._fresh = False
        return content, buffers

    def _pack_runs(self, runs: tuple[CurvesView, ...], blobs: list) -> list[list[int]]:
        tables, pairs = [], []
        for i, run in enumerate(runs):
            known = i < len(self._views)
            if known and _same_arrays(self._views[i], run):
                tables.append(self._tables[i])
                kept = len(tables[i])
            else:
                tables.append(_table(run))
                kept = _common_rows(self._tables[i], tables[i]) if known else 0
            if kept < len(tables[i]):
                blobs.append((f"run{i}", tables[i][kept:]))
            pairs.append([kept, len(tables[i])])
        self._tables, self._views = tables, list(runs)
        return pairs

    def _pack_arrays(self, picture: BoundaryView | ImagesView | None, blobs: list) -> None:
        kinds = _PLANAR if isinstance(picture, BoundaryView) else _IMAGES
        arrays = {}
        for name, kind in kinds.items() if picture is not None else ():
            given = getattr(picture, name)
            if given is None:
                continue
            array = arrays[name] = np.ascontiguousarray(given, kind)
            known = self._arrays.get(name)
            if known is None or not (known is array or np.array_equal(known, array)):
                blobs.append((name, array))
        self._arrays = arrays


def pack_whole(frame: Frame) -> bytes:
    """One frame in one piece: length of the header, JSON header, buffers."""
    content, buffers = Packer().pack(frame)
    content["sizes"] = [len(data) for data in buffers]
    header = json.dumps(content, allow_nan=False).encode()
    return b"".join((struct.pack("<I", len(header)), header, *buffers))


def _fields(frame: Frame) -> dict[str, Any]:
    names = ("number", "status", "verdict", "h", "witness", "bayes_error", "num_train")
    fields = {
        name: plain(getattr(frame, name)) for name in (*names, "epoch_length", "board", "over")
    }
    fields["labels"] = [
        {"name": run.name, "changes": plain(run.changes), "in_pool": bool(run.in_pool)}
        for run in frame.runs
    ]
    fields["picture"] = _picture(frame.picture)
    return fields


def _picture(picture: BoundaryView | ImagesView | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    if isinstance(picture, BoundaryView):
        rows, cols = np.shape(picture.shade)
        region = plain(tuple(picture.region))
        return {
            "kind": "boundary",
            "what": picture.what,
            "region": region,
            "rows": rows,
            "cols": cols,
            "bayes": picture.bayes is not None,
        }
    shapes = {name: list(np.shape(getattr(picture, name))) for name in ("images", "error_images")}
    unseen = plain(picture.unseen_error)
    return {"kind": "images", "what": picture.what, "shapes": shapes, "unseen": unseen}


def picture_parts(
    picture: BoundaryView | ImagesView,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A picture as JSON takes it, and the arrays beside it, as the browser reads them."""
    kinds = _PLANAR if isinstance(picture, BoundaryView) else _IMAGES
    given = {name: getattr(picture, name) for name in kinds}
    arrays = {
        name: np.ascontiguousarray(given[name], kind)
        for name, kind in kinds.items()
        if given[name] is not None
    }
    return _picture(picture) or {}, arrays


def _same_arrays(old: CurvesView, new: CurvesView) -> bool:
    return all(a is b for a, b in zip(old[1:6], new[1:6], strict=True))


def _table(run: CurvesView) -> np.ndarray:
    table = np.empty((len(run.step), 5), "<f4")
    for i, column in enumerate(run[1:6]):
        table[:, i] = column
    return table


def _common_rows(old: np.ndarray, new: np.ndarray) -> int:
    """Rows from the start on in which both tables hold the same bits."""
    rows = min(len(old), len(new))
    differ = (old[:rows].view("u4") != new[:rows].view("u4")).any(axis=1)
    return int(differ.argmax()) if differ.any() else rows


def _zipped(array: np.ndarray) -> tuple[bytes, bool]:
    data = array.tobytes()
    if len(data) >= ZIP_FROM:
        packed = zlib.compress(data, 1)
        if len(packed) < len(data):
            return packed, True
    return data, False
