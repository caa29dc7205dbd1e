"""fold of the convolutional and attention models: exact, or refused with the reason."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.config import SCALINGS
from reglab.nn import (
    CNN,
    AlexNet,
    AttentionClassifier,
    BatchNorm,
    ConvNet,
    Draws,
    Dropout,
    fold,
    set_dropout_rate,
)
from reglab.nn.fold_conv import fold_conv

from .helpers import NORM_IDS, NORMS, filled, inputs, predict, predict_eagerly, train_eagerly

norms = pytest.mark.parametrize("norm", NORMS, ids=NORM_IDS)


def cnn(shape, channels=(3, 4), **options):
    return lambda rngs: CNN(shape, channels, 2, widths=(5,), rngs=rngs, **options)


def assert_folds(model, x, tolerance=1e-5):
    before = jax.tree.map(np.array, nnx.state(model))
    draws = Draws(jnp.full(20_000, 0.01))

    @nnx.jit
    def all_of(model, x):
        plain = fold(model)
        predictions = (predict_eagerly(one, x) for one in (model, plain))
        return plain, *predictions, train_eagerly(plain, x, draws)

    plain, expected, folded, trained = all_of(model, x)
    assert type(plain) is type(model)
    assert not plain.batch_norm
    assert not any(isinstance(layer, BatchNorm) for _, layer in nnx.iter_modules(plain))
    error = np.abs(folded - expected).max() / max(1, np.abs(expected).max())
    assert error < tolerance
    # A plain network is the same in training: all rates are 0.
    np.testing.assert_allclose(trained, folded, rtol=1e-5, atol=1e-6)
    jax.tree.map(np.testing.assert_array_equal, nnx.state(model), before)


def why_not(padding, pooling, pool, residual, norm):
    """The reason not to fold two blocks of different channels, or None; written down by hand."""
    if norm.get("order") != "after":
        return None
    if residual:
        return "a residual sum, which adds what it did not scale"
    if pooling == "max" and pool > 1:
        return "max-pooling, where a negative scale makes the largest value the smallest"
    return "zero padding of blocks.1" if padding == "same" else None


@pytest.mark.costly
@norms
@pytest.mark.parametrize("axes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_combination_folds_or_says_why(axes, norm):
    shape = (10, 11)[:axes]
    x = inputs((4, *shape))
    choices = (("same", "valid"), ("max", "average"), (1, 2), (False, True))
    for padding, pooling, pool, residual in itertools.product(*choices):
        if residual and padding == "valid":
            continue
        options = {"padding": padding, "pooling": pooling, "pool": pool, "residual": residual}
        model = filled(cnn(shape, dropout_scaling="classic", **options, **norm), rate=0.4)
        reason = why_not(norm=norm, **options)
        if reason is None:
            assert_folds(model, x)
        else:
            with pytest.raises(ValueError, match=reason) as caught:
                fold(model)
            assert str(caught.value).startswith("model: batch norm at blocks.0 does not fold")
            assert "\n" not in str(caught.value)


def test_what_is_refused_is_really_not_exact():
    """Folding over the padding as if it were none is wrong by more than rounding."""
    model = filled(cnn((6,), batch_norm=True, order="after"))
    x = inputs((4, 6))
    before = predict(model, x)
    for block in model.blocks:
        block.pads = ((0, 0),)
    wrong = nnx.jit(fold)(model)
    assert np.abs(predict(wrong, x) - before).max() > 0.01


def test_positive_factors_commute_with_max_pooling():
    """The factor of classic dropout folds where batch norm would not."""
    model = filled(cnn((9, 8), pool=2, dropout_scaling="classic"), rate=0.5)
    assert_folds(model, inputs((3, 9, 8)))
    plain = fold(model)
    first, second = (block.conv for block in model.blocks)
    np.testing.assert_array_equal(plain.blocks[0].conv.kernel[...], first.kernel[...])
    np.testing.assert_array_equal(plain.blocks[1].conv.kernel[...], 0.5 * second.kernel[...])
    np.testing.assert_array_equal(plain.blocks[1].conv.bias[...], second.bias[...])


def test_classic_dropout_before_a_skip_without_weights_is_refused():
    for channels, exact in (((3, 4), True), ((3, 3), False)):
        make = cnn((8,), channels, residual=True, dropout_scaling="classic", batch_norm=True)
        model = filled(make, rate=0.5)
        if exact:
            assert_folds(model, inputs((3, 8)))
        else:
            with pytest.raises(ValueError, match=r"residual sum of blocks\.1") as caught:
                fold(model)
            assert "\n" not in str(caught.value)


@pytest.mark.costly
@pytest.mark.parametrize("norm", NORMS[:2], ids=NORM_IDS[:2])
@pytest.mark.parametrize("scaling", SCALINGS)
def test_alexnet_with_its_groups(norm, scaling):
    def make(rngs):
        return AlexNet(
            (28, 28),
            3,
            variant="small",
            response_norm=scaling == "classic",
            dropout_scaling=scaling,
            rngs=rngs,
            **norm,
        )

    assert_folds(filled(make, rate=0.5), inputs((2, 28, 28)))


def test_alexnet_after_the_activation_is_refused():
    model = filled(
        lambda rngs: AlexNet(
            (28, 28), 3, variant="small", batch_norm=True, order="after", rngs=rngs
        )
    )
    with pytest.raises(ValueError, match="does not fold across max-pooling"):
        fold(model)
    for block in model.blocks:
        block.spec = block.spec._replace(response_norm=True)
    with pytest.raises(ValueError, match="response normalization, which is not linear"):
        fold(model)


def test_groups_take_in_the_batch_norm_of_their_own_channels():
    """Order after, no padding, two groups: a network that no constructor offers."""

    def make(rngs, **norm):
        model = CNN((9,), (4, 6), 2, padding="valid", rngs=rngs, **norm)
        block = model.blocks[1]
        block.spec = block.spec._replace(groups=2)
        block.conv.feature_group_count = 2
        block.conv.kernel.set_value(block.conv.kernel[...][:, :2])
        return model

    model = filled(lambda rngs: make(rngs, **NORMS[2]))
    x = inputs((3, 9))
    expected = predict(model, x)
    plain = filled(make, seed=1)
    nnx.jit(fold_conv)(model, plain)
    np.testing.assert_allclose(predict(plain, x), expected, atol=1e-5)


@pytest.mark.costly
@norms
@pytest.mark.parametrize("scaling", SCALINGS)
def test_attention_always_folds(norm, scaling):
    for positions, feed_forward, residual in (("learned", 5, True), ("sinusoidal", 0, False)):
        model = filled(
            lambda rngs, p=positions, f=feed_forward, r=residual: AttentionClassifier(
                (6, 4), 6, 2, num_heads=2, num_layers=2, patch=2, widths=(4,),
                positions=p, feed_forward=f, residual=r,
                dropout_scaling=scaling, rngs=rngs, **norm,
            ),
            rate=0.4,
        )  # fmt: skip
        assert_folds(model, inputs((3, 6, 4)))


@pytest.mark.parametrize(
    "make",
    [
        cnn((8,), batch_norm=True, dropout_scaling="classic", pool=2),
        lambda rngs: AttentionClassifier(
            (8,), 4, 2, patch=2, batch_norm=True, dropout_scaling="classic", rngs=rngs
        ),
    ],
    ids=["cnn", "attention"],
)
def test_under_jit_and_vmap_without_initialization(make):
    model = filled(make)
    graphdef, state = nnx.split(model)
    x = inputs((3, 8))

    def folded(rate):
        model = nnx.merge(graphdef, state, copy=True)
        set_dropout_rate(model, rate)
        return fold(model)(x)

    rates = jnp.array([0.0, 0.5])
    jaxpr = str(jax.make_jaxpr(folded)(0.5))
    assert "random" not in jaxpr
    assert "threefry" not in jaxpr
    for rate, output in zip(rates, jax.jit(jax.vmap(folded))(rates), strict=True):
        set_dropout_rate(model, rate)
        np.testing.assert_allclose(output, predict(model, x), atol=1e-5)


class Louder(CNN):
    def features(self, x, *, rngs=None):
        return 2 * super().features(x, rngs=rngs)


class Doubled(nnx.Conv):
    def __call__(self, inputs, out_sharding=None):
        return 2 * super().__call__(inputs, out_sharding)


def test_refuses_what_it_does_not_know():
    rngs = nnx.Rngs(0)
    changed = CNN((4,), (2,), 2, rngs=rngs)
    changed.blocks[0].conv = Doubled(1, 2, 3, rngs=rngs)
    for model, words in (
        (Louder((4,), (2,), 2, rngs=rngs), "got Louder"),
        (changed, r"model: fold does not know Doubled at blocks\.0\.conv"),
        (Dropout(0.5), "got Dropout"),
    ):
        with pytest.raises(ValueError, match=words):
            fold(model)
    assert issubclass(AlexNet, ConvNet)
