"""The few array operations that NumPy and JAX spell differently; ``xp`` is one of the two."""

from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

Array = np.ndarray | jax.Array


def array_module(*values: object) -> Any:
    """``jax.numpy`` if any value is a JAX array or tracer, else ``numpy``."""
    return jnp if any(isinstance(value, jax.Array) for value in values) else np


def is_traced(*values: object) -> bool:
    """Whether any value is a tracer, whose numbers cannot be looked at."""
    return any(isinstance(value, Tracer) for value in values)


def next_power(number: int) -> int:
    """The smallest power of two that is at least ``number``, for ``number`` from 1.

    >>> next_power(1), next_power(5), next_power(8)
    (1, 8, 8)
    """
    return 1 << (number - 1).bit_length()


def running_min(xp: ModuleType, values: Array, width: Any = None) -> Any:
    """Smallest value so far, ``(n,)``, starting anew after every ``width`` values.

    ``width`` is a power of two, in JAX also a traced one; where left out, it is all in one.
    Shapes do not depend on it, so that a loop over widths compiles once (``lax.cummin``, unrolled
    into log n steps for each width, takes ten times as long to compile).

    >>> running_min(np, np.array([3, 4, 1, 2]), 2).tolist()
    [3, 3, 1, 1]
    """
    if xp is np:
        rows = values.reshape(-1, values.shape[0] if width is None else width)
        return np.minimum.accumulate(rows, axis=1).reshape(-1)
    width = jnp.int32(next_power(values.shape[0]) if width is None else width)
    place = jnp.arange(values.shape[0], dtype=np.int32) & (width - 1)

    def double(state):
        reach, least = state
        earlier = jnp.roll(least, reach)
        return 2 * reach, jnp.where(place >= reach, jnp.minimum(least, earlier), least)

    return jax.lax.while_loop(lambda state: state[0] < width, double, (jnp.int32(1), values))[1]


def placed(xp: ModuleType, index: Array, values: Array) -> Any:
    """``values`` moved so that ``placed[index[i]] == values[i]``; ``index`` is a permutation.

    >>> placed(np, np.array([2, 0, 1]), np.array([7, 8, 9])).tolist()
    [8, 9, 7]
    """
    if xp is np:
        out = np.empty_like(values)
        out[index] = values
        return out
    return (
        jnp.zeros_like(values).at[index].set(values, unique_indices=True, mode="promise_in_bounds")
    )
