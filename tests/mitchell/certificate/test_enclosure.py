"""Bounds of networks hold for every point of a box and every float32 program."""

import numpy as np
import pytest

from reglab.mitchell.certificate import answers_in, bounds, layers_from, layers_of

from .nets import exact, in_order, module, random_weights, scores


def difference(found):
    found = np.asarray(found, np.float64)
    return found[..., 1] - found[..., 0]


def answers(found):
    """The class of the highest score, ties to the lowest; -2 where a score is not finite."""
    return np.where(np.isfinite(found).all(axis=-1), found.argmax(axis=-1), -2)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "identity"])
@pytest.mark.parametrize("radius", [2.0, 0.1, 0.001, 0.0])
@pytest.mark.parametrize("widths", [(), (8,), (16, 16, 5)])
def test_bounds_hold_at_every_point_of_a_box(widths, radius, activation):
    rng = np.random.default_rng(len(widths))
    weights, centre = random_weights(rng, *widths), rng.normal(scale=3, size=(30, 2))
    layers = layers_of(module(weights, activation))
    low, high = bounds(layers, centre, np.full(30, radius))
    corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    steps = radius * np.concatenate([corners, rng.uniform(-1, 1, (100, 2))])
    values = difference(exact(weights, centre[:, None] + steps, activation))
    assert (low[:, None] <= values + 1e-13).all()
    assert (values <= high[:, None] + 1e-13).all()


@pytest.mark.parametrize("scale", [1.0, 30.0, 3e4])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_bounds_at_a_point_hold_for_every_order_of_sums(activation, scale):
    rng = np.random.default_rng(1)
    weights = random_weights(rng, 64, 64, scale=scale)
    model = module(weights, activation)
    x = rng.normal(scale=3, size=(300, 2)).astype(np.float32)
    low, high = bounds(layers_of(model), x.astype(float), np.zeros(300))
    programs = [scores(model, x), *(in_order(weights, x, rng, activation) for _ in range(5))]
    for found in programs:
        assert (low <= difference(found)).all()
        assert (difference(found) <= high).all()
    real = difference(exact(weights, x, activation))
    errors = [np.abs(difference(found) - real) for found in programs]
    half = (high - low) / 2
    assert np.max(errors, axis=0).max() > 0.0005 * half.max()  # rounding is there to be bounded
    assert half.max() < 1e-3 * np.abs(real).max()


def test_residual_sums_are_enclosed():
    rng = np.random.default_rng(2)
    weights = random_weights(rng, 16, 16)
    weights[1] = (np.float32(1e-6) * weights[1][0], np.float32(1e-6) * weights[1][1])
    model = module(weights, residual=True)
    layers = layers_of(model)
    assert [layer.adds for layer in layers] == [False, True, False]
    x = rng.normal(scale=3, size=(2000, 2)).astype(np.float32)
    low, high = bounds(layers, x.astype(float), np.zeros(len(x)))
    found = difference(scores(model, x))
    assert ((low <= found) & (found <= high)).all()
    centre = x.astype(float) + rng.uniform(-0.1, 0.1, x.shape)
    low, high = bounds(layers, centre, np.full(len(x), 0.1))
    assert ((low <= found) & (found <= high)).all()
    assert (np.sign(low) == np.sign(high)).mean() > 0.5


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_every_float32_number_of_small_cells_on_the_boundary_gets_that_answer(scale):
    rng = np.random.default_rng(3)
    weights = random_weights(rng, 32, 32, scale=scale)
    start, stop = rng.uniform(1, 2, (2, 200, 2))
    weights[-1][1][1] -= np.float32(np.median(difference(exact(weights, start))))
    model = module(weights)
    sides = [difference(exact(weights, x)) > 0 for x in (start, stop)]
    chosen = sides[0] != sides[1]
    start, stop, is_one = start[chosen], stop[chosen], sides[0][chosen][:, None]
    for _ in range(40):
        middle = (start + stop) / 2
        same = (difference(exact(weights, middle)) > 0)[:, None] == is_one
        start, stop = np.where(same, middle, start), np.where(same, stop, middle)
    side = 2.0**-17  # 64 float32 numbers of 1 to 2
    corner = np.floor(start / side) * side + side * rng.integers(-60, 61, start.shape)
    found = answers_in(layers_of(model), corner + side / 2, np.full(len(corner), side / 2))
    along = np.linspace(0, side, 65)
    points = corner[:, None] + np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    assert (points == points.astype(np.float32)).all()
    told = answers(scores(model, points.reshape(-1, 2))).reshape(len(corner), -1)
    is_decided = found >= 0
    assert (told[is_decided] == found[is_decided, None]).all()
    assert is_decided.sum() > 20
    assert (~is_decided).sum() > 20


def test_equal_scores_answer_class_0_where_that_is_certain():
    """Hidden units that are off everywhere leave the biases of the scores."""
    kernel, bias = np.ones((2, 3), np.float32), np.full(3, -100, np.float32)
    out = np.float32([[1, -2], [3, 4], [-5, 6]])
    for last, answer in (
        ([0.5, 0.5], 0),
        ([0.5, np.nextafter(np.float32(0.5), 1)], 1),
        ([1, 0.5], 0),
    ):
        weights = [(kernel, bias), (out, np.float32(last))]
        found = answers_in(layers_from(weights), np.zeros((1, 2)), np.array([8.0]))
        assert found.tolist() == [answer]
        assert answers(scores(module(weights), np.zeros((1, 2)))).tolist() == [answer]


def test_scores_that_are_equal_by_chance_are_left_open():
    """Both scores are the same sum of three numbers, which programs may round apart."""
    kernel = np.float32([[1, 0.1, -0.3], [0.7, 3, 11]])
    weights = [
        (kernel, np.zeros(3, np.float32)),
        (np.ones((3, 2), np.float32), np.zeros(2, np.float32)),
    ]
    assert answers_in(layers_from(weights), np.array([[0.3, 0.7]]), np.zeros(1)).tolist() == [-1]


def test_a_near_tie_that_a_program_may_turn_is_left_open():
    """One score is 1 and 63 halves of the last bit of 1, which a sum from 1 up never sees."""
    half_bit = np.float32(0.99 * 2.0**-24)
    hidden = [1, *[half_bit] * 63]
    out = np.stack([np.r_[1, np.zeros(63)], np.ones(64)], axis=1)
    first = np.zeros((2, 64), np.float32), np.float32(hidden)
    for bits, told, real in ((1, 0, 1), (30, 0, 1), (70, 0, 0)):
        bias = np.float32([bits * 2.0**-23, 0]) / np.float32(2)
        weights = [first, (np.float32(out), bias)]
        assert (difference(exact(weights, np.zeros((1, 2)))) > 0) == real
        total = np.float32(1)
        for one in hidden[1:]:
            total = total + one
        assert (total > np.float32(1) + bias[0]) == told
        found = answers_in(layers_from(weights), np.zeros((1, 2)), np.ones(1))
        assert found in (-1, told)


def test_a_thin_spike_is_never_overlooked():
    rng = np.random.default_rng(4)
    for _ in range(200):
        place, width = rng.uniform(-0.9, 0.9), 10.0 ** rng.uniform(-5, -1)
        kernel = np.float32([[1, 1, 1], [0, 0, 0]]) / np.float32(width)
        bias = np.float32([-(place - width), -place, -(place + width)]) / np.float32(width)
        out = np.float32([[0, 1], [0, -2], [0, 1]])
        weights = [(kernel, bias), (out, np.float32([0.5, 0]))]
        is_there = difference(in_order(weights, [[place, 0.0]], rng)) > 0
        found = answers_in(layers_from(weights), np.zeros((1, 2)), np.ones(1))
        assert found == -1 or not is_there


def test_what_may_overflow_is_left_open():
    weights = [(np.full((2, 2), 1e25, np.float32), np.zeros(2, np.float32))] * 2
    weights[1] = (np.float32([[-1e25, 1e25]] * 2), np.zeros(2, np.float32))
    x = np.array([[1.0, 1.0], [1e-20, 1e-20]], np.float32)
    assert answers(scores(module(weights), x)).tolist() == [-2, 1]
    assert answers_in(layers_from(weights), x.astype(float), np.zeros(2)).tolist() == [-1, 1]


def test_what_may_be_taken_for_0_is_left_open():
    tiny = np.float32(1e-30)
    weights = [(np.float32([[0, tiny], [0, 0]]), np.zeros(2, np.float32))]
    x = np.array([[1e-12, 0.0], [1.0, 0.0]])
    assert answers_in(layers_from(weights), x, np.zeros(2)).tolist() == [-1, 1]
    subnormal = [(np.float32([[0, 1e-40], [0, 0]]), np.zeros(2, np.float32))]
    assert answers_in(layers_from(subnormal), np.array([[4.0, 0.0]]), np.zeros(1)).tolist() == [-1]
    bias = [(np.zeros((2, 2), np.float32), np.float32([0, 1e-40]))]
    assert answers_in(layers_from(bias), np.zeros((1, 2)), np.ones(1)).tolist() == [-1]


def test_bounds_of_a_line_are_reached():
    weights = random_weights(np.random.default_rng(0))
    kernel, bias = (np.diff(part.astype(float), axis=-1)[..., 0] for part in weights[0])
    low, high = bounds(layers_from(weights), np.zeros((1, 2)), np.ones(1))
    reach = np.abs(kernel).sum()
    assert (low[0], high[0]) == pytest.approx((bias - reach, bias + reach), rel=1e-4)
