"""``Room``: what a panel shows, as a declaration; ``Lab``: what every panel does; the registry."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import ipywidgets as widgets

from reglab.config import Registry, check_name
from reglab.live.base import BaseSession
from reglab.panels.kit import cells
from reglab.panels.kit.layout import box, group
from reglab.panels.kit.mailbox import Loop
from reglab.panels.kit.notes import written
from reglab.panels.kit.speech import tell
from reglab.panels.kit.spoken import SpokenView, painted, with_fallback
from reglab.words import reason, say, translated

S = TypeVar("S", bound=BaseSession)
V = TypeVar("V", bound=SpokenView)
T = TypeVar("T")
L = TypeVar("L", bound=type["Lab"])
TOLD = (ValueError, RuntimeError, OSError)  # errors whose words are for those who use a panel
Controls = Mapping[str, Sequence[widgets.Widget]]  # the widgets of each control, by its name


class Group(NamedTuple):
    """Controls under one heading.

    Attributes:
        title: the heading; a message where it is said in more than one language.
        controls: names out of those that the lab has.
    """

    title: str
    controls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a panel shows.

    Attributes:
        name: of the room; what is saved is called after it.
        title: what it is about; a message where it is said in more than one language.
        question: what to predict before anything is trained, likewise; where it is empty, that
            of the preset.
        cards: pictures, their names in reading order; those in one card take turns.
        controls: groups at the side of the pictures.
        below: groups under the pictures.
        presets: experiments on the menu, names out of ``reglab.live.PRESETS``, of which the first
            is what it starts with; all of them where left out.
        claims: on the menu, keys of ``reglab.theory.CLAIMS``; all of them where left out.
    """

    name: str
    title: str
    question: str = ""
    cards: tuple[tuple[str, ...], ...] = ()
    controls: tuple[Group, ...] = ()
    below: tuple[Group, ...] = ()
    presets: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def pictures(self) -> tuple[str, ...]:
        """Names of all pictures, in reading order."""
        return tuple(name for card in self.cards for name in card)


class Lab(widgets.Box, Generic[S, V]):
    """A panel that owns a session; a subclass says in which ``room``.

    Args:
        session: the engine.
        view: its pictures.
        head: what stands above them, such as buttons.
        controls: the widgets of each control, by the name that a room calls it.
        groups: at the side, instead of those of the room.

    Attributes:
        room: what the panel shows.
        session: the engine, which has a worker thread; whatever the panel does can be done through
            it from a cell.
        view: its pictures, which hear the languages of the browser.
        message: a line under the buttons.
    """

    room: ClassVar[Room]

    def __init__(
        self,
        session: S,
        view: V,
        head: Iterable[widgets.Widget],
        controls: Controls | None = None,
        groups: Iterable[Group] | None = None,
    ):
        self.session, self.view, self._question = session, view, ""
        self._widgets = {} if controls is None else controls
        self.message = widgets.HTML()
        self.message.add_class("reglab-message")
        try:
            below = laid_out(self.room.below, self._widgets)
            side = laid_out(groups or self.room.controls, self._widgets)
        except ValueError:
            session.close()
            raise
        main = box([view, box(below, "reglab-below")], "reglab-main") if below else view
        parts = [main, box(side, "reglab-side")] if side else [main]
        super().__init__([*head, self.message, *parts])
        self.add_class("reglab")
        self.add_class(f"reglab-{Path(view.entry).stem}")  # below which its style sheet holds
        self._loop = Loop()  # of the cell that makes the panel: callbacks may run on other threads
        view.speech.lead(self)
        cells.claim(self)

    def close(self) -> None:
        """Stops the worker and frees every widget of the panel."""
        if hasattr(self, "session"):  # otherwise a mistake in the arguments left none
            self.session.close(timeout=1.0)
            unlisted = [widget for control in self._widgets.values() for widget in control]
            for part in (self, *unlisted):
                for widget in cells.descendants(part):
                    widget.close()
            for widget in unlisted:
                widget.close()
        super().close()

    def _acts(self) -> Mapping[str, Callable[..., object]]:
        """What is done for each action of the view, by its kind, with the values it brings."""
        return {}

    def _act(self, action: dict[str, Any]) -> None:
        self._attempt(self._acts()[action.pop("kind")], **action)

    def _ask(self, question: str) -> None:
        """Asks a question, until something else is to say, and again after that."""
        self._question = question
        self._say(question)

    def _say(self, text: str) -> None:
        """Says a sentence under the buttons."""
        tell(self.message, value=written(text))

    def _attempt(self, action: Callable[..., object], *args: object, **values: object) -> None:
        """Does it, or says in words why not; the question is then back."""
        try:
            action(*args, **values)
        except TOLD as error:
            self._say(reason(error))
            self._refused()
        else:
            self._say(self._question)

    def _refused(self) -> None:
        """Called where something could not be done; what was asked for is not in force."""

    def _later(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]
    ) -> "Future[T]":
        """Has the session's worker do something that takes a while; the kernel stays free.

        Args:
            work: what to do.
            done: takes what came of it, where widgets may be written.
            failed: takes the words of an error instead.
        """

        def take(future: "Future[T]") -> None:
            error = None if future.cancelled() else future.exception()
            if isinstance(error, TOLD):
                failed(reason(error))
            elif error is not None:
                failed(say("{kind}: {text}", kind=type(error).__name__, text=reason(error)))
            elif not future.cancelled():
                done(future.result())

        future = self.session.do(work)
        future.add_done_callback(lambda future: self._loop.call(take, future))
        return future

    # IPython takes a pair too, which ipywidgets leaves out.
    def _repr_mimebundle_(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, **kwargs: object
    ) -> tuple[dict, dict]:
        text = say(
            "reglab {lab}: a live panel. It needs a running kernel and JupyterLab: open this "
            "notebook there and run this cell again.",
            lab=type(self).__name__,
        )
        told = translated(text, self.view.speech.language)
        return with_fallback(super()._repr_mimebundle_(**kwargs), told)


def listed(what: str, names: Iterable[str], family: Mapping[str, T]) -> dict[str, T]:
    """The members of a family that a room lists, or all of them where it lists none.

    >>> listed("colour", ("red",), {"red": 1, "blue": 2}), listed("colour", (), {"red": 1})
    ({'red': 1}, {'red': 1})
    """
    known = tuple(family)
    return {name: family[check_name(what, name, known)] for name in tuple(names) or known}


def laid_out(groups: Iterable[Group], controls: Controls) -> list[widgets.Widget]:
    """A box for each group of controls, under its heading.

    Raises:
        ValueError: a group lists what is no control.
    """
    known, made = tuple(controls), []
    for title, names in groups:
        chosen = [controls[check_name("control", name, known)] for name in names]
        made.append(group(title, [widget for control in chosen for widget in control]))
    return made


def _check(name: str, lab: object) -> None:
    room = getattr(lab, "room", None)
    if not isinstance(lab, type) or not issubclass(lab, Lab) or not isinstance(room, Room):
        raise ValueError(say("{name}: expected a Lab with a room, got {got!r}", name=name, got=lab))
    painted(room.cards)  # raises where nobody registered a picture of a name


ROOMS: Registry[type[Lab]] = Registry("room", _check)


def register(lab: L) -> L:
    """Lets a room join; ``ROOMS[name]`` opens it from then on.

    Args:
        lab: a subclass of a lab, whose ``room`` has a name that is free.

    Returns:
        The same, so that it decorates.

    Raises:
        ValueError: one line, for a name that is taken or none, or what is no lab with a room.
    """
    room = getattr(lab, "room", None)
    ROOMS.register(room.name if isinstance(room, Room) else "room", lab)
    return lab
