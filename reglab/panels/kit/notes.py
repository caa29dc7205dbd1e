"""Sentences in a panel: the widget that shows one, and how it is written there."""

import html
from collections.abc import Callable
from typing import Any, Self

import ipywidgets as widgets

from reglab.mitchell.words import tied
from reglab.words import translated


class Written(str):
    """What some texts look like in a panel, which knows them, so that it can be said anew.

    Args:
        write: makes one text of them all, such as HTML in which they are escaped.
        *texts: messages among them are said in a language by :meth:`into`.

    >>> Written(" ".join, ("one", "text"))
    'one text'
    """

    _write: Callable[..., str]
    _texts: tuple[object, ...]

    def __new__(cls, write: Callable[..., str], *texts: object) -> Self:
        """Writes the texts."""
        made = super().__new__(cls, write(*texts))
        made._write, made._texts = write, texts
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self._write, *self._texts

    def into(self, language: str) -> "Written":
        """The same in a language."""
        return Written(self._write, *translated(self._texts, language))


def written(text: str) -> Written:
    """A sentence as HTML, in which a number, its interval and its unit stay on one line.

    >>> written("44.4 ± 0.1 % < 50 %") == "44.4\u202f±\u202f0.1\u202f% &lt; 50\u202f%"
    True
    """
    return Written(_tied, text)


def _tied(text: str) -> str:
    return tied(html.escape(text))


def note() -> widgets.HTML:
    """An empty sentence under a control."""
    made = widgets.HTML()
    made.add_class("reglab-caption")
    return made
