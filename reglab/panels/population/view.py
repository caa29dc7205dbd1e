"""The view of a population: headline, frequencies, bands, witness plane and one run."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar, cast

from reglab.live import PopulationFrame
from reglab.panels.kit.view import Actions, RoomView, is_index
from reglab.views import BandsView, PopulationPlaneView, RunsView

T = TypeVar("T", BandsView, PopulationPlaneView)
CARDS = (("frequency",), ("bands",), ("ends",))  # in reading order; one run comes last
DOTS = ("run", "train_error", "true_error", "code", "counts", "draw", "group")
BANDS = ("train_low", "train_median", "train_high", "true_low", "true_high", "num_runs")


def _is_number(value: object, *_: object) -> bool:
    return type(value) in (int, float)


def _is_index(value: object, *_: object) -> bool:
    return is_index(value)


class PopulationView(RoomView):
    """Headline, frequencies, bands, witness plane and one run of a population.

    Args:
        cards: names of the pictures in each; those in one card take turns.
        **options: see ``RoomView``.
    """

    entry = "population.js"
    actions: ClassVar[Actions] = {
        "choose": {"value": _is_index},
        "pick": {"run": _is_index},
        "near": {"train_error": _is_number, "true_error": _is_number},
        "forget": {},
    }

    def __init__(self, *, cards: Iterable[Iterable[str]] = CARDS, **options: Any):
        super().__init__(cards=cards, **options)

    def _told(self, frame: tuple) -> tuple:
        return super()._told(drawn(cast(PopulationFrame, frame)))


def drawn(frame: PopulationFrame) -> PopulationFrame:
    """The frame without the arrays that the front end does not draw.

    Where there is a density, it stands for the dots; of all bands but the chosen the median of the
    true errors is drawn.
    """
    bands = tuple(
        band if i == frame.chosen else _without(band, BANDS) for i, band in enumerate(frame.bands)
    )
    plane = frame.plane if frame.plane.density is None else _without(frame.plane, DOTS)
    runs = RunsView(frame.frequency, bands, plane, frame.settings, frame.chosen, frame.brushed)
    views = (runs if isinstance(view, RunsView) else view for view in frame.pictures)
    pictures = type(frame.pictures)(*views)
    return frame._replace(bands=bands, plane=plane, pictures=pictures)


def _without(view: T, names: tuple[str, ...]) -> T:
    return view._replace(**{name: getattr(view, name)[:0] for name in names})
