"""AttentionClassifier: maps and scores against NumPy, symmetry, errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.nn import AttentionBlock, AttentionClassifier, Dropout

from . import references
from .helpers import NORMS, filled, forced, inputs, predict, train, train_eagerly, with_norms, x64

OPTIONS = {
    "sequence": ((6,), {}),
    "patches": ((4, 6), {"patch": 2, "num_heads": 3, "positions": "sinusoidal"}),
    "layers": ((4, 4, 3), {"patch": 2, "num_layers": 2, "num_heads": 2, "positions": "none"}),
    "alone": ((8, 2), {"spatial_axes": 1, "patch": 4, "feed_forward": 0, "residual": False}),
}


def random_attention(shape, seed=0, rate=0.0, **options):
    options = {"widths": (4,), "feed_forward": 5, "activation": "tanh"} | options
    return filled(
        lambda rngs: AttentionClassifier(shape, 6, 2, rngs=rngs, **options), seed=seed, rate=rate
    )


@pytest.mark.costly
@pytest.mark.parametrize(
    ("shape", "options", "norm"),
    [(*case, NORMS[-i % 3]) for i, case in enumerate(OPTIONS.values())],
    ids=OPTIONS,
)
def test_predictions_and_maps_against_numpy(shape, options, norm):
    model = random_attention(shape, rate=0.3, dropout_scaling="classic", **options, **norm)
    x = inputs((2, *shape))
    scores, maps = references.attention(model, x)
    np.testing.assert_allclose(predict(model, x), scores, atol=1e-5)
    view = nnx.view(model, deterministic=True, use_running_average=True)
    seen = view.attend(x)
    assert seen.weights.shape == (2, model.num_heads, model.num_tokens, model.num_tokens)
    np.testing.assert_allclose(seen.weights, maps, atol=1e-5)
    np.testing.assert_allclose(seen.weights.sum(axis=-1), 1, atol=1e-6)


@pytest.mark.costly
@pytest.mark.parametrize(("shape", "options", "norm"), with_norms(OPTIONS))
def test_training_against_numpy(shape, options, norm):
    with x64(jnp.float64):  # batch norm over few tokens blows rounding up, the more on a GPU
        options = options | norm | {"param_dtype": jnp.float64}
        model = random_attention(shape, rate=0.25, **options)
        tokens, rng = model.num_tokens, np.random.default_rng(0)
        layer = [(4, tokens, 6), (4, tokens, 5)][: 1 + (options.get("feed_forward") != 0)]
        masks = [rng.random(s) < 0.75 for s in (*layer * model.num_layers, (4, 4))]
        x = inputs((4, *shape), dtype=jnp.float64)
        draws = forced(*masks)
        expected, _ = references.attention(model, x, iter(masks))
        np.testing.assert_allclose(train(model, x, draws), expected, atol=1e-10)
        assert draws.taken == sum(mask.size for mask in masks)


def test_queries_keys_and_values_are_visible():
    """Maps of each layer follow from its queries and keys; earlier layers feed later ones."""
    model = random_attention((4, 4), patch=2, num_layers=2, num_heads=2)
    model.eval()
    x = inputs((3, 4, 4))
    attend = nnx.jit(lambda model, x, layer=-1: model.attend(x, layer), static_argnames="layer")
    first, last = (attend(model, x, layer=layer) for layer in (0, 1))
    for seen in (first, last):
        assert seen.query.shape == seen.key.shape == seen.value.shape == (3, 2, 4, 3)
        logits = np.einsum("nhqd,nhkd->nhqk", seen.query, seen.key) / np.sqrt(3)
        np.testing.assert_allclose(seen.weights, references.softmax(logits, axis=-1), atol=1e-6)
    assert (first.weights != last.weights).any()
    np.testing.assert_array_equal(attend(model, x).weights, last.weights)
    np.testing.assert_array_equal(attend(model, x, layer=-2).weights, first.weights)
    for layer in (2, -3):
        with pytest.raises(ValueError, match=f"layer: expected from -2 to 1, got {layer}"):
            model.attend(x, layer)


def test_only_positions_tell_the_order_of_tokens():
    x = inputs((3, 8))
    shuffled = np.asarray(x)[:, np.random.default_rng(0).permutation(8)]
    for positions in ("none", "learned", "sinusoidal"):
        model = random_attention((8,), positions=positions)
        difference = np.abs(predict(model, x) - predict(model, shuffled)).max()
        assert (difference < 1e-6) == (positions == "none"), (positions, difference)


def test_dropout_layers_are_always_there():
    model = nnx.eval_shape(
        lambda: AttentionClassifier((8,), 6, 2, num_layers=2, widths=(4,), rngs=nnx.Rngs(0))
    )
    dropouts = [layer for _, layer in nnx.iter_modules(model) if isinstance(layer, Dropout)]
    assert len(dropouts) == 2 * 2 + 1


def test_models_that_differ_in_batch_norm_start_alike():
    models = [
        AttentionClassifier((4,), 2, 2, widths=(3,), rngs=nnx.Rngs(1), **norm) for norm in NORMS
    ]
    kernels = [
        [
            v[...]
            for path, v in nnx.to_flat_state(nnx.state(m))
            if path[-1] in {"kernel", "position"}
        ]
        for m in models
    ]
    assert len(kernels[0]) == 10
    for other in kernels[1:]:
        jax.tree.map(np.testing.assert_array_equal, other, kernels[0])


def test_float64():
    options = {"dtype": jnp.float64, "param_dtype": jnp.float64, "batch_norm": True}
    with x64(jnp.float64):
        model = random_attention((4,), **options)
        x, key = np.ones((4, 4), np.float32), jax.random.key(0)
        assert nnx.eval_shape(predict, model, x).dtype == jnp.float64
        assert nnx.eval_shape(train_eagerly, model, x, key).dtype == jnp.float64


def test_inputs_are_reshaped_or_refused():
    model = random_attention((4, 4), patch=2)
    x = inputs((5, 4, 4))
    np.testing.assert_array_equal(predict(model, x), predict(model, x.reshape(5, 16)))
    assert predict(model, np.zeros((0, 4, 4))).shape == (0, 2)
    with pytest.raises(ValueError, match=r"x: expected shape \(n, \.\.\.\) with 16 features"):
        predict(model, np.zeros((5, 15)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input_shape": ()}, "input_shape: expected"),
        ({"features": 0}, "features: expected a whole number"),
        ({"num_heads": 4}, "features: expected a multiple of 4 heads, got 6"),
        ({"num_heads": 0}, "num_heads: expected a whole number"),
        ({"num_layers": 0}, "num_layers: expected a whole number"),
        ({"patch": 3}, r"patch: expected a divisor of \(8, 8\), got 3"),
        ({"positions": "relative"}, "positions: expected one of learned, sinusoidal, none"),
        ({"feed_forward": -1}, "feed_forward: expected a whole number"),
        ({"order": "between"}, "order: expected one of"),
        ({"dropout_rate": 1.0}, "dropout_rate: expected a number from 0 to below 1"),
    ],
)
def test_wrong_options_raise_one_line(change, words):
    options = {"input_shape": (8, 8), "features": 6, "out_features": 2} | change
    with pytest.raises(ValueError, match=words) as caught:
        nnx.eval_shape(lambda: AttentionClassifier(**options, rngs=nnx.Rngs(0)))
    assert "\n" not in str(caught.value)


def test_a_block_alone():
    block = filled(lambda rngs: AttentionBlock(4, num_heads=2, rngs=rngs))
    block.eval()
    x = inputs((2, 3, 4))
    expected, _ = references.attention_block(block, np.asarray(x, np.float64), None)
    scores = nnx.jit(lambda block, x: block(x))(block, x)
    np.testing.assert_allclose(scores, expected, atol=1e-5)
