"""Bounds of networks on cells, and the quadtree that sums up what they settle."""

from itertools import pairwise

import numpy as np
import pytest

from reglab.theory.certificate import bounds, certified


def network(rng, *widths):
    sizes = (2, *widths, 1)
    return [(rng.standard_normal((m, n)), rng.standard_normal(n)) for m, n in pairwise(sizes)]


def value(layers, x):
    for kernel, bias in layers[:-1]:
        x = np.maximum(x @ kernel + bias, 0)
    return (x @ layers[-1][0] + layers[-1][1])[..., 0]


@pytest.mark.parametrize("widths", [(), (8,), (16, 16)])
@pytest.mark.parametrize("radius", [2.0, 0.1, 0.001])
def test_bounds_hold_at_every_point_of_a_cell(widths, radius):
    rng = np.random.default_rng(len(widths))
    layers, centre = network(rng, *widths), rng.normal(scale=3, size=(50, 2))
    low, high = bounds(layers, centre, radius)
    corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    steps = radius * np.concatenate([corners, rng.uniform(-1, 1, (200, 2))])
    values = value(layers, centre[:, None] + steps)
    assert (low[:, None] <= values + 1e-12).all()
    assert (values <= high[:, None] + 1e-12).all()


def test_bounds_of_a_line_are_reached():
    layers = network(np.random.default_rng(0))
    low, high = bounds(layers, np.zeros((1, 2)), 1.0)
    reach = np.abs(layers[0][0]).sum()
    assert (low[0], high[0]) == pytest.approx((layers[0][1][0] - reach, layers[0][1][0] + reach))


def test_cells_of_a_uniform_square_add_up():
    def mass(low, high):
        area = np.clip(high, 0, 1) - np.clip(low, 0, 1)
        return np.stack([area.prod(axis=1), np.zeros(len(low))], axis=1)

    layers = [(np.array([[1.0], [0.0]]), np.array([-0.3]))]  # class 1, which is wrong, from 0.3 up
    found = list(certified(layers, mass, np.zeros(2), 1.0, 8))
    assert [level.side for level in found] == [2.0**-i for i in range(8)]
    assert [level.undecided for level in found] == pytest.approx([2.0**-i for i in range(8)])
    assert all(low <= 0.7 <= high for low, high in (level.ends for level in found))
    half = next(certified(layers, mass, np.zeros(2), 0.5, 1))
    assert half.tail == pytest.approx(0.75)
