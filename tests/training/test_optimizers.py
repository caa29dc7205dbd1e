import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from reglab.config import OPTIMIZERS as NAMES
from reglab.config import Hyper
from reglab.training import OPTIMIZERS

HYPER = Hyper(learning_rate=0.05, momentum=0.8)
PEERS = {
    "sgd": optax.sgd(0.05),
    "momentum": optax.sgd(0.05, momentum=0.8),
    "adam": optax.adam(0.05, b1=0.8),
    "adamw": optax.adamw(0.05, b1=0.8, weight_decay=0.1),
}


def path(tx, steps=20):
    params = {"kernel": jnp.ones((3, 2)), "bias": jnp.ones(2)}
    state = tx.init(params)
    for step in range(steps):
        gradient = jax.tree.map(lambda p, s=step: p**2 + jnp.cos(s + p), params)
        updates, state = tx.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
    return params


def test_names_are_those_of_the_configuration():
    assert tuple(OPTIMIZERS) == NAMES


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_equals_optax_own(name):
    decay = 0.1 if name == "adamw" else 0.0
    ours = path(OPTIMIZERS[name](HYPER._replace(weight_decay=decay)))
    theirs = path(PEERS[name])
    np.testing.assert_allclose(ours["kernel"], theirs["kernel"], rtol=2e-6)
    if name != "adamw":  # ours leaves biases undecayed
        np.testing.assert_allclose(ours["bias"], theirs["bias"], rtol=2e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_decay_takes_its_share_of_kernels_alone(name):
    params = {"kernel": jnp.full((2, 2), 4.0), "bias": jnp.full(2, 4.0)}
    tx = OPTIMIZERS[name](HYPER._replace(weight_decay=0.5))
    gradient = jax.tree.map(jnp.zeros_like, params)
    updates, _ = tx.update(gradient, tx.init(params), params)
    np.testing.assert_allclose(updates["kernel"], -0.05 * 0.5 * 4.0, rtol=1e-6)
    np.testing.assert_array_equal(updates["bias"], 0.0)
