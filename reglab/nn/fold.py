"""The plain network that predicts what a network with batch norm and dropout predicts."""

from typing import Any, TypeVar, cast

import jax.numpy as jnp
from flax import nnx

from reglab.config import CLASSIFIERS
from reglab.nn.dropout import Dropout
from reglab.nn.registry import is_registered
from reglab.precision import full_precision
from reglab.words import say

M = TypeVar("M", bound=nnx.Module)


def sizes(model: Any) -> dict[str, Any]:
    """The arguments that a plain network of the same space as ``model`` is made with.

    >>> from reglab.nn import MLP
    >>> list(sizes(MLP(2, (8,), 3, rngs=nnx.Rngs(0))))[:3]
    ['in_features', 'widths', 'out_features']
    """
    return {name: getattr(model, name) for name in model.arguments}


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
        model: of a class in ``reglab.nn.CLASSIFIERS``, in any mode.

    Raises:
        ValueError: one line, for any other module, one that contains layers fold does not know,
            and where folding would not be exact.

    References:
        Ioffe and Szegedy, Batch normalization, 2015, algorithm 2.

    >>> from reglab.nn import MLP
    >>> model = MLP(2, (8,), 3, dropout_rate=0.5, batch_norm=True, rngs=nnx.Rngs(0))
    >>> fold(model).batch_norm
    False
    """
    # Exact types: a subclass may compute something else.
    own: Any = model
    if not is_registered(type(model)):
        names = ", ".join(kind.__name__ for kind in CLASSIFIERS.values())
        raise ValueError(
            say("model: expected one of {names}, got {got}", names=names, got=type(model).__name__)
        )
    for path, layer in nnx.iter_modules(model):
        if layer is not model and type(layer) not in own.made_of:
            place = ".".join(map(str, path))
            raise ValueError(
                say(
                    "model: fold does not know {layer} at {place}",
                    layer=type(layer).__name__,
                    place=place,
                )
            )
    options, make = sizes(model), cast(Any, type(model))
    plain: Any = nnx.eval_shape(lambda: make(**options, rngs=nnx.Rngs(0)))
    plain.eval()
    for _, layer in nnx.iter_modules(plain):
        if isinstance(layer, Dropout):
            layer.rate.set_value(jnp.zeros((), layer.rate.dtype))
    own.fold_into(plain)
    return plain
