"""Batch norm against NumPy, flax.nnx and flax.linen; its conventions; float64."""

import itertools

import flax.linen
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.nn import BatchNorm

from .helpers import fill, inputs, x64

SHAPES = ((8, 5), (4, 3, 3, 5), (2, 5))
OPTIONS = list(itertools.product((0.9, 0.5, 0.0), (1e-5, 1e-2), SHAPES))


@pytest.mark.parametrize(("momentum", "epsilon", "shape"), OPTIONS)
def test_against_numpy_flax_and_linen(momentum, epsilon, shape):
    options = {"momentum": momentum, "epsilon": epsilon}
    layer = fill(BatchNorm(5, rngs=nnx.Rngs(0), **options), seed=3)
    own = nnx.BatchNorm(5, rngs=nnx.Rngs(0), use_fast_variance=False, **options)
    fill(own, seed=3)
    linen = flax.linen.BatchNorm(use_fast_variance=False, **options)
    linen_variables = {
        "params": {"scale": layer.scale[...], "bias": layer.bias[...]},
        "batch_stats": {"mean": layer.mean[...], "var": layer.var[...]},
    }
    scale, bias, mean, var = (
        np.asarray(v[...], np.float64) for v in (layer.scale, layer.bias, layer.mean, layer.var)
    )
    for step in range(3):
        x = 2 * inputs(shape, seed=step) + 1
        y = layer(x, use_running_average=False)
        flat = np.asarray(x, np.float64).reshape(-1, 5)
        batch_mean, batch_var = flat.mean(axis=0), flat.var(axis=0)
        expected = (np.asarray(x) - batch_mean) / np.sqrt(batch_var + epsilon) * scale + bias
        np.testing.assert_allclose(y, expected, atol=2e-5)
        mean = momentum * mean + (1 - momentum) * batch_mean
        var = momentum * var + (1 - momentum) * batch_var
        np.testing.assert_allclose(layer.mean[...], mean, atol=1e-6)
        np.testing.assert_allclose(layer.var[...], var, rtol=2e-6)

        np.testing.assert_array_equal(y, own(x, use_running_average=False))
        linen_y, updates = linen.apply(
            linen_variables, x, use_running_average=False, mutable=["batch_stats"]
        )
        linen_variables |= updates
        np.testing.assert_array_equal(y, linen_y)
    for other in (own.mean[...], linen_variables["batch_stats"]["mean"]):
        np.testing.assert_array_equal(layer.mean[...], other)
    for other in (own.var[...], linen_variables["batch_stats"]["var"]):
        np.testing.assert_array_equal(layer.var[...], other)

    x = inputs(shape, seed=9)
    y = layer(x, use_running_average=True)
    expected = (np.asarray(x) - mean) / np.sqrt(var + epsilon) * scale + bias
    np.testing.assert_allclose(y, expected, atol=2e-5)
    np.testing.assert_array_equal(y, own(x, use_running_average=True))
    np.testing.assert_array_equal(y, linen.apply(linen_variables, x, use_running_average=True))
    np.testing.assert_allclose(layer.mean[...], mean, atol=1e-6)  # prediction moves nothing


@pytest.mark.parametrize(("options", "momentum"), [({}, 0.9), ({"momentum": 0.99}, 0.99)])
def test_running_statistics_start_at_0_and_1_and_forget_them(options, momentum):
    layer = BatchNorm(1, rngs=nnx.Rngs(0), **options)
    x = jnp.array([[1.0], [2.0], [6.0]])  # mean 3, variance 14 / 3
    update = nnx.jit(lambda layer, x: layer(x))
    for t in range(1, 31):
        update(layer, x)
        left = momentum**t
        assert float(layer.mean[0]) == pytest.approx((1 - left) * 3, rel=1e-5)
        assert float(layer.var[0]) == pytest.approx(left + (1 - left) * 14 / 3, rel=1e-5)


def test_output_moments():
    with x64(jnp.float64):
        x = inputs((50, 4), dtype=jnp.float64) * jnp.array([[1e-3, 1.0, 30.0, 1e4]])
        layer = BatchNorm(4, param_dtype=jnp.float64, rngs=nnx.Rngs(0))
        layer.scale.set_value(jnp.full(4, 1.5))
        layer.bias.set_value(jnp.full(4, -2.0))
        y = np.asarray(layer(x))
        variance = np.asarray(x).var(axis=0)
        np.testing.assert_allclose(y.mean(axis=0), -2.0, atol=1e-12)
        np.testing.assert_allclose(y.var(axis=0), 2.25 * variance / (variance + 1e-5), rtol=1e-10)
        pair = layer(x[:2] * 1e4)  # of two examples only the order is left
        np.testing.assert_allclose(np.abs(pair + 2.0), 1.5, rtol=1e-5)


def test_loss_does_not_depend_on_the_length_of_the_weights():
    with x64(jnp.float64):
        layer = BatchNorm(4, epsilon=0.0, param_dtype=jnp.float64, rngs=nnx.Rngs(0))
        graphdef, state = nnx.split(layer)
        x, w = inputs((20, 3), dtype=jnp.float64), inputs((3, 4), 2, jnp.float64)

        def loss(w):
            return jnp.mean(jnp.tanh(nnx.merge(graphdef, state, copy=True)(x @ w) + x[:, :1]))

        slope = jax.jit(jax.value_and_grad(loss))
        (value, grad), (longer, longer_grad) = slope(w), slope(3.0 * np.asarray(w))
        assert abs(value - longer) < 1e-12
        np.testing.assert_allclose((np.asarray(w) * grad).sum(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(longer_grad, np.asarray(grad) / 3, atol=1e-12)


def test_variance_far_from_zero_in_float32():
    x = 3000 + inputs((4000, 1))
    y = BatchNorm(1, rngs=nnx.Rngs(0))(x)
    assert float(np.asarray(y, np.float64).var()) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("dtype", [None, jnp.float32, jnp.float64])
@pytest.mark.parametrize("param_dtype", [jnp.float32, jnp.float64])
@pytest.mark.parametrize("input_dtype", [np.int32, np.float32, np.float64])
def test_statistics_keep_their_dtype_under_x64(dtype, param_dtype, input_dtype):
    with x64(jnp.float64):
        layer = BatchNorm(2, dtype=dtype, param_dtype=param_dtype, rngs=nnx.Rngs(0))
        wide = jnp.float64 if jnp.float64 in (dtype, param_dtype) else jnp.float32
        x = jnp.asarray(np.arange(6).reshape(3, 2), input_dtype)
        assert layer.mean.dtype == layer.var.dtype == wide
        y = layer(x)
        assert layer.mean.dtype == layer.var.dtype == wide
        assert y.dtype == (dtype or wide)
        np.testing.assert_allclose(layer.mean[...], [0.2, 0.3], rtol=1e-6)
        assert layer(x, use_running_average=True).dtype == (dtype or wide)


def test_bfloat16_statistics_are_float32():
    layer = BatchNorm(2, dtype=jnp.bfloat16, param_dtype=jnp.bfloat16, rngs=nnx.Rngs(0))
    y = layer(jnp.ones((3, 2), jnp.bfloat16))
    assert (y.dtype, layer.mean.dtype) == (jnp.bfloat16, jnp.float32)


def test_options_reach_flax():
    layer = BatchNorm(2, use_scale=False, rngs=nnx.Rngs(0))
    assert layer.scale is None
    mask = jnp.array([[True], [True], [False]])
    layer(jnp.array([[1.0, 1.0], [3.0, 3.0], [99.0, 99.0]]), mask=mask)
    np.testing.assert_allclose(layer.mean[...], 0.2, rtol=1e-6)
    with pytest.raises(ValueError, match=r"momentum: expected a number from 0 to 1, got 1.5"):
        BatchNorm(2, momentum=1.5, rngs=nnx.Rngs(0))
