"""AlexNet: published counts at full size, values and training in the small form."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from reglab import config
from reglab.nn import AlexNet, Dropout, cost
from reglab.nn.alexnet import VARIANTS

from . import references
from .helpers import filled, inputs, predict, train

# Multiplications of each layer, as netscope and Caffe's model summaries list them for bvlc_alexnet.
LAYERS_2012 = (105_415_200, 223_948_800, 149_520_384, 112_140_288, 74_760_192)
DENSE = (37_748_736, 16_777_216, 4_096_000)


@pytest.mark.parametrize(
    ("variant", "size", "parameters", "multiplications"),
    [
        ("2012", 227, 60_965_224, sum(LAYERS_2012 + DENSE)),
        ("one-tower", 224, 61_100_840, 714_188_480),
    ],
)
def test_published_counts(variant, size, parameters, multiplications):
    """Also the receptive field of 195 that Araujo et al. state for the last pooling of AlexNet."""
    shape = (size, size, 3)
    model = nnx.eval_shape(lambda: AlexNet(shape, 1000, variant=variant, rngs=nnx.Rngs(0)))
    found = cost(model, shape, xla=False)
    assert found.parameters == parameters
    assert found.flops == 2 * multiplications
    assert found.receptive_field == (195, 195)
    assert (found.footprint, found.zero_weights, found.dead_units) == (None, None, None)


def test_layers_of_the_paper():
    """Section 3.5 lists the kernels."""
    model = nnx.eval_shape(lambda: AlexNet((227, 227, 3), 1000, rngs=nnx.Rngs(0)))
    assert [block.conv.kernel.shape for block in model.blocks] == [
        (11, 11, 3, 96),
        (5, 5, 48, 256),
        (3, 3, 256, 384),
        (3, 3, 192, 384),
        (3, 3, 192, 256),
    ]
    assert model.blocks[0].conv.strides == 4
    assert [linear.kernel.shape for linear in model.head.linears] == [
        (9216, 4096), (4096, 4096), (4096, 1000)
    ]  # fmt: skip
    dropouts = [layer for _, layer in nnx.iter_modules(model) if isinstance(layer, Dropout)]
    assert len(dropouts) == len(model.head.dropouts) == 2
    output = nnx.eval_shape(predict, model, jnp.zeros((2, 227, 227, 3)))
    assert output.shape == (2, 1000)


def small(**options):
    return lambda rngs: AlexNet((28, 28), 10, variant="small", rngs=rngs, **options)


def test_the_small_form_says_its_size():
    model = nnx.eval_shape(lambda: small()(nnx.Rngs(0)))
    count = sum(leaf.size for leaf in jax.tree.leaves(nnx.state(model, nnx.Param)))
    assert f"{count:,}" == "278,714"
    assert "278,714" in AlexNet.__doc__


@pytest.mark.parametrize(
    "options",
    [{"response_norm": True}, {"batch_norm": True, "dropout_scaling": "classic"}],
    ids=str,
)
def test_predictions_against_scipy(options):
    model = filled(small(**options), rate=0.5)
    x = inputs((2, 28, 28))
    expected = references.conv_net(model, x)
    np.testing.assert_allclose(predict(model, x), expected, atol=1e-5 * max(1, abs(expected).max()))


def test_response_norm_is_in_the_first_two_blocks():
    for given in (False, True):
        model = nnx.eval_shape(lambda g=given: small(response_norm=g)(nnx.Rngs(0)))
        flags = [block.spec.response_norm for block in model.blocks]
        assert flags == [given, given, False, False, False]


@pytest.mark.slow
def test_a_few_steps_lower_the_loss():
    model = filled(small(batch_norm=True), initial=True, rate=0.5)
    optimizer = nnx.Optimizer(model, optax.adam(0.002), wrt=nnx.Param)
    labels = jnp.arange(10)
    # Each class is one bright row of pixels.
    x = 0.1 * inputs((10, 28, 28)) + jax.nn.one_hot(2 * labels + 4, 28)[:, :, None]

    @nnx.jit
    def step(model, optimizer, key):
        def loss_fn(model):
            logits = train(model, x, key)
            return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

        loss, grads = nnx.value_and_grad(loss_fn)(model)
        optimizer.update(model, grads)
        return loss

    losses = [float(step(model, optimizer, jax.random.key(i))) for i in range(20)]
    assert np.mean(losses[-3:]) < 0.6 * losses[0]


def test_wrong_options_raise_one_line():
    for options, words in (
        ({"variant": "2013"}, "variant: expected one of 2012, one-tower, small, got '2013'"),
        ({"input_shape": (28, 28)}, "pool: expected at most the"),
        ({"input_shape": (8, 8)}, "kernel_size: expected at most the padded input"),
        ({"input_shape": (227,)}, "input_shape: expected"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            nnx.eval_shape(
                lambda options=options: AlexNet(
                    **{"input_shape": (227, 227, 3), "out_features": 10} | options,
                    rngs=nnx.Rngs(0),
                )
            )
        assert "\n" not in str(caught.value)


def test_an_experiment_may_name_every_variant():
    assert tuple(VARIANTS) == config.VARIANTS
