"""``PopulationDisplay``: the pictures of a population on one page."""

from typing import Any, Self

from matplotlib.figure import Figure

from reglab.figures import style
from reglab.figures.bands import ROOM as BANDS_ROOM
from reglab.figures.bands import BandsDisplay
from reglab.figures.display import Display
from reglab.figures.frequency import FrequencyDisplay
from reglab.figures.population_plane import ROOM, PopulationPlaneDisplay
from reglab.figures.script import script_of
from reglab.words import columns, wrapped

WIDTH, TOP, MIDDLE, BOTTOM = 7.2, 0.45, 3.1, 2.3  # inches
EDGE = 0.1
CHARACTERS = 104  # of a line of the headline


class PopulationDisplay(Display):
    """A page of a population: the headline, how often, the witness plane, and both errors.

    Args:
        headline: how often h overfits, in words.
        frequency: the display of the frequencies, not yet plotted.
        plane: the display of the witness plane, not yet plotted.
        bands: the display of the errors, not yet plotted; None before there are any.
        language: of the headline; left out, that of ``REGLAB_LANGUAGE``, else English.

    Attributes:
        figure_: the page.
        head_: the text of the headline.
    """

    def __init__(
        self,
        headline: str,
        frequency: FrequencyDisplay,
        plane: PopulationPlaneDisplay,
        bands: BandsDisplay | None,
        *,
        language: str | None = None,
    ):
        super().__init__(language)
        self.headline, self.frequency, self.plane, self.bands = headline, frequency, plane, bands

    @classmethod
    def from_frame(cls, frame: Any, *, language: str | None = None) -> Self:
        """The page of a frame, as ``PopulationSession.frame`` is one, in a language."""
        language = script_of(language).language
        return cls(
            frame.headline.sentence,
            frequency_display(frame, language=language),
            ends_display(frame, language=language),
            bands_display(frame, language=language) if frame.bands else None,
            language=language,
        )

    def plot(self, figure: Figure | None = None) -> Self:
        """Draws the page into ``figure``, or into a new one 7.2 inches wide."""
        height = TOP + MIDDLE + (BOTTOM if self.bands is not None else 0.0)
        self.figure_ = style.new_figure((WIDTH, height)) if figure is None else figure
        words = wrapped(self.script.said(self.headline), columns, CHARACTERS)
        self.head_ = self.figure_.text(0.2 / WIDTH, 1 - 0.14 / height, words)
        look = self._look(fontsize=style.BODY, color=style.INK, va="top", linespacing=1.3)
        self.head_.set(**look)
        self.head_.set_parse_math(False)
        below = height - TOP - MIDDLE
        left = 0, below, WIDTH / 2, MIDDLE
        self.frequency.plot_in(self.figure_, left)
        right = WIDTH / 2, below, WIDTH / 2, MIDDLE
        self.plane.plot(style.place(self.figure_, right, ROOM))
        if self.bands is not None:
            cell = 0, 0, WIDTH, BOTTOM
            self.bands.plot(style.place(self.figure_, cell, BANDS_ROOM))
        return self


def frequency_display(view: Any, *, language: str | None = None) -> FrequencyDisplay:
    """How often, of a ``RunsView`` or a frame."""
    return FrequencyDisplay(view.frequency, language=language)


def bands_display(view: Any, *, language: str | None = None) -> BandsDisplay:
    """The errors at the value that is told about, of a ``RunsView`` or a frame; it has one."""
    others = [band for i, band in enumerate(view.bands) if i != view.chosen]
    return BandsDisplay(view.bands[view.chosen], others, language=language)


def ends_display(view: Any, *, language: str | None = None) -> PopulationPlaneDisplay:
    """Where runs end, of a ``RunsView`` or a frame."""
    return PopulationPlaneDisplay(view.plane, view.chosen, language=language)
