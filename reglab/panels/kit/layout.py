"""Parts that the controls of every panel are made of."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from reglab.panels.kit.notes import Written
from reglab.panels.kit.speech import tell


def box(children: list, css_class: str) -> widgets.Box:
    """Widgets in a box of this class of the style sheet."""
    made = widgets.Box(children)
    made.add_class(css_class)
    return made


def group(title: str, children: list) -> widgets.Box:
    """Controls under a heading, which is HTML."""
    heading = widgets.HTML(Written("<h3>{}</h3>".format, title))
    heading.add_class("reglab-heading")
    return box([heading, *children], "reglab-group")


def select(label: str, options, tooltip: str) -> widgets.Dropdown:
    """A dropdown with its label at the left."""
    return widgets.Dropdown(options=options, description=label, tooltip=tooltip)


def button(label: str, icon: str, tooltip: str, action: Callable[[], object]) -> widgets.Button:
    """A button with the name of its icon in Font Awesome."""
    made = widgets.Button(description=label, icon=icon, tooltip=tooltip)
    made.on_click(lambda _: action())
    return made


def pills(label: str, options, tooltip: str) -> widgets.ToggleButtons:
    """A choice of which all options are in view."""
    tooltips = [tooltip] * len(options)
    return widgets.ToggleButtons(options=options, description=label, tooltips=tooltips)


def switch(choice: widgets.Widget, reason: str | None, tooltip: str) -> None:
    """Lets a control be moved, or not where there is a reason, which is then what it tells."""
    made: Any = choice
    made.disabled, told = reason is not None, tooltip if reason is None else reason
    if isinstance(choice, widgets.ToggleButtons):
        tell(choice, tooltips=[told] * len(made.options))
    else:
        tell(choice, tooltip=told)


def mark(thumb: widgets.Button, is_chosen: bool) -> None:
    """Marks the picture of what is chosen, or takes the mark off."""
    if is_chosen:
        thumb.add_class("reglab-chosen")
    else:
        thumb.remove_class("reglab-chosen")
