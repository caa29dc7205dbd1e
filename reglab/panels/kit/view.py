"""The base of every room: one anywidget that shows frames and reports what a person chose."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol

import traitlets

from reglab.panels.kit.sender import Sender
from reglab.panels.kit.spoken import SpokenView, with_fallback
from reglab.panels.kit.wire import pack_whole
from reglab.words import say, translated

FALLBACK = say(
    "reglab live view. It needs a running kernel and JupyterLab: open this notebook there and run "
    "this cell again."
)
_MOVING = ("compiling", "playing", "running")
_SAVE_EVERY = 2.0  # seconds between saved pictures while the session rests

Check = Callable[[Any, Mapping[str, Any], Any], bool]  # of a value, its message, the last frame
Actions = Mapping[str, Mapping[str, Check]]


class HasState(Protocol):
    """The status of a session."""

    @property
    def state(self) -> str:
        """What it does, such as ``playing``."""
        ...


class HasStatus(Protocol):
    """A frame: a NamedTuple that has a field ``status``."""

    @property
    def status(self) -> HasState:
        """Where the session stands."""
        ...


class RoomView(SpokenView):
    """Shows the frames of a session; a subclass has an entry and a table of actions.

    Args:
        cards: names of the pictures in each; those in one card take turns.
        language: of the words; left out, that of the environment or of the first browser.
        **traits: values of traits.

    Attributes:
        actions: what the front end may ask for: by its kind, how each value of it is checked.
        thumbnails: pictures for the buttons of classes ``reglab-thumb reglab-thumb-<name>`` in the
            same ``.reglab`` root: ``{name: [[x, y, class], ...]}`` with coordinates from 0 to 1, or
            ``{name: {"size": 8, "images": [[64 values from 0 to 1], ...]}}``.
        last: the last picture at rest, saved with the notebook; a reload repaints it.
        fallback_png: a picture for viewers without widgets, or ``None``.
    """

    actions: ClassVar[Actions] = {}
    thumbnails = traitlets.Dict().tag(sync=True)
    last = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        *,
        cards: Iterable[Iterable[str]] = (),
        language: str | None = None,
        **traits: object,
    ):
        self._sender = Sender(lambda content, buffers: self.send(content, buffers), told=self._told)
        self._callbacks: list[Callable[[dict[str, Any]], None]] = []
        self._frame: Any = None
        self._saved: Any = None
        self._saved_at, self._saved_state = -_SAVE_EVERY, ""
        self.fallback_png: bytes | None = None
        super().__init__(cards=cards, language=language, **traits)
        self.add_class("reglab-view")
        self.speech.on_change(lambda _: self._save())

    def show(self, frame: HasStatus) -> None:
        """Shows a frame as soon as the browser is ready for it; only the latest one counts."""
        self._frame = frame
        self._sender.offer(self._frame)
        self._keep()

    def on_action(self, callback: Callable[[dict[str, Any]], None]) -> None:
        """Calls back with each valid action: a dict with ``kind`` and the values of ``actions``.

        The thread is the one the message came on.
        """
        self._callbacks.append(callback)

    def download(self, name: str, mime: str, data: bytes) -> None:
        """Makes the browser save ``data`` as a file called ``name``."""
        self.send({"kind": "download", "name": name, "mime": mime}, [data])

    def checked_action(self, content: object) -> dict[str, Any] | None:
        """The action in a message of the front end, or ``None`` where it makes no sense."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(kind, str) or kind not in self.actions:
            return None
        values = self.actions[kind]
        is_valid = all(check(content.get(v), content, self._frame) for v, check in values.items())
        return {"kind": kind, **{v: content[v] for v in values}} if is_valid else None

    def _told(self, frame: tuple) -> tuple:
        """A frame as the front end is shown it."""
        return self.speech.said(frame)

    def _keep(self) -> None:
        """Saves the picture at rest: at once in a new state, and then not too often."""
        frame, now = self._frame, time.monotonic()
        if frame is None or frame is self._saved:
            return
        state, is_late = frame.status.state, now - self._saved_at >= _SAVE_EVERY
        if state not in _MOVING and (is_late or state != self._saved_state):
            self._save()
            self._saved, self._saved_at = frame, now
        self._saved_state = state

    def _save(self) -> None:
        if self._frame is not None:
            self.last = pack_whole(self._told(self._frame))

    def _receive(self, _: object, content: Any, __: object) -> None:
        super()._receive(_, content, __)
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind in ("hello", "ping"):
            self.send({"kind": "pong"})
        if kind == "hello":
            self._sender.hello()
        elif kind == "ping":
            self._sender.nudge()
            self._keep()
        elif kind == "ack":
            self._sender.acknowledged(content.get("seq"))
        elif (action := self.checked_action(content)) is not None:
            for callback in tuple(self._callbacks):
                callback(dict(action))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        text = translated(FALLBACK, self.speech.language)
        return with_fallback(super()._repr_mimebundle_(**kwargs), text, self.fallback_png)


def is_index(value: object, count: int = 2**31) -> bool:
    """Whether a value of a message is an index below ``count``.

    >>> is_index(3, 4), is_index(True), is_index(-1), is_index(1.0)
    (True, False, False, False)
    """
    return type(value) is int and 0 <= value < count
