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

from .helpers import inputs, predict, train, x64

NUM_STEPS = 40
CONFIGS = {
    "plain": MLPConfig((16, 16)),
    "classic": MLPConfig((16, 16), dropout_scaling="classic"),
    "norm-before": MLPConfig((16, 16), batch_norm=True),
    "norm-after": MLPConfig((16, 16), batch_norm=True, order="after"),
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


@functools.cache
def make_loop(name):
    """A jitted function of key and rate that initializes and trains ``NUM_STEPS`` steps.

    Returns it with the abstract model and a list that grows by one at each trace.
    """
    config, tx, traces = CONFIGS[name], optax.adam(0.02), []

    def create(key):
        return build(config, (2,), 2, rngs=nnx.Rngs(params=key))

    abstract = nnx.eval_shape(lambda: create(jax.random.key(0)))
    graphdef = nnx.graphdef(abstract)

    def loss_fn(params, batch_stats, rest, x, labels, rate, key):
        model = nnx.merge(graphdef, params, batch_stats, rest, copy=True)
        set_dropout_rate(model, rate)
        view = nnx.view(model, deterministic=False, use_running_average=False)
        logits = view(x, rngs=nnx.Rngs(dropout=key))
        return loss_of(logits, labels), nnx.state(model, nnx.BatchStat)

    @jax.jit
    def loop(key, last_rate, x, labels):
        traces.append(1)
        _, params, batch_stats, rest = nnx.split(create(key), nnx.Param, nnx.BatchStat, ...)

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

    return loop, abstract, traces


@pytest.mark.parametrize("name", CONFIGS)
def test_loop(name):
    loop, abstract, traces = make_loop(name)
    x, labels = data()
    plain_graphdef = nnx.graphdef(nnx.eval_shape(fold, abstract))
    for seed, last_rate in ((0, 0.0), (0, 0.5), (1, 0.25)):
        state, plain_state, losses = loop(jax.random.key(seed), last_rate, x, labels)
        assert losses[-10:].mean() < 0.85 * losses[0]
        model = nnx.merge(nnx.graphdef(abstract), state)
        plain = nnx.merge(plain_graphdef, plain_state)
        np.testing.assert_allclose(plain(x), predict(model, x), atol=3e-5)
        for layer in getattr(model, "norms", ()):
            assert (layer.mean[...] != 0).any()
    assert len(traces) == 1


@pytest.mark.parametrize("name", ["classic", "norm-before", "norm-after"])
def test_loop_equals_plain_steps(name):
    """The same steps one by one, with nnx.Optimizer on a module."""
    loop, abstract, _ = make_loop(name)
    x, labels = data()
    key, last_rate = jax.random.key(3), 0.4
    state, _, losses = loop(key, last_rate, x, labels)

    model = build(CONFIGS[name], (2,), 2, rngs=nnx.Rngs(params=key))
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
    trained = nnx.merge(nnx.graphdef(abstract), state)
    np.testing.assert_allclose(predict(trained, x), predict_at(model, last_rate, x), atol=5e-3)


def predict_at(model, rate, x):
    set_dropout_rate(model, rate)
    return predict(model, x)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classic", "norm-before"])
def test_loop_maps_over_rates_and_keys(name):
    loop, _, _ = make_loop(name)
    x, labels = data()
    keys, rates = jax.random.split(jax.random.key(0), 3), jnp.array([0.0, 0.25, 0.5])
    losses = jax.vmap(loop, in_axes=(0, 0, None, None))(keys, rates, x, labels)[2]
    for i in range(3):
        alone = loop(keys[i], rates[i], x, labels)[2]
        np.testing.assert_allclose(losses[i], alone, atol=1e-4)


def test_classic_is_inverted_after_rescaling():
    """Weights that leave a dropped layer divided by q, their learning rate by q squared."""
    rate, keep, x = 0.3, 0.7, inputs((24, 10), dtype=np.float32)
    labels = (x.sum(axis=1) > 0).astype(jnp.int32)

    def train_sgd(scaling, rescale):
        with x64(jnp.float64):
            config = MLPConfig((16, 12), dropout_scaling=scaling)
            model = build(config, (10,), 2, dropout_rate=rate, rngs=nnx.Rngs(0))
            graphdef, params, rest = nnx.split(model, nnx.Param, ...)
            outgoing = {("linears", 1, "kernel"), ("linears", 2, "kernel")}
            wide = lambda path, leaf: leaf.astype(jnp.float64)  # noqa: E731
            params = nnx.map_state(wide, params)
            if scaling == "classic":
                params = nnx.map_state(
                    lambda path, leaf: leaf / keep if path in outgoing else leaf, params
                )
            lr = nnx.map_state(
                lambda path, leaf: 0.1 / keep**2 if rescale and path in outgoing else 0.1, params
            )

            def loss_fn(params, i):
                model = nnx.merge(graphdef, params, rest, copy=True)
                logits = train(model, x, jax.random.fold_in(jax.random.key(1), i))
                return loss_of(logits, labels)

            @jax.jit
            def loop(params):
                def step(i, params):
                    grads = jax.grad(loss_fn)(params, i)
                    return jax.tree.map(lambda p, g, r: p - r * g, params, grads, lr)

                return jax.lax.fori_loop(0, 200, step, params)

            model = nnx.merge(graphdef, loop(params), rest)
            return np.asarray(predict(model, x))

    inverted = train_sgd("inverted", rescale=False)
    assert inverted.dtype == np.float64
    np.testing.assert_allclose(train_sgd("classic", rescale=True), inverted, atol=1e-10)
    assert np.abs(train_sgd("classic", rescale=False) - inverted).max() > 0.01
