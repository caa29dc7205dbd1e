"""Self-attention in the open, and the block that models stack."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike

from reglab.config import Range, check_number
from reglab.nn.base import check_size
from reglab.nn.batch_norm import BatchNorm
from reglab.nn.dropout import Dropout, KeySource
from reglab.nn.initializers import lecun_normal
from reglab.nn.mlp import MLP
from reglab.precision import asked_precision
from reglab.words import say


class Attention(NamedTuple):
    """What one layer of attention computes on the way; ``d`` is features / heads.

    Attributes:
        query: ``(n, heads, tokens, d)``.
        key: ``(n, heads, tokens, d)``.
        value: ``(n, heads, tokens, d)``.
        weights: the attention maps ``(n, heads, tokens, tokens)``; row i says how token i weighs
            the values of all tokens, and sums to 1.
    """

    query: jax.Array
    key: jax.Array
    value: jax.Array
    weights: jax.Array


class AttentionBlock(nnx.Module):
    """Self-attention and then an MLP at every token, each added to the tokens.

    With a batch norm in front of the attention, which sees examples and tokens alike::

        x = x + dropout(output(attention(norm(x))))
        x = x + mlp(x)

    The maps are ``softmax(query @ key.T / sqrt(d))``, one for each head.

    Args:
        features: entries of a token; a multiple of ``num_heads``.
        num_heads: number of maps.
        feed_forward: hidden units of the MLP, or 0 for none.
        residual: if False, both parts replace the tokens.
        activation, dropout_rate, dropout_scaling, batch_norm, order, dtype, param_dtype: as for
            :class:`reglab.nn.MLP`.
        rngs: source of the initial weights, stream ``params``.

    Attributes:
        query, key, value, output: ``nnx.Linear`` of ``features`` to ``features``.
        norm: ``BatchNorm`` in front of the first three, or None.
        dropout: behind ``output``.
        mlp: the :class:`reglab.nn.MLP`, or None.

    Raises:
        ValueError: if ``features`` is no multiple of ``num_heads``, and as for the MLP.
    """

    def __init__(
        self,
        features: int,
        *,
        num_heads: int = 1,
        feed_forward: int = 64,
        residual: bool = True,
        dropout_rate: float | jax.Array = 0.0,
        dropout_scaling: str = "inverted",
        batch_norm: bool = False,
        dtype: DTypeLike | None = None,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        self.num_heads = check_size("num_heads", num_heads)
        if features % self.num_heads:
            raise ValueError(
                say(
                    "features: expected a multiple of {num_heads} heads, got {got}",
                    num_heads=num_heads,
                    got=features,
                )
            )
        self.feed_forward = check_number(
            "feed_forward", feed_forward, Range(0, 100_000_000), integer=True
        )
        self.residual = bool(residual)
        dtypes = {"dtype": dtype, "param_dtype": param_dtype}

        def linear() -> nnx.Linear:
            own = nnx.Rngs(params=rngs.params())
            return nnx.Linear(features, features, kernel_init=lecun_normal, rngs=own, **dtypes)

        self.query, self.key, self.value, self.output = (linear() for _ in range(4))
        self.dropout = Dropout(dropout_rate, scaling=dropout_scaling)
        shared = {"dropout_rate": dropout_rate, "dropout_scaling": dropout_scaling, **dtypes}
        own = nnx.Rngs(params=rngs.params())
        hidden = (self.feed_forward,)
        self.mlp = nnx.data(
            MLP(features, hidden, features, batch_norm=batch_norm, rngs=own, **shared, **options)
            if self.feed_forward
            else None
        )
        self.norm = nnx.data(BatchNorm(features, rngs=rngs, **dtypes) if batch_norm else None)

    @asked_precision
    def __call__(self, x: jax.Array, *, rngs: KeySource | None = None) -> jax.Array:
        """Maps tokens ``(n, tokens, features)`` to tokens; ``rngs`` as for the model."""
        attention = self.attend(x)
        mixed = jnp.einsum("nhqk,nhkd->nqhd", attention.weights, attention.value)
        y = self.dropout(self.output(mixed.reshape(x.shape)), rngs=rngs)
        x = x + y if self.residual else y
        if self.mlp is None:
            return x
        y = self.mlp(x.reshape(-1, x.shape[-1]), rngs=rngs).reshape(x.shape)
        return x + y if self.residual else y

    @asked_precision
    def attend(self, x: jax.Array) -> Attention:
        """Queries, keys, values and maps of tokens ``(n, tokens, features)``."""
        if self.norm is not None:
            x = self.norm(x)
        shape = (*x.shape[:2], self.num_heads, x.shape[-1] // self.num_heads)
        query, key, value = (
            layer(x).reshape(shape).swapaxes(1, 2) for layer in (self.query, self.key, self.value)
        )
        scores = jnp.einsum("nhqd,nhkd->nhqk", query, key) / shape[-1] ** 0.5
        return Attention(query, key, value, jax.nn.softmax(scores, axis=-1))
