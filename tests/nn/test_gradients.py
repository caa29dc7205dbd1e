"""What every model of the package obeys: gradients, and the mean over dropout masks."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab.config import SCALINGS
from reglab.nn import CNN, MLP, AlexNet, AttentionClassifier, Draws, Dropout

from .helpers import NORM_IDS, NORMS, filled, inputs, predict, train, train_eagerly, x64

norms = pytest.mark.parametrize("norm", NORMS, ids=NORM_IDS)
MAKERS = {
    "mlp": lambda **options: MLP(6, (4,), 2, **options),
    "cnn": lambda **options: CNN((6,), (3, 3), 2, widths=(4,), pool=(2, 1), **options),
    "cnn-residual": lambda **options: CNN(
        (3, 2), (3, 3), 2, widths=(4,), residual=True, pooling="average", **options
    ),
    "attention": lambda **options: AttentionClassifier(
        (6,), 4, 2, widths=(4,), num_heads=2, patch=2, feed_forward=3, **options
    ),
}
models = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
DEEPER = MAKERS | {
    "mlp-residual": lambda **options: MLP(6, (4, 4), 2, residual=True, **options),
}


@pytest.mark.costly
@pytest.mark.parametrize("make", DEEPER.values(), ids=DEEPER)
@norms
def test_gradients_against_finite_differences(make, norm):
    """In float64, in training mode, along random directions of parameters and inputs."""
    options = {"dtype": jnp.float64, "param_dtype": jnp.float64, "activation": "gelu", **norm}
    with x64(jnp.float64):
        model = filled(lambda rngs: make(rngs=rngs, **options), rate=0.3)
        graphdef, params, rest = nnx.split(model, nnx.Param, ...)
        x, target = inputs((5, 6), dtype=jnp.float64), inputs((5, 2), 2, jnp.float64)

        rng = np.random.default_rng(0)
        numbers = jnp.asarray(rng.random(400))

        def loss_fn(params, x):
            model = nnx.merge(graphdef, params, rest, copy=True)
            return jnp.sum((train(model, x, Draws(numbers)) - target) ** 2)

        loss = jax.jit(jax.value_and_grad(loss_fn, argnums=(0, 1)))
        start, grads = (
            jax.tree.map(np.asarray, part) for part in ((params, x), loss(params, x)[1])
        )
        for _ in range(2):
            step = jax.tree.map(lambda leaf: rng.normal(size=leaf.shape), start)
            moved = [
                loss(*jax.tree.map(lambda p, s, h=h: p + h * s, start, step))[0]
                for h in (1e-6, -1e-6)
            ]
            slope = sum(
                np.sum(g * s)
                for g, s in zip(jax.tree.leaves(grads), jax.tree.leaves(step), strict=True)
            )
            np.testing.assert_allclose((moved[0] - moved[1]) / 2e-6, slope, rtol=1e-5)


@pytest.mark.costly
@models
@pytest.mark.parametrize("scaling", SCALINGS)
def test_the_mean_over_masks_is_the_prediction(make, scaling):
    """All 16 masks of the last dropout layer, which only a linear layer follows."""
    rate = 0.3
    model = filled(lambda rngs: make(rngs=rngs, dropout_scaling=scaling))
    layers = [layer for _, layer in nnx.iter_modules(model) if isinstance(layer, Dropout)]
    last = model.dropouts[-1] if isinstance(model, MLP) else model.head.dropouts[-1]
    last.rate.set_value(jnp.asarray(rate))
    x = inputs((1, 6))
    sizes = {"mlp": 0, "cnn": 3 * 3 * 2, "cnn-residual": 6 * 3 * 2, "attention": 3 * 4 + 3 * 3}
    before = np.ones(next(sizes[name] for name, value in MAKERS.items() if value is make), bool)
    kept = np.array(list(itertools.product((False, True), repeat=4)))
    numbers = np.where(np.hstack([np.tile(before, (16, 1)), kept]), 0.999, 0.0)

    def scores(numbers):
        draws = Draws(numbers)
        y = train_eagerly(nnx.clone(model), x, draws)
        assert draws.taken == before.size + 4
        return y

    weights = np.where(kept, 1 - rate, rate).prod(axis=1)
    outputs = np.asarray(jax.jit(jax.vmap(scores))(jnp.asarray(numbers)), np.float64)
    mean = np.tensordot(weights, outputs, 1)
    assert len(layers) > 0
    np.testing.assert_allclose(mean, predict(model, x), atol=1e-5)


def test_alexnet_drops_half_of_both_dense_layers():
    model = filled(
        lambda rngs: AlexNet((28, 28), 2, variant="small", activation="sigmoid", rngs=rngs),
        rate=0.5,
    )
    seen, original = [], Dropout._uniform
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Dropout, "_uniform", lambda *args: seen.append(original(*args)) or seen[-1])
        train_eagerly(model, inputs((4, 28, 28)), jax.random.key(0))
    assert [numbers.shape for numbers in seen] == [(4, 256), (4, 256)]
    for numbers in seen:
        assert abs(float((numbers >= 0.5).mean()) - 0.5) < 4 * 0.5 / 32
