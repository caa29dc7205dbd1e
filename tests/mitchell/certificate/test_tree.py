"""Proved errors hold the true ones: closed forms, draws, and networks made to cheat."""

import itertools

import numpy as np
import pytest
from scipy.special import ndtr

from reglab.distributions import get
from reglab.mitchell.certificate import Tree, layers_from, refined
from reglab.mitchell.certificate.tree import Cells, _ranges
from tests.distributions.reference import draw
from tests.small import PLANAR

from .nets import module, random_weights, scores

DRAWS = 400_000


def line(w1, w2, b):
    """The weights of a linear rule: class 1 where w1 x1 + w2 x2 + b > 0."""
    return [(np.float32([[0, w1], [0, w2]]), np.float32([0, b]))]


def known(distribution, *weights, width=0.01, cells=6000):
    layers = tuple(map(layers_from, weights))
    tree = Tree(distribution.cell_masses, float(distribution.label_noise), layers)
    return refined(tree, width, cells, 60.0)


def holds(bounds, value, slack=0.0):
    return bounds.low - slack <= value <= bounds.high + slack


@pytest.mark.parametrize("label_noise", [0.0, 0.2, 0.5])
def test_lines_on_gauss_have_their_errors(label_noise):
    distribution = get("gauss", noise=0.3, label_noise=label_noise)
    spread = np.sqrt(0.5 + 7 * 0.3)

    def error(threshold):  # of x1 > threshold
        clean = (ndtr((threshold - 2) / spread) + ndtr(-(threshold + 2) / spread)) / 2
        return label_noise + (1 - 2 * label_noise) * clean

    found = known(distribution, line(1, 0, -1.37), line(1, 0, -0.5))
    assert holds(found.h, error(1.37))
    assert holds(found.witness, error(0.5))
    assert holds(found.difference, error(1.37) - error(0.5), 1e-12)
    if label_noise < 0.5:
        assert found.h.low > found.witness.high
        assert found.h.high - found.h.low <= 0.01
    else:
        assert found.difference.high == 0


def test_lines_on_xor_have_their_errors():
    distribution = get("xor", noise=0.0)
    found = known(distribution, line(1, 0, 0), line(1, 0, 5.31))
    assert holds(found.h, 0.5)
    assert holds(found.witness, 0.5)
    assert found.h.high - found.h.low <= 1e-9


@pytest.mark.costly
@pytest.mark.parametrize("name", PLANAR)
@pytest.mark.parametrize("kind", ["smooth", "jagged", "large", "dead"])
def test_shares_of_draws_lie_within_the_bounds(name, kind):
    rng = np.random.default_rng(len(kind))
    scale = {"smooth": 0.6, "jagged": 2.0, "large": 300.0, "dead": 1.0}[kind]
    nets = [random_weights(rng, 12, 12, scale=scale) for _ in range(2)]
    if kind == "dead":
        for net in nets:
            net[0][1][:] = -100
    distribution = get(name, noise=0.2, label_noise=0.1)
    found = known(distribution, *nets, width=0.0, cells=5000)
    x, y = draw(name, 0.2, DRAWS, rng)
    y = np.where(rng.random(DRAWS) < 0.1, 1 - y, y)
    wrong = [scores(module(net), x).argmax(axis=1) != y for net in nets]
    error = 5 * np.sqrt(0.5 / DRAWS)
    assert holds(found.h, wrong[0].mean(), error)
    assert holds(found.witness, wrong[1].mean(), error)
    assert holds(found.difference, wrong[0].mean() - wrong[1].mean(), error)
    assert found.h.high - found.h.low < (0.8 if kind == "large" else 0.5)


def test_mass_on_which_both_agree_cancels():
    distribution = get("moons", noise=0.2)
    net = random_weights(np.random.default_rng(0), 16)
    nearly = [net[0], (net[1][0], net[1][1] + np.float32([0, 1e-6]))]
    found = known(distribution, net, nearly, width=0.0, cells=8000)
    assert found.difference.high - found.difference.low < 2.2 * (found.h.high - found.h.low)
    settled = known(distribution, line(1, 0, -0.37), line(1, 0, -0.37), width=0.0, cells=4000)
    assert holds(settled.difference, 0.0)


def test_a_spike_that_all_draws_miss_is_counted_as_open():
    """A strip of width 2e-7 answers otherwise; the bounds do not claim that it holds nothing."""
    width = np.float32(1e-7)
    kernel = np.float32([[1, 1, 1], [0, 0, 0]]) / width
    centre = np.float32(0.3)
    bias = np.float32([-(centre - width), -centre, -(centre + width)]) / width
    spike = [(kernel, bias), (np.float32([[0, 1], [0, -2], [0, 1]]), np.float32([0.5, 0]))]
    distribution = get("moons", noise=0.2)
    zero = line(0, 0, -1)
    found = known(distribution, spike, zero, width=0.0, cells=8000)
    assert found.witness == pytest.approx((0.5, 0.5), abs=1e-9)
    assert holds(found.h, 0.5)
    assert found.h.high - found.h.low > 1e-6
    assert holds(found.difference, 0.0)


def test_bounds_only_grow_tighter():
    distribution = get("moons", noise=0.2, label_noise=0.2)
    rng = np.random.default_rng(6)
    nets = tuple(layers_from(random_weights(rng, 16, 16)) for _ in range(2))
    tree = Tree(distribution.cell_masses, 0.2, nets)
    before = tree.known
    for _ in range(6):
        assert tree.split()
        after = tree.known
        for old, new in zip(before[:3], after[:3], strict=True):
            assert old.low - 1e-9 <= new.low <= new.high <= old.high + 1e-9
        before = after


def test_cells_end_where_float32_does():
    """All mass is on arcs, so that a line leaves the few cells open in which it crosses them."""
    distribution = get("moons", noise=0.0)
    tree = Tree(distribution.cell_masses, 0.0, (layers_from(line(1, 1e-3, -0.3)),) * 2)
    while tree.split():
        assert tree.count < 50_000
    cells = tree._open
    assert 0 < len(cells.side) < 50
    assert cells.side.min() == 2.0**-19
    for edges in (cells.corner, cells.corner + cells.side[:, None]):
        assert (edges == edges.astype(np.float32)).all()


@pytest.mark.parametrize("answers", [(-1, 0), (-1, 1), (0, -1), (1, -1), (-1, -1)])
def test_open_cells_move_the_difference_as_far_as_answers_can(answers):
    """Within a cell the classes may lie apart, and open networks answer as they will on either."""
    mass = np.array([0.3, 0.05])
    choices = [(0, 1) if answer < 0 else (answer,) for answer in answers]
    differences = [
        sum(mass[y] * (int(h[y] != y) - int(other[y] != y)) for y in range(2))
        for h in itertools.product(choices[0], repeat=2)
        for other in itertools.product(choices[1], repeat=2)
    ]
    cells = Cells(np.zeros((1, 2)), np.ones(1), np.array([answers], np.int8), mass[None])
    down, up = _ranges(cells)
    assert (-down, up) == pytest.approx((min(differences), max(differences)))


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANAR)
def test_many_draws_lie_within_the_bounds(name):
    rng = np.random.default_rng(11)
    distribution = get(name, noise=0.2)
    x, y = draw(name, 0.2, 2000, rng)
    nets = [random_weights(rng, 24, 24, scale=0.7) for _ in range(3)]
    for net in nets:
        score = np.diff(scores(module(net), x))[:, 0]
        net[-1][1][1] -= np.float32(np.median(score))
    found = [known(distribution, net, net, width=0.0, cells=15_000).h for net in nets]
    wrong, total = np.zeros(3), 0
    for _ in range(100):
        x, y = draw(name, 0.2, 50_000, rng)
        wrong += [(scores(module(net), x).argmax(axis=1) != y).sum() for net in nets]
        total += len(x)
    error = 5 * np.sqrt(0.25 / total)
    for bounds, count in zip(found, wrong, strict=True):
        assert bounds.low - error <= count / total <= bounds.high + error
        assert bounds.high - bounds.low < 0.1
