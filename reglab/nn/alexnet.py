"""The network that won ImageNet in 2012, at full size and scaled down."""

from collections.abc import Sequence
from typing import ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike

from reglab.config import AlexNetConfig, check_name
from reglab.nn.base import Offer
from reglab.nn.conv import ConvSpec
from reglab.nn.conv_net import ConvNet
from reglab.words import say

# For each variant: channels, kernel, stride, padding, pool, its stride and groups of the five
# convolutions; then the widths of the two hidden dense layers.
VARIANTS: dict[str, tuple[tuple[tuple, ...], tuple[int, int]]] = {
    "2012": (
        (
            (96, 11, 4, "valid", 3, 2, 1),
            (256, 5, 1, 2, 3, 2, 2),
            (384, 3, 1, 1),
            (384, 3, 1, 1, 1, 1, 2),
            (256, 3, 1, 1, 3, 2, 2),
        ),
        (4096, 4096),
    ),
    "one-tower": (
        (
            (64, 11, 4, 2, 3, 2),
            (192, 5, 1, 2, 3, 2),
            (384, 3, 1, 1),
            (256, 3, 1, 1),
            (256, 3, 1, 1, 3, 2),
        ),
        (4096, 4096),
    ),
    "small": (
        (
            (24, 5, 1, 2, 3, 2, 1),
            (64, 5, 1, 2, 3, 2, 2),
            (96, 3, 1, 1),
            (96, 3, 1, 1, 1, 1, 2),
            (64, 3, 1, 1, 3, 2, 2),
        ),
        (256, 256),
    ),
}


class AlexNet(ConvNet):
    """Five convolutions, three of them with overlapping max-pooling, and three dense layers.

    ==============  ================  ==========  ======================================
    variant         input             parameters  what it is
    ==============  ================  ==========  ======================================
    ``2012``        ``(227, 227, 3)`` 60,965,224  the paper's; two towers as two groups
    ``one-tower``   ``(224, 224, 3)`` 61,100,840  that of 2014, also torchvision's
    ``small``       ``(28, 28)``         278,714  a quarter of the channels, 10 classes
    ==============  ================  ==========  ======================================

    The paper writes 224 x 224, but its 55 x 55 windows of size 11 and stride 4 need 227. Weights
    start as in every model of the package, not from the paper's normal numbers of deviation 0.01.

    Args:
        input_shape: ``(H, W, C)``, or ``(H, W)`` with one channel.
        out_features: number of classes.
        variant: a row of the table.
        response_norm: whether local response normalization follows the first two activations, as
            in the paper.
        dropout_rate: of the two hidden dense layers, the only ones with dropout.
        activation, dropout_scaling, batch_norm, order, dtype, param_dtype: as for
            :class:`reglab.nn.MLP`; batch norm is in every layer but the last.
        rngs: source of the initial weights, stream ``params``.

    Raises:
        ValueError: one line, also if the input is too small for the windows.

    References:
        Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural
        networks, 2012. Krizhevsky, One weird trick for parallelizing convolutional neural
        networks, 2014.

    >>> model = nnx.eval_shape(lambda: AlexNet((227, 227, 3), 1000, rngs=nnx.Rngs(0)))
    >>> [block.out_shape for block in model.blocks][-1], model.head.in_features
    ((6, 6, 256), 9216)
    """

    config = AlexNetConfig
    arguments = (
        *("input_shape", "out_features", "variant", "response_norm"),
        *("activation", "dtype", "param_dtype"),
    )
    title = say("AlexNet")
    offered: ClassVar[Offer] = {say("for 28x28"): AlexNetConfig()}

    def __init__(
        self,
        input_shape: Sequence[int],
        out_features: int,
        *,
        variant: str = "2012",
        response_norm: bool = False,
        activation: str = "relu",
        dropout_rate: float | jax.Array = 0.5,
        dropout_scaling: str = "inverted",
        batch_norm: bool = False,
        order: str = "before",
        dtype: DTypeLike | None = None,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        self.variant = check_name("variant", variant, tuple(VARIANTS))
        self.response_norm = bool(response_norm)
        rows, widths = VARIANTS[variant]
        specs = [
            ConvSpec(*row)._replace(response_norm=self.response_norm and i < 2)
            for i, row in enumerate(rows)
        ]
        super().__init__(
            input_shape,
            specs,
            out_features,
            spatial_axes=2,
            widths=widths,
            conv_dropout=False,
            activation=activation,
            dropout_rate=dropout_rate,
            dropout_scaling=dropout_scaling,
            batch_norm=batch_norm,
            order=order,
            dtype=dtype,
            param_dtype=param_dtype,
            rngs=rngs,
        )
