"""The linear classifier."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import ArrayLike, DTypeLike

from reglab.config import LinearConfig
from reglab.nn.base import Classifier, Offer, check_size, flatten
from reglab.nn.dropout import KeySource
from reglab.nn.initializers import lecun_normal
from reglab.precision import asked_precision
from reglab.words import say


class LinearClassifier(Classifier):
    """Scores that are linear in the inputs: ``x @ kernel + bias``.

    Args:
        in_features: entries of an example.
        out_features: number of classes.
        dtype: of the computation; by default that of inputs and parameters.
        param_dtype: of the parameters.
        rngs: source of the initial weights, stream ``params``.

    >>> LinearClassifier(64, 10, rngs=nnx.Rngs(0))(jnp.zeros((5, 8, 8))).shape
    (5, 10)
    """

    config = LinearConfig
    arguments = ("in_features", "out_features", "dtype", "param_dtype")
    made_of = (nnx.Linear,)
    title = say("linear")
    offered: ClassVar[Offer] = {say("no hidden layer"): LinearConfig()}
    in_populations: ClassVar[Offer] = {say("linear"): LinearConfig()}

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        dtype: DTypeLike | None = None,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        self.in_features = check_size("in_features", in_features)
        self.out_features = check_size("out_features", out_features)
        self.dtype, self.param_dtype = dtype, param_dtype
        self.linear = nnx.Linear(
            self.in_features,
            self.out_features,
            kernel_init=lecun_normal,
            dtype=dtype,
            param_dtype=param_dtype,
            rngs=rngs,
        )

    @classmethod
    def from_config(
        cls, config: object, input_shape: Sequence[int], num_classes: int, **options: Any
    ) -> "LinearClassifier":
        """The classifier of inputs of a shape; there is no dropout whose rate could be set."""
        return cls(math.prod(input_shape), num_classes, rngs=options["rngs"])

    @asked_precision
    def __call__(self, x: ArrayLike, *, rngs: KeySource | None = None) -> jax.Array:
        """Scores ``(n, out_features)`` of inputs ``(n, ...)``; ``rngs`` is not needed.

        Raises:
            ValueError: if an example does not have ``in_features`` entries.
        """
        del rngs  # taken so that every model is called alike
        return self.linear(flatten(x, self.in_features))
