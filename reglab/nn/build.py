"""From a configuration to a model."""

import math
from typing import Any

from flax import nnx

from reglab.config import LinearConfig, MLPConfig
from reglab.nn.linear import LinearClassifier
from reglab.nn.mlp import MLP


def build(
    config: MLPConfig | LinearConfig,
    input_shape: tuple[int, ...],
    num_classes: int,
    *,
    dropout_rate: Any = 0.0,
    rngs: nnx.Rngs,
) -> MLP | LinearClassifier:
    """The model that ``config`` describes, for inputs ``(n, *input_shape)``.

    Args:
        config: an ``MLPConfig`` or a ``LinearConfig``.
        input_shape: shape of one example.
        num_classes: number of classes.
        dropout_rate: initial rate of the dropout layers; may be traced. Ignored without them.
        rngs: source of the initial weights, stream ``params``.

    Raises:
        ValueError: if ``config`` is neither of the two.

    >>> build(MLPConfig(widths=(16,)), (8, 8), 10, rngs=nnx.Rngs(0)).in_features
    64
    """
    in_features = math.prod(input_shape)
    if isinstance(config, MLPConfig):
        return MLP(
            in_features,
            config.widths,
            num_classes,
            activation=config.activation,
            dropout_rate=dropout_rate,
            dropout_scaling=config.dropout_scaling,
            batch_norm=config.batch_norm,
            order=config.order,
            rngs=rngs,
        )
    if isinstance(config, LinearConfig):
        return LinearClassifier(in_features, num_classes, rngs=rngs)
    raise ValueError(f"config: expected MLPConfig or LinearConfig, got {config!r}")
