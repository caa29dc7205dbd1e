"""MLP, LinearClassifier and build: structure, values against NumPy, errors."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.config import LinearConfig, MLPConfig
from reglab.nn import MLP, BatchNorm, Dropout, LinearClassifier, build
from reglab.nn.initializers import lecun_normal

from .helpers import (
    NORM_IDS,
    NORMS,
    forced,
    inputs,
    predict,
    random_linear,
    random_mlp,
    train,
    train_eagerly,
    x64,
)

norms = pytest.mark.parametrize("norm", NORMS, ids=NORM_IDS)


@norms
@pytest.mark.parametrize("widths", [(), (4,), (5, 3)])
def test_structure(norm, widths):
    model = nnx.eval_shape(lambda: MLP(6, widths, 2, rngs=nnx.Rngs(0), **norm))
    sizes = (6, *widths, 2)
    assert [layer.kernel.shape for layer in model.linears] == list(itertools.pairwise(sizes))
    assert [type(layer) for layer in model.dropouts] == [Dropout] * len(widths)
    assert [layer.rate.shape for layer in model.dropouts] == [()] * len(widths)
    assert [type(layer) for layer in model.norms] == [BatchNorm] * len(widths) * norm["batch_norm"]
    assert all(layer.momentum == 0.9 for layer in model.norms)
    assert not nnx.to_flat_state(nnx.state(model, nnx.RngState))
    output = nnx.eval_shape(lambda m: m(jnp.ones((3, 6), jnp.float32), rngs=nnx.Rngs(0)), model)
    assert (output.shape, output.dtype) == ((3, 2), jnp.float32)


def test_initial_weights_come_from_the_params_stream_alone():
    streams = (nnx.Rngs(1), nnx.Rngs(params=1, dropout=7))
    same = [MLP(3, (3, 3), 3, rngs=rngs) for rngs in streams]
    same += [MLP(3, (3, 3), 3, rngs=nnx.Rngs(1), **norm) for norm in NORMS]
    other = MLP(3, (3, 3), 3, rngs=nnx.Rngs(2))
    for i in range(3):
        kernels = [model.linears[i].kernel[...] for model in same]
        for kernel in kernels[1:]:
            np.testing.assert_array_equal(kernel, kernels[0])
        assert (kernels[0] != other.linears[i].kernel[...]).all()
    assert (same[0].linears[0].kernel[...] != same[0].linears[1].kernel[...]).all()


def test_initial_weights_are_those_of_jax():
    key, shape, original = jax.random.key(1), (3, 5), jax.nn.initializers.lecun_normal()
    for dtype in (jnp.float32, jnp.float64, jnp.bfloat16):
        with x64(dtype):
            drawn, expected = jax.jit(
                lambda key, d=dtype: [f(key, shape, d) for f in (lecun_normal, original)]
            )(key)
            assert drawn.dtype == expected.dtype
            np.testing.assert_allclose(
                drawn.astype(float), expected.astype(float), rtol=4 * jnp.finfo(dtype).eps
            )


@norms
def test_only_a_layer_right_before_batch_norm_has_no_bias(norm):
    model = nnx.eval_shape(lambda: MLP(3, (4, 4), 2, rngs=nnx.Rngs(0), **norm))
    hidden = norm.get("order") != "before"
    assert [layer.bias is not None for layer in model.linears] == [hidden, hidden, True]


@norms
def test_training_forward_against_numpy(norm):
    """Fixed masks, batch statistics: every layer written down in NumPy."""
    model = random_mlp(4, (5, 3), 2, activation="tanh", dropout_rate=0.25, **norm)
    rng = np.random.default_rng(0)
    masks = {width: rng.random((7, width)) < 0.75 for width in (5, 3)}
    x = inputs((7, 4))
    h = np.asarray(x, np.float64)

    def normalized(i, h):
        layer = model.norms[i]
        scale = np.asarray(layer.scale[...], np.float64) / np.sqrt(h.var(axis=0) + 1e-5)
        return (h - h.mean(axis=0)) * scale + np.asarray(layer.bias[...])

    for i, width in enumerate((5, 3)):
        h = h @ np.asarray(model.linears[i].kernel[...])
        if model.linears[i].bias is not None:
            h = h + np.asarray(model.linears[i].bias[...])
        h = normalized(i, h) if norm.get("order") == "before" else h
        h = np.tanh(h)
        h = normalized(i, h) if norm.get("order") == "after" else h
        h = h * masks[width] / 0.75
    h = h @ np.asarray(model.linears[2].kernel[...]) + np.asarray(model.linears[2].bias[...])
    draws = forced(*masks.values())
    np.testing.assert_allclose(train(model, x, draws), h, atol=2e-5)
    assert draws.taken == 7 * 5 + 7 * 3


def test_every_layer_draws_its_own_mask_from_one_key(monkeypatch):
    model = random_mlp(1, (64, 64), 2, dropout_rate=0.5)
    seen, original = [], Dropout._uniform
    monkeypatch.setattr(Dropout, "_uniform", lambda *args: seen.append(original(*args)) or seen[-1])
    key, x = jax.random.key(3), jnp.ones((1, 1))
    outputs = [train_eagerly(model, x, rngs) for rngs in (key, nnx.Rngs(dropout=key), nnx.Rngs(3))]
    first, second = (np.asarray(numbers) for numbers in seen[:2])
    assert (first != second).all()
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(outputs[0], outputs[2])


@pytest.mark.parametrize("kind", ["mlp", "linear"])
@pytest.mark.parametrize("shape", [(8, 8), (4, 4, 4)])
def test_inputs_are_flattened(kind, shape):
    model = random_mlp(64, (7,), 3) if kind == "mlp" else random_linear(64, 3)
    x = inputs((5, *shape))
    np.testing.assert_array_equal(predict(model, x), predict(model, x.reshape(5, 64)))
    assert predict(model, np.zeros((0, *shape))).shape == (0, 3)
    for wrong in ((5, 63), (64,), (), (5, *shape, 2)):
        with pytest.raises(ValueError, match=r"x: expected shape \(n, \.\.\.\) with 64 features"):
            predict(model, np.zeros(wrong, np.float32))


def test_linear_classifier():
    model = random_linear(3, 2)
    x = inputs((4, 3))
    expected = x @ model.linear.kernel[...] + model.linear.bias[...][None]
    np.testing.assert_allclose(model(x), expected, rtol=1e-6)
    np.testing.assert_array_equal(model(x, rngs=nnx.Rngs(0)), model(x))
    empty = random_mlp(3, (), 2)
    empty.linears[0] = model.linear
    np.testing.assert_array_equal(empty(x), model(x))


@norms
def test_float64(norm):
    with x64(jnp.float64):
        options = {"dtype": jnp.float64, "param_dtype": jnp.float64}
        model = MLP(
            2,
            (3,),
            2,
            dropout_rate=0.5,
            dropout_scaling="classic",
            rngs=nnx.Rngs(0),
            **norm,
            **options,
        )
        state = nnx.state(model)
        assert {leaf.dtype for leaf in jax.tree.leaves(state)} == {jnp.dtype(jnp.float64)}
        for x in (np.ones((4, 2)), np.ones((4, 2), np.float32)):
            assert nnx.eval_shape(train_eagerly, model, x, nnx.Rngs(0)).dtype == jnp.float64
            assert nnx.eval_shape(predict, model, x).dtype == jnp.float64
        linear = LinearClassifier(2, 2, rngs=nnx.Rngs(0), **options)
        assert nnx.eval_shape(predict, linear, x).dtype == jnp.float64
        assert {leaf.dtype for leaf in jax.tree.leaves(nnx.state(model))} == {
            jnp.dtype(jnp.float64)
        }


@norms
@pytest.mark.parametrize("input_shape", [(2,), (8, 8)])
def test_build(norm, input_shape):
    config = MLPConfig(widths=(5, 4), activation="gelu", dropout_scaling="classic", **norm)
    model = build(config, input_shape, 3, dropout_rate=0.25, rngs=nnx.Rngs(4))
    expected = MLP(
        int(np.prod(input_shape)), (5, 4), 3, activation="gelu", dropout_rate=0.25,
        dropout_scaling="classic", rngs=nnx.Rngs(4), **norm,
    )  # fmt: skip
    assert nnx.graphdef(model) == nnx.graphdef(expected)
    jax.tree.map(np.testing.assert_array_equal, nnx.state(model), nnx.state(expected))


def test_build_linear_and_unknown():
    model = build(LinearConfig(), (8, 8), 10, dropout_rate=0.5, rngs=nnx.Rngs(0))
    assert isinstance(model, LinearClassifier)
    assert model.linear.kernel.shape == (64, 10)
    with pytest.raises(ValueError, match="config: expected a configuration of a model, got 'mlp'"):
        build("mlp", (2,), 2, rngs=nnx.Rngs(0))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"in_features": 0}, "in_features: expected a whole number"),
        ({"widths": (4, 0)}, "widths: expected a whole number"),
        ({"widths": (4, 2.5)}, "widths: expected a whole number"),
        ({"out_features": -1}, "out_features: expected a whole number"),
        ({"activation": "swish"}, "activation: expected one of"),
        ({"order": "between"}, "order: expected one of before, after, got 'between'"),
        ({"dropout_rate": 1.0}, "dropout_rate: expected a number from 0 to below 1"),
        ({"dropout_scaling": "both"}, "dropout_scaling: expected one of"),
    ],
)
def test_wrong_options_raise_one_line(change, words):
    options = {"in_features": 2, "widths": (4,), "out_features": 2} | change
    with pytest.raises(ValueError, match=words) as caught:
        MLP(**options, rngs=nnx.Rngs(0))
    assert "\n" not in str(caught.value)
