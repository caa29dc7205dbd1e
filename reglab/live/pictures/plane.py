"""The witness plane: each hypothesis of a board by its two errors."""

from reglab.live.pictures.base import FRONT, Picture, errors_of

PLANE = Picture("plane", lambda: errors_of, FRONT / "plane.js", "reglab.figures.plane:PlaneDisplay")
