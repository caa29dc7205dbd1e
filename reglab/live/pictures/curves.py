"""The errors of h and of the other runs of a board against steps."""

from reglab.live.pictures.base import FRONT, Moment, Picture
from reglab.views import PlaneView


def errors_of(moment: Moment) -> PlaneView | None:
    """The runs, with h and its witness."""
    return moment.errors


CURVES = Picture(
    "curves", lambda: errors_of, FRONT / "curves.js", "reglab.figures.curves:CurvesDisplay"
)
