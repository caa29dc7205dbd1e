"""Batch norm over one entry, which puts out its bias whatever comes in."""

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from reglab.precision import in_32_bits
from reglab.training.modes import ENDLESS
from reglab.training.plan import Plan
from reglab.words import Message, say


def batch_norm_entries(
    build: Callable[[], nnx.Module], forward: Callable[[nnx.Module, Any], Any], shape: Iterable[int]
) -> int | None:
    """Entries that each mean of a batch-norm layer is taken over while training, the fewest of all.

    A dense layer averages over the examples of a batch, a convolution over their positions too.
    Nothing is computed or allocated: the model is built and called on shapes alone.

    Args:
        build: makes the model.
        forward: calls the model on a batch as training does.
        shape: of the batch, ``(n, *input_shape)``.

    Returns:
        The number, or None for a model in which no batch-norm layer takes means of a batch.

    >>> from reglab.nn import BatchNorm
    >>> batch_norm_entries(lambda: BatchNorm(3, rngs=nnx.Rngs(0)), lambda m, x: m(x), (5, 4, 3))
    20
    """
    seen: list[int] = []
    kinds: dict[type, type] = {}

    def called() -> Any:
        model = build()
        for _, layer in nnx.iter_modules(model, graph=True):
            if isinstance(layer, nnx.BatchNorm):
                kind = kinds.setdefault(type(layer), _counting(type(layer), seen))
                object.__setattr__(layer, "__class__", kind)  # nnx's own would make a field of it
        return forward(model, jnp.zeros(tuple(shape)))

    nnx.eval_shape(in_32_bits(called))
    return min(seen, default=None)


def _counting(kind: type, seen: list[int]) -> type:
    """The class of a batch-norm layer, but it notes how many entries each mean is taken over."""

    class Counting(kind):
        @functools.wraps(kind.__call__)  # callers that look see what the layer takes
        def __call__(
            self, x: Any, use_running_average: bool | None = None, *args: object, **options: object
        ) -> Any:
            is_still = self.use_running_average if use_running_average is None else None
            if not (use_running_average or is_still):
                axes = (self.axis,) if isinstance(self.axis, int) else self.axis
                kept = {axis % x.ndim for axis in axes}
                seen.append(math.prod(n for i, n in enumerate(x.shape) if i not in kept))
            return super().__call__(x, use_running_average, *args, **options)

    return Counting


def check_batches(plan: Plan, num_train: Iterable[int]) -> None:
    """Refuses batch norm over one entry, before anything is trained.

    Args:
        plan: of a run.
        num_train: numbers of training examples that the run will have.

    Raises:
        ValueError: each batch is one example, or copies of one, and a layer averages over it alone.
    """
    few = {"batch_size": plan.batch_size, "num_train": min(num_train)}
    for name, count in few.items():
        if count == 1 and _entries(plan) == 1:
            raise ValueError(alone(name))


def alone(name: str) -> Message:
    """What to say where ``name``, ``batch_size`` or ``num_train``, leaves batch norm one entry."""
    return say(
        "{name}: expected at least 2 with batch norm, got 1; a batch-norm layer that averages over "
        "one entry puts out its bias whatever comes in, so use more examples or no batch norm",
        name=name,
    )


@functools.lru_cache(maxsize=64)
def _entries(plan: Plan) -> int | None:
    """Entries of the means in one example."""
    modes = plan.modes

    def forward(model: nnx.Module, x: jax.Array) -> jax.Array:
        return modes.scores(model, x, jax.random.key(0), jnp.zeros(ENDLESS), None)

    return batch_norm_entries(lambda: modes.build(nnx.Rngs(0)), forward, (1, *plan.input_shape))
