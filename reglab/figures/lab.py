"""``LabDisplay``: the verdict and its pictures on one page."""

from typing import Any, Self

from matplotlib.figure import Figure

from reglab.figures import curves, plane, style
from reglab.figures.boundary import ROOM, BoundaryDisplay
from reglab.figures.curves import CurvesDisplay
from reglab.figures.display import Display
from reglab.figures.headline import HEIGHT, HeadlineDisplay
from reglab.figures.images import ImagesDisplay
from reglab.figures.plane import PlaneDisplay
from reglab.views import BoundaryView, ImagesView, PlaneView, VerdictView
from reglab.words import say

WIDTH, EDGE = 7.2, 0.1  # inches: two columns of a journal, and the paper left at the edges
TOP, MIDDLE, BOTTOM = HEIGHT / 72 + 2 * EDGE, 2.9, 2.2  # inches: heights of the three rows


class LabDisplay(Display):
    """A page of a lab: the verdict, what h decides, the witness plane, and both errors.

    Args:
        verdict: on h.
        plane: the runs, h and its witness.
        picture: what h decides; None where that has no picture.
        language: of the words; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        figure_: the page.
        headline_: the display of the verdict.
        picture_: the display of what h decides, or None.
        plane_: the display of the witness plane.
        curves_: the display of the errors.
    """

    def __init__(
        self,
        verdict: VerdictView,
        plane: PlaneView,
        picture: BoundaryView | ImagesView | None = None,
        *,
        language: str | None = None,
    ):
        super().__init__(language)
        self.verdict, self.plane, self.picture = verdict, plane, picture

    @classmethod
    def from_frame(cls, frame: Any, *, language: str | None = None) -> Self:
        """The page of a frame, as ``Session.frame`` or ``finished_frame`` gives it."""
        status, verdict = frame.status, frame.verdict
        if status.state == "diverged":
            scope = say("at step {step}", step=status.step)
            verdict = VerdictView("DIVERGED", say("DIVERGED"), scope, status.text, 0.0)
        elif status.text:
            both = say("{one} {other}", one=verdict.sentence, other=status.text)
            verdict = verdict._replace(sentence=both if verdict.sentence else status.text)
        return cls(verdict, plane_view(frame), frame.picture, language=language)

    def plot(self, figure: Figure | None = None) -> Self:
        """Draws the page into ``figure``, or into a new one 7.2 inches wide."""
        size = WIDTH, TOP + MIDDLE + BOTTOM
        self.figure_ = style.new_figure(size) if figure is None else figure
        cell = 0, BOTTOM + MIDDLE, WIDTH, TOP
        language = self.script.language
        self.headline_ = HeadlineDisplay(self.verdict, language=language)
        self.headline_.plot(self._axes(cell, (EDGE,) * 4))
        left, room = self._picture_size()
        self.picture_ = picture_display(self.picture, language=language)
        if self.picture_ is not None:
            self.picture_.plot(self._axes((0, BOTTOM, left, MIDDLE), room))
        cell = left, BOTTOM, WIDTH - left, MIDDLE
        self.plane_ = PlaneDisplay(self.plane, language=language)
        self.plane_.plot(self._axes(cell, plane.ROOM))
        cell = 0, 0, WIDTH, BOTTOM
        self.curves_ = CurvesDisplay(self.plane, language=language)
        self.curves_.plot(self._axes(cell, curves.ROOM))
        return self

    def _picture_size(self) -> tuple[float, tuple[float, ...]]:
        """Width of the picture's cell, up to half of the page, and the room in it."""
        if self.picture is None:
            return 0.0, ()
        if not isinstance(self.picture, BoundaryView):
            return WIDTH / 2, (EDGE, EDGE, EDGE, ROOM[3])
        left, right, low, high = self.picture.region
        inner = (MIDDLE - ROOM[2] - ROOM[3]) * (right - left) / (high - low)
        return min(WIDTH / 2, inner + 2 * EDGE), (EDGE, EDGE, *ROOM[2:])

    def _axes(self, cell: tuple[float, ...], room: tuple[float, ...]):
        return style.place(self.figure_, cell, room)


def plane_view(frame: Any) -> PlaneView:
    """What the plane and the curves need of a frame."""
    common = frame.runs, frame.h, frame.witness, frame.bayes_error, frame.num_train
    return PlaneView(*common, over=frame.over)


def picture_display(
    view: BoundaryView | ImagesView | None, *, language: str | None = None
) -> BoundaryDisplay | ImagesDisplay | None:
    """The display that draws what h decides, in a language."""
    if view is None:
        return None
    if isinstance(view, BoundaryView):
        return BoundaryDisplay(view, language=language)
    return ImagesDisplay(view, language=language)
