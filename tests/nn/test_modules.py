"""The models are ordinary NNX modules: views, jit, vmap, optimizers, split and merge."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from reglab.config import SCALINGS
from reglab.nn import (
    CNN,
    MLP,
    AttentionClassifier,
    Dropout,
    DropoutRate,
    LinearClassifier,
    set_dropout_rate,
)

from .helpers import NORM_IDS, NORMS, inputs, predict, random_mlp, train

norms = pytest.mark.parametrize("norm", NORMS, ids=NORM_IDS)
MAKERS = {
    "mlp": lambda rngs: MLP(2, (16,), 2, dropout_rate=0.2, rngs=rngs),
    "mlp-norm": lambda rngs: MLP(2, (16,), 2, dropout_rate=0.2, batch_norm=True, rngs=rngs),
    "mlp-linear": lambda rngs: MLP(2, (), 2, rngs=rngs),
    "linear": lambda rngs: LinearClassifier(2, 2, rngs=rngs),
    "cnn": lambda rngs: CNN(
        (2,), (8,), 2, residual=True, dropout_rate=0.2, batch_norm=True, rngs=rngs
    ),
    "attention": lambda rngs: AttentionClassifier(
        (2,), 8, 2, feed_forward=0, dropout_rate=0.2, batch_norm=True, rngs=rngs
    ),
}
models = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.mark.costly
@models
def test_one_view_suits_every_model(make):
    model = make(nnx.Rngs(0))
    x = inputs((4, 2))
    assert train(model, x, jax.random.key(0)).shape == predict(model, x).shape == (4, 2)
    for wrong in ({"determinstic": True}, {"deterministic": True, "rate": 0.5}):
        with pytest.raises(ValueError, match=f"Unused keys .*{list(wrong)[-1]}"):
            nnx.view(model, **wrong)
    assert "deterministic: bool | None = None" in nnx.view_info(model)


@norms
def test_a_view_shares_variables_and_leaves_the_model_in_its_mode(norm):
    model = random_mlp(dropout_rate=0.5, **norm)
    view = nnx.view(model, deterministic=True, use_running_average=True)
    assert [layer.deterministic for layer in model.dropouts] == [False, False]
    assert [layer.deterministic for layer in view.dropouts] == [True, True]
    assert view.linears[0].kernel is model.linears[0].kernel
    only = nnx.view(model, only=Dropout, deterministic=True)
    assert [layer.use_running_average for layer in only.norms] == [False] * len(model.norms)
    before = [np.array(layer.mean[...]) for layer in model.norms]
    train(model, inputs((8, 3)), jax.random.key(0))
    for layer, mean in zip(model.norms, before, strict=True):
        assert (layer.mean[...] != mean).all()


@norms
def test_train_and_eval(norm):
    model = random_mlp(dropout_rate=0.5, **norm)
    x, key = inputs((8, 3)), jax.random.key(0)
    call = nnx.jit(lambda model, x, key: model(x, rngs=key))
    expected = call(nnx.view(model, deterministic=True, use_running_average=True), x, None)
    model.eval()
    np.testing.assert_array_equal(call(model, x, None), expected)
    view = nnx.view(nnx.clone(model), deterministic=False, use_running_average=False)
    model.train()
    np.testing.assert_array_equal(call(model, x, key), call(view, x, key))


@pytest.mark.parametrize("norm", NORMS[1:], ids=NORM_IDS[1:])
def test_nnx_jit_updates_the_statistics(norm):
    eager, jitted = (random_mlp(dropout_rate=0.5, **norm) for _ in range(2))
    step = nnx.jit(train)
    x = inputs((8, 3))
    for i in range(2):
        expected = train(eager, x, jax.random.key(i))
        np.testing.assert_allclose(step(jitted, x, jax.random.key(i)), expected, atol=1e-5)
    compare = lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6)  # noqa: E731
    jax.tree.map(compare, nnx.state(jitted), nnx.state(eager))


@pytest.mark.costly
@models
def test_an_optimizer_lowers_the_loss_and_leaves_the_rates(make):
    model = make(nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, optax.adam(0.05), wrt=nnx.Param)
    x = inputs((64, 2))
    labels = (x[:, 0] > 0).astype(jnp.int32)

    @nnx.jit
    def step(model, optimizer, key):
        def loss_fn(model):
            logits = train(model, x, key)
            return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

        loss, grads = nnx.value_and_grad(loss_fn)(model)
        optimizer.update(model, grads)
        return loss

    rates = jax.tree.leaves(nnx.state(model, DropoutRate))
    losses = [float(step(model, optimizer, jax.random.key(i))) for i in range(25)]
    assert np.mean(losses[-5:]) < 0.6 * losses[0]
    for before, after in zip(rates, jax.tree.leaves(nnx.state(model, DropoutRate)), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    "name",
    [
        "mlp-norm",
        "linear",
        pytest.param("cnn", marks=pytest.mark.slow),
        pytest.param("attention", marks=pytest.mark.slow),
    ],
)
def test_ensembles_by_nnx_vmap(name):
    make = MAKERS[name]
    create = nnx.split_rngs(splits=3)(nnx.vmap(make))
    ensemble = create(nnx.Rngs(0))
    x = inputs((6, 2))
    rngs = nnx.Rngs(dropout=1)

    @nnx.split_rngs(splits=3)
    @nnx.vmap(in_axes=(0, None, 0))
    def forward(model, x, rngs):
        return train(model, x, rngs)

    assert forward(ensemble, x, rngs).shape == (3, 6, 2)
    members = nnx.vmap(lambda model, x: predict(model, x), in_axes=(0, None))(ensemble, x)
    graphdef, state = nnx.split(ensemble)
    for i in range(3):
        member = nnx.merge(graphdef, jax.tree.map(lambda leaf, i=i: leaf[i], state))
        np.testing.assert_allclose(predict(member, x), members[i], atol=1e-6)
    assert (members[0] != members[1]).any()


def test_members_of_an_ensemble_have_their_own_rates():
    create = nnx.split_rngs(splits=3)(nnx.vmap(MAKERS["mlp"]))
    ensemble = create(nnx.Rngs(0))
    rates = np.array([0.0, 0.25, 0.5], np.float32)
    set_dropout_rate(ensemble, rates)
    np.testing.assert_array_equal(ensemble.dropouts[0].rate[...], rates)
    drop = nnx.vmap(lambda layer, x, key: layer(x, rngs=key), in_axes=(0, None, None))
    y = drop(ensemble.dropouts[0], jnp.ones(4000), jax.random.key(0))
    np.testing.assert_allclose((y == 0).mean(axis=1), rates, atol=0.03)


@norms
def test_split_merge_clone_and_eval_shape(norm):
    model = random_mlp(dropout_rate=0.5, **norm)
    x = inputs((4, 3))
    graphdef, params, batch_stats, rest = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    assert {type(v) for _, v in nnx.to_flat_state(rest)} == {DropoutRate}
    assert hash(graphdef) == hash(nnx.graphdef(random_mlp(dropout_rate=0.1, **norm)))
    assert graphdef == nnx.graphdef(random_mlp(dropout_rate=0.1, seed=4, **norm))
    for other in (nnx.merge(graphdef, params, batch_stats, rest), nnx.clone(model)):
        np.testing.assert_array_equal(predict(other, x), predict(model, x))

    abstract = nnx.eval_shape(lambda: MLP(3, (5, 4), 2, dropout_rate=0.5, rngs=nnx.Rngs(0), **norm))
    assert nnx.graphdef(abstract) == graphdef
    shapes = jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), nnx.state(model))
    assert jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), nnx.state(abstract)) == shapes


@pytest.mark.parametrize(
    ("scaling", "norm"), list(zip((*SCALINGS, SCALINGS[0]), NORMS, strict=True))
)
def test_a_moving_rate_never_retraces(norm, scaling):
    model = random_mlp(dropout_scaling=scaling, **norm)
    traces = []

    @nnx.jit
    def step(model, rate, x, key):
        traces.append(1)
        set_dropout_rate(model, rate)
        return train(model, x, key), predict(model, x)

    x, key = inputs((8, 3)), jax.random.key(0)
    outputs = [step(model, rate, x, key)[0] for rate in (0.0, 0.1, 0.5, 0.9)]
    assert len(traces) == 1
    assert all((outputs[0] != other).any() for other in outputs[1:])
    assert float(model.dropouts[0].rate[...]) == np.float32(0.9)


def test_an_initialization_under_jit_takes_a_traced_rate():
    @jax.jit
    def init(key, rate):
        return nnx.split(MLP(2, (4,), 2, dropout_rate=rate, rngs=nnx.Rngs(params=key)))[1]

    state = init(jax.random.key(0), 0.25)
    assert [float(leaf) for leaf in jax.tree.leaves(nnx.filter_state(state, DropoutRate))] == [0.25]
