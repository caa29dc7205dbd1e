"""Activation functions by name."""

from collections.abc import Callable

import jax

from reglab.config import check_name

# gelu is the tanh approximation, as everywhere in JAX; leaky_relu has slope 0.01 below zero.
ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "relu": jax.nn.relu,
    "tanh": jax.nn.tanh,
    "sigmoid": jax.nn.sigmoid,
    "gelu": jax.nn.gelu,
    "leaky_relu": jax.nn.leaky_relu,
    "identity": jax.nn.identity,
}


def activation(name: str) -> Callable[[jax.Array], jax.Array]:
    """The elementwise function called ``name``.

    Raises:
        ValueError: if ``name`` is not in ``ACTIVATIONS``.

    >>> float(activation("leaky_relu")(-1.0))
    -0.009999999776482582
    """
    return ACTIVATIONS[check_name("activation", name, tuple(ACTIVATIONS))]
