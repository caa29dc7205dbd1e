"""Dropout: means over masks, exactness at rate 0, rates as data, keys."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.config import SCALINGS
from reglab.nn import MLP, Draws, Dropout, DropoutRate, set_dropout_rate

from .helpers import forced, inputs, x64

RATES = (0.0, 0.3, 0.5, 0.9)
scalings = pytest.mark.parametrize("scaling", SCALINGS)


def all_masks(width, rate):
    """All 2**width masks and their probabilities."""
    masks = np.array(list(itertools.product([False, True], repeat=width)))
    kept = masks.sum(axis=1)
    return masks, (1 - rate) ** kept * rate ** (width - kept)


@scalings
@pytest.mark.parametrize("rate", RATES)
def test_mean_over_all_masks_is_the_prediction(scaling, rate):
    masks, weight = all_masks(6, rate)
    with x64(jnp.float64):
        layer = Dropout(rate, scaling=scaling)
        x = inputs((6,), dtype=jnp.float64)
        outputs = layer(jnp.tile(x, (len(masks), 1)), rngs=forced(masks))
        expected = layer(x, deterministic=True)
        np.testing.assert_allclose(weight @ np.asarray(outputs), expected, atol=1e-14)


@scalings
@pytest.mark.parametrize("rate", RATES)
def test_mean_over_drawn_masks_is_the_prediction(scaling, rate):
    layer = Dropout(rate, scaling=scaling)
    x = np.array([0.5, -1.0, 2.0, 3.0], np.float32)
    outputs = layer(jnp.tile(x, (40_000, 1)), rngs=nnx.Rngs(dropout=3))
    mean = np.asarray(outputs, np.float64).mean(axis=0)
    keep = 1 - rate
    value = x / keep if scaling == "inverted" else x
    standard_error = np.abs(value) * np.sqrt(keep * rate / 40_000)
    predicted = x if scaling == "inverted" else x * keep
    assert np.all(np.abs(mean - predicted) <= 4 * standard_error + 1e-6)
    np.testing.assert_allclose(layer(x, deterministic=True), predicted, rtol=1e-6)


@scalings
def test_a_mask_is_drawn_for_each_entry(scaling):
    ones = jnp.ones((200, 50))
    kept = np.asarray(Dropout(0.5, scaling=scaling)(ones, rngs=nnx.Rngs(0)) > 0)
    # Independent fair entries: rows and columns each have their own mean near one half.
    assert np.abs(kept.mean(axis=0) - 0.5).max() < 4 * 0.5 / np.sqrt(200)
    assert np.abs(kept.mean(axis=1) - 0.5).max() < 4.5 * 0.5 / np.sqrt(50)
    assert np.unique(kept, axis=0).shape[0] == 200


@scalings
def test_rate_zero_is_the_identity_exactly(scaling):
    x = inputs((50, 7)).at[0, 0].set(jnp.inf).at[1, 1].set(-0.0)
    layer = Dropout(0.0, scaling=scaling)
    for deterministic in (False, True):
        y = jax.jit(lambda x, d=deterministic: layer(x, deterministic=d, rngs=jax.random.key(0)))(x)
        np.testing.assert_array_equal(y, x)
        assert jnp.signbit(y[1, 1])


def test_training_values():
    x = jnp.full((100,), 3.0)
    for scaling, kept in (("inverted", 3 / 0.75), ("classic", 3.0)):
        y = Dropout(0.25, scaling=scaling)(x, rngs=jax.random.key(1))
        assert set(np.unique(y)) == {0.0, np.float32(kept)}


@scalings
@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0 - 2**-24, 1.0])
def test_gradients_are_finite_at_any_traced_rate(scaling, rate):
    x = inputs((20, 5)).at[0, 0].set(0.0)

    @jax.jit
    def gradient(rate, x):
        def total(x):
            layer = Dropout(rate, scaling=scaling)
            return jnp.sum(layer(x, rngs=jax.random.key(0)) ** 2)

        return jax.value_and_grad(total)(x)

    value, grad = gradient(rate, x)
    assert jnp.isfinite(value)
    assert jnp.isfinite(grad).all()
    if rate == 1.0:
        assert value == 0
        assert not grad.any()


@scalings
@pytest.mark.parametrize("deterministic", [False, True])
def test_a_moving_rate_never_retraces(scaling, deterministic):
    layer = Dropout(0.0, scaling=scaling)
    graphdef, state = nnx.split(layer)
    traces = []

    @jax.jit
    def apply(state, rate, x, key):
        traces.append(1)
        layer = nnx.merge(graphdef, state)
        set_dropout_rate(layer, rate)
        return layer(x, deterministic=deterministic, rngs=key)

    x = jnp.ones((1000,))
    for rate in (0.0, 0.25, np.float32(0.5), jnp.asarray(0.75)):
        y = apply(state, float(rate), x, jax.random.key(0))
        assert abs(float(jnp.mean(y == 0)) - (0 if deterministic else float(rate))) < 0.06
    assert len(traces) == 1


def test_rates_map_and_scan():
    x, key = inputs((6,)), jax.random.key(2)
    rates = jnp.linspace(0, 0.9, 5)

    def apply(rate):
        return Dropout(rate)(x, rngs=key)

    alone = jnp.stack([Dropout(float(rate))(x, rngs=key) for rate in rates])
    mapped = jax.vmap(apply)(rates)
    scanned = jax.lax.scan(lambda carry, rate: (carry, apply(rate)), None, rates)[1]
    np.testing.assert_allclose(mapped, alone, rtol=1e-6)
    np.testing.assert_allclose(scanned, alone, rtol=1e-6)


def test_sources_of_keys():
    x, key = jnp.ones((64,)), jax.random.key(5)
    layer = Dropout(0.5)
    raw = layer(x, rngs=key)
    np.testing.assert_array_equal(raw, layer(x, rngs=key))
    np.testing.assert_array_equal(layer(x, rngs=jax.random.PRNGKey(5)), raw)
    stream = nnx.Rngs(dropout=key)
    first, second = layer(x, rngs=stream), layer(x, rngs=stream)
    assert (first != second).any()
    np.testing.assert_array_equal(first, layer(x, rngs=nnx.Rngs(dropout=key).dropout))
    np.testing.assert_array_equal(first, layer(x, rngs=nnx.Rngs(key)))
    other = Dropout(0.5, rng_collection="noise")
    np.testing.assert_array_equal(first, other(x, rngs=nnx.Rngs(dropout=9, noise=key)))


def test_numbers_drawn_beforehand():
    key, rate = jax.random.key(5), 0.3
    x = jnp.ones((4, 6))
    draws = Draws(jax.random.uniform(key, (30,)))
    np.testing.assert_array_equal(
        Dropout(rate)(x, rngs=draws), Dropout(rate)(x, rngs=Draws(jax.random.uniform(key, (30,))))
    )
    assert draws.taken == 24
    Dropout(rate)(x, deterministic=True, rngs=draws)  # a prediction takes none
    kept = Dropout(rate)(x[0], rngs=draws) > 0
    np.testing.assert_array_equal(kept, jax.random.uniform(key, (30,))[24:] >= rate)
    with pytest.raises(ValueError, match="draws: expected at least 54 numbers, got 30"):
        Dropout(rate)(x, rngs=draws)


@pytest.mark.parametrize("wrap", [nnx.Rngs, lambda **keys: nnx.Rngs(**keys).dropout])
def test_a_layer_can_keep_its_own_stream(wrap):
    x = jnp.ones((64,))
    layer = Dropout(0.5, rngs=wrap(dropout=0))
    flax_layer = nnx.Dropout(0.5, rngs=wrap(dropout=0))
    for _ in range(2):  # the same stream as flax's own layer, so the same number of calls to it
        layer(x)
        flax_layer(x)
    assert int(layer.rngs.count[...]) == int(flax_layer.rngs.count[...]) == 2
    assert jax.random.key_data(layer.rngs.key[...]).tolist() == (
        jax.random.key_data(flax_layer.rngs.key[...]).tolist()
    )


def test_same_masks_with_and_without_x64():
    x = np.ones((1000,), np.float32)
    single = Dropout(0.3)(x, rngs=jax.random.key(0))
    with x64(jnp.float64):
        layer = Dropout(0.3)
        assert layer.keep_probability == 0.7
        double = layer(x.astype(np.float64), rngs=jax.random.key(0))
        assert double.dtype == jnp.float64
        assert layer(x, rngs=jax.random.key(0)).dtype == jnp.float32
    np.testing.assert_array_equal(np.asarray(single) != 0, np.asarray(double) != 0)


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16, jnp.float32, jnp.int32])
@scalings
def test_dtypes(scaling, dtype):
    layer = Dropout(0.5, scaling=scaling)
    expected = jnp.float32 if dtype == jnp.int32 else dtype
    for deterministic in (False, True):
        y = layer(jnp.ones((9,), dtype), deterministic=deterministic, rngs=jax.random.key(0))
        assert y.dtype == expected


@pytest.mark.parametrize("rate", [1.0, 1.5, -0.1, np.nan, np.inf, "0.5", True, jnp.asarray(2.0)])
def test_rates_out_of_range_raise(rate):
    with pytest.raises(ValueError, match="dropout_rate: expected a number from 0 to below 1, got"):
        Dropout(rate)
    model = MLP(2, (3,), 2, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="dropout_rate: expected a number from 0 to below 1, got"):
        set_dropout_rate(model, rate)


def test_other_errors_are_one_line():
    x = jnp.ones(3)
    for make, words in (
        (lambda: Dropout(jnp.zeros(3)), r"dropout_rate: expected a scalar, got shape \(3,\)"),
        (
            lambda: Dropout(0.5, scaling="none"),
            "dropout_scaling: expected one of inverted, classic",
        ),
        (lambda: Dropout(0.5, rngs=3), "rngs: expected nnx.Rngs, RngStream or None"),
        (lambda: Dropout(0.5)(x), "rngs: expected .* deterministic=True.*, got None"),
        (lambda: Dropout(0.5)(x, rngs=3), "rngs: expected .*, got 3"),
        (lambda: Dropout(0.5, deterministic=None)(x), "deterministic: expected True or False"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            make()
        assert "\n" not in str(caught.value)


def test_set_dropout_rate():
    model = MLP(2, (3, 3), 2, dropout_rate=0.2, rngs=nnx.Rngs(0))
    before = model.dropouts[0].rate
    set_dropout_rate(model, 0.4)
    assert [float(layer.rate[...]) for layer in model.dropouts] == [np.float32(0.4)] * 2
    assert model.dropouts[0].rate is before
    assert before.dtype == jnp.result_type(float)
    assert isinstance(before, DropoutRate)
    assert not isinstance(before, nnx.Param)
    set_dropout_rate(nnx.Linear(2, 3, rngs=nnx.Rngs(0)), 0.4)  # no dropout: nothing to do


@scalings
def test_expected_squared_error_is_ridge_with_the_squares_of_the_columns(scaling):
    """Srivastava et al. 2014, section 9.1, over all masks of one row at a time."""
    rate, keep = 0.3, 0.7
    masks, weight = all_masks(5, rate)
    rng = np.random.default_rng(0)
    X, y, w = rng.normal(size=(12, 5)), rng.normal(size=12), rng.normal(size=5)
    with x64(jnp.float64):
        layer = Dropout(rate, scaling=scaling)
        measured = 0.0
        for row, target in zip(X, y, strict=True):
            dropped = layer(jnp.tile(row, (len(masks), 1)), rngs=forced(masks))
            measured += weight @ (target - np.asarray(dropped) @ w) ** 2
    norms = (X**2).sum(axis=0)
    shrink, penalty = (1, rate / keep) if scaling == "inverted" else (keep, keep * rate)
    expected = ((y - shrink * X @ w) ** 2).sum() + penalty * (norms * w**2).sum()
    assert abs(measured - expected) < 1e-9


@scalings
def test_prediction_is_the_normalized_geometric_mean_of_all_subnetworks(scaling):
    """Exact for one dropped layer that feeds a softmax."""
    masks, weight = all_masks(6, 0.2)
    rng = np.random.default_rng(1)
    x, W, b = rng.normal(size=6), rng.normal(size=(6, 4)), rng.normal(size=4)
    with x64(jnp.float64):
        layer = Dropout(0.2, scaling=scaling)
        dropped = layer(jnp.tile(x, (len(masks), 1)), rngs=forced(masks))
        log_p = jax.nn.log_softmax(dropped @ W + b[None])
        geometric = jax.nn.softmax(weight @ log_p)
        scaled = jax.nn.softmax(layer(x, deterministic=True) @ W + b)
        np.testing.assert_allclose(scaled, geometric, atol=1e-12)


@pytest.mark.parametrize("broadcast_dims", [(0,), (-1,), (0, 2), ()])
def test_masks_shared_along_axes(broadcast_dims):
    x = inputs((4, 5, 6))
    kept = np.asarray(Dropout(0.5, broadcast_dims=broadcast_dims)(x, rngs=nnx.Rngs(0))) != 0
    for axis in broadcast_dims:
        assert (kept == kept.take([0], axis=axis)).all()
    for axis in set(range(3)) - {dim % 3 for dim in broadcast_dims}:
        assert (kept != kept.take([0], axis=axis)).any()
    draws = Draws(jnp.linspace(0, 0.99, 120))
    Dropout(0.5, broadcast_dims=broadcast_dims)(x, rngs=draws)
    assert draws.taken == {(0,): 30, (-1,): 20, (0, 2): 5, (): 120}[broadcast_dims]
    with pytest.raises(ValueError, match=r"^broadcast_dims: expected axes of an input of shape"):
        Dropout(0.5, broadcast_dims=(3,))(x, rngs=nnx.Rngs(0))
