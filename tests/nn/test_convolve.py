"""Convolutions in a compiled loop are those outside of one, with their gradients, but faster."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.nn import ConvBlock, looped
from reglab.nn.conv import ConvSpec

from .helpers import filled, inputs, x64

SPECS = {
    "same": ConvSpec(4, 3),
    "strided": ConvSpec(4, 4, stride=2, padding=1),
    "groups": ConvSpec(6, 3, groups=2, padding="valid"),
    "depthwise": ConvSpec(8, 2, groups=4),
    "one": ConvSpec(3, 1, padding="valid", stride=3),
}


def loss_of(block, x):
    graph, params, rest = nnx.split(block, nnx.Param, ...)

    def loss(params, x):
        block = nnx.view(nnx.merge(graph, params, rest), deterministic=True)
        return jnp.sin(block(x)).sum()

    return jax.value_and_grad(loss, argnums=(0, 1)), params


@pytest.mark.costly
@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("axes", [1, 2])
def test_results_and_gradients_are_the_same_in_float64(name, axes, monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: "cpu")  # elsewhere loops are not special
    shape = (*(9, 8)[:axes], 4)
    with x64(jnp.float64):
        make = lambda rngs: ConvBlock(  # noqa: E731
            shape, SPECS[name], activation="tanh", param_dtype=jnp.float64, rngs=rngs
        )
        block, x = filled(make), inputs((3, *shape), dtype=jnp.float64)
        slope, params = loss_of(block, x)
        plain = jax.jit(slope)(params, x)
        with looped():
            ours = jax.jit(lambda *args: slope(*args))(params, x)  # new: traces are kept
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-12), plain, ours)


@pytest.mark.parametrize(("backend", "in_loops"), [("cpu", 1), ("gpu", 3), ("tpu", 3)])
def test_only_loops_on_a_cpu_are_compiled_otherwise(backend, in_loops, monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: backend)
    block = filled(lambda rngs: ConvBlock((8, 8, 2), ConvSpec(3), rngs=rngs))
    x = inputs((2, 8, 8, 2))
    slope, params = loss_of(block, x)

    def count(name):
        traced = jax.make_jaxpr(lambda *args: slope(*args))  # new each time: traces are kept
        return str(traced(params, x)).count(name)

    assert count("conv_general_dilated[") == 3  # forwards, and both gradients
    with looped():
        assert count("conv_general_dilated[") == in_loops
        assert (count("dot_general") >= 2) == (in_loops == 1)
    assert count("dot_general") == 0
