"""Many members of one plan in one compiled program, over all devices."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from reglab.config import Hyper
from reglab.precision import asked_precision, jit
from reglab.training.plan import Plan
from reglab.training.state import UNOPTIMISED, Points, TrainState, fresh_state, joined, streams
from reglab.training.step import Chunk, advance

AXIS = "members"


class Layout(NamedTuple):
    """Where members lie: ``lanes`` at once in each of ``depth`` turns on every device of ``mesh``.

    One lane is a loop over members, several are one vectorized member (``vmap``).
    """

    mesh: Mesh
    depth: int
    lanes: int

    @property
    def capacity(self) -> int:
        """Members that there is room for."""
        return self.mesh.size * self.depth * self.lanes

    def turns(self, count: int) -> np.ndarray:
        """Turns that each device needs for the first ``count`` members, ``(devices,)`` int32."""
        blocks = -(-count // self.lanes)
        return np.array([-(-(blocks - d) // self.mesh.size) for d in range(self.mesh.size)], "i4")

    def slots(self, count: int) -> np.ndarray:
        """Places of the first ``count`` members, ``(count,)``: devices take blocks in turn."""
        block, lane = np.divmod(np.arange(count), self.lanes)
        turn, device = np.divmod(block, self.mesh.size)
        return (device * self.depth + turn) * self.lanes + lane

    def placed(self, rows: object) -> Any:
        """Arrays ``(count, ...)`` of all members laid out over the devices."""

        def place(leaf):
            leaf = np.asarray(leaf)
            # room that is not used holds the first member, which is as valid as any
            full = np.repeat(leaf[:1], self.capacity, axis=0)
            full[self.slots(len(leaf))] = leaf
            return self.split(full)

        return jax.tree.map(place, rows)

    def split(self, rows: object) -> jax.Array:
        """One entry of an array for each device."""
        return jax.device_put(rows, NamedSharding(self.mesh, PartitionSpec(AXIS)))

    def copied(self, tree: object) -> Any:
        """Arrays that every device holds a copy of."""
        return jax.device_put(tree, NamedSharding(self.mesh, PartitionSpec()))


def layout_of(depth: int, lanes: int) -> Layout:
    """A layout over all devices, those of other processes included."""
    mesh = Mesh(np.array(jax.devices()), (AXIS,), axis_types=(AxisType.Auto,))
    return Layout(mesh, depth, lanes)


class Members(NamedTuple):
    """What members differ in; each leaf has one entry a member."""

    hyper: Hyper
    seed: Any  # uint32
    sample: Any  # int32, which of the shared samples
    points: Any  # int32, which of the shared evaluation sets


class Shared(NamedTuple):
    """Samples and evaluation sets, each leaf with one entry a set."""

    samples: tuple[Any, Any]
    points: Points


@jit(static_argnames=("plan", "layout"), compiler_options=UNOPTIMISED)
def initial_states(plan: Plan, layout: Layout, members: Members) -> TrainState:
    """The states of all members before the first step, laid out as the members are."""

    def on_device(members: Members) -> TrainState:
        def of_one(member: Members) -> TrainState:
            return fresh_state(plan, streams(member.seed).weights, member.hyper)

        return jax.lax.map(of_one, members)

    spec = PartitionSpec(AXIS)
    return jax.shard_map(
        on_device, mesh=layout.mesh, in_specs=spec, out_specs=spec, check_vma=False
    )(members)


@jit(static_argnames=("plan", "layout", "num_rows"), precision=asked_precision)
def advance_members(
    plan: Plan,
    layout: Layout,
    num_rows: int,
    states: TrainState,
    members: Members,
    shared: Shared,
    turns: jax.Array,
    ends: tuple[Any, Any, Any],
) -> tuple[TrainState, Chunk]:
    """``advance`` for all members; they share ``num_train`` and the three ``ends``.

    Args:
        plan: of all members.
        layout: where they lie.
        num_rows: rows that there is room for in a chunk.
        states: as ``initial_states`` or an earlier call returned them.
        members: laid out over the devices.
        shared: copied to every device.
        turns: ``(devices,)``, see ``Layout.turns``; slots beyond are left as they are.
        ends: ``stop, last, fresh`` of ``advance``.
    """
    split, whole = PartitionSpec(AXIS), PartitionSpec()
    # ``check_vma=False``: carries of loops start as constants, and do not say that devices differ.
    on_devices = jax.shard_map(
        functools.partial(_on_device, plan, layout.lanes, num_rows),
        mesh=layout.mesh,
        in_specs=(split, split, whole, split, whole),
        out_specs=split,
        check_vma=False,
    )
    return on_devices(states, members, shared, turns, ends)


def _on_device(plan, lanes, num_rows, states, members, shared, turns, ends):
    """The members of one device, one turn after the other."""

    def one_turn(state: TrainState, member: Members) -> tuple[TrainState, Chunk]:
        take = functools.partial(jax.tree.map, lambda leaf: leaf[member.sample])
        sample = take(shared.samples)
        points = jax.tree.map(lambda leaf: leaf[member.points], shared.points)
        keys, hyper = streams(member.seed), member.hyper
        return advance(plan, state, joined(sample, points), hyper, keys, *ends, num_rows)

    run = one_turn if lanes == 1 else _vectorized(one_turn)

    def blocks(tree):  # (turns, lanes, ...) out of (turns * lanes, ...)
        shape = (-1,) if lanes == 1 else (-1, lanes)
        return jax.tree.map(lambda leaf: leaf.reshape(*shape, *leaf.shape[1:]), tree)

    states, members = blocks(states), blocks(members)
    depth = len(members.seed)
    first = jax.tree.map(lambda leaf: leaf[0], (states, members))
    empty = jax.tree.map(
        lambda leaf: jnp.zeros((depth, *leaf.shape), leaf.dtype), jax.eval_shape(run, *first)[1]
    )

    # A loop and no ``lax.map``: of a last piece that is not full it leaves the empty turns out.
    def body(turn, carry):
        states, chunks = carry
        state, member = jax.tree.map(lambda leaf: leaf[turn], (states, members))
        new = run(state, member)
        return jax.tree.map(lambda leaves, leaf: leaves.at[turn].set(leaf), (states, chunks), new)

    states, chunks = jax.lax.fori_loop(0, turns[0], body, (states, empty))

    def flat(tree):
        start = 1 if lanes == 1 else 2
        return jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[start:]), tree)

    return flat(states), flat(chunks)


def _vectorized(one_turn):
    """Several members in one go; what they share stays one, or each branch would be taken.

    Under ``vmap`` a condition on a batched number computes both of its branches for all members,
    which would sort the training examples anew in every step. All members of a program are at the
    same step and have equally many training examples, so these two numbers go in without an axis.
    """

    def run(state: TrainState, member: Members) -> tuple[TrainState, Chunk]:
        shared_num = jnp.asarray(member.hyper.num_train)[0]
        own = member._replace(hyper=member.hyper._replace(num_train=None))

        def of_lane(step, state, member):
            hyper = member.hyper._replace(num_train=shared_num)
            return one_turn(state._replace(step=step), member._replace(hyper=hyper))

        own_state = state._replace(step=None)
        return jax.vmap(of_lane, in_axes=(None, 0, 0))(state.step[0], own_state, own)

    return run


def on_host(tree: object, index: Any) -> Any:
    """The entries at ``index`` of all leaves as NumPy arrays, gathered from all processes."""

    def fetch(leaf):
        if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
            leaf = jax.random.key_data(leaf)
        if not leaf.is_fully_addressable:
            leaf = multihost_utils.process_allgather(leaf, tiled=True)
        return np.asarray(leaf)[index]

    return jax.tree.map(fetch, tree)
