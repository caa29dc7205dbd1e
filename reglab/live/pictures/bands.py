"""The errors of many runs against steps."""

from reglab.live.pictures.base import FRONT, Picture, runs_of

BANDS = Picture(
    "bands",
    lambda: runs_of,
    FRONT / "bands.js",
    "reglab.figures.population:bands_display",
    of="population",
)
