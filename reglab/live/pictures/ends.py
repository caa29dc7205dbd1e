"""The last hypotheses of the runs of a population, in the witness plane."""

from reglab.live.pictures.base import FRONT, Picture
from reglab.views import RunsView


def runs_of(view: RunsView) -> RunsView:
    """The runs as they are."""
    return view


ENDS = Picture(
    "ends",
    lambda: runs_of,
    FRONT / "ends.js",
    "reglab.figures.population:ends_display",
    of="population",
)
