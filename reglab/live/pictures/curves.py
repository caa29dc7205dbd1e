"""The errors of h and of the other runs of a board against steps."""

from reglab.live.pictures.base import FRONT, Picture, errors_of

CURVES = Picture(
    "curves", lambda: errors_of, FRONT / "curves.js", "reglab.figures.curves:CurvesDisplay"
)
