"""Views whose scripts speak the language of their panel."""

from typing import Any

import anywidget
import traitlets

from reglab.panels.speech import Speech
from reglab.words import browser_words


class SpokenView(anywidget.AnyWidget):
    """A view in the browser.

    Args:
        language: of the words; left out, that of the environment or of the first browser.
        **traits: values of traits.

    Attributes:
        speech: in which language it speaks.
        words: in which its script says what it says; a page that gets others is built anew.
    """

    words = traitlets.Dict().tag(sync=True)

    def __init__(self, *, language: str | None = None, **traits: object):
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
