"""CNN and its blocks: structure, values against SciPy, errors."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.nn import CNN, ConvBlock, ConvSpec, Dropout, response_norm
from reglab.nn.initializers import lecun_normal

from . import references
from .helpers import (
    NORM_IDS,
    NORMS,
    filled,
    forced,
    inputs,
    predict,
    train,
    train_eagerly,
    with_norms,
    x64,
)

norms = pytest.mark.parametrize("norm", NORMS, ids=NORM_IDS)
OPTIONS = {
    "image": ((7, 6), {"pool": (2, 1)}),
    "colour": ((6, 6, 3), {"padding": ("valid", 1), "pooling": "average", "pool": 2}),
    "sequence": ((11,), {"stride": (1, 2), "kernel_size": (5, 3)}),
    "channels": ((9, 2), {"spatial_axes": 1, "padding": 1, "stride": 2}),
    "residual": ((6, 5), {"residual": True, "stride": (1, 2)}),
    "identity": ((8, 3), {"residual": True, "spatial_axes": 1, "pool": (2, 1)}),
}


def random_cnn(shape, seed=0, rate=0.0, **options):
    options = {"widths": (5,), "activation": "tanh"} | options
    return filled(lambda rngs: CNN(shape, (3, 4), 2, rngs=rngs, **options), seed=seed, rate=rate)


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize(
    "spec",
    [
        ConvSpec(4, 3),
        ConvSpec(4, 4, stride=2),
        ConvSpec(6, 5, stride=3, groups=2),
        ConvSpec(4, 3, padding=1, stride=2),
        ConvSpec(4, 2, padding="valid", pool=3, pool_stride=2),
        ConvSpec(4, 3, padding=2, pool=2, response_norm=True),
        ConvSpec(4, 1, groups=4),
    ],
    ids=str,
)
def test_a_block_against_scipy(axes, spec):
    shape = (*(10, 9)[:axes], 4)
    x = inputs((2, *shape))
    for pooling in ("max", "average"):
        block = filled(
            lambda rngs, p=pooling: ConvBlock(
                shape, spec, activation="tanh", pooling=p, dropout_rate=None, rngs=rngs
            )
        )
        y = block(x)
        assert y.shape == (2, *block.out_shape)
        np.testing.assert_allclose(
            y, references.block(block, np.asarray(x, np.float64), None), atol=1e-5
        )


def test_padding_of_the_same_size_is_that_of_jax():
    for size, kernel, stride in itertools.product((1, 4, 5, 28), (1, 2, 3, 5), (1, 2, 3)):
        expected = jax.lax.padtype_to_pads((size,), (kernel,), (stride,), "SAME")
        assert [ConvSpec(1, kernel, stride).pads(size)] == [tuple(map(int, p)) for p in expected]


@pytest.mark.parametrize(
    ("shape", "options", "norm"),
    [(*case, NORMS[i % 3]) for i, case in enumerate(OPTIONS.values())],
    ids=OPTIONS,
)
def test_predictions_against_scipy(shape, options, norm):
    model = random_cnn(shape, rate=0.3, dropout_scaling="classic", **options, **norm)
    x = inputs((2, *shape))
    np.testing.assert_allclose(predict(model, x), references.conv_net(model, x), atol=1e-5)


@pytest.mark.costly
@pytest.mark.parametrize(("shape", "options", "norm"), with_norms(OPTIONS))
def test_training_against_scipy(shape, options, norm):
    """Fixed masks and the statistics of the batch."""
    model = random_cnn(shape, rate=0.25, **options, **norm)
    rng = np.random.default_rng(0)
    shapes = [(4, *block.out_shape) for block in model.blocks] + [(4, 5)]
    masks = [rng.random(shape) < 0.75 for shape in shapes]
    x = inputs((4, *shape))
    draws = forced(*masks)
    expected = references.conv_net(model, x, iter(masks))
    np.testing.assert_allclose(train(model, x, draws), expected, atol=3e-5)
    assert draws.taken == sum(mask.size for mask in masks)


def test_local_response_norm():
    x = inputs((3, 4, 9)) * 10
    for options in ({}, {"size": 3, "k": 1.0, "alpha": 0.5, "beta": 1.5}, {"size": 4}):
        expected = references.response_norm(np.asarray(x, np.float64), **options)
        np.testing.assert_allclose(response_norm(x, **options), expected, rtol=1e-5)


@norms
def test_structure(norm):
    model = nnx.eval_shape(
        lambda: CNN((28, 28), (8, 16), 10, pool=2, widths=(32,), rngs=nnx.Rngs(0), **norm)
    )
    assert [block.conv.kernel.shape for block in model.blocks] == [(3, 3, 1, 8), (3, 3, 8, 16)]
    assert model.head.in_features == 7 * 7 * 16
    has_bias = norm.get("order") != "before"
    assert [block.conv.bias is not None for block in model.blocks] == [has_bias] * 2
    dropouts = [layer for _, layer in nnx.iter_modules(model) if isinstance(layer, Dropout)]
    assert len(dropouts) == 3
    assert not nnx.to_flat_state(nnx.state(model, nnx.RngState))


def test_the_reference_network_of_mnist1d():
    """5,210 parameters, 25 channels at 19, 10 and 5 positions, as in its repository."""
    windows = {"kernel_size": (5, 3, 3), "stride": 2, "padding": 1}
    model = nnx.eval_shape(lambda: CNN((40,), (25, 25, 25), 10, rngs=nnx.Rngs(0), **windows))
    assert [block.out_shape for block in model.blocks] == [(19, 25), (10, 25), (5, 25)]
    assert sum(leaf.size for leaf in jax.tree.leaves(nnx.state(model, nnx.Param))) == 5210


def test_a_skip_is_projected_only_where_shapes_differ():
    options = {"stride": (1, 1, 2), "residual": True}
    model = nnx.eval_shape(lambda: CNN((8, 8, 3), (3, 5, 5), 2, rngs=nnx.Rngs(0), **options))
    shapes = [None if b.project is None else b.project.kernel.shape for b in model.blocks]
    assert shapes == [None, (1, 1, 3, 5), (1, 1, 5, 5)]


def test_models_that_differ_in_batch_norm_start_alike():
    models = [CNN((8,), (3, 4), 2, widths=(3,), rngs=nnx.Rngs(1), **norm) for norm in NORMS]
    kernels = [
        [v[...] for path, v in nnx.to_flat_state(nnx.state(m)) if path[-1] == "kernel"]
        for m in models
    ]
    assert len(kernels[0]) == 4
    for other in kernels[1:]:
        jax.tree.map(np.testing.assert_array_equal, other, kernels[0])


def test_initial_weights_have_the_variance_of_their_window():
    kernel = lecun_normal(jax.random.key(0), (5, 5, 4, 300), jnp.float32)
    np.testing.assert_allclose(kernel.var() * 100, 1, atol=0.03)


def test_inputs_are_reshaped_or_refused():
    model = random_cnn((8, 8))
    x = inputs((5, 8, 8))
    np.testing.assert_array_equal(predict(model, x), predict(model, x.reshape(5, 64)))
    assert predict(model, np.zeros((0, 8, 8))).shape == (0, 2)
    np.testing.assert_allclose(
        predict(model, np.ones((1, 8, 8), np.uint8)),
        predict(model, jnp.ones((1, 8, 8), jnp.float32)),
    )
    with pytest.raises(ValueError, match=r"x: expected shape \(n, \.\.\.\) with 64 features"):
        predict(model, np.zeros((5, 63)))


@norms
def test_float64(norm):
    with x64(jnp.float64):
        model = random_cnn((6,), residual=True, param_dtype=jnp.float64, **norm)
        x, key = np.ones((4, 6)), jax.random.key(0)
        assert nnx.eval_shape(predict, model, x).dtype == jnp.float64
        assert nnx.eval_shape(train_eagerly, model, x, key).dtype == jnp.float64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input_shape": (4, 4, 4, 4)}, r"input_shape: expected \(L,\), \(H, W\)"),
        ({"input_shape": (4,), "spatial_axes": 2}, "with spatial_axes=2"),
        ({"input_shape": (0,)}, "input_shape: expected a whole number"),
        ({"channels": (3, 0)}, "channels: expected a whole number"),
        ({"out_features": 0}, "out_features: expected a whole number"),
        ({"kernel_size": (3,)}, r"kernel_size: expected one value or 2, got \(3,\)"),
        ({"kernel_size": 9, "padding": "valid"}, "kernel_size: expected at most the padded input"),
        ({"stride": 0}, "stride: expected a whole number"),
        ({"padding": "full"}, "padding: expected same, valid or a whole number, got 'full'"),
        ({"padding": 3}, "padding: expected a whole number from 0 to 2"),
        ({"pool": 5}, r"pool: expected at most the \(1, 1\) positions, got 5"),
        ({"pooling": "sum"}, "pooling: expected one of max, average"),
        ({"padding": "valid", "residual": True}, "residual: expected a convolution from"),
        ({"activation": "swish"}, "activation: expected one of"),
        ({"order": "between"}, "order: expected one of"),
        ({"dropout_rate": 1.0}, "dropout_rate: expected a number from 0 to below 1"),
    ],
)
def test_wrong_options_raise_one_line(change, words):
    options = {"input_shape": (8, 8), "channels": (3, 4), "out_features": 2} | change
    with pytest.raises(ValueError, match=words) as caught:
        CNN(**options, rngs=nnx.Rngs(0))
    assert "\n" not in str(caught.value)


def test_groups_divide_the_channels():
    with pytest.raises(ValueError, match="groups: expected a divisor of 3 and 4 channels, got 2"):
        ConvBlock((8, 3), ConvSpec(4, groups=2), rngs=nnx.Rngs(0))
