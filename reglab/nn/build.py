"""From a configuration to a model."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import jax
from flax import nnx

from reglab.config import AlexNetConfig, AttentionConfig, CNNConfig, LinearConfig, MLPConfig
from reglab.nn.alexnet import AlexNet
from reglab.nn.attention import AttentionClassifier
from reglab.nn.cnn import CNN
from reglab.nn.linear import LinearClassifier
from reglab.nn.mlp import MLP
from reglab.nn.shapes import channels_last

MOST_TOKENS = 16  # of an attention whose patch is left to us


def build(
    config: Any,
    input_shape: Sequence[int],
    num_classes: int,
    *,
    dropout_rate: float | jax.Array = 0.0,
    rngs: nnx.Rngs,
) -> nnx.Module:
    """The model that ``config`` describes, for inputs ``(n, *input_shape)``.

    Args:
        config: one of the configurations in ``reglab.config.MODELS``.
        input_shape: shape of one example; of a flat image, its ``image_shape``.
        num_classes: number of classes.
        dropout_rate: initial rate of the dropout layers; may be traced. Ignored without them.
        rngs: source of the initial weights, stream ``params``.

    Raises:
        ValueError: if ``config`` is none of these, or does not suit the shape.

    >>> build(MLPConfig(widths=(16,)), (8, 8), 10, rngs=nnx.Rngs(0)).in_features
    64
    >>> build(AttentionConfig(), (28, 28), 10, rngs=nnx.Rngs(0)).patch
    7
    """
    if type(config) is LinearConfig:
        return LinearClassifier(math.prod(input_shape), num_classes, rngs=rngs)
    if type(config) not in (MLPConfig, CNNConfig, AttentionConfig, AlexNetConfig):
        raise ValueError(f"config: expected a configuration of a model, got {config!r}")
    fields = {f.name: getattr(config, f.name) for f in dataclasses.fields(config)}
    fields |= {"dropout_rate": dropout_rate, "rngs": rngs}
    if type(config) is MLPConfig:
        return MLP(math.prod(input_shape), out_features=num_classes, **fields)
    if type(config) is AlexNetConfig:
        return AlexNet(input_shape, num_classes, **fields)
    if type(config) is CNNConfig:
        return CNN(input_shape, out_features=num_classes, **fields)
    patch = config.patch or _patch(channels_last(input_shape)[:-1])
    return AttentionClassifier(input_shape, out_features=num_classes, **{**fields, "patch": patch})


def _patch(axes: tuple[int, ...]) -> int:
    """The smallest patch that leaves at most ``MOST_TOKENS`` tokens; 1 where no divisor does."""
    for patch in range(1, min(axes) + 1):
        tokens = math.prod(size // patch for size in axes)
        if tokens <= MOST_TOKENS and all(size % patch == 0 for size in axes):
            return patch
    return 1
