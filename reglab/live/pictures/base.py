"""``Picture``: a member of the family of pictures, from its maker to its display; the registry.

A picture is four files of one name: a maker that turns a moment of a session into a view, the view,
a painter that draws it in the browser, and a display that draws it on paper.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from flax import nnx

from reglab.config import Registry
from reglab.nn import Network
from reglab.training.run import RunOnData
from reglab.views import PlaneView, RunsView
from reglab.words import say

FRONT = Path(__file__).parents[2] / "panels" / "front" / "pictures"  # painters of reglab
Hypothesis = tuple[Network, nnx.State]


class Moment(NamedTuple):
    """What a picture of a board is made of, all of one moment."""

    run: RunOnData  # that of h, whose training sample is shown
    h: Hypothesis | None  # None before there is one
    witness: Hypothesis | None
    what: str = "h"  # which is to be seen: h, witness or disagreement; h without a witness
    errors: PlaneView | None = None  # of all runs; None where one run is looked at by itself


Maker = Callable[[Any], Any]  # a NamedTuple of arrays, or None where there is nothing to see


def errors_of(moment: Moment) -> PlaneView | None:
    """All runs of a board, with h and its witness, as they are."""
    return moment.errors


def runs_of(view: RunsView) -> RunsView:
    """The runs of a population, as they are."""
    return view


@dataclass(frozen=True)
class Picture:
    """A picture that panels can show.

    Attributes:
        name: of the picture, a Python identifier; views travel under it.
        maker: called once for each session; what it returns is called on the worker with each
            moment, and may keep what does not change. It makes the view.
        painter: path of the ES module that draws the view in the browser; it exports a class
            ``Painter``.
        display: what is called with the view and draws it with matplotlib, as ``module:Name``.
        is_dear: whether making it takes so long that it is made while training goes on only once
            a second, and in no more than a sixth of the time.
        of: what moments are of: of a ``board``, each a ``Moment``, or of a ``population``, each a
            ``reglab.views.RunsView``.
    """

    name: str
    maker: Callable[[], Maker]
    painter: str | PathLike
    display: str
    is_dear: bool = False
    of: str = "board"

    @property
    def display_class(self) -> Callable[..., Any]:
        """Makes the display of a view; loads matplotlib."""
        module, name = self.display.split(":")
        return getattr(importlib.import_module(module), name)


def _check(name: str, picture: Picture) -> None:
    if not isinstance(picture, Picture):
        raise ValueError(
            say("picture: expected a reglab.live.pictures.Picture, got {got!r}", got=picture)
        )
    if not name.isidentifier() or name.startswith("_") or name == "kind":
        raise ValueError(
            say("picture: expected a name that Python takes, none called kind, got {got}", got=name)
        )
    if not Path(picture.painter).is_file():
        raise ValueError(
            say(
                "picture {name}: expected the path of its painter, got {got}",
                name=name,
                got=picture.painter,
            )
        )
    if not callable(picture.maker) or picture.display.count(":") != 1:
        raise ValueError(
            say(
                "picture {name}: expected a maker to call and a display like module:Name, "
                "got {maker!r} and {got!r}",
                name=name,
                maker=picture.maker,
                got=picture.display,
            )
        )


PICTURES: Registry[Picture] = Registry("picture", _check)


def register(picture: Picture) -> None:
    """Lets a picture join the family; panels can list it from then on.

    Raises:
        ValueError: one line, for a name that is taken or none, or a picture without a painter.
    """
    PICTURES.register(picture.name if isinstance(picture, Picture) else "picture", picture)
