"""Folding across convolutions, and the reasons where it would not be exact."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from reglab.nn.fold_dense import Affine, affine, fold_mlp, leave, leaving, weights, write
from reglab.words import say


def fold_conv(model: Any, plain: Any) -> None:
    """Writes into ``plain`` what the convolutional network ``model`` computes at inference.

    Raises:
        ValueError: one line, where batch norm or classic dropout does not fold exactly.
    """
    entering = None
    for i, (block, target) in enumerate(zip(model.blocks, plain.blocks, strict=True)):
        _check_entry(block, entering, i)
        kernel, bias = weights(block.conv)
        kernel, bias = _enter(kernel, bias, entering, block.spec.groups)
        if block.norm is not None and block.order == "before":
            kernel, bias = leave(kernel, bias, affine(block.norm))
        write(target.conv, kernel, bias)
        if block.project is not None:
            # Its shift, if any, was refused: the plain projection has no bias to take it.
            write(target.project, _enter(*weights(block.project), entering, 1)[0])
        _check_exit(block, i)
        entering = leaving(block.norm if block.order == "after" else None, block.dropout)
    if entering is not None and model.blocks:
        entering = _flat(entering, model.blocks[-1].out_shape)
    fold_mlp(model.head, plain.head, entering)


def _enter(
    kernel: jax.Array, bias: jax.Array, affine: Affine | None, groups: int
) -> tuple[jax.Array, jax.Array]:
    if affine is None:
        return kernel, bias

    def by_group(values: jax.Array) -> jax.Array:
        # Channel i of group g goes to the outputs of group g alone.
        return jnp.repeat(values.reshape(groups, -1).T, kernel.shape[-1] // groups, axis=1)

    ones = (1,) * (kernel.ndim - 2)
    if affine.shift is not None:
        shift = by_group(affine.shift.astype(kernel.dtype))
        bias = bias + jnp.sum(kernel.sum(axis=tuple(range(kernel.ndim - 2))) * shift, axis=0)
    scale = affine.scale.astype(kernel.dtype)
    if scale.ndim:
        scale = by_group(scale)
        scale = scale.reshape(*ones, *scale.shape)
    return kernel * scale, bias


def _flat(affine: Affine, shape: tuple[int, ...]) -> Affine:
    if affine.shift is None:
        return affine
    positions = math.prod(shape[:-1])
    return Affine(jnp.tile(affine.scale, positions), jnp.tile(affine.shift, positions))


def _check_exit(block: Any, i: int) -> None:
    if block.norm is None or block.order == "before":
        return
    if block.residual:
        why = say("a residual sum, which adds what it did not scale")
    elif block.spec.response_norm:
        why = say("response normalization, which is not linear")
    elif block.pooling == "max" and block.spec.pool > 1:
        why = say("max-pooling, where a negative scale makes the largest value the smallest")
    else:
        return
    raise ValueError(
        say("model: batch norm at blocks.{i} does not fold across {layer}", i=i, layer=why)
    )


def _check_entry(block: Any, entering: Affine | None, i: int) -> None:
    if entering is None:
        return
    if entering.shift is not None and any(map(any, block.pads)):
        raise ValueError(
            say(
                "model: batch norm at blocks.{before} does not fold across the zero padding "
                "of blocks.{i}: padded zeros do not take its shift",
                before=i - 1,
                i=i,
            )
        )
    if block.residual and (block.project is None or entering.shift is not None):
        raise ValueError(
            say(
                "model: batch norm or classic dropout at blocks.{before} does not fold across "
                "the residual sum of blocks.{i}, which has nothing to take its factor or its "
                "shift",
                before=i - 1,
                i=i,
            )
        )
