"""Nothing mixes types of numbers unasked: with strict promotion layers compute what they did."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.config import SCALINGS
from reglab.nn import CNN, AttentionClassifier, BatchNorm, Dropout, fold

from .helpers import NORM_IDS, NORMS, filled, inputs, predict, random_mlp, train

NARROW = (jnp.bfloat16, jnp.float16)


def strict_and_not(call):
    """What a call returns, the same under both ways to promote."""
    expected = call()
    with jax.numpy_dtype_promotion("strict"):
        found = call()
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(np.asarray(found, float), np.asarray(expected, float))
    return found


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("dtype", NARROW)
def test_dropout(scaling, dtype):
    layer, x = Dropout(0.3, scaling=scaling), inputs((8, 3), dtype=dtype)
    for deterministic in (False, True):
        y = strict_and_not(
            lambda d=deterministic: layer(x, rngs=jax.random.key(0), deterministic=d)
        )
        assert y.dtype == dtype


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("option", ["dtype", "param_dtype"])
def test_batch_norm(option, dtype):
    layer = BatchNorm(3, rngs=nnx.Rngs(0), **{option: dtype})
    x = inputs((8, 3), dtype=dtype)
    for average in (False, True):
        y = strict_and_not(lambda a=average: nnx.clone(layer)(x, use_running_average=a))
        assert y.dtype == dtype
        assert layer.mean.dtype == jnp.float32


@pytest.mark.slow
@pytest.mark.parametrize("norm", NORMS, ids=NORM_IDS)
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_mlp_and_its_fold(norm, dtype):
    model = random_mlp(dtype=dtype, dropout_scaling="classic", dropout_rate=0.3, **norm)
    x = inputs((6, 3), dtype=dtype)
    strict_and_not(lambda: train(nnx.clone(model), x, jax.random.key(0)))
    for one in (model, fold(model)):
        strict_and_not(lambda one=one: predict(one, x))
    plain = nnx.state(fold(model))
    with jax.numpy_dtype_promotion("strict"):
        jax.tree.map(np.testing.assert_array_equal, nnx.state(fold(model)), plain)


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda rngs: CNN(
            (4,), (4,), 2, pool=2, pooling="average", batch_norm=True, residual=True, rngs=rngs
        ),
        lambda rngs: AttentionClassifier((4,), 4, 2, num_heads=2, batch_norm=True, rngs=rngs),
    ],
    ids=["cnn", "attention"],
)
def test_convolutions_and_attention(make):
    model, x = filled(make, rate=0.3), inputs((6, 4))
    strict_and_not(lambda: train(nnx.clone(model), x, jax.random.key(0)))
    strict_and_not(lambda: predict(fold(model), x))
