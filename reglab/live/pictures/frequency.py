"""How often the runs of a population overfit."""

from reglab.live.pictures.base import FRONT, Picture, runs_of

FREQUENCY = Picture(
    "frequency",
    lambda: runs_of,
    FRONT / "frequency.js",
    "reglab.figures.population:frequency_display",
    of="population",
)
