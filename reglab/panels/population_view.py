"""The view of a population: one anywidget that shows frames and reports what was chosen."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets

from reglab.live import PopulationFrame
from reglab.panels.bundle import script, sheet
from reglab.panels.packing import picture_parts, plain
from reglab.panels.spoken import SpokenView
from reglab.views import BandsView, BrushedView, PopulationPlaneView

PATIENCE = 2.0  # seconds without an acknowledgement, after which the newest frame is sent anyway
_KINDS = {"f4": np.float32, "i4": np.int32, "u4": np.uint32, "u1": np.uint8}


class PopulationView(SpokenView):
    """Headline, frequencies, bands, witness plane and one run of a population.

    Args:
        frame: to begin with.
        language: of the words; left out, that of the environment or of the first browser.
        **traits: values of traits.

    Attributes:
        content: the newest frame that was sent; a reload repaints it.
        thumbnails: pictures for the buttons of the distributions, as of ``LiveView``.
    """

    _esm = script("population.js")
    _css = sheet("population.js")
    content = traitlets.Dict().tag(sync=True)
    thumbnails = traitlets.Dict().tag(sync=True)

    def __init__(self, frame: PopulationFrame, *, language: str | None = None, **traits: object):
        self._lock = threading.RLock()
        self._latest: PopulationFrame | None = None
        self._shown = frame
        self._sent, self._acknowledged, self._sent_at = 0, 0, 0.0
        self._callbacks: list[Callable[[dict[str, Any]], None]] = []
        super().__init__(language=language, **traits)
        self.content = packed(self.speech.said(frame))
        self.add_class("reglab-view")
        self.on_msg(self._receive)
        self.speech.on_change(lambda _: self._say_again())

    def show(self, frame: PopulationFrame) -> None:
        """Shows a frame as soon as the browser has painted the last; only the latest counts."""
        with self._lock:
            self._latest = frame
            is_free = self._acknowledged >= self._sent
            if is_free or time.monotonic() - self._sent_at > PATIENCE:
                self._transmit()

    def on_action(self, callback: Callable[[dict[str, Any]], None]) -> None:
        """Calls back with each valid action, a dict with ``kind`` and what belongs to it.

        ``choose`` (value), ``pick`` (run), ``near`` (train_error, true_error) or ``forget``.
        """
        self._callbacks.append(callback)

    def download(self, name: str, mime: str, data: bytes) -> None:
        """Makes the browser save ``data`` as a file called ``name``."""
        self.send({"kind": "download", "name": name, "mime": mime}, [data])

    def _transmit(self) -> None:
        frame, self._latest = self._latest, None
        if frame is not None:
            self._sent, self._sent_at = frame.number, time.monotonic()
            self._shown, self.content = frame, packed(self.speech.said(frame))

    def _say_again(self) -> None:
        with self._lock:
            self._latest = self._latest or self._shown
            self._transmit()

    def _receive(self, _: Any, content: Any, __: object) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "ack" and type(content.get("number")) is int:
            with self._lock:
                self._acknowledged = max(self._acknowledged, content["number"])
                if self._acknowledged >= self._sent:
                    self._transmit()
            return
        if kind == "hello":
            self.speech.hear(content)
        if kind in ("hello", "ping"):
            self.send({"kind": "pong"})
            return
        action = checked_action(content)
        if action is not None:
            for callback in tuple(self._callbacks):
                callback(dict(action))


def checked_action(content: Any) -> dict[str, Any] | None:
    """The action in a message of the front end, or ``None`` where it makes no sense.

    >>> checked_action({"kind": "pick", "run": 3, "more": 1}), checked_action({"kind": "pick"})
    ({'kind': 'pick', 'run': 3}, None)
    """
    names = {"choose": ("value",), "pick": ("run",), "near": ("train_error", "true_error")}
    kind = content.get("kind") if isinstance(content, dict) else None
    if kind == "forget":
        return {"kind": kind}
    values = {name: content.get(name) for name in names.get(str(kind), ())}
    is_index = all(type(value) is int and 0 <= value < 2**31 for value in values.values())
    is_place = all(type(value) in (int, float) for value in values.values())
    if not values or not (is_place if kind == "near" else is_index):
        return None
    return {"kind": kind, **values}


def packed(frame: PopulationFrame) -> dict[str, Any]:
    """A frame as the front end takes it: JSON, and arrays as ``{kind, data}``."""
    progress, bands = frame.status.progress, frame.bands
    frequency = {
        name: plain(value.tolist() if isinstance(value, np.ndarray) else value)
        for name, value in frame.frequency._asdict().items()
    }
    return {
        "number": frame.number,
        "status": {
            "state": frame.status.state,
            "text": frame.status.text,
            "done": progress.done,
            "total": progress.total,
        },
        "headline": plain(frame.headline),
        "settings": list(frame.settings),
        "chosen": frame.chosen,
        "scope": frame.scope,
        "frequency": frequency,
        "band": _band(bands[frame.chosen]) if bands else None,
        "others": [{"step": _i4(b.step), "true_median": _f4(b.true_median)} for b in bands],
        "plane": _plane(frame.plane),
        "brushed": None if frame.brushed is None else _brushed(frame.brushed),
    }


def _band(view: BandsView) -> dict[str, Any]:
    names = [f"{kind}_{part}" for kind in ("train", "true") for part in ("low", "median", "high")]
    return {"step": _i4(view.step), **{name: _f4(getattr(view, name)) for name in names}}


def _plane(view: PopulationPlaneView) -> dict[str, Any]:
    dense, none = view.density is not None, slice(0, 0)
    shown = none if dense else slice(None)
    kinds = {"run": "i4", "group": "i4", "train_error": "f4", "true_error": "f4"}
    kinds |= {"code": "u1", "counts": "u1", "draw": "u4"}
    arrays = {name: _array(getattr(view, name)[shown], kind) for name, kind in kinds.items()}
    rows, cols = (0, 0) if view.density is None else view.density.shape
    return {
        **arrays,
        "count": len(view.run),
        "bayes_error": plain(view.bayes_error),
        "num_train": view.num_train,
        "over": view.over,
        "region": list(view.region),
        "density": None if view.density is None else _array(view.density, "u1"),
        "rows": rows,
        "cols": cols,
    }


def _brushed(view: BrushedView) -> dict[str, Any]:
    shown = {
        name: getattr(view, name) for name in ("run", "name", "code", "sentence", "experiment")
    }
    errors = {name: _f4(getattr(view, name)) for name in ("train_error", "true_error")}
    picture = None
    if view.picture is not None:
        fields, arrays = picture_parts(view.picture)
        kinds = {
            name: "f4" if array.dtype.itemsize == 4 else "u1" for name, array in arrays.items()
        }
        picture = {
            "kind": fields.pop("kind"),
            "arrays": {name: _array(array, kinds[name]) for name, array in arrays.items()},
            **fields,
        }
    return {**shown, **errors, "step": _i4(view.step), "picture": picture}


def _array(values: object, kind: str) -> dict[str, Any]:
    data = np.ascontiguousarray(values, _KINDS[kind])
    return {"kind": kind, "data": data.tobytes()}


def _f4(values: object) -> dict[str, Any]:
    return _array(values, "f4")


def _i4(values: object) -> dict[str, Any]:
    return _array(values, "i4")
