"""Grids: all combinations, twins by construction, JSON both ways."""

import itertools
import json

import numpy as np
import pytest

from reglab import Experiment, LinearConfig, MLPConfig
from reglab.sweeps import Grid

BASE = Experiment(num_steps=60, seed=9)


def test_a_product_is_that_of_itertools():
    grid = Grid(BASE, product={"hyper.dropout_rate": [0, 0.5], "seed": [0, 1, 2], "draw": [4, 5]})
    pairs = itertools.product([0, 0.5], [0, 1, 2], [4, 5])
    expected = [BASE.replace(dropout_rate=rate, seed=seed, draw=draw) for rate, seed, draw in pairs]
    assert list(grid) == expected
    assert len(grid) == 12
    assert grid[-1] == expected[-1]
    assert grid[2:5] == expected[2:5]
    assert grid.fields == ("hyper.dropout_rate", "seed", "draw")
    with pytest.raises(IndexError):
        grid[12]


def test_zipped_fields_move_together_and_slowest():
    grid = Grid(
        BASE,
        zip={"model.widths": [[8], [32, 32]], "learning_rate": [0.1, 0.01]},
        product={"draw": np.arange(2)},
    )
    found = [(e.model.widths, e.hyper.learning_rate, e.draw) for e in grid]
    assert found == [
        ((8,), 0.1, 0),
        ((8,), 0.1, 1),
        ((32, 32), 0.01, 0),
        ((32, 32), 0.01, 1),
    ]


def test_members_that_differ_in_hyper_alone_are_twins():
    for member in Grid(BASE, product={"dropout_rate": [0, 0.5], "l2": [0, 0.1]}):
        assert member.replace(dropout_rate=0.0, l2=0.0) == BASE


@pytest.mark.parametrize(
    "grid",
    [
        Grid(),
        Grid(BASE, product={"model": [MLPConfig((8,)), LinearConfig()], "noise": [0.1, 0.2]}),
        Grid(zip={"num_train": [10, 20], "batch_size": [5, 10]}),
        Grid(BASE, product={"changes": [[], [[5, "l2", 0.1]]]}),
    ],
    ids=repr,
)
def test_json_both_ways(grid):
    again = Grid.from_json(grid.to_json(indent=1))
    assert again == grid
    assert hash(again) == hash(grid)
    assert list(again) == list(grid)


def test_the_form_of_the_json():
    text = '{"base": {"seed": 3}, "product": {"hyper.dropout_rate": [0, 0.5], "draw": [1]}}'
    assert [e.hyper.dropout_rate for e in Grid.from_json(text)] == [0, 0.5]
    assert {e.seed for e in Grid.from_json(text)} == {3}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"product": {"colour": [1]}}, "grid: expected a field of an experiment.* got 'colour'"),
        ({"product": {"seed": []}}, "product seed: expected a list of values, got"),
        ({"product": {"optimizer": "adam"}}, "product optimizer: expected a list of values"),
        ({"product": {"seed": 3}}, "product seed: expected a list of values, got 3"),
        ({"product": [1]}, "product: expected fields with lists of values"),
        ({"zip": {"seed": [1], "draw": [1, 2]}}, "zip: expected lists of one length, got seed 1"),
        ({"product": {"l2": [0]}, "zip": {"hyper.l2": [1]}}, "expected each field once, got"),
        ({"product": {"seed": [1, 1]}}, "seed: expected distinct values"),
        ({"zip": {"seed": [1, 1], "draw": [2, 2]}}, "zip: expected distinct steps"),
        ({"product": {"dropout_rate": [2]}}, "dropout_rate: expected"),
        ({"product": {"model.depth": [2]}}, "depth"),
        ({"base": {"seed": -1}}, "seed: expected"),
        ({"grid": {}}, "grid: expected an object with base, product, zip, got grid"),
        ([], "grid: expected an object"),
    ],
)
def test_errors_at_the_boundary(parts, message):
    with pytest.raises(ValueError, match=message):
        Grid.from_json(json.dumps(parts))


def test_malformed_text_and_a_wrong_base():
    with pytest.raises(ValueError, match="grid: expected JSON text"):
        Grid.from_json("{")
    with pytest.raises(ValueError, match="base: expected an Experiment, got 3"):
        Grid(3)


def test_a_large_grid_costs_nothing_until_its_members_are_asked_for():
    grid = Grid(product={"seed": range(1000), "draw": range(1000), "l2": [0, 1]})
    assert len(grid) == 2_000_000
    assert grid[1_999_999].seed == grid[-1].draw == 999
