"""The variables of a module, by who writes them.

Flax is about to take modules for trees, which share nothing (``NNX_GRAPH_MODE``). Modules of the
user's may share layers and variables, so whatever handles these asks for graphs.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from reglab.words import say


class Variables(NamedTuple):
    """The variables of a module.

    Attributes:
        params: those that an optimizer moves: ``nnx.Param`` of floating-point numbers.
        batch_stats: running statistics.
        other: all others: dropout rates, streams of random numbers, variables of one's own kinds.
    """

    params: Any
    batch_stats: Any
    other: Any


def split(module: nnx.Module) -> Variables:
    """The variables of a module; numbers that are none of JAX's become so."""
    variables = nnx.split(module, _is_trained, nnx.BatchStat, ..., graph=True)[1:]
    return Variables(*jax.tree.map(jnp.asarray, variables))


def _is_trained(_: object, variable: object) -> bool:
    return isinstance(variable, nnx.Param) and jnp.issubdtype(variable[...].dtype, jnp.inexact)


def carried(module: nnx.Module, before: Variables) -> Variables:
    """The variables after a step, in the shapes and types that they had.

    Parameters are among them: weight norm writes its own. Variables that a step adds, as ``sow``
    does, are left out.

    Raises:
        ValueError: a variable that is gone, or has another shape or kind of number.
    """
    after = dict(nnx.to_flat_state(nnx.state(module, graph=True)))

    def kept(part: Any) -> Any:
        pairs = [(path, _as_before(path, old, after)) for path, old in nnx.to_flat_state(part)]
        return nnx.from_flat_state(pairs)

    return Variables(*map(kept, before))


def _as_before(path: tuple, old: object, after: dict) -> Any:
    name = ".".join(map(str, path))
    if path not in after:
        raise ValueError(
            say("model: expected a step to keep the variable {name}, which is gone", name=name)
        )
    new = after[path]
    was, now = (jnp.asarray(jax.tree.leaves(variable)[0]) for variable in (old, new))
    is_alike = jnp.issubdtype(was.dtype, jnp.inexact) == jnp.issubdtype(now.dtype, jnp.inexact)
    if was.shape != now.shape or not is_alike:
        raise ValueError(
            say(
                "model: expected a step to leave the variable {name} as {old_dtype} of shape "
                "{old_shape}, got {dtype} of shape {shape}",
                name=name,
                old_dtype=was.dtype,
                old_shape=was.shape,
                dtype=now.dtype,
                shape=now.shape,
            )
        )
    return new if was.dtype == now.dtype else jax.tree.map(lambda leaf: leaf.astype(was.dtype), new)
