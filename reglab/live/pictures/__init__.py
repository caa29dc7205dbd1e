"""Pictures as a family: makers turn a moment of a board into views, arrays that are ready to draw.

A picture comes from elsewhere as those here do, by :func:`register`.
"""

from reglab.live.pictures.base import PICTURES, Moment, Picture, register
from reglab.live.pictures.curves import CURVES
from reglab.live.pictures.images import IMAGES
from reglab.live.pictures.map import MAP
from reglab.live.pictures.plane import PLANE
from reglab.live.pictures.studio import Studio

for picture in (MAP, IMAGES, PLANE, CURVES):
    register(picture)

BOARD = tuple(PICTURES)  # what a session makes where nobody says what is shown

__all__ = ["BOARD", "PICTURES", "Moment", "Picture", "Studio", "register"]
