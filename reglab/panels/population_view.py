"""The view of a population: headline, frequencies, bands, witness plane and one run."""

from typing import Any, ClassVar, cast

import numpy as np

from reglab.live import PopulationFrame
from reglab.panels.bundle import script, sheet
from reglab.panels.view import Actions, RoomView, is_index


def _is_number(value: object, *_: object) -> bool:
    return type(value) in (int, float)


def _is_index(value: object, *_: object) -> bool:
    return is_index(value)


class PopulationView(RoomView):
    """Headline, frequencies, bands, witness plane and one run of a population."""

    _esm = script("population.js")
    _css = sheet("population.js")
    actions: ClassVar[Actions] = {
        "choose": {"value": _is_index},
        "pick": {"run": _is_index},
        "near": {"train_error": _is_number, "true_error": _is_number},
        "forget": {},
    }

    def _told(self, frame: tuple) -> tuple:
        return super()._told(without_dots(cast(PopulationFrame, frame)))


def without_dots(frame: PopulationFrame) -> PopulationFrame:
    """The frame without the dots of its plane where a density is drawn in their place."""
    plane = frame.plane
    if plane.density is None:
        return frame
    dots: dict[str, Any] = {
        name: value[:0]
        for name, value in plane._asdict().items()
        if isinstance(value, np.ndarray) and name != "density"
    }
    return frame._replace(plane=plane._replace(**dots))
