"""Views whose scripts speak the language of their panel."""

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from reglab.config import check_name
from reglab.live.pictures import PICTURES
from reglab.panels.kit.bundle import Cards, script, sheet
from reglab.panels.kit.speech import Speech
from reglab.words import browser_words


class SpokenView(anywidget.AnyWidget):
    """A view in the browser; a subclass says which script it has.

    Args:
        cards: names of the pictures in each; those in one card take turns.
        language: of the words; left out, that of the environment or of the first browser.
        **traits: values of traits.

    Attributes:
        entry: the module of the front end that shows it.
        speech: in which language it speaks.
        words: in which its script says what it says; a page that gets others is built anew.

    Raises:
        ValueError: nobody registered a picture or a language of a name.
    """

    entry: ClassVar[str]
    words = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        *,
        cards: Iterable[Iterable[str]] = (),
        language: str | None = None,
        **traits: object,
    ):
        painters = painted(cards)
        self._esm, self._css = script(self.entry, cards=painters), sheet(self.entry, cards=painters)
        self.speech = Speech(language)
        super().__init__(words=browser_words(self.speech.language), **traits)
        self.speech.on_change(self._learn)
        self.on_msg(self._receive)

    def _learn(self, language: str) -> None:
        self.words = browser_words(language)

    def _receive(self, _: object, content: Any, __: object) -> None:
        """Takes a message of the front end, which may be anything."""
        if isinstance(content, dict) and content.get("kind") == "hello":
            self.speech.hear(content)


def painted(cards: Iterable[Iterable[str]]) -> Cards:
    """Cards with the painters of their pictures.

    Args:
        cards: for each the names of its pictures, of which the first that has a view is shown.

    Raises:
        ValueError: nobody registered a picture of that name.
    """
    known = tuple(PICTURES)
    return tuple(
        tuple((name, Path(PICTURES[check_name("picture", name, known)].painter)) for name in card)
        for card in cards
    )


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
