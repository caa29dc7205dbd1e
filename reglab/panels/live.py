"""The live view: one anywidget that shows a session's frames and reports what was chosen."""

import base64
import time
from collections.abc import Callable
from typing import Any

import traitlets

from reglab.live.board.frame import Frame
from reglab.panels.bundle import script, sheet
from reglab.panels.packing import pack_whole
from reglab.panels.sender import Sender
from reglab.panels.spoken import SpokenView
from reglab.views import CurvesView
from reglab.words import say, translated

FALLBACK = say(
    "reglab live view. It needs a running kernel and JupyterLab: open this notebook there and run "
    "this cell again."
)
MAPS = ("h", "witness", "disagreement")
_MOVING = ("playing", "compiling")
_SAVE_EVERY = 2.0  # seconds between saved pictures while the session rests


def with_fallback(bundle: Any, text: str, png: bytes | None = None) -> tuple[dict, dict]:
    """Adds to a widget's mimebundle what a viewer without widgets shows.

    Args:
        bundle: what ``_repr_mimebundle_`` of an ipywidget returned.
        text: plain words: what this is and what to do.
        png: a picture of it.
    """
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
    data = {**data, "text/plain": text}
    if png is not None:
        data["image/png"] = base64.b64encode(png).decode()
    return data, metadata


def checked_action(content: object, frame: Frame | None) -> dict[str, Any] | None:
    """The action in a message of the front end, or ``None`` where it makes no sense.

    >>> checked_action({"kind": "map", "what": "witness", "more": 1}, None)
    {'kind': 'map', 'what': 'witness'}
    >>> checked_action({"kind": "select", "run": 0, "row": 10**9}, None) is None
    True
    """
    if not isinstance(content, dict):
        return None
    kind = content.get("kind")
    if kind in ("follow", "certify"):
        return {"kind": kind}
    if kind == "map" and content.get("what") in MAPS:
        return {"kind": kind, "what": content["what"]}
    runs: list[CurvesView] = list(frame.runs) if frame is not None else []
    run: Any = content.get("run")
    row: Any = content.get("row")
    include = content.get("include")
    if kind not in ("select", "pool", "pick_run") or not _is_index(run, len(runs)):
        return None
    if kind == "pool":
        is_bool = isinstance(include, bool)
        return {"kind": kind, "run": run, "include": include} if is_bool else None
    if kind == "select":
        inside = _is_index(row, len(runs[run].step))
        return {"kind": kind, "run": run, "row": row} if inside else None
    return {"kind": kind, "run": run}


def _is_index(value: object, count: int) -> bool:
    return type(value) is int and 0 <= value < count


class LiveView(SpokenView):
    """Verdict, decision map, witness plane, curves and board of a session, drawn in the browser.

    Args:
        language: of the words; left out, that of the environment or of the first browser.
        **traits: values of traits.

    Attributes:
        thumbnails: pictures for the buttons of classes ``reglab-thumb reglab-thumb-<name>`` in the
            same ``.reglab`` root: ``{name: [[x, y, class], ...]}`` with coordinates from 0 to 1, or
            ``{name: {"size": 8, "images": [[64 values from 0 to 1], ...]}}``.
        last: the last picture at rest, saved with the notebook; a reload repaints it.
        fallback_png: a picture for viewers without widgets, or ``None``.
    """

    _esm = script("mitchell.js")
    _css = sheet("mitchell.js")
    thumbnails = traitlets.Dict().tag(sync=True)
    last = traitlets.Bytes().tag(sync=True)

    def __init__(self, *, language: str | None = None, **traits: object):
        self._sender = Sender(
            lambda content, buffers: self.send(content, buffers),
            told=lambda frame: self.speech.said(frame),
        )
        self._callbacks: list[Callable[[dict[str, Any]], None]] = []
        self._frame: Frame | None = None
        self._saved_at = -_SAVE_EVERY
        self._saved_state = ""
        self.fallback_png: bytes | None = None
        super().__init__(language=language, **traits)
        self.add_class("reglab-view")
        self.on_msg(self._receive)
        self.speech.on_change(lambda _: self._save())

    def show(self, frame: Frame) -> None:
        """Shows a frame as soon as the browser is ready for it; only the latest one counts."""
        self._frame = frame
        self._sender.offer(frame)
        state, now = frame.status.state, time.monotonic()
        entered = state != self._saved_state
        if state not in _MOVING and (entered or now - self._saved_at >= _SAVE_EVERY):
            self._save()
            self._saved_at = now
        self._saved_state = state

    def _save(self) -> None:
        if self._frame is not None:
            self.last = pack_whole(self.speech.said(self._frame))

    def on_action(self, callback: Callable[[dict[str, Any]], None]) -> None:
        """Calls back with each valid action, a dict with ``kind`` and what belongs to it.

        ``select`` (run, row), ``follow``, ``certify``, ``map`` (what: h, witness or disagreement),
        ``pool`` (run, include) and ``pick_run`` (run). The thread is the one the message came on.
        """
        self._callbacks.append(callback)

    def download(self, name: str, mime: str, data: bytes) -> None:
        """Makes the browser save ``data`` as a file called ``name``."""
        self.send({"kind": "download", "name": name, "mime": mime}, [data])

    def _receive(self, _: Any, content: Any, __: object) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "hello":
            self.speech.hear(content)
            self.send({"kind": "pong"})
            self._sender.hello()
        elif kind == "ack":
            self._sender.acknowledged(content.get("seq"))
        elif kind == "ping":
            self.send({"kind": "pong"})
            self._sender.nudge()
        else:
            action = checked_action(content, self._frame)
            if action is not None:
                for callback in tuple(self._callbacks):
                    callback(dict(action))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        text = translated(FALLBACK, self.speech.language)
        return with_fallback(super()._repr_mimebundle_(**kwargs), text, self.fallback_png)
