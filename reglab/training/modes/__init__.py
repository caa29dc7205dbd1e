"""A model as training deals with it.

Models of ``reglab.nn`` and modules of the user's differ here, and nowhere else in training.
"""

from reglab import nn
from reglab.config.models import ModelConfig
from reglab.training.modes.base import ENDLESS, Modes
from reglab.training.modes.lab import LabModes
from reglab.training.modes.own import OwnModes

__all__ = ["ENDLESS", "LabModes", "Modes", "OwnModes", "modes_of"]


def modes_of(
    model: ModelConfig | nn.OwnModel,
    input_shape: tuple[int, ...],
    image_shape: tuple[int, ...] | None,
    num_classes: int,
) -> Modes:
    """The modes of a configured model, or of a module of the user's."""
    if isinstance(model, nn.OwnModel):
        return OwnModes(model)
    return LabModes(model, input_shape, image_shape, num_classes)
