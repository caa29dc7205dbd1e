"""How much memory training takes, estimated from shapes before anything is compiled."""

import functools
import math
import os
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils
from jax.extend.core import Jaxpr, JaxprEqn

from reglab.config import Hyper
from reglab.precision import asked_precision, in_32_bits
from reglab.training.plan import Plan
from reglab.training.state import Data, TrainState, fresh_state, streams
from reglab.training.step import advance

SHARE = 0.25  # of the memory of the machine that is free, for the arrays of a piece
OWN_SHARE = 0.5  # of a device's own memory: the compiler may need twice what is estimated here
FALLBACK = 2**30  # bytes, where nobody tells how much is free


class Footprint(NamedTuple):
    """Bytes on a device.

    Attributes:
        kept: of each member in a piece: its state, and the rows and hypotheses of a chunk.
        working: of each member that is trained at the same moment: its activations and gradients,
            its data, and what the loop carries.
        sample: of one training sample.
        points: of one evaluation set.
    """

    kept: int
    working: int
    sample: int
    points: int

    def of(self, members: int, at_once: int, samples: int, points: int) -> int:
        """Bytes of a piece."""
        shared = samples * self.sample + points * self.points
        return members * self.kept + at_once * self.working + shared


def footprint(plan: Plan, hyper: Hyper, data: Data, num_rows: int) -> Footprint:
    """The memory that members of a plan take.

    Args:
        plan: of all members.
        hyper: traced numbers of any of them.
        data: of any of them; only shapes count.
        num_rows: rows of a chunk.
    """
    shapes = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), data)
    return _footprint(plan, _Shapes.of(hyper), _Shapes.of(shapes), num_rows)


class _Shapes:
    """A tree of shapes that can be a key of a cache."""

    def __init__(self, leaves, treedef):
        self.leaves, self.treedef = leaves, treedef

    @classmethod
    def of(cls, tree: object) -> "_Shapes":
        leaves, treedef = jax.tree.flatten(tree)
        return cls(tuple((leaf.shape, jnp.dtype(leaf.dtype)) for leaf in leaves), treedef)

    def tree(self) -> Any:
        return self.treedef.unflatten([jax.ShapeDtypeStruct(*leaf) for leaf in self.leaves])

    def __hash__(self) -> int:
        return hash((self.leaves, self.treedef))

    def __eq__(self, other) -> bool:
        return (self.leaves, self.treedef) == (other.leaves, other.treedef)


@functools.lru_cache(maxsize=64)
@in_32_bits
def _footprint(plan: Plan, hyper: _Shapes, data: _Shapes, num_rows: int) -> Footprint:
    keys = jax.eval_shape(streams, jax.ShapeDtypeStruct((), np.uint32))
    init = functools.partial(fresh_state, plan)
    state: TrainState = jax.eval_shape(init, keys.weights, hyper.tree())
    own: Data = data.tree()

    @asked_precision  # as advance_members traces it, so that it is traced once
    def run(state, data, hyper, keys):
        return advance(plan, state, data, hyper, keys, 1, 1, False, num_rows)

    jaxpr = jax.make_jaxpr(run)(state, own, hyper.tree(), keys)
    chunk = jax.eval_shape(run, state, own, hyper.tree(), keys)[1]
    kept = size_of(state) + size_of(chunk)
    sample = size_of((own.inputs, own.y)) * plan.max_train // max(len(own.inputs), 1)
    points = size_of(own) - sample
    return Footprint(kept, _peak(jaxpr.jaxpr) + size_of(own), sample, points)


def size_of(tree: object) -> int:
    """Bytes of all arrays, or shapes of arrays, of a tree."""
    return sum(math.prod(leaf.shape) * _item_size(leaf.dtype) for leaf in jax.tree.leaves(tree))


def _item_size(dtype: Any) -> int:
    return dtype.itemsize if hasattr(dtype, "itemsize") else 8  # a key


def _peak(jaxpr: Jaxpr) -> int:
    """Most bytes alive at once, if every equation ran by itself and freed what nobody reads."""
    last_use: dict[Any, int] = {}
    for number, equation in enumerate(jaxpr.eqns):
        last_use |= {v: number for v in equation.invars if not hasattr(v, "val")}
    last_use |= {v: len(jaxpr.eqns) for v in jaxpr.outvars if not hasattr(v, "val")}
    alive = peak = 0
    ends: dict[int, int] = {}
    for number, equation in enumerate(jaxpr.eqns):
        inner = max((_peak(sub) for sub in _inner(equation)), default=0)
        for out in equation.outvars:
            size = size_of(out.aval)
            alive += size
            ends[last_use.get(out, number)] = ends.get(last_use.get(out, number), 0) + size
        peak = max(peak, alive + inner)
        alive -= ends.pop(number, 0)
    return peak


def _inner(equation: JaxprEqn):
    for value in equation.params.values():
        for item in value if isinstance(value, (tuple, list)) else (value,):
            if hasattr(item, "jaxpr"):
                yield item.jaxpr
            elif hasattr(item, "eqns"):
                yield item


def own_memory(device: Any) -> int | None:
    """Bytes free in a device's own memory; None on a CPU, and where the device does not tell."""
    stats = device.memory_stats() if device.platform != "cpu" else None
    if not stats or "bytes_limit" not in stats:
        return None
    return int(stats["bytes_limit"] - stats.get("bytes_in_use", 0))


def room_on(device: object) -> int:
    """Bytes that the members in training may take on a device; all processes agree on it."""
    own = own_memory(device)
    room = int(SHARE * available() if own is None else OWN_SHARE * own)
    if jax.process_count() == 1:
        return room
    megabytes = multihost_utils.process_allgather(np.int32(room >> 20))
    return int(megabytes.min()) << 20


def available() -> int:
    """Bytes free on the machine, within the limit of a container."""
    return max(min(_free(), *_container_limits(), 2**63), 0)


def _free() -> int:
    """What the machine has to spare."""
    try:
        with open("/proc/meminfo") as lines:
            values = dict(line.split(":") for line in lines)
        return int(values["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return FALLBACK


def _container_limits() -> list[int]:
    """What control groups leave this process, where they do."""
    folder = "/sys/fs/cgroup"
    pairs = [("memory.max", "memory.current")]
    pairs += [("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")]
    limits = []
    for limit, used in pairs:
        try:
            with open(f"{folder}/{limit}") as most, open(f"{folder}/{used}") as now:
                limits.append(int(most.read()) - int(now.read()))
        except (OSError, ValueError):  # no such group, or "max"
            continue
    return limits
