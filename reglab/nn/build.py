"""From a configuration to a model."""

from collections.abc import Sequence

import jax
from flax import nnx

from reglab.nn.registry import model_class


def build(
    config: object,
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

    >>> from reglab.config import AttentionConfig, MLPConfig
    >>> build(MLPConfig(widths=(16,)), (8, 8), 10, rngs=nnx.Rngs(0)).in_features
    64
    >>> build(AttentionConfig(), (28, 28), 10, rngs=nnx.Rngs(0)).patch
    7
    """
    model = model_class(config)
    return model.from_config(config, input_shape, num_classes, dropout_rate=dropout_rate, rngs=rngs)
