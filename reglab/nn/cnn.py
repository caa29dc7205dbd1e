"""The convolutional network, for sequences and for images."""

from collections.abc import Sequence
from typing import ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike

from reglab.config import CNNConfig
from reglab.nn.base import Offer, check_size
from reglab.nn.conv import ConvSpec
from reglab.nn.conv_net import ConvNet
from reglab.nn.shapes import per_layer
from reglab.words import say


class CNN(ConvNet):
    """Convolutional blocks, hidden dense layers, and a linear output layer.

    A block is convolution, batch norm, activation, residual sum, pooling, dropout; a dense layer is
    as in :class:`reglab.nn.MLP`. Like there, dropout layers are always present and their rate is
    data. Settings of windows are one value for all blocks or a sequence with one for each.

    MNIST-1D's reference network (40 points, 5,210 parameters) is ``CNN((40,), (25, 25, 25), 10,
    kernel_size=(5, 3, 3), stride=2, padding=1, rngs=...)``.

    Args:
        input_shape: of an example: ``(L,)`` or ``(H, W)`` with one channel, ``(H, W, C)``, or
            ``(L, C)`` with ``spatial_axes=1``.
        channels: of each block.
        out_features: number of classes.
        kernel_size: entries of the kernel along each axis.
        stride: step between windows of the convolution.
        padding: ``"same"``, ``"valid"``, or a number of zeros on both sides, below the kernel size.
        pool: size of the pooling windows, which do not overlap; 1 for none.
        pooling: ``"max"`` or ``"average"``.
        widths: units of each hidden dense layer.
        spatial_axes: 1 for sequences, 2 for images; by default as many as ``input_shape`` has, at
            most 2.
        activation, dropout_rate, dropout_scaling, batch_norm, order, dtype, param_dtype: as for
            :class:`reglab.nn.MLP`.
        residual: whether each block adds its input in front of the pooling: as it is where shapes
            agree, otherwise through a 1 x 1 convolution.
        rngs: source of the initial weights, stream ``params``.

    Attributes:
        blocks: a :class:`reglab.nn.ConvBlock` for each of ``channels``.
        head: the :class:`reglab.nn.MLP` with ``widths`` behind them.

    Raises:
        ValueError: one line that says what was expected and what came.

    >>> model = CNN((28, 28), (8, 16), 10, pool=2, widths=(32,), rngs=nnx.Rngs(0))
    >>> [block.out_shape for block in model.blocks]
    [(14, 14, 8), (7, 7, 16)]
    >>> predict = nnx.view(model, deterministic=True, use_running_average=True)
    >>> predict(jnp.ones((5, 28, 28))).shape
    (5, 10)
    """

    config = CNNConfig
    arguments = (
        *("input_shape", "channels", "out_features", "kernel_size", "stride", "padding", "pool"),
        *("pooling", "widths", "spatial_axes", "residual", "activation", "dtype", "param_dtype"),
    )
    title = say("convolutions")
    offered: ClassVar[Offer] = {
        "8": CNNConfig(channels=(8,)),
        "16 · 32": CNNConfig(),
        say("16 · 32, dense 64"): CNNConfig(widths=(64,)),
        say("16 · 16 · 16, residual"): CNNConfig(
            channels=(16, 16, 16), pool=(2, 1, 1), residual=True
        ),
        say("25 · 25 · 25, stride 2"): CNNConfig(
            channels=(25, 25, 25), kernel_size=(5, 3, 3), stride=2, padding=1, pool=1
        ),
    }
    in_populations: ClassVar[Offer] = {say("convolutions 8"): CNNConfig(channels=(8,))}

    def __init__(
        self,
        input_shape: Sequence[int],
        channels: Sequence[int],
        out_features: int,
        *,
        kernel_size: int | Sequence[int] = 3,
        stride: int | Sequence[int] = 1,
        padding: int | str | Sequence[int | str] = "same",
        pool: int | Sequence[int] = 1,
        pooling: str = "max",
        widths: Sequence[int] = (),
        spatial_axes: int | None = None,
        activation: str = "relu",
        dropout_rate: float | jax.Array = 0.0,
        dropout_scaling: str = "inverted",
        batch_norm: bool = False,
        order: str = "before",
        residual: bool = False,
        dtype: DTypeLike | None = None,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        self.channels = tuple(check_size("channels", size) for size in channels)
        count = len(self.channels)
        self.kernel_size = per_layer("kernel_size", kernel_size, count)
        self.stride = per_layer("stride", stride, count)
        self.padding = per_layer("padding", padding, count)
        self.pool = per_layer("pool", pool, count)
        windows = (self.channels, self.kernel_size, self.stride, self.padding, self.pool)
        super().__init__(
            input_shape,
            [ConvSpec(*window) for window in zip(*windows, strict=True)],
            out_features,
            spatial_axes=spatial_axes,
            widths=widths,
            conv_dropout=True,
            pooling=pooling,
            residual=residual,
            activation=activation,
            dropout_rate=dropout_rate,
            dropout_scaling=dropout_scaling,
            batch_norm=batch_norm,
            order=order,
            dtype=dtype,
            param_dtype=param_dtype,
            rngs=rngs,
        )
