"""Layers and models on data that lies on a mesh of explicit axes, which JAX makes by default."""

import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jax.sharding import NamedSharding, PartitionSpec

from reglab.config import SCALINGS
from reglab.nn import Draws, Dropout
from reglab.nn.array_dropout import with_array_rates

from .helpers import inputs, train_eagerly
from .test_modules import MAKERS


def array_rate(x):
    layer = nnx.Dropout(0.5, broadcast_dims=(-1,))
    with_array_rates(layer)
    return layer(x, rngs=jax.random.key(0))


LAYERS = {
    **{
        scaling: lambda x, s=scaling: Dropout(0.5, scaling=s)(x, rngs=jax.random.key(0))
        for scaling in SCALINGS
    },
    "predicting": lambda x: Dropout(0.5, scaling="classic")(x, deterministic=True),
    "draws": lambda x: Dropout(0.5)(x, rngs=Draws(jax.random.uniform(jax.random.key(0), (16,)))),
    "shared": lambda x: Dropout(0.5, broadcast_dims=(0,))(x, rngs=nnx.Rngs(0)),
    "array-rate": array_rate,
}


def model_of(name):
    model = MAKERS[name](nnx.Rngs(0))
    return lambda x: train_eagerly(nnx.clone(model), x, jax.random.key(0))


def drawn_of(name):
    model = MAKERS[name](nnx.Rngs(0))
    numbers = jax.random.uniform(jax.random.key(0), (8 * 64,))
    return lambda x: train_eagerly(nnx.clone(model), x, Draws(numbers))


def check(call, devices=1):
    """The same numbers, and on the devices of the input: eager, compiled, with a mesh set or not.

    Axes of a mesh of one device are as explicit as others.
    """
    x, mesh = inputs((8, 2)), jax.make_mesh((devices,), ("data",))
    spread = jax.device_put(x, NamedSharding(mesh, PartitionSpec("data")))
    expected = np.asarray(call(x))
    found = [call(spread), jax.jit(call)(spread)]
    with jax.set_mesh(mesh):
        found += [call(spread), jax.jit(call)(spread)]
    for y in found:
        np.testing.assert_allclose(y, expected, atol=1e-5)
        assert jax.typeof(y).sharding.spec[0] == "data"


@pytest.mark.parametrize("call", LAYERS.values(), ids=LAYERS)
def test_dropout(call):
    check(call)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["mlp", *(pytest.param(n, marks=pytest.mark.slow) for n in ("mlp-norm", "cnn", "attention"))],
)
def test_models(name):
    check(model_of(name))
    check(drawn_of(name))


def test_masks_are_drawn_where_they_are_needed():
    mesh = jax.make_mesh((1,), ("data",))
    with jax.set_mesh(mesh):
        x = jax.device_put(jnp.ones((8, 2), "f4"), NamedSharding(mesh, PartitionSpec("data")))
        text = str(jax.make_jaxpr(lambda x: Dropout(0.5)(x, rngs=jax.random.key(0)))(x))
    assert "f32[8@data,2]. let" in text


@pytest.mark.slow
def test_four_devices():
    script = """
import jax
jax.config.update("jax_num_cpu_devices", 4)
from tests.nn.test_explicit_mesh import LAYERS, check, model_of
for call in (*LAYERS.values(), *map(model_of, ("mlp-norm", "cnn", "attention"))):
    check(call, devices=4)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
