"""No silent rank promotion and no NaN, forward and backward, with each value of each option."""

import jax
import jax.numpy as jnp
import pytest
from flax import nnx

from reglab.config import SCALINGS
from reglab.nn import CNN, AttentionClassifier, fold, set_dropout_rate

from .helpers import NORMS, filled, predict, random_linear, random_mlp, train


@pytest.fixture(autouse=True)
def strict():
    with jax.numpy_rank_promotion("raise"), jax.debug_nans(True):
        yield


def gradient_of(model):
    graphdef, params, rest = nnx.split(model, nnx.Param, ...)

    @jax.jit
    def run(x, rate):
        def loss(params):
            model = nnx.merge(graphdef, params, rest, copy=True)
            set_dropout_rate(model, rate)
            scores = train(model, x, jax.random.key(0)), predict(model, x), fold(model)(x)
            return sum(jnp.mean(jnp.square(s)) for s in scores)

        return jax.value_and_grad(loss)(params)

    return run


@pytest.mark.costly
@pytest.mark.parametrize(
    ("activation", "scaling", "norm"),
    list(zip(("leaky_relu", "sigmoid", "gelu"), (*SCALINGS, SCALINGS[0]), NORMS, strict=True)),
)
def test_mlp(activation, scaling, norm):
    model = random_mlp(2, (4, 3), 2, activation=activation, dropout_scaling=scaling, **norm)
    gradient = gradient_of(model)
    # Constant inputs have variance 0 in a batch; a rate of 1 leaves nothing.
    for x, rate in ((jnp.ones((2, 2)), 0.5), (jnp.eye(2), 0.0), (jnp.eye(2), 1.0)):
        loss, grads = gradient(x, rate)
        assert all(jnp.isfinite(leaf).all() for leaf in jax.tree.leaves((loss, grads)))


def test_linear_classifier():
    loss, grads = gradient_of(random_linear(2, 2))(jnp.eye(2), 0.5)
    assert all(jnp.isfinite(leaf).all() for leaf in jax.tree.leaves((loss, grads)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cnn", "attention"])
def test_convolutions_and_attention(kind):
    def make(rngs):
        if kind == "cnn":
            return CNN((4,), (3,), 2, pool=2, residual=True, batch_norm=True, rngs=rngs)
        return AttentionClassifier((4,), 4, 2, patch=2, num_heads=2, batch_norm=True, rngs=rngs)

    gradient = gradient_of(filled(make))
    for x, rate in ((jnp.ones((2, 4)), 0.5), (jnp.eye(4), 0.0), (jnp.eye(4), 1.0)):
        loss, grads = gradient(x, rate)
        assert all(jnp.isfinite(leaf).all() for leaf in jax.tree.leaves((loss, grads)))
