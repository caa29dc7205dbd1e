"""Flax's dropout with an array as its rate drops what Flax's dropout drops."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.nn import set_dropout_rate
from reglab.nn.array_dropout import ArrayRateDropout, with_array_rates

X = jnp.arange(1.0, 25.0, dtype=jnp.float32).reshape(2, 3, 4)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("broadcast_dims", [(), (0,), (1, 2)])
def test_masks_are_those_of_the_stock_layer(rate, broadcast_dims):
    stock = nnx.Dropout(rate, broadcast_dims=broadcast_dims)
    (layer,) = with_array_rates(nnx.Dropout(rate, broadcast_dims=broadcast_dims))
    for seed in range(5):
        key = jax.random.key(seed)
        pairs = [(key, key), (nnx.Rngs(dropout=key), nnx.Rngs(dropout=key))]
        for one, other in pairs:
            with jax.enable_x64(False):  # else it draws in 64 bits, and other masks
                expected = stock(X, rngs=other)
            np.testing.assert_allclose(layer(X, rngs=one), expected, rtol=1e-6)
    np.testing.assert_array_equal(layer(X, deterministic=True), X)


def test_a_stream_of_its_own_is_drawn_from_and_the_rate_is_traced():
    layer = nnx.Dropout(0.5, rngs=nnx.Rngs(0))
    with_array_rates(layer)
    assert isinstance(layer, nnx.Dropout)
    assert type(layer) is ArrayRateDropout
    assert not np.array_equal(layer(X), layer(X))
    graph, state = nnx.split(layer)

    @jax.jit
    def dropped(state, rate):
        merged = nnx.merge(graph, state)
        set_dropout_rate(merged, rate)
        return merged(jnp.ones(4000))

    for rate in (0.0, 0.2, 0.8, 1.0):
        assert float((dropped(state, rate) == 0).mean()) == pytest.approx(rate, abs=0.04)
    assert dropped._cache_size() == 1


def test_what_cannot_be_called_says_so():
    (layer,) = with_array_rates(nnx.Dropout(0.5))
    with pytest.raises(ValueError, match=r"^nnx\.Dropout: expected rngs while training"):
        layer(X)
    layer.deterministic = None
    with pytest.raises(ValueError, match=r"^deterministic: expected True or False, got None"):
        layer(X)


def test_subclasses_of_the_users_are_left_alone():
    class Own(nnx.Dropout):
        pass

    assert with_array_rates(Own(0.5)) == []
