"""The plain network that predicts what a network with batch norm and dropout predicts."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from flax import nnx

from reglab.nn.batch_norm import BatchNorm
from reglab.nn.dropout import Dropout
from reglab.nn.linear import LinearClassifier
from reglab.nn.mlp import MLP

M = TypeVar("M", bound=nnx.Module)

# Exact types: a subclass may compute something else.
_KNOWN = (MLP, LinearClassifier, BatchNorm, Dropout, nnx.Linear, nnx.List)


def fold(model: M) -> M:
    """The plain network, without batch norm or dropout, with the same outputs at inference.

    It has the same widths, activation and dtypes, so ``model`` and ``fold(model)`` are one
    hypothesis, and both lie in the hypothesis space of plain networks. With
    ``s = scale / sqrt(var + epsilon)`` and ``t = bias - mean * s`` of a batch norm layer and the
    keep probability ``q`` of classic dropout (1 for inverted):

    - batch norm *before* the activation goes into the linear layer in front of it,
      ``W' = W * s``, ``b' = b * s + t``;
    - batch norm *after* the activation and ``q`` go into the *next* linear layer,
      ``W' = (q * s)[:, None] * W``, ``b' = b + (q * t) @ W``. Without batch norm the bias stays.

    In training mode batch norm depends on the batch, so nothing folds exactly there. ``model`` is
    left as it is and shares no variable with the result, whose dropout layers have rate 0 and are
    in prediction mode. Works under ``jit``, ``vmap`` and ``scan`` on a model merged there;
    an ensemble is folded by ``nnx.vmap(fold)``.

    Args:
        model: an ``MLP`` or a ``LinearClassifier``, in any mode.

    Raises:
        ValueError: for any other module, or one that contains layers fold does not know.

    References:
        Ioffe and Szegedy, Batch normalization, 2015, algorithm 2.

    >>> model = MLP(2, (8,), 3, dropout_rate=0.5, batch_norm=True, rngs=nnx.Rngs(0))
    >>> fold(model).batch_norm
    False
    """
    if type(model) not in _FOLDS:
        raise ValueError(
            f"model: expected an MLP or a LinearClassifier, got {type(model).__name__}"
        )
    for path, layer in nnx.iter_modules(model):
        if type(layer) not in _KNOWN:
            place = ".".join(map(str, path))
            raise ValueError(f"model: fold does not know {type(layer).__name__} at {place}")
    return _FOLDS[type(model)](model)


def _fold_mlp(model: Any) -> Any:
    kernels = [_wide(linear.kernel[...]) for linear in model.linears]
    biases = [
        jnp.zeros(kernel.shape[1:], kernel.dtype)
        if linear.bias is None
        else _wide(linear.bias[...])
        for linear, kernel in zip(model.linears, kernels, strict=True)
    ]
    for i, dropout in enumerate(model.dropouts):
        if dropout.scaling == "classic":
            kernels[i + 1] *= dropout.keep_probability.astype(kernels[i + 1].dtype)
        if model.batch_norm:
            scale, shift = _affine(model.norms[i])
            if model.order == "before":
                kernels[i] *= scale[None, :]
                biases[i] = biases[i] * scale + shift
            else:
                biases[i + 1] += jnp.dot(shift, kernels[i + 1], precision="highest")
                kernels[i + 1] *= scale[:, None]
    plain: Any = nnx.eval_shape(lambda: _plain(model))
    for linear, kernel, bias in zip(plain.linears, kernels, biases, strict=True):
        linear.kernel.set_value(kernel.astype(linear.param_dtype))
        linear.bias.set_value(bias.astype(linear.param_dtype))
    for dropout in plain.dropouts:
        dropout.rate.set_value(jnp.zeros((), dropout.rate.dtype))
    return plain


def _plain(model: MLP) -> MLP:
    plain = MLP(
        model.in_features,
        model.widths,
        model.out_features,
        activation=model.activation,
        dtype=model.dtype,
        param_dtype=model.param_dtype,
        rngs=nnx.Rngs(0),
    )
    plain.eval()
    return plain


def _affine(norm: Any) -> tuple[jax.Array, jax.Array]:
    scale = norm.scale[...] * jax.lax.rsqrt(norm.var[...] + norm.epsilon)
    return scale, norm.bias[...] - norm.mean[...] * scale


def _wide(x: jax.Array) -> jax.Array:
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))


_FOLDS: dict[type, Callable[[Any], Any]] = {MLP: _fold_mlp, LinearClassifier: nnx.clone}
