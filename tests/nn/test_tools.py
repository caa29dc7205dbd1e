"""Flax's tools take the models: the table of nnx.tabulate, and Linen by nnx.bridge."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest
from flax import nnx
from flax.nnx import bridge

from reglab.nn import CNN, MLP, AlexNet, AttentionClassifier, BatchNorm, Dropout, DropoutRate

from .test_modules import MAKERS

MORE = {
    "mlp-residual": lambda rngs: MLP(2, (2, 2), 2, residual=True, rngs=rngs),
    "images": lambda rngs: CNN((2, 1), (2,), 2, pooling="average", widths=(2,), rngs=rngs),
    "attention-mlp": lambda rngs: AttentionClassifier((2,), 2, 2, feed_forward=2, rngs=rngs),
}


def _methods():
    kinds = MLP, CNN, AttentionClassifier, BatchNorm, Dropout, nnx.Linear
    return [kind.__call__ for kind in kinds] + [nnx.List.append]


EVERY = MAKERS | MORE
QUICK = "mlp-residual"  # each takes seconds to compile, and this one has what most have


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=name, marks=() if name == QUICK else pytest.mark.slow)
        for name, make in EVERY.items()
    ],
)
def test_tabulate_shows_every_model_and_leaves_flax_as_it_was(make):
    before, made = _methods(), make(nnx.Rngs(0))
    model = nnx.view(made, deterministic=False, use_running_average=False)
    table = nnx.tabulate(model, jnp.ones((3, 2)), rngs=nnx.Rngs(dropout=1))
    assert f"{type(model).__name__} Summary" in table
    assert _methods() == before


@pytest.mark.slow
def test_tabulate_shows_the_scaled_alexnet():
    before = _methods()
    model = AlexNet((28, 28), 2, variant="small", rngs=nnx.Rngs(0))
    model.eval()
    assert "AlexNet Summary" in nnx.tabulate(model, jnp.ones((1, 28, 28)))
    assert _methods() == before


def test_linen_has_a_collection_for_the_rates():
    assert nnx.variable_name_from_type(DropoutRate) == "dropout_rates"
    layer = bridge.to_linen(Dropout, 0.25)
    variables: Any = layer.init(
        {"params": jax.random.key(0), "dropout": jax.random.key(1)}, jnp.ones(2), deterministic=True
    )
    assert float(variables["dropout_rates"]["rate"]) == 0.25
