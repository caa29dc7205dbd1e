"""Graphs of modules as static arguments: two are equal where their compiled programs are."""

from collections.abc import Callable
from typing import Any

import jax
from flax import nnx

from reglab.nn.fingerprint import fingerprint
from reglab.precision import narrowed


class Network:
    """A graph definition that a compiled program can be found by.

    The graph of one of the lab's own models says all that it computes. A module of the user's may
    compute something else tomorrow by the same graph, as globals and closures change, and the same
    by another one, as every lambda differs from the next: it is told by what it computes.

    Args:
        graph: as ``nnx.split`` returns it.
        key: what equal programs have in common; left out, the graph.
        kept: objects that the key names by their identity, which lives as long as they do.
    """

    def __init__(self, graph: nnx.GraphDef, key: object = None, kept: tuple = ()):
        self.graph, self._kept = graph, kept
        self._key = graph if key is None else key

    @classmethod
    def traced(cls, graph: nnx.GraphDef, compute: Callable, *arguments: Any) -> "Network":
        """The network of a graph that is told by ``compute(*arguments)``."""
        key, kept = fingerprint(jax.make_jaxpr(narrowed(compute))(*arguments))
        return cls(graph, key, kept)

    def merge(self, state: nnx.State) -> nnx.Module:
        """The module with these variables, of which it holds copies."""
        return nnx.merge(self.graph, state, copy=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)
