"""The witness plane: each hypothesis of a board by its two errors."""

from reglab.live.pictures.base import FRONT, Moment, Picture
from reglab.views import PlaneView


def errors_of(moment: Moment) -> PlaneView | None:
    """The runs, with h and its witness."""
    return moment.errors


PLANE = Picture("plane", lambda: errors_of, FRONT / "plane.js", "reglab.figures.plane:PlaneDisplay")
