"""Predictions on many inputs in bounded memory."""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

BLOCK_NUMBERS = 2**20  # of inputs predicted at once; a convolution holds many times as many


def in_blocks(predict: Callable[[jax.Array], Any], x: jax.Array) -> Any:
    """What ``predict(x)`` returns, one part of ``x`` after the other where ``x`` is large.

    Args:
        predict: maps ``(n, *input_shape)`` to an array ``(n, ...)``, example by example.
        x: inputs; traced or not.

    >>> in_blocks(lambda x: 2 * x, jnp.ones((3, 2**19))).shape
    (3, 524288)
    """
    size = max(1, BLOCK_NUMBERS // math.prod(x.shape[1:]))
    if len(x) <= size:
        return predict(x)
    count = -(-len(x) // size)
    size = -(-len(x) // count)  # evenly, so that the last block is hardly padded
    padded = jnp.pad(x, ((0, count * size - len(x)), *[(0, 0)] * (x.ndim - 1)))
    parts = jax.lax.map(predict, padded.reshape(count, size, *x.shape[1:]))
    return parts.reshape(count * size, *parts.shape[2:])[: len(x)]
