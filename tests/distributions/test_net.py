"""Scrambled nets: how evenly their points lie, and intervals of errors over them."""

import functools
import importlib.util
import itertools
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import qmc

from reglab import distributions
from reglab.distributions import sequences
from reglab.distributions.sequences import NUM_BLOCKS, low_discrepancy
from reglab.training.plan import EVALUATION_POINTS

KEY = jax.random.key(4)
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "coverage.py"
net = jax.jit(low_discrepancy, static_argnums=(1, 2))


def points(key, num_points, num_coordinates):
    return np.asarray(net(key, num_points, num_coordinates), float) / 2**32


def counts(u, sizes):
    """Points in each of the boxes that the unit cube is cut into."""
    cells = np.ravel_multi_index(np.floor(u * sizes).astype(int).T, sizes)
    return np.bincount(cells, minlength=np.prod(sizes))


@pytest.mark.parametrize("stride", [1, 8, NUM_BLOCKS])
def test_every_box_of_a_plane_holds_one_point_of_the_whole_and_of_its_parts(stride):
    for first in (0, stride - 1):
        u = points(KEY, EVALUATION_POINTS, 2)[first::stride]
        bits = (len(u) - 1).bit_length()
        for along in range(bits + 1):
            assert (counts(u, (2**along, 2 ** (bits - along))) == 1).all()


def test_boxes_of_a_space_hold_as_many_points_as_sobols_sequence_promises():
    u = points(KEY, EVALUATION_POINTS, 3)
    for bits in itertools.product(range(13), repeat=3):
        if sum(bits) == 13:  # quality parameter 1
            assert (counts(u, tuple(2**b for b in bits)) == 2).all()


def test_before_it_is_scrambled_it_is_sobols_sequence():
    index = jnp.arange(4096, dtype=jnp.uint32)
    ours = [sequences._sobol(index, 12, numbers) for numbers in sequences._DIRECTIONS]
    theirs = qmc.Sobol(3, scramble=False, bits=32).random(4096) * 2**32
    gray = np.arange(4096) ^ (np.arange(4096) >> 1)  # the order of theirs
    np.testing.assert_array_equal(np.stack(ours, axis=1)[gray], theirs.astype(np.uint32))


@pytest.mark.parametrize("num_points", [16, 100, 1000, 4096])
def test_every_point_of_the_sequence_comes_once_and_parts_are_stretches_of_it(num_points):
    i = jnp.arange(num_points, dtype=jnp.uint32)
    order = np.asarray(sequences._in_blocks(i, num_points)).astype(int)
    np.testing.assert_array_equal(np.sort(order), np.arange(num_points))
    for stride in (8, NUM_BLOCKS):
        for first in range(min(stride, num_points)):
            part = np.sort(order[first::stride])
            assert part[-1] - part[0] == len(part) - 1


def test_each_point_is_uniform_by_itself_and_means_are_unbiased():
    keys = jax.random.split(KEY, 4000)
    u = np.asarray(jax.vmap(lambda key: net(key, 64, 3))(keys), float) / 2**32
    tenths = np.floor(10 * u[:, 5]).astype(int)
    for coordinate in range(3):
        expected = len(keys) / 10
        chi2 = ((np.bincount(tenths[:, coordinate]) - expected) ** 2 / expected).sum()
        assert chi2 < 27.9  # 99.9 % of chi-square with 9 degrees of freedom
    inside = ((u - 0.4) ** 2).sum(axis=2) < 0.3**2
    shares = inside.mean(axis=1)
    truth = 4 / 3 * np.pi * 0.3**3
    assert abs(shares.mean() - truth) < 4 * shares.std() / np.sqrt(len(keys))
    assert shares.std() < 0.6 * np.sqrt(truth * (1 - truth) / 64)  # of independent points


@functools.partial(jax.jit, static_argnums=2)
def net_errors(predicted, mass, num_coordinates):
    def one(answers):
        return jnp.stack(
            distributions.weighted_error(
                answers, mass, exact=False, net_coordinates=num_coordinates
            )
        )

    return jax.vmap(one)(predicted)


@pytest.mark.parametrize("num_coordinates", [2, 3])
def test_the_standard_error_of_a_half_space_is_what_the_parts_say(num_coordinates):
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(64, num_coordinates))
    offset = normal @ np.full(num_coordinates, 0.5)
    mass = jnp.full((EVALUATION_POINTS, 2), 1 / EVALUATION_POINTS).at[:, 1].set(0)
    off, half = [], []
    for key in jax.random.split(KEY, 8):
        u = points(key, EVALUATION_POINTS, num_coordinates)
        predicted = jnp.asarray(normal @ u.T > offset[:, None])
        value, low, high = np.asarray(net_errors(predicted, mass, num_coordinates)).T
        off.append(value - 0.5)  # by symmetry
        half.append((high - low) / 2)
    ratio = np.sqrt(np.mean(np.square(off)) / np.mean(np.square(half)))
    assert np.abs(off).max() < np.max(half)
    assert 0.16 < ratio < 0.26  # 1 / 4.5 by the law


def lines(count, seed):
    """Straight lines over the region of xor, half of them nearly upright or level."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, count)
    angle[::2] = np.pi / 2 * rng.integers(0, 4, len(angle[::2])) + rng.normal(
        0, 0.02, len(angle[::2])
    )
    return np.stack([np.cos(angle), np.sin(angle)]), rng.uniform(-1.5, 1.5, count)


def test_lines_on_xor():
    xor = distributions.get("xor", noise=0.2, label_noise=0.2)
    direction, offset = lines(60, 0)

    def answers(x):
        return np.asarray(x) @ direction > offset

    truth = []
    for key in jax.random.split(jax.random.key(9), 4):
        x, mass = xor.evaluation(key, 2**16)
        wrong = np.where(answers(x), *(np.asarray(mass, float)[:, [k]] for k in (0, 1)))
        truth.append(wrong.sum(axis=0))
    spread, truth = np.std(truth, axis=0) / 2, np.mean(truth, axis=0)
    for key in jax.random.split(jax.random.key(0), 4):
        x, mass = xor.evaluation(key, EVALUATION_POINTS)
        _, low, high = np.asarray(net_errors(jnp.asarray(answers(x).T, jnp.int32), mass, 2)).T
        assert ((low - spread <= truth) & (truth <= high + spread)).all()
        assert np.median(high - low) < 0.003


@pytest.mark.slow
@pytest.mark.parametrize("name", ["xor", "gauss", "moons"])
def test_all_rows_of_a_pool_hold_at_once(name):
    spec = importlib.util.spec_from_file_location("coverage", BENCHMARK)
    coverage = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(coverage)
    for _, title, found in coverage.pools(name, 0.2, 3, ("12", "linear"), shifts=2):
        assert len(found.off["after"]) == coverage.ROWS
        assert found.worst("after") <= 1, title
        assert np.median(found.half["after"]) < 2.5 * np.median(found.half["before"]), title
