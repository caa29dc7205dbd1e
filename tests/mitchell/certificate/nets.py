"""Networks with chosen weights, as modules, as layers, and as float32 programs of other orders."""

from itertools import pairwise

import jax
import numpy as np
from flax import nnx

from reglab.nn import MLP

SLOPES = {"relu": np.float32(0), "leaky_relu": np.float32(0.01), "identity": np.float32(1)}


def random_weights(rng, *widths, scale=1.0):
    """Kernels and biases of a network with two scores."""
    sizes = (2, *widths, 2)
    return [
        (
            (scale * rng.standard_normal((m, n))).astype(np.float32),
            rng.standard_normal(n).astype(np.float32),
        )
        for m, n in pairwise(sizes)
    ]


def module(weights, activation="relu", *, residual=False):
    """The lab's own module with these weights."""
    widths = [len(bias) for _, bias in weights[:-1]]
    model = MLP(2, widths, 2, activation=activation, residual=residual, rngs=nnx.Rngs(0))
    for linear, (kernel, bias) in zip(model.linears, weights, strict=True):
        linear.kernel.set_value(jax.numpy.asarray(kernel))
        linear.bias.set_value(jax.numpy.asarray(bias))
    model.eval()
    return model


def scores(model, x):
    """What the compiled float32 program scores."""
    return np.asarray(_program(model, np.asarray(x, np.float32)))


@nnx.jit
def _program(model, x):
    return model(x)


def in_order(weights, x, rng, activation="relu"):
    """Scores by another float32 program: one product after the other, in a random order."""
    x = np.asarray(x, np.float32)
    for i, (kernel, bias) in enumerate(weights):
        order = rng.permutation(len(kernel))
        total = np.tile(bias, (len(x), 1)) if rng.random() < 0.5 else np.zeros_like(bias)[None]
        started = bool(total.any())
        for k in order:
            total = total + x[:, k : k + 1] * kernel[k]
        x = total if started else total + bias
        if i < len(weights) - 1:
            x = np.where(x > 0, x, SLOPES[activation] * x)
    return x


def exact(weights, x, activation="relu"):
    """Scores in float64."""
    x = np.asarray(x, np.float64)
    for kernel, bias in weights[:-1]:
        x = x @ kernel.astype(float) + bias
        x = np.where(x > 0, x, float(SLOPES[activation]) * x)
    return x @ weights[-1][0].astype(float) + weights[-1][1]
