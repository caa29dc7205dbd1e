"""The last hypotheses of the runs of a population, in the witness plane."""

from reglab.live.pictures.base import FRONT, Picture, runs_of

ENDS = Picture(
    "ends",
    lambda: runs_of,
    FRONT / "ends.js",
    "reglab.figures.population:ends_display",
    of="population",
)
