"""Recursions for layers so wide that a unit's input is a normal number."""

from collections.abc import Callable

import numpy as np
from scipy.special import expit


def tanh_squares(gain: float, layers: int) -> np.ndarray:
    """Mean squares of tanh units for inputs of mean square 1, layer after layer, ``(layers,)``.

    Args:
        gain: by which weights of variance 1 over the number of inputs are multiplied.
        layers: their number.
    """
    squares = [1.0]
    for _ in range(layers):
        variance = gain**2 * squares[-1]
        squares.append(_normal_mean(lambda z: np.tanh(z) ** 2, variance))
    return np.array(squares[1:])


def sigmoid_gradients(layers: int) -> np.ndarray:
    """Squared lengths of the gradient of a score in the biases of sigmoid units, ``(layers,)``.

    Args:
        layers: their number; the first one comes first.
    """
    variance, factors = 1.0, []
    for _ in range(layers):
        factors.append(_normal_mean(lambda z: (expit(z) * (1 - expit(z))) ** 2, variance))
        variance = _normal_mean(lambda z: expit(z) ** 2, variance)
    return np.cumprod(factors[::-1])[::-1]


def _normal_mean(f: Callable[[np.ndarray], np.ndarray], variance: float) -> float:
    """The mean of f over normal numbers, by the trapezoidal rule."""
    z = np.linspace(-10, 10, 401)
    density = np.exp(-(z**2) / 2)
    return np.sum(density * f(np.sqrt(variance) * z)) / np.sum(density)
