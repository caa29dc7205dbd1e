"""cost against closed forms, XLA's count, and gradients that show what a unit sees."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.nn import CNN, MLP, AttentionClassifier, Cost, LinearClassifier, cost, count_flops
from reglab.nn.flops import xla_cost

from .helpers import filled, inputs


@pytest.fixture(autouse=True)
def on_a_cpu():
    """On a GPU XLA counts nothing of a convolution, or what the algorithm at hand takes."""
    with jax.default_device(jax.devices("cpu")[0]):
        yield


def convolve(x, kernel, strides=(1, 1), padding="SAME", groups=1, spread=(1, 1), dilation=(1, 1)):
    return jax.lax.conv_general_dilated(
        x, kernel, strides, padding, dilation, spread, ("NHWC", "HWIO", "NHWC"), groups
    )


# Zeros between entries are no entries of the input either: 1 or 2 of 3 taps meet one.
DILATED = {"dilation": (2, 2), "padding": ((1, 1), (1, 1))}


@pytest.mark.parametrize(
    ("x", "kernel", "options", "naive", "in_image"),
    [
        # 28 x 28 with taps -1..1 has 28 * 3 - 2 = 82 taps along an axis.
        ((2, 28, 28, 4), (3, 3, 4, 8), {}, 2 * 2 * 784 * 9 * 32, 2 * 2 * 82**2 * 32),
        ((2, 28, 28, 4), (3, 3, 4, 8), {"padding": "VALID"}, *[2 * 2 * 676 * 9 * 32] * 2),
        ((1, 9, 9, 4), (3, 3, 1, 8), {"groups": 4}, 2 * 81 * 9 * 8, 2 * 25**2 * 8),
        ((1, 9, 7, 2), (3, 1, 2, 2), {"strides": (2, 3)}, 2 * 15 * 3 * 4, 2 * 13 * 3 * 4),
        ((1, 9, 9, 1), (3, 3, 1, 1), {"spread": (2, 2)}, 2 * 81 * 9, 2 * 23**2),
        ((1, 28, 28, 8), (5, 5, 8, 16), {}, 5_017_600, 4_596_736),
        ((1, 4, 4, 1), (3, 3, 1, 1), DILATED, 2 * 49 * 9, 2 * 10**2),
    ],
)
def test_convolutions_by_formula_and_by_xla(x, kernel, options, naive, in_image):
    arrays = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in (x, kernel)]

    def f(x, kernel):
        return convolve(x, kernel, **options)

    assert count_flops(f, *arrays) == (naive, in_image)
    if "dilation" not in options:
        assert xla_cost(f, *arrays)["flops"] == in_image


def test_products_and_loops():
    a, b = jnp.zeros((3, 5)), jnp.zeros((5, 5))
    assert count_flops(lambda a, b: a @ b, a, b).naive == 2 * 3 * 5 * 5
    batched = count_flops(
        lambda a: jnp.einsum("nij,nkj->nik", a, a), jax.ShapeDtypeStruct((7, 3, 5), jnp.float32)
    )
    assert batched.naive == 2 * 7 * 3 * 3 * 5
    loop = jax.jit(lambda a, b: jax.lax.scan(lambda c, _: (c @ b, None), a, length=4)[0])
    assert count_flops(loop, a, b).naive == 4 * 2 * 3 * 5 * 5


COSTS = {
    "linear": (lambda rngs: LinearClassifier(12, 3, rngs=rngs), 2 * 12 * 3),
    "mlp": (lambda rngs: MLP(12, (8, 5), 3, rngs=rngs), 2 * (12 * 8 + 8 * 5 + 5 * 3)),
    "cnn": (
        lambda rngs: CNN((12,), (4, 6), 3, residual=True, pool=2, widths=(5,), rngs=rngs),
        2 * (12 * 3 * 4 + 12 * 4 + 6 * 3 * 24 + 6 * 24 + 3 * 6 * 5 + 5 * 3),
    ),
    "attention": (
        lambda rngs: AttentionClassifier(
            (12,), 4, 3, num_heads=2, patch=2, feed_forward=5, rngs=rngs
        ),
        2 * (6 * 2 * 4 + 4 * 6 * 16 + 2 * 6 * 6 * 4 + 6 * 2 * 4 * 5 + 4 * 3),
    ),
}


@pytest.mark.parametrize(("make", "flops"), COSTS.values(), ids=COSTS)
def test_models(make, flops):
    model = filled(make)
    found = cost(model, (12,), x=inputs((16, 12)))
    leaves = jax.tree.leaves(nnx.state(model, nnx.Param))
    assert found.parameters == sum(leaf.size for leaf in leaves)
    assert found.parameter_bytes == 4 * found.parameters
    assert found.flops == flops
    # XLA adds biases, activations, softmax and sums.
    assert found.flops_in_image <= found.xla_flops < 2.5 * found.flops
    assert found.xla_bytes >= 4 * (found.parameters + 12)
    assert found.zero_weights == 0
    abstract = cost(nnx.eval_shape(lambda: make(nnx.Rngs(0))), (12,))
    assert abstract[:7] == found[:7]
    assert abstract[7:] == (None, None, None)


@pytest.mark.parametrize("said", [{}, {"flops": -1.0, "bytes accessed": -1.0}])
def test_where_xla_counts_nothing_there_is_no_count(monkeypatch, said):
    monkeypatch.setattr(sys.modules[cost.__module__], "xla_cost", lambda *_: said)
    found = cost(LinearClassifier(3, 2, rngs=nnx.Rngs(0)), (3,))
    assert (found.xla_flops, found.xla_bytes) == (None, None)


def test_running_statistics_have_bytes_but_are_no_parameters():
    model = MLP(3, (4,), 2, batch_norm=True, rngs=nnx.Rngs(0))
    found = cost(model, (3,), xla=False)
    assert (found.parameters, found.parameter_bytes) == (12 + 8 + 10, 4 * (30 + 8))
    assert (found.xla_flops, found.xla_bytes) == (None, None)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("shape", "options", "field"),
    [
        # Worked out by hand: 1 and (size - 1) * strides so far for each window.
        ((40,), {"kernel_size": (3,) * 5}, 11),
        ((64,), {"kernel_size": (3, 3, 5), "stride": (1, 2, 1), "pool": (1, 1, 2)}, 15),
        ((40,), {"kernel_size": (5, 3, 3), "stride": 2, "padding": 1}, 17),
        ((64,), {"kernel_size": 5, "stride": (2, 2, 1), "residual": True}, 29),
        ((48, 48), {"kernel_size": (3, 3, 3), "pool": (2, 2, 1)}, 18),
        ((48, 48), {"kernel_size": 3, "pool": 2, "pooling": "average"}, 22),
        ((12,), {"kernel_size": 5, "stride": 2}, 29),
    ],
)
@pytest.mark.parametrize("activation", ["identity", "relu"])
def test_the_footprint_is_the_receptive_field_as_far_as_the_input_goes(
    shape, options, field, activation
):
    kernels = options["kernel_size"]
    count = len(kernels) if isinstance(kernels, tuple) else 3
    model = filled(
        lambda rngs: CNN(shape, (4,) * count, 2, activation=activation, rngs=rngs, **options)
    )
    found = cost(model, shape, xla=False)
    assert found.receptive_field == (field,) * len(shape)
    if field < min(shape) / 1.5:
        assert found.footprint == found.receptive_field
    else:
        assert max(found.footprint) <= min(field, *shape)


def test_zero_weights_and_dead_units():
    model = filled(lambda rngs: CNN((8,), (4,), 2, widths=(6,), rngs=rngs))
    conv, linear = model.blocks[0].conv, model.head.linears[0]
    conv.kernel.set_value(conv.kernel[...].at[..., 0].set(0.0))
    linear.bias.set_value(linear.bias[...].at[:3].set(-1000.0))
    found = cost(model, (8,), x=inputs((32, 8)), xla=False)
    weights = 3 * 4 + 32 * 6 + 6 * 2
    assert found.zero_weights == 3 / weights
    # Channel 0 does not vary, three units of six are off.
    assert found.dead_units == 4 / 10
    assert cost(model, (8,), xla=False).dead_units is None
    conv.kernel.set_value(jnp.zeros_like(conv.kernel[...]))
    assert cost(model, (8,), xla=False).footprint == (0,)


def test_the_model_is_left_as_it_is():
    model = filled(lambda rngs: CNN((8,), (4,), 2, batch_norm=True, rngs=rngs))
    before = nnx.clone(model)
    assert isinstance(cost(model, (8,), x=inputs((4, 8))), Cost)
    assert nnx.graphdef(model) == nnx.graphdef(before)
    jax.tree.map(np.testing.assert_array_equal, nnx.state(model), nnx.state(before))


def test_errors():
    model = LinearClassifier(3, 2, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"model: expected a model of reglab\.nn, got Linear"):
        cost(model.linear, (3,))
    with pytest.raises(ValueError, match=r"x: expected shape \(n, 3,\), got \(5, 4\)"):
        cost(model, (3,), x=np.zeros((5, 4)))
    with pytest.raises(ValueError, match="with 3 features"):
        cost(model, (4,))
