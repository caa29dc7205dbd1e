"""The plain network that predicts what a network with batch norm and dropout predicts."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import jax.numpy as jnp
from flax import nnx

from reglab.nn.alexnet import AlexNet
from reglab.nn.attention import AttentionClassifier
from reglab.nn.attention_block import AttentionBlock
from reglab.nn.batch_norm import BatchNorm
from reglab.nn.cnn import CNN
from reglab.nn.conv import ConvBlock
from reglab.nn.dropout import Dropout
from reglab.nn.fold_attention import fold_attention
from reglab.nn.fold_conv import fold_conv
from reglab.nn.fold_dense import fold_mlp
from reglab.nn.linear import LinearClassifier
from reglab.nn.mlp import MLP
from reglab.precision import full_precision

M = TypeVar("M", bound=nnx.Module)

_LAYERS = (BatchNorm, Dropout, ConvBlock, AttentionBlock, nnx.Linear, nnx.Conv, nnx.List)
_SHARED = ("activation", "dtype", "param_dtype")

# How to fold each model, and the arguments that its plain twin is made with.
_FOLDS: dict[type, tuple[Callable[[Any, Any], None], tuple[str, ...]]] = {
    MLP: (fold_mlp, ("in_features", "widths", "out_features", "residual", *_SHARED)),
    CNN: (
        fold_conv,
        ("input_shape", "channels", "out_features", "kernel_size", "stride", "padding", "pool",
         "pooling", "widths", "spatial_axes", "residual", *_SHARED),
    ),
    AlexNet: (
        fold_conv,
        ("input_shape", "out_features", "variant", "response_norm", *_SHARED),
    ),
    AttentionClassifier: (
        fold_attention,
        ("input_shape", "features", "out_features", "num_heads", "num_layers", "patch", "positions",
         "feed_forward", "widths", "spatial_axes", "residual", *_SHARED),
    ),
}  # fmt: skip


def sizes(model: nnx.Module) -> dict[str, Any]:
    """The arguments that a plain network of the same space as ``model`` is made with.

    >>> sizes(LinearClassifier(2, 3, rngs=nnx.Rngs(0)))
    {'in_features': 2, 'out_features': 3}
    """
    if type(model) is LinearClassifier:
        return {name: getattr(model, name) for name in ("in_features", "out_features")}
    return {name: getattr(model, name) for name in _FOLDS[type(model)][1]}


@full_precision
def fold(model: M) -> M:
    """The plain network, without batch norm or dropout, with the same outputs at inference.

    It has the same sizes, activation and dtypes, so ``model`` and ``fold(model)`` are one
    hypothesis, and both lie in the hypothesis space of plain networks. With
    ``s = scale / sqrt(var + epsilon)`` and ``t = bias - mean * s`` of a batch norm layer and the
    keep probability ``q`` of classic dropout (1 for inverted):

    - batch norm *before* the activation goes into the linear layer or convolution in front of it,
      ``W' = W * s``, ``b' = b * s + t``;
    - batch norm *after* the activation and ``q`` go into the *next* linear layer or convolution,
      ``W' = (q * s)[:, None] * W``, ``b' = b + (q * t) @ W``. Without batch norm the bias stays;
    - batch norm in front of an attention goes into its queries, keys and values, and ``q`` behind
      it into its output layer.

    Batch norm after the activation is not affine for the next layer, and is refused, where zeros
    are padded to its outputs, where max-pooling or response normalization lies between, and where
    a residual sum adds what it did not scale. So is classic dropout in front of a residual sum
    that takes its input as it is.

    In training mode batch norm depends on the batch, so nothing folds exactly there. ``model`` is
    left as it is and shares no variable with the result, whose dropout layers have rate 0 and are
    in prediction mode. Works under ``jit``, ``vmap`` and ``scan`` on a model merged there;
    an ensemble is folded by ``nnx.vmap(fold)``.

    Args:
        model: an ``MLP``, ``CNN``, ``AlexNet``, ``AttentionClassifier`` or ``LinearClassifier``,
            in any mode.

    Raises:
        ValueError: one line, for any other module, one that contains layers fold does not know,
            and where folding would not be exact.

    References:
        Ioffe and Szegedy, Batch normalization, 2015, algorithm 2.

    >>> model = MLP(2, (8,), 3, dropout_rate=0.5, batch_norm=True, rngs=nnx.Rngs(0))
    >>> fold(model).batch_norm
    False
    """
    # Exact types: a subclass may compute something else.
    if type(model) not in (*_FOLDS, LinearClassifier):
        names = ", ".join(kind.__name__ for kind in _FOLDS)
        raise ValueError(
            f"model: expected an {names} or LinearClassifier, got {type(model).__name__}"
        )
    for path, layer in nnx.iter_modules(model):
        if layer is not model and type(layer) not in (*_LAYERS, MLP):
            place = ".".join(map(str, path))
            raise ValueError(f"model: fold does not know {type(layer).__name__} at {place}")
    if type(model) is LinearClassifier:
        return nnx.clone(model)
    write, _ = _FOLDS[type(model)]
    options, make = sizes(model), cast(Any, type(model))
    plain: Any = nnx.eval_shape(lambda: make(**options, rngs=nnx.Rngs(0)))
    plain.eval()
    for _, layer in nnx.iter_modules(plain):
        if isinstance(layer, Dropout):
            layer.rate.set_value(jnp.zeros((), layer.rate.dtype))
    write(model, plain)
    return plain
