"""What the convolutional networks share: blocks, then a multilayer perceptron."""

import math
from collections.abc import Sequence
from typing import Any

import jax
from flax import nnx
from jax.typing import ArrayLike

from reglab.nn.base import Classifier, flatten
from reglab.nn.conv import ConvBlock, ConvSpec
from reglab.nn.dropout import KeySource
from reglab.nn.fold_conv import fold_conv
from reglab.nn.mlp import MLP
from reglab.nn.shapes import channels_last
from reglab.precision import asked_precision


class ConvNet(Classifier):
    """Convolutional blocks and an MLP on all that they return; see the models made of it.

    Attributes:
        blocks: a :class:`reglab.nn.ConvBlock` for each convolution.
        head: the :class:`reglab.nn.MLP` behind them.
    """

    made_of = (*MLP.made_of, MLP, ConvBlock, nnx.Conv)
    is_slow_to_judge = True

    def __init__(
        self,
        input_shape: Sequence[int],
        specs: Sequence[ConvSpec],
        out_features: int,
        *,
        spatial_axes: int | None,
        widths: Sequence[int],
        conv_dropout: bool,
        pooling: str = "max",
        residual: bool = False,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        shape = channels_last(input_shape, spatial_axes)
        self.input_shape, self.spatial_axes = shape, len(shape) - 1
        self.pooling, self.residual = pooling, bool(residual)
        self.blocks = nnx.List()
        rate = options["dropout_rate"] if conv_dropout else None
        for spec in specs:
            block = ConvBlock(
                shape,
                spec,
                pooling=pooling,
                residual=residual,
                # A stream for each block: models that differ in batch norm start alike.
                rngs=nnx.Rngs(params=rngs.params()),
                **{**options, "dropout_rate": rate},
            )
            self.blocks.append(block)
            shape = block.out_shape
        self.head = MLP(math.prod(shape), widths, out_features, rngs=rngs, **options)
        self.widths, self.out_features = self.head.widths, self.head.out_features
        self.activation, self.order = self.head.activation, self.head.order
        self.batch_norm = self.head.batch_norm
        self.dtype, self.param_dtype = self.head.dtype, self.head.param_dtype

    def fold_into(self, plain: nnx.Module) -> None:
        """Writes into ``plain`` what this network computes at inference."""
        fold_conv(self, plain)

    @asked_precision
    def __call__(self, x: ArrayLike, *, rngs: KeySource | None = None) -> jax.Array:
        """Scores ``(n, out_features)`` of inputs ``(n, *input_shape)``.

        Args:
            x: inputs; other shapes with as many entries an example are reshaped.
            rngs: source of the dropout masks, needed while training: a key, ``nnx.Rngs``, a stream
                or :class:`reglab.nn.Draws`; every layer draws its own mask.

        Raises:
            ValueError: if an example has another number of entries.
        """
        if isinstance(rngs, jax.Array):
            rngs = nnx.Rngs(dropout=rngs)
        return self.head(self.features(x, rngs=rngs), rngs=rngs)

    @asked_precision
    def features(self, x: Any, *, rngs: KeySource | None = None) -> jax.Array:
        """What the last block returns, ``(n, *positions, channels)``; arguments as above."""
        x = flatten(x, math.prod(self.input_shape))
        if isinstance(rngs, jax.Array):
            rngs = nnx.Rngs(dropout=rngs)
        x = x.reshape(x.shape[0], *self.input_shape)
        for block in self.blocks:
            x = block(x, rngs=rngs)
        return x
