"""Proved masses of boxes: below the truth wherever that is known, and short of it by little."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from reglab.distributions import get
from reglab.distributions.masses import circle, moons, normal, spiral

from .reference import CASES, draw, posterior

DRAWS = 500_000
# What all boxes of a fine grid may miss together; what lies outside of the grid included.
GAPS = {"gauss": 1e-9, "xor": 1e-9, "circle": 6e-3, "spiral": 1e-3, "moons": 1e-9}


def grid(side, half=16.0):
    """Corners of the squares of a grid over a square."""
    along = np.arange(-half, half, side)
    low = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    return low, low + side


def boxes(name, noise, count=60):
    """Boxes of all sizes about draws."""
    rng = np.random.default_rng(1)
    x, _ = draw(name, noise, count, rng)
    size = 10.0 ** rng.uniform(-3, 0.5, (count, 2))
    low = x - size * rng.random((count, 2))
    return low, low + size


def overlap(low, high, a, b):
    return np.maximum(np.minimum(high, b) - np.maximum(low, a), 0)


def gauss_mass(noise, low, high, y):
    z = (np.stack([low, high]) - (2 if y else -2)) / np.sqrt(0.5 + 7 * noise)
    return np.prod(ndtr(z[1]) - ndtr(z[0])) / 2


def xor_mass(noise, low, high, y):
    def along(a, b, sign):
        def density(t):
            return 0.1 * (0.3 < abs(t) < 5.3) * np.clip(0.5 + sign * t / (10 * noise), 0, 1)

        kinks = [k for k in (-5.3, -0.3, 0.3, 5.3, -5 * noise, 5 * noise) if a < k < b]
        return quad(density, a, b, points=kinks or None, epsabs=1e-12)[0]

    one, two = ({s: along(low[k], high[k], s) for s in (-1, 1)} for k in range(2))
    return sum(one[s] * two[s if y else -s] for s in (-1, 1))


def moons_mass(noise, low, high, y):
    def inside(t):
        centre = np.array([np.cos(t), np.sin(t)])
        centre = np.array([1, 0.5]) - centre if y else centre
        return np.prod(ndtr((high - centre) / noise) - ndtr((low - centre) / noise))

    pieces = np.linspace(0, np.pi, 9 + int(2 / noise))
    return sum(quad(inside, *ends)[0] for ends in itertools.pairwise(pieces)) / (2 * np.pi)


def spiral_mass(noise, low, high, y, num=2**18):
    i = (np.arange(num) + 0.5) / num
    arm = (1 if y else -1) * 5 * i * np.stack([np.sin(3.5 * np.pi * i), np.cos(3.5 * np.pi * i)])
    shares = [overlap(low[k], high[k], arm[k] - noise, arm[k] + noise) for k in range(2)]
    return (shares[0] * shares[1]).mean() / (2 * noise) ** 2 / 2


def circle_mass(noise, low, high, y, num=60):
    """By midpoints, of a box that lies in the disc or in the ring."""
    steps = (np.arange(num) + 0.5) / num
    x = low + (high - low) * np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    r = np.hypot(*x.T)
    p = posterior("circle", noise, x, num=300)
    density = np.where(r < 2.5, 1 / 2.5, 1 / 1.5) / (4 * np.pi * r)
    return (density * (p if y else 1 - p)).mean() * (high - low).prod()


MASS = {"gauss": gauss_mass, "xor": xor_mass, "moons": moons_mass, "spiral": spiral_mass}


@pytest.mark.parametrize(("name", "noise"), [case for case in CASES if case[0] in MASS])
def test_bounds_are_just_below_integrals(name, noise):
    low, high = boxes(name, noise, 12)
    found = get(name, noise=noise).cell_masses(low, high)
    assert found.shape == (len(low), 2)
    error = 2e-7 if name == "spiral" else 1e-11  # of the integrals here
    loose = 0.01 if name == "spiral" else 1e-9
    for bounds, *box in zip(found, low, high, strict=True):
        truth = [MASS[name](noise, *box, y) for y in range(2)]
        assert (bounds <= np.array(truth) + error).all()
        assert (bounds >= np.array(truth) * (1 - loose) - error - loose * 1e-2).all()


@pytest.mark.parametrize("noise", [0.02, 0.25, 0.5])
def test_bounds_of_the_circle_are_just_below_sums(noise):
    low, size = np.array([[0.5, 0.5], [1.5, 1.5], [-2.4, 0.1], [2.6, 2.6], [-4.6, -1]]), 0.25
    found = get("circle", noise=noise).cell_masses(low, low + size)
    truth = np.array([[circle_mass(noise, a, a + size, y) for y in range(2)] for a in low])
    held = truth.sum(axis=1, keepdims=True)
    assert (found <= truth + 2e-4 * held).all()
    assert (found >= truth - 2e-2 * held).all()


@pytest.mark.parametrize(
    ("name", "noise"), [*CASES, *((n, 0.0) for n in ("xor", "circle", "moons", "spiral"))]
)
def test_bounds_are_below_shares_of_draws(name, noise):
    low, high = grid(0.5)
    found = get(name, noise=noise).cell_masses(low, high)
    x, y = draw(name, noise, DRAWS, np.random.default_rng(2))
    column, row = np.floor((x + 16) / 0.5).astype(int).T
    is_inside = (column >= 0) & (column < 64) & (row >= 0) & (row < 64)
    cell = (row * 64 + column)[is_inside]
    counts = np.stack(
        [np.bincount(cell[y[is_inside] == k], minlength=4096) for k in range(2)], axis=1
    )
    # Chernoff: a count is below c of n draws with a chance of at most exp(-(np - c)^2 / (2 np)).
    expected = found * DRAWS
    deficit = np.maximum(expected - counts, 0)
    assert (deficit**2 <= 2 * expected * 20 + 1e-9).all()
    assert -GAPS[name] <= found.sum() - 1 <= 1e-12


@pytest.mark.parametrize(("name", "noise"), CASES[1::3])
def test_the_parts_of_a_box_hold_no_less_than_is_proved_of_it(name, noise):
    distribution = get(name, noise=noise)
    coarse, fine = (distribution.cell_masses(*grid(side, 4.0)) for side in (0.5, 0.125))
    parts = fine.reshape(16, 4, 16, 4, 2).sum(axis=(1, 3)).reshape(-1, 2)
    gap = 1 - distribution.cell_masses(*grid(0.125)).sum()
    assert (coarse <= parts + gap + 1e-12).all()


def test_coarse_quadrature_is_still_below_integrals(monkeypatch):
    monkeypatch.setattr(moons, "ORDER", 4)
    moons._nodes.cache_clear()
    low, high = boxes("moons", 0.2, 60)
    found = get("moons", noise=0.2).cell_masses(low, high)
    moons._nodes.cache_clear()
    truth = [[moons_mass(0.2, *box, y) for y in range(2)] for box in zip(low, high, strict=True)]
    assert (found <= np.array(truth) + 1e-12).all()


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_coarse_chords_are_still_below_integrals(noise, monkeypatch):
    monkeypatch.setattr(spiral, "FEWEST", 96)
    monkeypatch.setattr(spiral, "MOST", 96)
    side, num = 1 / 16, 2**20
    low, high = grid(side, 6.0)
    found = get("spiral", noise=noise).cell_masses(low, high)[:, 1]
    i = (np.arange(num) + 0.5) / num
    arm = 5 * i * np.stack([np.sin(3.5 * np.pi * i), np.cos(3.5 * np.pi * i)])
    truth = np.zeros((192, 192))
    if noise == 0:
        column, row = np.floor((arm + 6) / side).astype(int)
        np.add.at(truth, (row, column), 0.5 / num)
    else:
        edges = -6 + side * np.arange(193)
        x, y = (
            overlap(edges[:-1, None], edges[1:, None], part - noise, part + noise) / (2 * noise)
            for part in arm[:, ::64]
        )
        truth = y @ x.T * (32 / num)
    assert (found <= truth.ravel() + 2e-6).all()


def test_mean_shares_of_the_disc_lie_between_their_bounds():
    rng = np.random.default_rng(3)
    low = rng.uniform(-3.2, 3.2, (40, 2))
    high = low + rng.uniform(0.1, 1.0, (40, 2))
    near, far = np.maximum(np.maximum(low, -high), 0), np.maximum(np.abs(low), np.abs(high))
    least, most = circle._mean_shares(low, high, near, far, 1.0, 2.5)
    steps = (np.arange(20) + 0.5) / 20
    places = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    x = low[:, None] + (high - low)[:, None] * places
    mean = posterior("circle", 0.2, x.reshape(-1, 2), num=400).reshape(40, -1).mean(axis=1)
    assert (least <= mean + 1e-4).all()
    assert (mean <= most + 1e-4).all()
    assert np.median(most - least) < 0.05


def test_coarse_squares_are_still_below_fine_ones(monkeypatch):
    distribution = get("circle", noise=0.2)
    low, high = grid(1.0, 6.0)
    fine = distribution.cell_masses(low, high)
    missed = 1 - fine.sum()
    monkeypatch.setattr(circle, "MOST_CUTS", 1)
    coarse = distribution.cell_masses(low, high)
    assert (coarse <= fine + missed).all()
    assert coarse.sum() < fine.sum() - 0.01


def test_a_box_on_the_arcs_of_noise_0_holds_their_length():
    low, high = np.array([[-2.0, 0.0], [0.0, -1.0]]), np.array([[0.0, 2.0], [3.0, 0.5]])
    found = get("moons", noise=0.0).cell_masses(low, high)
    assert found[0] == pytest.approx([0.25, 0.0], abs=1e-9)
    assert found[1] == pytest.approx(
        [1 / 12, 0.5], abs=1e-9
    )  # sin t below 1/2 on a third of (0, pi/2)


def test_the_normal_distribution_function_errs_by_less_than_it_says():
    z = np.concatenate(
        [np.linspace(-12, 12, 100_001), np.random.default_rng(0).normal(size=10_000)]
    )
    assert np.abs(normal.normal_cdf(z) - ndtr(z)).max() < normal.ERROR
    assert normal.normal_cdf(np.array([np.inf, -np.inf])) == pytest.approx([1, 0], abs=1e-15)


def test_a_noise_whose_masses_take_too_long_is_refused():
    message = "noise: expected 0 or at least 0.002 for proved masses, got 0.001"
    with pytest.raises(ValueError, match=message):
        get("moons", noise=0.001).cell_masses(np.zeros((1, 2)), np.ones((1, 2)))
