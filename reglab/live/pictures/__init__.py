"""Pictures as a family: makers turn a moment of a session into views, arrays ready to draw.

A picture comes from elsewhere as those here do, by :func:`register`.
"""

from reglab.live.pictures.bands import BANDS
from reglab.live.pictures.base import PICTURES, Moment, Picture, register
from reglab.live.pictures.curves import CURVES
from reglab.live.pictures.ends import ENDS
from reglab.live.pictures.frequency import FREQUENCY
from reglab.live.pictures.images import IMAGES
from reglab.live.pictures.map import MAP
from reglab.live.pictures.plane import PLANE
from reglab.live.pictures.studio import Studio

for picture in (MAP, IMAGES, PLANE, CURVES, FREQUENCY, BANDS, ENDS):
    register(picture)

# What sessions make where nobody says what is shown.
BOARD = ("map", "images", "plane", "curves")
POPULATION = ("frequency", "bands", "ends")

__all__ = ["BOARD", "PICTURES", "POPULATION", "Moment", "Picture", "Studio", "register"]
