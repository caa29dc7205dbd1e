"""Training as one compiled loop: split, merge within the loss, moved rates, statistics carried."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from reglab.config import LinearConfig, MLPConfig
from reglab.nn import build, fold, set_dropout_rate

from .helpers import filled, inputs, predict, random_mlp, train, x64

NUM_STEPS = 40
CONFIGS = {
    "classic": MLPConfig((8,), dropout_scaling="classic"),
    "norm-before": MLPConfig((8, 8), batch_norm=True),
    "norm-after": MLPConfig((8,), batch_norm=True, order="after"),
    "no-hidden-layer": MLPConfig(()),
    "linear": LinearConfig(),
}


def data():
    x = inputs((32, 2))
    return x, (x[:, 0] * x[:, 1] + x[:, 0] > 0).astype(jnp.int32)


def loss_of(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def rate_at(step, last_rate):
    return last_rate * step / NUM_STEPS


def start(name, seed=0):
    make = functools.partial(build, CONFIGS[name], (2,), 2)
    return filled(lambda rngs: make(rngs=rngs), seed=seed, initial=True)


@functools.cache
def make_loop(name):
    """A jitted function of state, key and rate that trains ``NUM_STEPS`` steps.

    Returns it with the structure of the model and a list that grows by one at each trace.
    """
    tx, traces, graphdef = optax.adam(0.02), [], nnx.graphdef(start(name))

    def loss_fn(params, batch_stats, rest, x, labels, rate, key):
        model = nnx.merge(graphdef, params, batch_stats, rest, copy=True)
        set_dropout_rate(model, rate)
        view = nnx.view(model, deterministic=False, use_running_average=False)
        logits = view(x, rngs=nnx.Rngs(dropout=key))
        return loss_of(logits, labels), nnx.state(model, nnx.BatchStat)

    @jax.jit
    def loop(state, key, last_rate, x, labels):
        traces.append(1)
        params, batch_stats, rest = nnx.split_state(state, nnx.Param, nnx.BatchStat, ...)

        def step(i, carry):
            params, batch_stats, opt_state, losses = carry
            gradient = jax.value_and_grad(loss_fn, has_aux=True)
            (loss, batch_stats), grads = gradient(
                params, batch_stats, rest, x, labels, rate_at(i, last_rate),
                jax.random.fold_in(key, i),
            )  # fmt: skip
            updates, opt_state = tx.update(grads, opt_state, params)
            params = optax.apply_updates(params, updates)
            return params, batch_stats, opt_state, losses.at[i].set(loss)

        carry = (params, batch_stats, tx.init(params), jnp.zeros(NUM_STEPS, x.dtype))
        params, batch_stats, _, losses = jax.lax.fori_loop(0, NUM_STEPS, step, carry)
        model = nnx.merge(graphdef, params, batch_stats, rest, copy=True)
        set_dropout_rate(model, last_rate)
        return nnx.split(model)[1], nnx.split(fold(model))[1], losses

    return loop, graphdef, traces


@pytest.mark.costly
@pytest.mark.parametrize("name", CONFIGS)
def test_loop(name):
    loop, graphdef, traces = make_loop(name)
    x, labels = data()
    plain_graphdef = nnx.graphdef(nnx.eval_shape(fold, start(name)))
    for seed, last_rate in ((0, 0.0), (0, 0.5), (1, 0.25)):
        before = nnx.state(start(name, seed))
        key = jax.random.key(seed)
        state, plain_state, losses = loop(before, key, last_rate, x, labels)
        assert losses[-10:].mean() < 0.95 * losses[0]
        model = nnx.merge(graphdef, state)
        plain = nnx.merge(plain_graphdef, plain_state)
        np.testing.assert_allclose(plain(x), predict(model, x), atol=3e-5)
        for layer in getattr(model, "norms", ()):
            assert (layer.mean[...] != 0).any()
    assert len(traces) == 1


@pytest.mark.parametrize("name", ["classic", "norm-before"])
def test_loop_equals_plain_steps(name):
    """The same steps one by one, with nnx.Optimizer on a module."""
    loop, graphdef, _ = make_loop(name)
    x, labels = data()
    key, last_rate = jax.random.key(3), 0.4
    model = start(name)
    state, _, losses = loop(nnx.state(model), key, last_rate, x, labels)
    optimizer = nnx.Optimizer(model, optax.adam(0.02), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer, rate, key):
        set_dropout_rate(model, rate)
        loss_fn = lambda model: loss_of(train(model, x, key), labels)  # noqa: E731
        loss, grads = nnx.value_and_grad(loss_fn)(model)
        optimizer.update(model, grads)
        return loss

    for i in range(NUM_STEPS):
        loss = step(model, optimizer, rate_at(i, last_rate), jax.random.fold_in(key, i))
        assert float(loss) == pytest.approx(float(losses[i]), abs=2e-4)
    trained = nnx.merge(graphdef, state)
    np.testing.assert_allclose(predict(trained, x), predict_at(model, last_rate, x), atol=5e-3)


def predict_at(model, rate, x):
    set_dropout_rate(model, rate)
    return predict(model, x)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classic", "norm-before"])
def test_loop_maps_over_rates_and_keys(name):
    loop, _, _ = make_loop(name)
    x, labels = data()
    state = nnx.state(start(name))
    keys, rates = jax.random.split(jax.random.key(0), 3), jnp.array([0.0, 0.25, 0.5])
    losses = jax.vmap(loop, in_axes=(None, 0, 0, None, None))(state, keys, rates, x, labels)[2]
    for i in range(3):
        alone = loop(state, keys[i], rates[i], x, labels)[2]
        np.testing.assert_allclose(losses[i], alone, atol=1e-4)


def test_classic_is_inverted_after_rescaling():
    """Weights that leave a dropped layer divided by q, their learning rate by q squared."""
    rate, keep, x = 0.3, 0.7, inputs((24, 10))
    labels = (x.sum(axis=1) > 0).astype(jnp.int32)

    @functools.partial(jax.jit, static_argnums=0)
    def train_sgd(graphdef, params, rest, lr):
        def loss_fn(params, i):
            model = nnx.merge(graphdef, params, rest, copy=True)
            return loss_of(train(model, x, jax.random.fold_in(jax.random.key(1), i)), labels)

        def step(i, params):
            grads = jax.grad(loss_fn)(params, i)
            return jax.tree.map(lambda p, g, r: p - r * g, params, grads, lr)

        params = jax.lax.fori_loop(0, 200, step, params)
        return predict(nnx.merge(graphdef, params, rest, copy=True), x)

    def run(scaling, rescale):
        model = random_mlp(
            10, (8, 6), 2, dtype=jnp.float64, dropout_rate=rate, dropout_scaling=scaling
        )
        graphdef, params, rest = nnx.split(model, nnx.Param, ...)

        def scaled(factor, values):
            outgoing = {("linears", 1, "kernel"), ("linears", 2, "kernel")}
            return nnx.map_state(lambda path, p: factor * p if path in outgoing else p, values)

        lr = jax.tree.map(lambda leaf: jnp.asarray(0.1), params)
        if scaling == "classic":
            params = scaled(1 / keep, params)
        if rescale:
            lr = scaled(1 / keep**2, lr)
        return np.asarray(train_sgd(graphdef, params, rest, lr))

    with x64(jnp.float64):
        inverted = run("inverted", rescale=False)
        assert inverted.dtype == np.float64
        np.testing.assert_allclose(run("classic", rescale=True), inverted, atol=1e-10)
        assert np.abs(run("classic", rescale=False) - inverted).max() > 0.01
