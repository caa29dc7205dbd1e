"""The pieces of a population: members in one compiled program, as many as fit the memory."""

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple, TypeVar

import jax
import numpy as np

from reglab.distributions import Sample
from reglab.training.plan import CHUNK_ROWS
from reglab.training.population.footprint import Footprint, footprint, own_memory, room_on
from reglab.training.population.grouping import Member
from reglab.training.population.members import Layout, Members, Shared, layout_of
from reglab.training.state import Points, joined, points_of, sample_of, traced
from reglab.words import say

DEPTH = 32  # members that a CPU trains one after the other before it reports
LANES = 256  # members that an accelerator trains at once where it does not tell its memory
SPARE = 2**26  # bytes of training samples that there is room for at least
T = TypeVar("T")


class Piece(NamedTuple):
    """Members that are trained together, and the room that is made for them.

    Attributes:
        members: of one group.
        layout: of all pieces of the group, so that one program serves all of them.
        samples: training samples that there is room for.
        points: evaluation sets that there is room for.
    """

    members: list[Member]
    layout: Layout
    samples: int
    points: int


def pieces_of(group: list[Member], *, lanes: int | None, memory: int | None) -> Iterator[Piece]:
    """Parts of a group that fit the memory.

    Args:
        group: as ``grouped`` makes it.
        lanes: members at once on a device; left out, one on a CPU, and elsewhere all that fit its
            memory, or ``LANES`` where it does not tell that.
        memory: bytes that a piece may take on a device; left out, a share of what is free.

    Raises:
        ValueError: not even one member fits.
    """
    device = jax.local_devices()[0]
    if lanes is None:
        # On a CPU small matrices side by side are slower than one after the other.
        most = LANES if own_memory(device) is None else len(group)
        lanes = 1 if device.platform == "cpu" else most
    room = room_on(device) if memory is None else memory
    need = _need(group[0])
    if (least := need.of(1, 1, 1, 1)) > room:
        raise ValueError(
            say(
                "memory: expected room for one member, about {need}, got {got}; a smaller "
                "model, max_train or batch_size takes less",
                need=_megabytes(least),
                got=_megabytes(room),
            )
        )
    whole = _fitting(group, need, lanes, room)
    for start in range(0, len(group), whole.layout.capacity):
        yield whole._replace(members=group[start : start + whole.layout.capacity])


def _fitting(group: list[Member], need: Footprint, lanes: int, room: int) -> Piece:
    """The most room for members of a group that fits the memory."""
    devices = len(jax.devices())
    lanes = few_sizes(min(lanes, -(-len(group) // devices)))
    # Room that is not used costs no time, and one program then serves groups of any size.
    depth = DEPTH if lanes == 1 else 1
    while True:
        layout = layout_of(depth, lanes)
        samples = _most_sets(group, _sample_key, layout.capacity)
        if layout.capacity * need.sample <= SPARE:
            samples = layout.capacity
        points = _most_sets(group, _points_key, layout.capacity)
        if depth * lanes == 1 or need.of(depth * lanes, lanes, samples, points) <= room:
            return Piece([], layout, samples, points)
        depth, lanes = (depth // 2, lanes) if depth > 1 else (1, few_sizes(lanes // 2))


def _most_sets(
    group: list[Member], key_of: Callable[[Member, int], Hashable], capacity: int
) -> int:
    """Room for the distinct sets that some piece has, a power of two: few programs serve all."""
    starts = [start for start, _ in group[0].segments]
    pieces = [group[start : start + capacity] for start in range(0, len(group), capacity)]
    return power_of_two(
        max(len({key_of(m, step) for m in piece}) for piece in pieces for step in starts)
    )


def _need(member: Member) -> Footprint:
    distribution = member.distribution_at(0)
    data = joined(sample_of(distribution, 0, member.plan.max_train), points_of(distribution))
    return footprint(
        member.plan, traced(member.plan, member.experiment.hyper), data, num_rows(member)
    )


def num_rows(member: Member) -> int:
    """Rows that a chunk has room for: all of a short run."""
    experiment = member.experiment
    rows = 1 + -(-experiment.num_steps // experiment.eval_every)
    return min(CHUNK_ROWS, power_of_two(rows))


def stacked(piece: Piece, step: int) -> tuple[Members, Shared]:
    """What the members of a piece differ in at a step, and the data that they share."""
    samples, sample = _distinct(piece.members, step, _sample_key, _sample_of, piece.samples)
    points, point = _distinct(piece.members, step, _points_key, _points_of, piece.points)
    hypers = [traced(member.plan, member.experiment.hyper_at(step)) for member in piece.members]
    seeds = np.array([member.experiment.seed for member in piece.members], np.uint32)
    hyper = jax.tree.map(lambda *leaves: np.stack(leaves), *hypers)
    return Members(hyper, seeds, sample, point), Shared(samples, points)


def _distinct(
    members: list[Member],
    step: int,
    key_of: Callable[[Member, int], Hashable],
    make: Callable[[Member, int], T],
    room: int,
) -> tuple[T, np.ndarray]:
    """The distinct sets that members use, stacked, and the one of each member."""
    keys = [key_of(member, step) for member in members]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    first = dict(reversed(list(zip(keys, members, strict=True))))
    sets = [make(first[key], step) for key in places]
    sets += sets[:1] * (room - len(sets))
    stack = jax.tree.map(lambda *leaves: np.stack([np.asarray(leaf) for leaf in leaves]), *sets)
    return stack, np.array([places[key] for key in keys], np.int32)


def _points_key(member: Member, step: int) -> tuple:
    return tuple(member.experiment.hyper_at(step).of_distribution.values())


def _sample_key(member: Member, step: int) -> tuple:
    return *_points_key(member, step), member.experiment.draw


def _points_of(member: Member, step: int) -> Points:
    return points_of(member.distribution_at(step))


def _sample_of(member: Member, step: int) -> Sample:
    return sample_of(member.distribution_at(step), member.experiment.draw, member.plan.max_train)


def power_of_two(count: int) -> int:
    """The least power of two that is at least ``count``."""
    return 1 << max(count - 1, 0).bit_length()


def few_sizes(count: int) -> int:
    """The least of 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 and so on that is at least ``count``.

    Lanes that no member is in cost time, and each size is a program: four sizes to a doubling.

    >>> [few_sizes(count) for count in (1, 5, 9, 100, 1000, 1025)]
    [1, 5, 10, 112, 1024, 1280]
    """
    step = 1 << max((count - 1).bit_length() - 3, 0)
    return -(-count // step) * step


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB".replace(",", "\u202f")
