"""What the hidden layers of a model put out."""

from typing import Any

import jax
from flax import nnx
from jax.typing import ArrayLike

from reglab.nn.dropout import Dropout


class _Told(nnx.Module):
    """A layer that tells its outputs to a list beside it."""

    def __init__(self, layer: nnx.Module, outputs: list):
        self.layer = layer
        self.tell = outputs.append

    def __call__(self, *args: object, **kwargs: object) -> jax.Array:
        y = self.layer(*args, **kwargs)  # pyright: ignore[reportCallIssue]
        self.tell(y)
        return y


def hidden_outputs(model: nnx.Module, x: ArrayLike) -> list[jax.Array]:
    """Outputs of the hidden layers in the order of the call: those of each ``Dropout``.

    ``nnx.capture`` would patch the classes of the layers instead, beneath whatever other threads
    train, and runs into itself in a process where ``nnx.tabulate`` ran before.

    Args:
        model: with variables and modes; left as it is.
        x: inputs ``(n, ...)``.

    >>> from reglab.nn import MLP
    >>> model = nnx.view(MLP(2, (8, 4), 3, rngs=nnx.Rngs(0)), deterministic=True)
    >>> [y.shape for y in hidden_outputs(model, jax.numpy.ones((5, 2)))]
    [(5, 8), (5, 4)]
    """
    outputs: list[jax.Array] = []

    def told(_: object, node: object) -> Any:
        return _Told(node, outputs) if isinstance(node, Dropout) else node

    nnx.recursive_map(told, model, graph=True)(x)
    return outputs
