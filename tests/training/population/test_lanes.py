"""How many members an accelerator trains at once: as many as its memory holds."""

import types

import jax
import numpy as np
import pytest

from reglab.training.population import partition
from reglab.training.population.footprint import OWN_SHARE, own_memory, room_on
from reglab.training.population.grouping import grouped, members_of
from reglab.training.population.members import advance_members, initial_states
from reglab.training.population.partition import LANES, pieces_of, stacked
from tests.small import SMALL

EXPERIMENTS = [SMALL.replace(num_steps=8, draw=draw) for draw in range(600)]


@pytest.fixture(scope="module")
def group():
    (found,) = grouped(members_of(EXPERIMENTS))
    return found


def accelerator(stats):
    return types.SimpleNamespace(platform="gpu", memory_stats=lambda: stats)


def sizes(group, monkeypatch, stats):
    """Lanes, and members of each piece, on an accelerator that says this of its memory."""
    monkeypatch.setattr(jax, "local_devices", lambda: [accelerator(stats)])
    found = list(pieces_of(group, lanes=None, memory=None))
    assert {piece.layout.depth for piece in found} == {1}
    return found[0].layout.lanes, [len(piece.members) for piece in found]


def test_all_members_at_once_where_they_fit(group, monkeypatch):
    assert sizes(group, monkeypatch, {"bytes_limit": 10**12}) == (640, [600])


def test_as_many_as_fit_in_half_of_what_is_free(group, monkeypatch):
    need = partition._need(group[0])
    room = need.of(320, 320, 320, 1)  # half of the 640 lanes
    stats = {"bytes_limit": 2 * room + 1000, "bytes_in_use": 1000}
    assert room_on(accelerator(stats)) == room == OWN_SHARE * own_memory(accelerator(stats))
    assert sizes(group, monkeypatch, stats) == (320, [320, 280])
    stats["bytes_in_use"] += 2**16
    assert sizes(group, monkeypatch, stats) == (160, [160, 160, 160, 120])


@pytest.mark.parametrize("stats", [None, {}, {"num_allocs": 3}])
def test_a_fixed_number_where_the_memory_is_not_known(group, monkeypatch, stats):
    assert sizes(group, monkeypatch, stats) == (LANES, [256, 256, 88])


def test_too_little_for_one(group, monkeypatch):
    with pytest.raises(ValueError, match="memory: expected room for one member"):
        sizes(group, monkeypatch, {"bytes_limit": 1000})


@pytest.mark.slow
def test_half_of_the_memory_is_enough(group):
    """The compiled program takes at most twice what is estimated, however many lanes it has."""
    few = group[:8]
    (piece,) = pieces_of(few, lanes=8, memory=None)
    plan, layout = few[0].plan, piece.layout
    own, shared = stacked(piece, 0)
    members, turns = layout.placed(own), layout.split(layout.turns(8))
    states = initial_states.trace(plan, layout, members).out_info
    ends = layout.copied((np.int32(8), np.int32(8), np.bool_(True)))
    rest = members, layout.copied(shared), turns, ends
    lowered = advance_members.lower(plan, layout, partition.num_rows(few[0]), states, *rest)
    said = lowered.compile().memory_analysis()
    taken = said.temp_size_in_bytes + said.output_size_in_bytes + said.argument_size_in_bytes
    estimate = partition._need(few[0]).of(8, 8, piece.samples, piece.points)
    assert OWN_SHARE * taken <= estimate <= 8 * taken
