"""A convolutional block: what convolutional networks are stacked from."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike

from reglab.config import ORDERS, POOLINGS, Range, check_name, check_number
from reglab.nn.activations import ACTIVATIONS, activation
from reglab.nn.base import check_size
from reglab.nn.batch_norm import BatchNorm
from reglab.nn.convolve import convolve
from reglab.nn.dropout import Dropout, KeySource
from reglab.nn.initializers import lecun_normal
from reglab.precision import asked_precision
from reglab.words import say


class ConvSpec(NamedTuple):
    """The shape of a :class:`ConvBlock`; windows have the same size along every axis.

    Attributes:
        channels: features of the result.
        kernel_size: entries of the kernel along each axis.
        stride: step between windows of the convolution.
        padding: ``"same"`` (as many zeros as make the result ``ceil(size / stride)``, an odd one
            at the end), ``"valid"`` (none), or that many zeros on both sides.
        pool: size of the pooling windows; 1 for none. They do not overlap the border.
        pool_stride: step between pooling windows; None for their size.
        groups: parts of the channels that do not see each other.
        response_norm: whether local response normalization follows the activation.
    """

    channels: int
    kernel_size: int = 3
    stride: int = 1
    padding: int | str = "same"
    pool: int = 1
    pool_stride: int | None = None
    groups: int = 1
    response_norm: bool = False

    def checked(self, in_channels: int) -> "ConvSpec":
        """The same with sizes as ints, or a one-line ``ValueError``."""
        sizes = {
            name: check_size(name, getattr(self, name))
            for name in ("channels", "kernel_size", "stride", "pool", "groups")
        }
        if self.padding not in ("same", "valid"):
            if isinstance(self.padding, str):
                raise ValueError(
                    say(
                        "padding: expected same, valid or a whole number, got {got!r}",
                        got=self.padding,
                    )
                )
            # More zeros than that would make windows that see no input at all.
            allowed = Range(0, sizes["kernel_size"] - 1)
            sizes["padding"] = check_number("padding", self.padding, allowed, integer=True)
        pool_stride = sizes["pool"] if self.pool_stride is None else self.pool_stride
        groups = sizes["groups"]
        if in_channels % groups or sizes["channels"] % groups:
            raise ValueError(
                say(
                    "groups: expected a divisor of {in_channels} and {channels} channels, got "
                    "{got}",
                    in_channels=in_channels,
                    channels=sizes["channels"],
                    got=groups,
                )
            )
        return self._replace(**sizes, pool_stride=check_size("pool_stride", pool_stride))

    def pads(self, size: int) -> tuple[int, int]:
        """Zeros in front of and behind an axis of ``size`` entries."""
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            total = max((-(-size // self.stride) - 1) * self.stride + self.kernel_size - size, 0)
            return total // 2, total - total // 2
        return int(self.padding), int(self.padding)


def response_norm(
    x: jax.Array, *, size: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75
) -> jax.Array:
    """Local response normalization over the last axis, ``x / (k + alpha * sum(x^2))^beta``.

    The sum runs over the ``size`` nearest channels, fewer at the ends. Conventions differ: PyTorch
    and Caffe divide ``alpha`` by ``size``. The defaults are those of the paper.

    References:
        Krizhevsky, Sutskever and Hinton, ImageNet classification, 2012, section 3.3.

    >>> response_norm(jnp.array([0.0, 1.0]), k=1.0, alpha=1.0, beta=1.0).tolist()
    [0.0, 0.5]
    """
    ones = (1,) * (x.ndim - 1)
    pads = ((0, 0),) * (x.ndim - 1) + ((size // 2, (size - 1) // 2),)
    squares = jax.lax.reduce_window(
        jnp.square(x), jnp.zeros((), x.dtype), jax.lax.add, (*ones, size), (*ones, 1), pads
    )
    return x / (k + alpha * squares) ** beta


class ConvBlock(nnx.Module):
    """Convolution, batch norm, activation, response norm, residual sum, pooling, dropout.

    All but the convolution and the activation are optional. With ``residual`` the input of the
    block is added in front of the pooling: as it is where shapes agree, otherwise by a 1 x 1
    convolution with the same stride and no bias.

    Args:
        in_shape: ``(*positions, channels)`` of one example.
        spec: windows and channels.
        activation: a name out of ``reglab.config.ACTIVATIONS``.
        pooling: ``"max"`` or ``"average"``.
        dropout_rate: None leaves the dropout layer out.
        dropout_scaling, batch_norm, order, dtype, param_dtype: as for :class:`reglab.nn.MLP`.
        residual: see above.
        rngs: source of the initial weights, stream ``params``.

    Attributes:
        conv: ``nnx.Conv``, without a bias right before a batch norm.
        norm: ``BatchNorm`` or None.
        project: ``nnx.Conv`` of the residual sum, or None.
        dropout: ``Dropout`` or None.
        out_shape: ``(*positions, channels)`` of the result.

    Raises:
        ValueError: if nothing is left of the input, or shapes of a residual sum do not agree.
    """

    def __init__(
        self,
        in_shape: tuple[int, ...],
        spec: ConvSpec,
        *,
        activation: str = "relu",
        pooling: str = "max",
        dropout_rate: float | jax.Array = 0.0,
        dropout_scaling: str = "inverted",
        batch_norm: bool = False,
        order: str = "before",
        residual: bool = False,
        dtype: DTypeLike | None = None,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        self.in_shape = in_shape
        self.spec = spec = spec.checked(in_shape[-1])
        self.activation = check_name("activation", activation, tuple(ACTIVATIONS))
        self.pooling = check_name("pooling", pooling, POOLINGS)
        self.order = check_name("order", order, ORDERS)
        self.residual = bool(residual)
        self.pads = tuple(spec.pads(size) for size in in_shape[:-1])
        conv_shape = self._conv_shape()
        self.out_shape = self._out_shape(conv_shape)
        dtypes = {"dtype": dtype, "param_dtype": param_dtype}

        def conv(size: int, pads: Any, groups: int, use_bias: bool) -> nnx.Conv:
            return nnx.Conv(
                in_shape[-1],
                spec.channels,
                (size,) * len(self.pads),
                spec.stride,
                padding=pads,
                feature_group_count=groups,
                use_bias=use_bias,
                kernel_init=lecun_normal,
                conv_general_dilated=convolve,
                rngs=nnx.Rngs(params=rngs.params()),
                **dtypes,
            )

        use_bias = not (batch_norm and order == "before")
        self.conv = conv(spec.kernel_size, self.pads, spec.groups, use_bias)
        fits = spec.stride == 1 and in_shape == conv_shape
        project = self.residual and not fits
        self.project = nnx.data(conv(1, "VALID", 1, False) if project else None)
        norm = BatchNorm(spec.channels, rngs=rngs, **dtypes) if batch_norm else None
        self.norm = nnx.data(norm)
        has_dropout = dropout_rate is not None
        self.dropout = nnx.data(
            Dropout(dropout_rate, scaling=dropout_scaling) if has_dropout else None
        )

    @asked_precision
    def __call__(self, x: jax.Array, *, rngs: KeySource | None = None) -> jax.Array:
        """Maps ``(n, *in_shape)`` to ``(n, *out_shape)``; ``rngs`` as for the model."""
        y = self.conv(x)
        if self.norm is not None and self.order == "before":
            y = self.norm(y)
        y = activation(self.activation)(y)
        if self.norm is not None and self.order == "after":
            y = self.norm(y)
        if self.spec.response_norm:
            y = response_norm(y)
        if self.residual:
            y = y + (x if self.project is None else self.project(x))
        y = self._pool(y)
        return y if self.dropout is None else self.dropout(y, rngs=rngs)

    def _pool(self, x: jax.Array) -> jax.Array:
        size, stride = self.spec.pool, self.spec.pool_stride
        if size == stride == 1:
            return x
        pool = nnx.max_pool if self.pooling == "max" else nnx.avg_pool
        axes = len(self.pads)
        # Flax divides a sum of floating-point numbers by a whole one.
        with jax.numpy_dtype_promotion("standard"):
            return pool(x, (size,) * axes, strides=(stride,) * axes, padding="VALID")

    def _conv_shape(self) -> tuple[int, ...]:
        spec = self.spec
        sizes = [
            (size + sum(pads) - spec.kernel_size) // spec.stride + 1
            for size, pads in zip(self.in_shape[:-1], self.pads, strict=True)
        ]
        if min(sizes) < 1:
            raise ValueError(
                say(
                    "kernel_size: expected at most the padded input {positions}, got {got}",
                    positions=self.in_shape[:-1],
                    got=spec.kernel_size,
                )
            )
        skip = [-(-size // spec.stride) for size in self.in_shape[:-1]]
        if self.residual and sizes != skip:
            raise ValueError(
                say(
                    "residual: expected a convolution from {positions} to {wanted} positions, "
                    'such as with padding="same", got {got}',
                    positions=self.in_shape[:-1],
                    wanted=tuple(skip),
                    got=tuple(sizes),
                )
            )
        return (*sizes, spec.channels)

    def _out_shape(self, conv_shape: tuple[int, ...]) -> tuple[int, ...]:
        size, stride = self.spec.pool, self.spec.pool_stride or 1
        if size > min(conv_shape[:-1]):
            raise ValueError(
                say(
                    "pool: expected at most the {positions} positions, got {got}",
                    positions=conv_shape[:-1],
                    got=size,
                )
            )
        return (*((n - size) // stride + 1 for n in conv_shape[:-1]), conv_shape[-1])
