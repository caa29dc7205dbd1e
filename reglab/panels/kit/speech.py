"""In which language a panel speaks, and how its widgets say in it what they are told."""

import weakref
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import ipywidgets as widgets

from reglab.panels.kit import cells
from reglab.panels.kit.mailbox import Loop
from reglab.panels.kit.notes import Written
from reglab.words import SOURCE, Message, chosen_language, translated

T = TypeVar("T")
_languages: weakref.WeakKeyDictionary[widgets.Widget, str] = weakref.WeakKeyDictionary()


class Speech:
    """The language of a panel: asked for, set in the environment, or that of its first browser.

    Args:
        asked: by the code; None where it does not say.

    Attributes:
        language: English until a browser has come, where nothing else is said.

    Raises:
        ValueError: asked, or set in the environment, for a language that nobody registered.
    """

    def __init__(self, asked: str | None = None):
        self.language = chosen_language(asked)
        self._asked, self._is_settled = asked, False
        self._callbacks: list[Callable[[str], None]] = []
        self._kept: dict[int, tuple[Any, Any]] = {}  # by identity: parts of a frame, and said

    def hear(self, hello: Mapping[str, Any]) -> None:
        """Takes the languages that a browser prefers; those of the first one settle it.

        Args:
            hello: the message of a front end that has come; ``languages`` in it are language tags,
                best first, and none are English.
        """
        if self._is_settled:
            return
        self._is_settled = True
        tags = hello.get("languages")
        preferred = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
        language = chosen_language(self._asked, *preferred)
        if language != self.language:
            self.language, self._kept = language, {}
            for callback in self._callbacks:
                callback(language)

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Calls back with the language when a browser has settled it, if it is another one then."""
        self._callbacks.append(callback)

    def said(self, frame: T) -> T:
        """A frame in the language; parts that the last one had too are not said again."""
        if self.language == SOURCE:
            return frame
        before, self._kept = self._kept, {}
        return self._part(frame, before)

    def _part(self, value: object, before: dict[int, tuple[Any, Any]]) -> Any:
        if not isinstance(value, tuple):
            return translated(value, self.language)
        known, said = self._kept.get(id(value)) or before.get(id(value), (None, None))
        if known is not value:
            parts = [self._part(part, before) for part in value]
            said = type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        self._kept[id(value)] = value, said
        return said

    def lead(self, panel: widgets.Widget) -> None:
        """Has a panel say all that it shows in the language, now and when that is settled."""
        loop = Loop()  # of the cell that makes the panel: a hello may come on another thread
        self.on_change(lambda language: loop.call(speak, panel, language))
        if self.language != SOURCE:
            speak(panel, self.language)


def speak(panel: widgets.Widget, language: str) -> None:
    """Has a widget, and all in it, say in a language what they show, and are told later."""
    for widget in (*cells.descendants(panel), panel):
        _languages[widget] = language
        shown = {name: getattr(widget, name) for name in widget.keys}
        tell(widget, **{name: value for name, value in shown.items() if _has_words(value)})
        if widget.has_trait("options"):
            _label(widget)


def tell(widget: widgets.Widget, **texts: object) -> None:
    """Sets texts of a widget, in the language that it speaks.

    Args:
        widget: of a panel, or of none yet.
        **texts: for each trait a message, what was written of some, or several of them.
    """
    language = _languages.get(widget, SOURCE)
    for name, value in texts.items():
        setattr(widget, name, spoken(value, language))


def offer(choice: widgets.Widget, options: object) -> None:
    """Sets the options of a widget; their labels are said in the language that it speaks.

    The values stay as they are, messages among them too.
    """
    with choice.hold_sync():
        choice.set_trait("options", options)
        _label(choice)


def spoken(value: object, language: str) -> Any:
    """Messages, and what was written of some, in a language; so too in tuples, lists and dicts."""
    if isinstance(value, Written):
        return value.into(language)
    if isinstance(value, dict):
        return {name: spoken(member, language) for name, member in value.items()}
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        return type(value)(spoken(member, language) for member in value)
    return translated(value, language)


def _has_words(value: object) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_has_words, value))
    return isinstance(value, Message | Written)


def _label(choice: widgets.Widget) -> None:
    """Says the labels anew; neither the index nor the value changes, and nobody is called back."""
    language = _languages.get(choice, SOURCE)
    if language == SOURCE:
        return
    made: Any = choice
    options = made.options
    if not isinstance(options, Mapping):
        is_pairs = all(isinstance(option, tuple | list) and len(option) == 2 for option in options)
        options = [option[0] if is_pairs else option for option in options]
    labels = tuple(str(spoken(label, language)) for label in options)
    made.set_trait("_options_labels", labels)
    if made.index is not None:
        made.label = labels[made.index]
