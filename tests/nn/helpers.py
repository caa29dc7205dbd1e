"""Models with random variables, and the same mathematics in NumPy."""

import contextlib

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy.special import expit

from reglab.nn import MLP

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


def x64(dtype):
    """Float64 needs jax's switch; float32 leaves it alone."""
    return jax.enable_x64(True) if dtype == jnp.float64 else contextlib.nullcontext()


def randomize(model, seed=0):
    """Fills every parameter and running statistic with random numbers, in place."""
    rng = np.random.default_rng(seed)
    for path, variable in nnx.to_flat_state(nnx.state(model, (nnx.Param, nnx.BatchStat))):
        if path[-1] in ("scale", "var"):
            value = rng.uniform(0.5, 2.0, variable.shape)
        else:
            value = rng.normal(size=variable.shape) * 0.6
        variable.set_value(jnp.asarray(value, variable.dtype))
    return model


def random_mlp(
    in_features=3, widths=(5, 4), out_features=2, *, seed=0, dtype=jnp.float32, **options
):
    rngs = nnx.Rngs(seed)
    model = MLP(in_features, widths, out_features, rngs=rngs, param_dtype=dtype, **options)
    return randomize(model, seed)


def inputs(shape, seed=1, dtype=jnp.float32):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), dtype)


def predict(model, x):
    return nnx.view(model, deterministic=True, use_running_average=True)(x)


def train(model, x, rngs):
    return nnx.view(model, deterministic=False, use_running_average=False)(x, rngs=rngs)


def numpy_predict(model, x):
    """What an MLP predicts, in float64, written down once more without JAX."""

    def get(variable):
        return 0.0 if variable is None else np.asarray(variable[...], np.float64)

    def norm(layer, h):
        scale = get(layer.scale) / np.sqrt(get(layer.var) + layer.epsilon)
        return (h - get(layer.mean)) * scale + get(layer.bias)

    h = np.asarray(x, np.float64).reshape(len(x), -1)
    for i, dropout in enumerate(model.dropouts):
        h = h @ get(model.linears[i].kernel) + get(model.linears[i].bias)
        if model.batch_norm and model.order == "before":
            h = norm(model.norms[i], h)
        h = NUMPY_ACTIVATIONS[model.activation](h)
        if model.batch_norm and model.order == "after":
            h = norm(model.norms[i], h)
        if dropout.scaling == "classic":
            h = h * (1 - get(dropout.rate))
    return h @ get(model.linears[-1].kernel) + get(model.linears[-1].bias)
