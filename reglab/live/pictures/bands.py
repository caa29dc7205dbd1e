"""The errors of many runs against steps."""

from reglab.live.pictures.base import FRONT, Picture
from reglab.views import RunsView


def runs_of(view: RunsView) -> RunsView:
    """The runs as they are."""
    return view


BANDS = Picture(
    "bands",
    lambda: runs_of,
    FRONT / "bands.js",
    "reglab.figures.population:bands_display",
    of="population",
)
