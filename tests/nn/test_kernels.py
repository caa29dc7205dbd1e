"""Penalties and decay act on what multiplies inputs, and on nothing else."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, fit
from reglab.config import MODELS
from reglab.nn import build, is_kernel
from tests.training.own_modules import CASES


def marked(module):
    params = nnx.state(module, nnx.Param, graph=True)  # one case shares layers
    marks = jax.tree_util.tree_leaves_with_path(is_kernel(params))
    return {
        ".".join(str(getattr(k, "key", "")) for k in path).removesuffix("."): mark
        for path, mark in marks
    }


class Own(nnx.Module):
    def __init__(self, rngs):
        self.w, self.b1 = nnx.Param(jnp.ones((2, 3))), nnx.Param(jnp.ones((1, 3)))
        self.cls_token, self.pos = nnx.Param(jnp.ones((1, 1, 3))), nnx.Param(jnp.ones((5, 3)))
        self.position_table = nnx.Embed(5, 3, rngs=rngs)
        self.words, self.depthwise_kernel = nnx.Embed(5, 3, rngs=rngs), nnx.Param(jnp.ones(3))
        self.log_scale = nnx.Param(jnp.ones((2, 2)))


EXPECTED = {
    "w": True,
    "b1": False,
    "cls_token": False,
    "pos": False,
    "position_table.embedding": False,
    "words.embedding": True,
    "depthwise_kernel": True,
    "log_scale": False,
}


def test_a_parameter_is_told_by_its_name():
    assert marked(Own(nnx.Rngs(0))) == EXPECTED


@pytest.mark.slow
def test_stock_layers():
    found = {}
    for case in CASES.values():
        found |= marked(case.factory(rngs=nnx.Rngs(0)))
    biases = {name for name in found if name.endswith(("bias", "scale"))}
    kernels = {name for name in found if name.endswith("kernel")}
    assert biases
    assert not any(found[name] for name in biases)
    assert all(found[name] for name in kernels)
    assert not found["pos_embedding"]
    assert found["lora.lora_a"]
    assert not found["m.query.bias"], "two axes, and a bias"
    assert not found["blocks.a.bias"], "stacked, and a bias"


@pytest.mark.costly
@pytest.mark.parametrize("kind", MODELS)
def test_of_our_own_models_all_but_positions_are_told_by_their_axes_too(kind):
    made = nnx.eval_shape(lambda: build(MODELS[kind](), (28, 28), 10, rngs=nnx.Rngs(0)))
    params = nnx.state(made, nnx.Param)
    pairs = zip(
        jax.tree_util.tree_leaves_with_path(params), jax.tree.leaves(is_kernel(params)), strict=True
    )
    for (path, leaf), mark in pairs:
        assert mark == (leaf.ndim > 1 and "position" not in jax.tree_util.keystr(path))


@pytest.mark.parametrize("remedy", ["weight_decay", "l2", "l1"])
def test_decay_and_penalties_leave_biases_of_two_axes_alone(remedy):
    class Net(nnx.Module):
        def __init__(self, rngs):
            self.e, self.b = nnx.Linear(1, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
            ones = nnx.initializers.ones
            self.m = nnx.MultiHeadAttention(2, 8, bias_init=ones, rngs=rngs, decode=False)

        def __call__(self, x):
            return self.b(self.m(self.e(x[..., None])).mean(1))

    experiment = Experiment(optimizer="sgd", num_steps=60, l1_step="proximal")
    run = fit(experiment.replace(learning_rate=1e-6, **{remedy: 1000.0}), model=Net)
    first, last = run.hypotheses[0].m, run.hypotheses[-1].m
    for name in ("query", "key", "value", "out"):
        old, new = getattr(first, name), getattr(last, name)
        np.testing.assert_allclose(new.bias[...], old.bias[...], atol=1e-4)
        assert float(jnp.abs(new.kernel[...]).sum() / jnp.abs(old.kernel[...]).sum()) < 0.96
