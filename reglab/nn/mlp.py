"""The multilayer perceptron."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import ArrayLike, DTypeLike

from reglab.config import ACTIVATIONS, ORDERS, MLPConfig, check_name
from reglab.nn.activations import activation
from reglab.nn.base import Classifier, Offer, check_size, flatten
from reglab.nn.batch_norm import BatchNorm
from reglab.nn.dropout import Draws, Dropout
from reglab.nn.fold_dense import fold_mlp
from reglab.nn.initializers import lecun_normal
from reglab.precision import asked_precision
from reglab.words import say


class MLP(Classifier):
    """Hidden layers, each linear, batch norm, activation, dropout; then a linear output layer.

    The MLP always contains its dropout layers, also at rate 0: the rate is data, and moving it
    changes neither structure nor compiled code. No key is kept in the model.

    Args:
        in_features: entries of an example.
        widths: units of each hidden layer; may be empty, which leaves a linear classifier.
        out_features: number of classes.
        activation: a name out of ``reglab.config.ACTIVATIONS``.
        dropout_rate: probability to drop a hidden unit, from 0 to below 1; may be traced.
        dropout_scaling: ``"inverted"`` or ``"classic"``, see :class:`reglab.nn.Dropout`.
        batch_norm: whether hidden layers have a :class:`reglab.nn.BatchNorm`.
        order: whether batch norm comes ``"before"`` or ``"after"`` the activation.
        residual: whether a hidden layer of as many units as it has inputs adds these, before its
            dropout.
        dtype: of the computation; by default that of inputs and parameters.
        param_dtype: of the parameters.
        rngs: source of the initial weights, stream ``params``.

    Attributes:
        linears: ``len(widths) + 1`` of ``nnx.Linear``, the last one the output layer. A layer right
            before a batch norm has no bias.
        norms: ``len(widths)`` of ``BatchNorm``, or none.
        dropouts: ``len(widths)`` of ``Dropout``.

    Raises:
        ValueError: one line that says what was expected and what came.

    >>> model = MLP(2, (8, 8), 3, dropout_rate=0.5, batch_norm=True, rngs=nnx.Rngs(0))
    >>> x = jnp.ones((5, 2))
    >>> train = nnx.view(model, deterministic=False, use_running_average=False)
    >>> train(x, rngs=nnx.Rngs(dropout=1)).shape
    (5, 3)
    >>> predict = nnx.view(model, deterministic=True, use_running_average=True)
    >>> predict(x).shape
    (5, 3)
    """

    config = MLPConfig
    arguments = (
        *("in_features", "widths", "out_features", "residual"),
        *("activation", "dtype", "param_dtype"),
    )
    made_of = (nnx.Linear, BatchNorm, Dropout, nnx.List)
    title = say("MLP")
    offered: ClassVar[Offer] = {
        " · ".join(map(str, widths)): MLPConfig(widths)
        for widths in ((8,), (64,), (16, 16), (64, 64), (256, 256), (64, 64, 64))
    }
    in_populations: ClassVar[Offer] = {
        " · ".join(map(str, widths)): MLPConfig(widths)
        for widths in ((8,), (32,), (32, 32), (64, 64), (128, 128))
    }

    def __init__(
        self,
        in_features: int,
        widths: Sequence[int],
        out_features: int,
        *,
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
        self.in_features = check_size("in_features", in_features)
        self.widths = tuple(check_size("widths", width) for width in widths)
        self.out_features = check_size("out_features", out_features)
        self.activation = check_name("activation", activation, ACTIVATIONS)
        self.order = check_name("order", order, ORDERS)
        self.batch_norm = bool(batch_norm)
        self.residual = bool(residual)
        self.dtype = dtype
        self.param_dtype = param_dtype
        sizes = (self.in_features, *self.widths, self.out_features)
        dtypes = {"dtype": dtype, "param_dtype": param_dtype}

        def linear(before: int, after: int, use_bias: bool) -> nnx.Linear:
            # A stream for each layer: models that differ in batch norm start from the same weights.
            own = nnx.Rngs(params=rngs.params())
            return nnx.Linear(
                before, after, use_bias=use_bias, kernel_init=lecun_normal, rngs=own, **dtypes
            )

        # Batch norm takes a bias in front of it away again, so the gradient of that bias is
        # rounding noise, which Adam blows up to steps of full size; running means lag behind them.
        use_bias = not (self.batch_norm and self.order == "before")
        self.linears = nnx.List(linear(m, n, use_bias) for m, n in pairwise(sizes[:-1]))
        self.linears.append(linear(sizes[-2], sizes[-1], use_bias=True))
        self.norms = nnx.List(
            BatchNorm(width, rngs=rngs, **dtypes) for width in self.widths if self.batch_norm
        )
        self.dropouts = nnx.List(
            Dropout(dropout_rate, scaling=dropout_scaling) for _ in self.widths
        )

    @classmethod
    def from_config(
        cls, config: Any, input_shape: Sequence[int], num_classes: int, **options: Any
    ) -> "MLP":
        """The MLP on flattened inputs."""
        return cls(math.prod(input_shape), out_features=num_classes, **vars(config), **options)

    def fold_into(self, plain: nnx.Module) -> None:
        """Writes into ``plain`` what this MLP computes at inference."""
        fold_mlp(self, plain)

    @asked_precision
    def __call__(
        self, x: ArrayLike, *, rngs: nnx.Rngs | nnx.RngStream | Draws | jax.Array | None = None
    ) -> jax.Array:
        """Scores ``(n, out_features)`` of inputs ``(n, ...)``.

        Args:
            x: inputs; all axes but the first are flattened.
            rngs: source of the dropout masks, needed while training; every layer draws its own
                mask, also from a single key.

        Raises:
            ValueError: if an example does not have ``in_features`` entries.
        """
        x = flatten(x, self.in_features)
        if isinstance(rngs, jax.Array):
            rngs = nnx.Rngs(dropout=rngs)
        activate = activation(self.activation)
        for i, dropout in enumerate(self.dropouts):
            skipped = x
            x = self.linears[i](x)
            if self.batch_norm and self.order == "before":
                x = self.norms[i](x)
            x = activate(x)
            if self.batch_norm and self.order == "after":
                x = self.norms[i](x)
            if self.adds[i]:
                x = x + skipped
            x = dropout(x, rngs=rngs)
        return self.linears[-1](x)

    # A property, as nnx.tabulate compiles each public method that a call runs.
    @property
    def adds(self) -> tuple[bool, ...]:
        """Whether each hidden layer adds its input to its result."""
        sizes = pairwise((self.in_features, *self.widths))
        return tuple(self.residual and before == after for before, after in sizes)
