"""Flax's own dropout layer with its rate as an array, so that the lab can move it."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from reglab.nn.dropout import DropoutRate, mask_of, next_key, spread
from reglab.words import say


class ArrayRateDropout(nnx.Dropout):
    """``flax.nnx.Dropout`` whose ``rate`` is a :class:`DropoutRate`, as in :class:`Dropout`.

    Masks are those of the parent at the same rate. A key is drawn at rate 0 too, as a traced rate
    cannot tell that it is 0.

    >>> layer = nnx.Dropout(0.5)
    >>> [layer.__class__.__name__ for layer in with_array_rates(layer)]
    ['ArrayRateDropout']
    >>> sorted({float(y) for y in layer(jnp.ones(100), rngs=nnx.Rngs(0))})
    [0.0, 2.0]
    """

    def __call__(
        self,
        inputs: Any,
        *,
        deterministic: bool | None = None,
        rngs: nnx.Rngs | nnx.RngStream | jax.Array | None = None,
    ) -> jax.Array:
        """Masks ``inputs`` (any shape) while training, or returns them; see the parent.

        Raises:
            ValueError: if the mode is open, or if training without a source of keys.
        """
        deterministic = self.deterministic if deterministic is None else deterministic
        if deterministic is None:
            raise ValueError(say("deterministic: expected True or False, got None"))
        if deterministic:
            return inputs
        keep = 1 - self.rate[...]  # pyright: ignore[reportIndexIssue]
        shape, sharding = mask_of(inputs, self.broadcast_dims)
        key, probability = self._key(rngs), keep.astype(jnp.float32)
        mask = jax.random.bernoulli(key, probability, shape, out_sharding=sharding)
        # At rate 1 all is dropped; dividing by 0 would make its gradient NaN.
        kept = inputs / jnp.where(keep > 0, keep, 1).astype(inputs.dtype)
        return jnp.where(spread(mask, inputs), kept, jnp.zeros_like(inputs))

    def _key(self, rngs: object) -> jax.Array:
        source = self.rngs if rngs is None else rngs
        key = next_key(source, self.rng_collection)
        if key is None:
            raise ValueError(
                say(
                    "nnx.Dropout: expected rngs while training, as an argument of its call or "
                    "of its own (nnx.Dropout(rate, rngs=rngs)), got {got!r}",
                    got=source,
                )
            )
        return key


def with_array_rates(module: nnx.Module) -> list[Any]:
    """Turns each ``nnx.Dropout`` of a module into an :class:`ArrayRateDropout`, in place.

    Subclasses of the user's are left alone: nobody knows what they do with their rate.

    Returns:
        The layers, in the order in which ``nnx.iter_modules`` finds them.
    """
    layers: list[Any] = [
        layer for _, layer in nnx.iter_modules(module, graph=True) if type(layer) is nnx.Dropout
    ]
    for layer in layers:
        rate = jnp.asarray(layer.rate, jnp.result_type(float))
        layer.__class__ = ArrayRateDropout
        layer.rate = nnx.data(DropoutRate(rate))
    return layers
