"""The quadtree that sums up what cells of each size settle."""

import numpy as np
import pytest

from reglab.mitchell.certificate import layers_from
from reglab.theory.levels import certified


def test_cells_of_a_uniform_square_add_up():
    def mass(low, high):
        area = np.clip(high, 0, 1) - np.clip(low, 0, 1)
        return np.stack([area.prod(axis=1), np.zeros(len(low))], axis=1)

    kernel, bias = np.array([[0, 1], [0, 0]], np.float32), np.array([0, -0.3], np.float32)
    layers = layers_from([(kernel, bias)])  # class 1, which is wrong, from 0.3 up
    found = list(certified(layers, mass, np.zeros(2), 1.0, 8))
    assert [level.side for level in found] == [2.0**-i for i in range(8)]
    assert [level.undecided for level in found] == pytest.approx([2.0**-i for i in range(8)])
    assert all(low <= 0.7 <= high for low, high in (level.ends for level in found))
    half = next(certified(layers, mass, np.zeros(2), 0.5, 1))
    assert half.missing == pytest.approx(0.75)
