"""fold(model) predicts what the model predicts, for every combination of options."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.config import ACTIVATIONS, SCALINGS
from reglab.nn import MLP, Dropout, fold, set_dropout_rate

from .helpers import (
    NORM_IDS,
    NORMS,
    fill,
    inputs,
    numpy_predict,
    predict,
    random_linear,
    random_mlp,
    train,
    x64,
)

RATES = (0.0, 0.3, 0.9)
TOLERANCES = {jnp.float32: 1e-5, jnp.float64: 1e-12}
norms = pytest.mark.parametrize("norm", NORMS, ids=NORM_IDS)


@pytest.mark.parametrize("dtype", [jnp.float32, pytest.param(jnp.float64, marks=pytest.mark.slow)])
@norms
@pytest.mark.parametrize("widths", [(), (5,), (4, 3)], ids=str)
def test_same_predictions(dtype, norm, widths):
    """Every activation, scaling and rate, on one set of random weights and statistics."""
    with x64(dtype):
        model = random_mlp(3, widths, 2, dtype=dtype, **norm)
        x = inputs((8, 3), dtype=dtype)
        cases = list(itertools.product(ACTIVATIONS, SCALINGS))

        def set_options(activation, scaling):
            model.activation = activation
            for layer in model.dropouts:
                layer.scaling = scaling

        def graph_of(options):
            set_options(*options)
            return nnx.graphdef(model)

        graphs, state = [graph_of(options) for options in cases], nnx.state(model)

        @jax.jit
        @jax.vmap
        def folded(rate):
            models = [nnx.merge(graph, state, copy=True) for graph in graphs]
            for one in models:
                set_dropout_rate(one, rate)
            return [fold(one)(x) for one in models]

        every = folded(jnp.asarray(RATES, dtype))
        for (activation, scaling), outputs in zip(cases, every, strict=True):
            set_options(activation, scaling)
            assert outputs.dtype == dtype
            for rate, output in zip(RATES, outputs, strict=True):
                set_dropout_rate(model, rate)
                expected = numpy_predict(model, x)
                error = np.abs(output - expected).max() / max(1, np.abs(expected).max())
                assert error < TOLERANCES[dtype], (activation, scaling, rate)


@pytest.mark.parametrize("norm", NORMS[1:], ids=NORM_IDS[1:])
def test_statistics_of_training_fold(norm):
    model = random_mlp(4, (8, 8), 3, dropout_rate=0.4, dropout_scaling="classic", **norm)
    step = nnx.jit(lambda model, x, key: train(model, x, key))
    for i in range(20):
        step(model, inputs((16, 4), i), jax.random.key(i))
    x = inputs((256, 4), 99)
    before = nnx.clone(nnx.state(model))
    plain = fold(model)
    jax.tree.map(np.testing.assert_array_equal, nnx.state(model), before)
    folded, expected = np.asarray(predict(plain, x)), np.asarray(predict(model, x))
    np.testing.assert_allclose(folded, expected, atol=2e-5)
    assert (folded.argmax(axis=1) == expected.argmax(axis=1)).all()


@norms
def test_the_result_is_a_plain_network(norm):
    model = random_mlp(
        3, (5, 4), 2, activation="tanh", dropout_rate=0.5, dropout_scaling="classic", **norm
    )
    plain = fold(model)
    expected = random_mlp(3, (5, 4), 2, activation="tanh")
    expected.eval()
    assert nnx.graphdef(plain) == nnx.graphdef(expected)
    assert not nnx.to_flat_state(nnx.state(plain, nnx.BatchStat))
    assert [float(layer.rate[...]) for layer in plain.dropouts] == [0.0, 0.0]
    x = inputs((6, 3))
    np.testing.assert_array_equal(train(plain, x, nnx.Rngs(0)), predict(plain, x))
    again = fold(plain)
    jax.tree.map(np.testing.assert_array_equal, nnx.state(again), nnx.state(plain))


def test_classic_dropout_scales_weights_and_not_biases():
    model = random_mlp(3, (5,), 2, dropout_rate=0.25, dropout_scaling="classic")
    plain = fold(model)
    first, last = model.linears
    np.testing.assert_array_equal(plain.linears[0].kernel[...], first.kernel[...])
    np.testing.assert_array_equal(plain.linears[1].kernel[...], 0.75 * last.kernel[...])
    np.testing.assert_array_equal(plain.linears[1].bias[...], last.bias[...])


@pytest.mark.parametrize("kind", ["mlp", "linear"])
def test_nothing_is_shared(kind):
    model = random_linear() if kind == "linear" else random_mlp()
    x = inputs((4, 3))
    plain = fold(model)
    assert type(plain) is type(model)
    expected = plain(x)
    np.testing.assert_allclose(expected, predict(model, x), atol=1e-6)
    ids = {id(v) for m in (model, plain) for _, v in nnx.to_flat_state(nnx.state(m))}
    assert len(ids) == sum(len(nnx.to_flat_state(nnx.state(m))) for m in (model, plain))
    fill(model, seed=5)
    np.testing.assert_array_equal(plain(x), expected)
    assert (predict(model, x) != expected).any()


@norms
def test_under_jit_scan_and_vmap(norm):
    model = random_mlp(3, (5, 4), 2, dropout_scaling="classic", **norm)
    graphdef, state = nnx.split(model)
    x = inputs((6, 3))

    def folded(rate):
        model = nnx.merge(graphdef, state, copy=True)
        set_dropout_rate(model, rate)
        return nnx.split(fold(model))[1]

    rates = jnp.array([0.0, 0.25, 0.5])
    plain_graphdef = nnx.graphdef(fold(model))
    scanned = jax.jit(lambda r: jax.lax.scan(lambda c, rate: (c, folded(rate)), None, r)[1])(rates)
    mapped = jax.jit(jax.vmap(folded))(rates)
    for i, rate in enumerate(rates):
        set_dropout_rate(model, rate)
        expected = predict(model, x)
        for states in (scanned, mapped):
            plain = nnx.merge(plain_graphdef, jax.tree.map(lambda leaf, i=i: leaf[i], states))
            np.testing.assert_allclose(plain(x), expected, atol=1e-5)


def test_an_ensemble_folds_by_nnx_vmap():
    @nnx.split_rngs(splits=3)
    @nnx.vmap
    def create(rngs):
        return MLP(
            2, (4,), 2, dropout_rate=0.5, dropout_scaling="classic", batch_norm=True, rngs=rngs
        )

    ensemble = create(nnx.Rngs(0))
    x = inputs((5, 2))
    predicted = nnx.vmap(lambda model, x: predict(model, x), in_axes=(0, None))(ensemble, x)
    plain = nnx.vmap(fold)(ensemble)
    folded = nnx.vmap(lambda model, x: model(x), in_axes=(0, None))(plain, x)
    assert folded.shape == (3, 5, 2)
    np.testing.assert_allclose(folded, predicted, atol=1e-6)


def test_no_initialization_is_traced():
    for model in (random_mlp(batch_norm=True), random_linear()):
        graphdef, state = nnx.split(model)
        jaxpr = jax.make_jaxpr(
            lambda state, g=graphdef: jax.tree.leaves(nnx.state(fold(nnx.merge(g, state))))
        )(state)
        assert "random" not in str(jaxpr)
        assert "threefry" not in str(jaxpr)


def test_narrow_parameters_stay_narrow():
    param_dtype = jnp.bfloat16
    model = MLP(
        3, (4,), 2, batch_norm=True, param_dtype=param_dtype, dtype=jnp.float32, rngs=nnx.Rngs(0)
    )
    plain = fold(model)
    assert {leaf.dtype for leaf in jax.tree.leaves(nnx.state(plain, nnx.Param))} == {
        jnp.dtype(param_dtype)
    }
    x = inputs((4, 3))
    np.testing.assert_allclose(plain(x), predict(model, x), atol=0.05)


class Louder(MLP):
    def __call__(self, x, *, rngs=None):
        return 2 * super().__call__(x, rngs=rngs)


class Noise(nnx.Module):
    def __call__(self, x, *, rngs=None):
        return x + 1


def test_refuses_what_it_does_not_know():
    rngs = nnx.Rngs(0)
    changed = MLP(2, (3,), 2, rngs=rngs)
    changed.dropouts[0] = Noise()
    for model, words in (
        (nnx.Linear(2, 3, rngs=rngs), "expected one of MLP, LinearClassifier, .*, got Linear"),
        (Louder(2, (3,), 2, rngs=rngs), "expected one of MLP, LinearClassifier, .*, got Louder"),
        (nnx.Sequential(MLP(2, (3,), 2, rngs=rngs)), "got Sequential"),
        (Dropout(0.5), "got Dropout"),
        (changed, r"model: fold does not know Noise at dropouts\.0"),
        (None, "got NoneType"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            fold(model)
        assert "\n" not in str(caught.value)


@pytest.mark.costly
@norms
@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("widths", [(4, 4), (3, 3, 5), (5, 5), (5, 4)], ids=str)
def test_residual_layers_fold_or_say_why(widths, scaling, norm):
    """Inputs have three features, so (3, 3, 5) adds them in both of its first layers."""
    options = {"residual": True, "dropout_scaling": scaling, "dropout_rate": 0.4, **norm}
    model = random_mlp(3, widths, 2, **options)
    sums = [i for i, width in enumerate(widths) if width == (3, *widths)[i]]
    x = inputs((6, 3))
    np.testing.assert_allclose(predict(model, x), numpy_predict(model, x), atol=1e-5)
    after = model.batch_norm and model.order == "after"
    if sums and (after or (scaling == "classic" and max(sums) > 0)):
        with pytest.raises(ValueError, match="does not fold across") as caught:
            fold(model)
        assert "\n" not in str(caught.value)
        return
    np.testing.assert_allclose(fold(model)(x), predict(model, x), atol=2e-5)
