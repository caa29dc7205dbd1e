"""Folding within multilayer perceptrons, and what folding elsewhere shares with it."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from reglab.nn.batch_norm import BatchNorm
from reglab.nn.dropout import Dropout
from reglab.nn.dtypes import promoted, widened
from reglab.words import say


class Affine(NamedTuple):
    """What fold has still to put into the next layer, whose input x is ``scale * x + shift``.

    Attributes:
        scale: ``()`` or one for each feature.
        shift: one for each feature, or None for no shift.
    """

    scale: jax.Array
    shift: jax.Array | None = None


def fold_mlp(model: Any, plain: Any, entering: Affine | None = None) -> None:
    """Writes into ``plain`` what the MLP ``model`` computes of inputs that are ``entering``.

    Raises:
        ValueError: one line, where a residual sum keeps a layer from folding exactly.
    """
    for i, (linear, target) in enumerate(zip(model.linears, plain.linears, strict=True)):
        kernel, bias = weights(linear)
        kernel, bias = enter(kernel, bias, entering)
        if i == len(model.dropouts):
            write(target, kernel, bias)
            return
        norm = model.norms[i] if model.batch_norm else None
        if model.adds[i]:
            _check_sum(norm if model.order == "after" else None, entering, i)
        if norm is not None and model.order == "before":
            kernel, bias = leave(kernel, bias, affine(norm))
        write(target, kernel, bias)
        after = norm if model.order == "after" else None
        entering = leaving(after, model.dropouts[i])


def _check_sum(norm: object, entering: Affine | None, i: int) -> None:
    if norm is not None:
        raise ValueError(
            say(
                "model: batch norm at norms.{i} does not fold across a residual sum, which "
                "adds what it did not scale",
                i=i,
            )
        )
    if entering is not None:
        raise ValueError(
            say(
                "model: batch norm or classic dropout in front of linears.{i} does not fold "
                "across its residual sum, which has nothing to take its factor or its shift",
                i=i,
            )
        )


def enter(kernel: jax.Array, bias: jax.Array, affine: Affine | None) -> tuple[jax.Array, jax.Array]:
    """Kernel ``(in, out)`` and bias of a layer that takes ``scale * x + shift`` in place of x."""
    if affine is None:
        return kernel, bias
    if affine.shift is not None:
        bias = bias + affine.shift.astype(kernel.dtype) @ kernel
    scale = affine.scale.astype(kernel.dtype)
    return kernel * (scale[:, None] if scale.ndim else scale), bias


def leave(kernel: jax.Array, bias: jax.Array, affine: Affine) -> tuple[jax.Array, jax.Array]:
    """Kernel ``(..., out)`` and bias of a layer whose result y becomes ``scale * y + shift``."""
    ones = (1,) * (kernel.ndim - 1)
    wide = promoted(kernel.dtype, affine.scale.dtype)
    kernel, bias, scale = (array.astype(wide) for array in (kernel, bias, affine.scale))
    bias = bias * scale
    if affine.shift is not None:
        bias = bias + affine.shift.astype(wide)
    return kernel * (scale.reshape(*ones, -1) if scale.ndim else scale), bias


def leaving(norm: object, dropout: Any) -> Affine | None:
    """What a batch norm and a dropout layer, or None for either, do to their input."""
    result = None if norm is None else affine(norm)
    if dropout is None or dropout.scaling != "classic":
        return result
    keep = dropout.keep_probability
    if result is None:
        return Affine(keep)
    return Affine(*(part * keep.astype(part.dtype) for part in result if part is not None))


def affine(norm: Any) -> Affine:
    """What a batch norm computes at inference."""
    scale, bias = (variable[...].astype(norm.var.dtype) for variable in (norm.scale, norm.bias))
    scale = scale * jax.lax.rsqrt(norm.var[...] + norm.epsilon)
    return Affine(scale, bias - norm.mean[...] * scale)


def weights(layer: Any) -> tuple[jax.Array, jax.Array]:
    """Kernel and bias of a layer, at least in float32; zeros if there is no bias."""
    kernel = widened(layer.kernel[...])
    if layer.bias is None:
        return kernel, jnp.zeros(kernel.shape[-1:], kernel.dtype)
    return kernel, widened(layer.bias[...])


def write(layer: Any, kernel: jax.Array, bias: jax.Array | None = None) -> None:
    """Sets kernel and bias, if any, in the dtype of the layer's parameters."""
    layer.kernel.set_value(kernel.astype(layer.param_dtype))
    if bias is not None:
        layer.bias.set_value(bias.astype(layer.param_dtype))


def copy_params(model: Any, plain: object) -> None:
    """Copies all parameters: right where no layer but inverted dropout depends on a mode.

    Raises:
        ValueError: one line, for any other layer that does, and for a plain network that has other
            parameters.
    """
    for path, layer in nnx.iter_modules(model):
        scales = isinstance(layer, Dropout) and layer.scaling != "inverted"
        if scales or isinstance(layer, BatchNorm):
            kind, place = type(layer).__name__, ".".join(map(str, path))
            raise ValueError(
                say(
                    "model: expected {kind}.fold_into, as copying parameters does not fold "
                    "the {layer} at {place}",
                    kind=type(model).__name__,
                    layer=kind,
                    place=place,
                )
            )
    params, written = (
        dict(nnx.to_flat_state(nnx.state(network, nnx.Param))) for network in (model, plain)
    )
    shapes, expected = (
        {path: p.shape for path, p in variables.items()} for variables in (written, params)
    )
    if shapes != expected:
        raise ValueError(
            say(
                "model: expected {kind}.arguments that make a network with the same "
                "parameters, got {got} in place of {wanted}",
                kind=type(model).__name__,
                got=_named(shapes),
                wanted=_named(expected),
            )
        )
    for path, param in written.items():
        param.set_value(params[path][...])


def _named(shapes: dict[tuple, tuple[int, ...]]) -> str:
    return ", ".join(f"{'.'.join(map(str, path))} {shape}" for path, shape in shapes.items())
