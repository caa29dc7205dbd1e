"""Inputs as small grey pictures: images as they are, sequences and rows of features as lines."""

import numpy as np

from reglab.distributions import AnyDistribution, is_squared
from reglab.distributions.pictograms import drawn_lines

LINE_HEIGHT = 28  # pixels of the picture of a line
MOST_FEATURES = 200  # that a line is drawn of


def tile_shape(distribution: AnyDistribution) -> tuple[int, int] | None:
    """Height and width of the picture of one input, or None where there is none."""
    shape = distribution.image_shape
    if shape is not None and len(shape) == 2:
        return shape[0], shape[1]
    shape = distribution.input_shape
    if is_squared(distribution):  # answers are no classes to frame
        return None
    if len(shape) == 1 and 3 <= shape[0] <= MOST_FEATURES:
        return LINE_HEIGHT, shape[0]
    return None


class Tiles:
    """Draws inputs; what they show as the darkest and the lightest comes from S.

    Args:
        distribution: of which :func:`tile_shape` is not None.
        x: the training inputs, ``(n, *input_shape)``.
    """

    def __init__(self, distribution: AnyDistribution, x: np.ndarray):
        self.shape = tile_shape(distribution) or (1, 1)
        self.is_image = distribution.image_shape is not None
        low, high = float(x.min()), float(x.max())
        if self.is_image and low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        self.low, self.range = low, max(high - low, 1e-9)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Pictures ``(n, height, width)`` uint8 of inputs ``(n, *input_shape)``."""
        share = np.clip((np.asarray(x) - self.low) / self.range, 0, 1)
        if self.is_image:
            return np.round(255 * share).astype(np.uint8).reshape(-1, *self.shape)
        return drawn_lines(share, self.shape[0])
