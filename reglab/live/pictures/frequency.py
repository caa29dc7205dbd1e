"""How often the runs of a population overfit."""

from reglab.live.pictures.base import FRONT, Picture
from reglab.views import RunsView


def runs_of(view: RunsView) -> RunsView:
    """The runs as they are."""
    return view


FREQUENCY = Picture(
    "frequency",
    lambda: runs_of,
    FRONT / "frequency.js",
    "reglab.figures.population:frequency_display",
    of="population",
)
