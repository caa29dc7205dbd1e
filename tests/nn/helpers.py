"""Models with random variables, and the same mathematics in NumPy."""

import contextlib
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from scipy.special import expit

from reglab.nn import MLP, Draws, DropoutRate, LinearClassifier

NORMS = (
    {"batch_norm": False},
    {"batch_norm": True, "order": "before"},
    {"batch_norm": True, "order": "after"},
)
NORM_IDS = ("plain", "norm-before", "norm-after")

NUMPY_ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": expit,
    "gelu": lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "identity": lambda x: x,
}


def with_norms(options):
    """Every case with every kind of batch norm; all but one kind of each case are slow."""
    slow = pytest.mark.slow
    return [
        pytest.param(
            *case, norm, id=f"{name}-{NORM_IDS[j]}", marks=() if (i + j) % 3 == 0 else slow
        )
        for i, (name, case) in enumerate(options.items())
        for j, norm in enumerate(NORMS)
    ]


def x64(dtype):
    """Float64 needs jax's switch; float32 leaves it alone."""
    return jax.enable_x64(True) if dtype == jnp.float64 else contextlib.nullcontext()


def fill(model, seed=0, *, initial=False):
    """Fills every parameter and running statistic in place: random, or as a start of training."""
    rng = np.random.default_rng(seed)
    for path, variable in nnx.to_flat_state(nnx.state(model, (nnx.Param, nnx.BatchStat))):
        if path[-1] == "kernel":
            value = rng.normal(size=variable.shape) / np.sqrt(np.prod(variable.shape[:-1]))
        elif path[-1] in ("scale", "var"):
            value = np.ones(variable.shape) if initial else rng.uniform(0.5, 2, variable.shape)
        else:
            value = np.zeros(variable.shape) if initial else rng.normal(size=variable.shape) * 0.6
        variable.set_value(jnp.asarray(np.asarray(value, variable.dtype)))
    return model


def filled(make, *, seed=0, initial=False, rate=0.0):
    """The model that ``make(rngs)`` describes, filled by NumPy: drawing is slow to compile."""
    model = nnx.eval_shape(lambda: make(nnx.Rngs(0)))
    for _, variable in nnx.to_flat_state(nnx.state(model, DropoutRate)):
        variable.set_value(jnp.asarray(rate, variable.dtype))
    return fill(model, seed, initial=initial)


def random_mlp(
    in_features=3,
    widths=(5, 4),
    out_features=2,
    *,
    seed=0,
    dtype=jnp.float32,
    dropout_rate=0.0,
    **options,
):
    def make(rngs):
        return MLP(in_features, widths, out_features, rngs=rngs, param_dtype=dtype, **options)

    return filled(make, seed=seed, rate=dropout_rate)


def random_linear(in_features=3, out_features=2):
    return filled(lambda rngs: LinearClassifier(in_features, out_features, rngs=rngs))


def inputs(shape, seed=1, dtype=jnp.float32):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape).astype(dtype))


def forced(*masks):
    """Draws that keep and drop what the masks say, at any rate above 0 and up to 0.99."""
    return Draws(jnp.asarray(np.concatenate([np.where(m, 0.999, 0.0).ravel() for m in masks])))


def predict(model, x):
    """Compiled as a whole: one operation at a time takes ten times as long to compile."""
    return _predict(*nnx.split(model), x)


@functools.partial(jax.jit, static_argnums=0)
def _predict(graph, state, x):
    return predict_eagerly(nnx.merge(graph, state), x)


def predict_eagerly(model, x):
    return nnx.view(model, deterministic=True, use_running_average=True)(x)


def train(model, x, rngs):
    """A call in training, compiled as a whole; ``rngs`` is a key, ``nnx.Rngs`` or ``Draws``."""
    if isinstance(rngs, Draws):  # no pytree: it counts as it is traced
        return nnx.jit(lambda model, x: train_eagerly(model, x, rngs))(model, x)
    return _train(model, x, rngs)


def train_eagerly(model, x, rngs):
    return nnx.view(model, deterministic=False, use_running_average=False)(x, rngs=rngs)


_train = nnx.jit(train_eagerly)


def numpy_predict(model, x):
    """What an MLP predicts, in float64, written down once more without JAX."""

    def get(variable):
        return 0.0 if variable is None else np.asarray(variable[...], np.float64)

    def norm(layer, h):
        scale = get(layer.scale) / np.sqrt(get(layer.var) + layer.epsilon)
        return (h - get(layer.mean)) * scale + get(layer.bias)

    h = np.asarray(x, np.float64).reshape(len(x), -1)
    for i, dropout in enumerate(model.dropouts):
        skipped = h
        h = h @ get(model.linears[i].kernel) + get(model.linears[i].bias)
        if model.batch_norm and model.order == "before":
            h = norm(model.norms[i], h)
        h = NUMPY_ACTIVATIONS[model.activation](h)
        if model.batch_norm and model.order == "after":
            h = norm(model.norms[i], h)
        if model.residual and h.shape == skipped.shape:
            h = h + skipped
        if dropout.scaling == "classic":
            h = h * (1 - get(dropout.rate))
    return h @ get(model.linears[-1].kernel) + get(model.linears[-1].bias)
