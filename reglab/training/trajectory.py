"""The rows that a run has recorded so far, and the hypotheses that belong to them."""

from collections.abc import Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.nn import Network
from reglab.training.step import Chunk, Rows
from reglab.words import say

NO_ROWS = Rows(np.zeros(0, np.int32), *[np.zeros(0, np.float32)] * 6)


class Hypotheses(Sequence):
    """Folded hypotheses of a run, one a row; each is a plain network to call on inputs.

    ``hypotheses[i](x)`` gives class scores ``(n, num_classes)`` for ``x`` ``(n, *input_shape)``.

    Attributes:
        has_last: whether the weights of the last one were kept.
    """

    has_last = True

    def __init__(self, network: Network, states: nnx.State, count: int):
        self.network, self._states, self._count = network, states, count

    @property
    def graph(self) -> nnx.GraphDef:
        """The graph definition of every hypothesis, as ``nnx.merge`` takes it."""
        return self.network.graph

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        return self.network.merge(jax.tree.map(jnp.asarray, self.state(index)))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(self._count))

    @property
    def states(self) -> Any:
        """The variables of all hypotheses, as NumPy arrays with one entry a row."""
        return self._states

    def state(self, index: int) -> Any:
        """The variables of one hypothesis, as NumPy arrays."""
        if not -self._count <= index < self._count:
            raise IndexError(
                say(
                    "hypothesis: expected an index below {num_hypotheses}, got {got}",
                    num_hypotheses=self._count,
                    got=index,
                )
            )
        index = int(index) % self._count
        return jax.tree.map(lambda leaf: leaf[index], self._states)


class LastHypothesis(Hypotheses):
    """The hypotheses of a run of which the last alone was kept."""

    def state(self, index: int) -> Any:
        """The variables of the last hypothesis, as NumPy arrays.

        Raises:
            ValueError: another one is asked for.
        """
        if not -self._count <= index < self._count:
            return super().state(index)  # says what is wrong
        if index % self._count != self._count - 1:
            raise ValueError(
                say(
                    "hypothesis: expected the last of {num_hypotheses}, the only one that was "
                    "kept, got {got}; fit(run.experiment) makes all of them, and so does "
                    "keep='all'",
                    num_hypotheses=self._count,
                    got=index,
                )
            )
        return jax.tree.map(lambda leaf: leaf[0], self._states)


class NoHypothesis(Hypotheses):
    """The hypotheses of a run of which none was kept."""

    has_last = False

    def state(self, index: int) -> Any:
        """Nothing.

        Raises:
            ValueError: whatever is asked for.
        """
        raise ValueError(
            say(
                "hypothesis: expected a run whose weights were kept, got one without; "
                "fit(run.experiment) makes them"
            )
        )


class Trajectory:
    """Grows by chunks. Arrays handed out are never changed afterwards."""

    def __init__(self, network: Network):
        self._network = network
        self._count = 0
        self._buffers: Any = None  # (Rows, hypotheses) with room for more rows than there are

    def __len__(self) -> int:
        return self._count

    def append(self, chunk: Chunk, most: int | None = None) -> None:
        """Adds the rows of a chunk, so that there are no more than ``most`` of them in all."""
        count = int(chunk.num_rows)
        if most is not None:
            count = min(count, most - self._count)
        new = jax.tree.map(_on_host, (chunk.rows, chunk.hypotheses))
        self._reserve(self._count + count, new)
        span = slice(self._count, self._count + count)

        def write(buffer, rows):
            buffer[span] = rows[:count]

        jax.tree.map(write, self._buffers, new)
        self._count += count

    def cut(self, count: int) -> "Trajectory":
        """A copy that holds the first ``count`` rows."""
        copy = Trajectory(self._network)
        copy._count = min(count, self._count)
        copy._buffers = jax.tree.map(lambda b: b[: copy._count].copy(), self._buffers)
        return copy

    @property
    def history(self) -> Rows:
        """A NamedTuple of arrays with one entry a row."""
        count, buffers = self._count, self._buffers  # as in ``recorded``, without the weights
        if buffers is None or not count:
            return NO_ROWS
        return Rows(*(buffer[:count] for buffer in buffers[0]))

    @property
    def hypotheses(self) -> Hypotheses:
        """The hypotheses of all rows."""
        return self.recorded[1]

    @property
    def recorded(self) -> tuple[Rows, Hypotheses]:
        """History and hypotheses of the same rows, also while another thread adds some."""
        count, buffers = self._count, self._buffers  # in this order: buffers only grow
        if buffers is None or not count:
            return NO_ROWS, Hypotheses(self._network, nnx.State({}), 0)
        rows, states = jax.tree.map(lambda buffer: buffer[:count], buffers)
        return rows, Hypotheses(self._network, states, count)

    def _reserve(self, rows: int, like: tuple[Rows, nnx.State]) -> None:
        if self._buffers is None:
            self._buffers = jax.tree.map(lambda a: np.empty((0, *a.shape[1:]), a.dtype), like)
        room = len(self._buffers[0].step)
        if rows > room:
            room = max(rows, 2 * room, 64)

            def grown(buffer):
                bigger = np.empty((room, *buffer.shape[1:]), buffer.dtype)
                bigger[: self._count] = buffer[: self._count]
                return bigger

            self._buffers = jax.tree.map(grown, self._buffers)


def _on_host(leaf: jax.Array) -> np.ndarray:
    """As NumPy; the random keys that a user's module keeps are never used to predict."""
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    return np.asarray(leaf)
