"""What a model costs, by formula beside what is measured."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.nn.base import Classifier
from reglab.nn.conv_net import ConvNet
from reglab.nn.flops import count_flops, xla_cost
from reglab.nn.hidden import hidden_outputs
from reglab.precision import jit
from reglab.words import say


class Cost(NamedTuple):
    """What :func:`cost` finds; a prediction for one example where not said otherwise.

    Attributes:
        parameters: entries of all ``nnx.Param``.
        parameter_bytes: bytes of parameters and running statistics.
        flops: floating point operations of matrix products and convolutions, by formula; a
            multiplication and an addition are two.
        flops_in_image: the same without taps that fall on padding.
        xla_flops: XLA's own count, which includes elementwise operations; None if left out, and
            where XLA has none, as of convolutions on a GPU.
        xla_bytes: bytes that the compiled program accesses, by XLA's count; likewise.
        receptive_field: positions along each axis that a unit of the last convolution, pooling
            included, may depend on, by recursion; it may exceed the input. None without
            convolutions.
        footprint: positions along each axis where the gradient of the middle unit is not zero for
            some of the inputs; at most the receptive field. None without convolutions or weights.
        zero_weights: share of kernel entries that are exactly 0; None without weights.
        dead_units: share of hidden units, of channels in a convolution, whose output is the same
            for all inputs, as that of a dead ReLU is; None without inputs.
    """

    parameters: int
    parameter_bytes: int
    flops: int
    flops_in_image: int
    xla_flops: float | None
    xla_bytes: float | None
    receptive_field: tuple[int, ...] | None
    footprint: tuple[int, ...] | None
    zero_weights: float | None
    dead_units: float | None


def cost(model: Any, input_shape: Sequence[int], *, x: Any = None, xla: bool = True) -> Cost:
    """Parameters, operations, receptive field, and how much of a model is not used.

    A model made under ``nnx.eval_shape`` has shapes alone: the formulas and XLA's count need no
    more, and nothing is allocated. What needs weights is None then.

    Args:
        model: a model of the package, in any mode.
        input_shape: shape of one example.
        x: inputs ``(n, *input_shape)`` to measure the footprint and dead units with. Without them
            the footprint is that of 32 random inputs.
        xla: whether to compile the model for XLA's own count.

    Raises:
        ValueError: one line, for other modules and for inputs of another shape.

    >>> from reglab.nn import MLP
    >>> found = cost(MLP(2, (8,), 3, rngs=nnx.Rngs(0)), (2,), xla=False)
    >>> found.parameters, found.flops
    (51, 80)
    """
    if not isinstance(model, Classifier):
        raise ValueError(
            say("model: expected a model of reglab.nn, got {got}", got=type(model).__name__)
        )
    shape = tuple(input_shape)
    if x is not None and np.shape(x)[1:] != shape:
        raise ValueError(
            say(
                "x: expected shape (n, {sizes}), got {got}", sizes=str(shape)[1:-1], got=np.shape(x)
            )
        )
    model = nnx.view(model, deterministic=True, use_running_average=True)
    graphdef, state = nnx.split(model)
    params = nnx.state(model, nnx.Param)
    leaves = jax.tree.leaves(nnx.state(model, (nnx.Param, nnx.BatchStat)))
    example = jax.ShapeDtypeStruct((1, *shape), jnp.float32)

    def scores(state: object, x: jax.Array) -> jax.Array:
        return nnx.merge(graphdef, state)(x)

    flops = count_flops(scores, state, example)
    stated = xla_cost(scores, state, example) if xla else {}
    counts = {name: count for name, count in stated.items() if count >= 0}  # -1: it does not know
    has_weights = not any(isinstance(leaf, jax.ShapeDtypeStruct) for leaf in jax.tree.leaves(state))
    convolves = isinstance(model, ConvNet) and len(model.blocks) > 0
    return Cost(
        parameters=sum(leaf.size for leaf in jax.tree.leaves(params)),
        parameter_bytes=sum(leaf.size * leaf.dtype.itemsize for leaf in leaves),
        flops=flops.naive,
        flops_in_image=flops.in_image,
        xla_flops=counts.get("flops"),
        xla_bytes=counts.get("bytes accessed"),
        receptive_field=receptive_field(model) if convolves else None,
        footprint=footprint(model, x) if convolves and has_weights else None,
        zero_weights=_zero_weights(params) if has_weights else None,
        dead_units=_dead_units(model, x) if has_weights and x is not None else None,
    )


def receptive_field(model: ConvNet) -> tuple[int, ...]:
    """Positions along each axis that a unit of the last block may depend on.

    Every window, of a convolution or a pooling, adds ``(size - 1)`` times the product of all
    strides in front of it. A residual sum adds nothing.

    References:
        Araujo, Norris and Sim, Computing receptive fields of convolutional neural networks, 2019.

    >>> from reglab.nn import CNN
    >>> receptive_field(CNN((40,), (4, 4), 2, kernel_size=5, stride=2, rngs=nnx.Rngs(0)))
    (13,)
    """
    field = jump = 1
    for block in model.blocks:
        spec = block.spec
        for size, stride in ((spec.kernel_size, spec.stride), (spec.pool, spec.pool_stride)):
            field += (size - 1) * jump
            jump *= stride
    return (field,) * model.spatial_axes


def footprint(model: ConvNet, x: object = None) -> tuple[int, ...]:
    """Extent along each axis of the inputs that the middle unit of the last block depends on.

    These are the positions where its gradient is not zero, for any of the inputs and channels, and
    all between them. Dead units, zero weights and max-pooling shrink it; the edge of the input cuts
    it off.

    Args:
        model: with weights, in prediction mode.
        x: inputs ``(n, *input_shape)``; by default 32 of normal numbers.

    >>> from reglab.nn import CNN
    >>> model = CNN((40,), (4, 4), 2, kernel_size=5, stride=2, rngs=nnx.Rngs(0))
    >>> footprint(nnx.view(model, deterministic=True, use_running_average=True))
    (13,)
    """
    shape = model.input_shape
    if x is None:
        x = np.random.default_rng(0).normal(size=(32, *shape))
    x = jnp.asarray(x, jnp.result_type(float)).reshape(-1, *shape)
    out_shape = model.blocks[-1].out_shape
    middle = tuple(size // 2 for size in out_shape[:-1])
    # With one random factor for each channel, gradients of channels do not cancel.
    factors = np.random.default_rng(1).normal(size=(len(x), out_shape[-1]))

    def unit(x: jax.Array) -> jax.Array:
        y = model.features(x)[(slice(None), *middle)]
        return jnp.sum(y * jnp.asarray(factors, y.dtype))

    seen = np.asarray(jit(jax.grad(unit), is_wide=True)(x) != 0).any(axis=(0, -1))
    places = np.argwhere(seen)
    if not len(places):
        return (0,) * seen.ndim
    return tuple(int(size) for size in places.max(axis=0) - places.min(axis=0) + 1)


def _zero_weights(params: Any) -> float:
    kernels = [
        np.asarray(variable[...])
        for path, variable in nnx.to_flat_state(params)
        if path[-1] == "kernel"
    ]
    zeros = sum(int((kernel == 0).sum()) for kernel in kernels)
    return zeros / sum(kernel.size for kernel in kernels)


def _dead_units(model: nnx.Module, x: jax.Array) -> float | None:
    dead = []
    for y in hidden_outputs(model, jnp.asarray(x)):
        units = np.asarray(y).reshape(-1, y.shape[-1])
        dead.append((units == units[:1]).all(axis=0))
    return float(np.concatenate(dead).mean()) if dead else None
