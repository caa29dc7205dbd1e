"""Figures for a page: the pictures of the live view, drawn with matplotlib.

Displays take views or a frame, and ``plot`` draws them, as those of scikit-learn do:

>>> import numpy as np
>>> from reglab.views import CurvesView, PlaneView
>>> train, true = np.array([0.5, 0.2, 0.0]), np.array([0.5, 0.2, 0.3])
>>> run = CurvesView("plain", np.array([0, 6, 12]), train, true, true - 0.01, true + 0.01)
>>> display = PlaneDisplay(PlaneView((run,), (0, 2), (0, 1), 0.1, num_train=60)).plot()
>>> display.ax_.get_xlabel()
'error on the 60 training examples'
"""

from reglab.figures.bands import BandsDisplay
from reglab.figures.boundary import BoundaryDisplay
from reglab.figures.claims import ClaimDisplay, claim
from reglab.figures.curves import CurvesDisplay
from reglab.figures.descent_errors import DescentErrorsDisplay
from reglab.figures.double_descent import DoubleDescentDisplay
from reglab.figures.frequency import FrequencyDisplay, frequency
from reglab.figures.headline import HeadlineDisplay
from reglab.figures.images import ImagesDisplay
from reglab.figures.lab import LabDisplay, picture_display, plane_view
from reglab.figures.plane import PlaneDisplay
from reglab.figures.population import PopulationDisplay
from reglab.figures.population_plane import PopulationPlaneDisplay
from reglab.figures.style import rendered

__all__ = [
    "BandsDisplay",
    "BoundaryDisplay",
    "ClaimDisplay",
    "CurvesDisplay",
    "DescentErrorsDisplay",
    "DoubleDescentDisplay",
    "FrequencyDisplay",
    "HeadlineDisplay",
    "ImagesDisplay",
    "LabDisplay",
    "PlaneDisplay",
    "PopulationDisplay",
    "PopulationPlaneDisplay",
    "claim",
    "frequency",
    "picture_display",
    "plane_view",
    "rendered",
]
