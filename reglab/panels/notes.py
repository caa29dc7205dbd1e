"""Sentences in a panel: the widget that shows one, and how it is written there."""

import html

import ipywidgets as widgets

TIE = "\u202f"  # a narrow space at which no line breaks


def written(text: str) -> str:
    """A sentence as HTML, in which a number, its interval and its unit stay on one line.

    >>> written("44.4 ± 0.1 % < 50 %") == "44.4\u202f±\u202f0.1\u202f% &lt; 50\u202f%"
    True
    """
    return html.escape(text).replace(" ± ", f"{TIE}±{TIE}").replace(" %", f"{TIE}%")


def note() -> widgets.HTML:
    """An empty sentence under a control."""
    made = widgets.HTML()
    made.add_class("reglab-caption")
    return made
