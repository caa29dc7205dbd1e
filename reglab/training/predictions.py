"""What every hypothesis of a run answers, in one compiled program of a few rows at a time."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.typing import ArrayLike

from reglab.distributions import answers_of
from reglab.nn import Network
from reglab.precision import jit
from reglab.training.blocks import in_blocks
from reglab.training.plan import CHUNK_ROWS
from reglab.training.trajectory import Hypotheses


def predictions_on(hypotheses: Hypotheses, rows: np.ndarray, x: ArrayLike) -> np.ndarray:
    """The classes that some hypotheses answer, ``(m, n)`` int32; -1 where scores are not finite.

    Args:
        hypotheses: of a run.
        rows: of the history, ``(m,)`` integers, m from 1.
        x: inputs ``(n, *input_shape)``.
    """
    x, parts = jnp.asarray(x), []
    for start in range(0, len(rows), CHUNK_ROWS):
        chunk = np.resize(rows[start : start + CHUNK_ROWS], CHUNK_ROWS)  # one shape, compiled once
        states = jax.tree.map(lambda leaf, chunk=chunk: leaf[chunk], hypotheses.states)
        parts.append(np.asarray(_answers(hypotheses.network, states, x)))
    return np.concatenate(parts)[: len(rows)]


@jit(static_argnames="network")
def _answers(network: Network, states: nnx.State, x: jax.Array) -> jax.Array:
    def of_row(state):
        return answers_of(in_blocks(network.merge(state), x)).astype(jnp.int32)

    return jax.lax.map(of_row, states)
