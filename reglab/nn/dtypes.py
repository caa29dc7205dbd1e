"""Types of numbers that differ on purpose, where JAX is told to promote none by itself."""

from typing import Any

import jax
import jax.numpy as jnp


def promoted(*types: object) -> Any:
    """The type in which JAX computes with numbers of these types, arrays or names of types.

    The same with ``jax_numpy_dtype_promotion="strict"``, where an operation on two types raises:
    what mixes types on purpose asks here and casts.

    >>> with jax.numpy_dtype_promotion("strict"):
    ...     promoted(jnp.bfloat16, jnp.float32)
    dtype('float32')
    """
    with jax.numpy_dtype_promotion("standard"):
        return jnp.result_type(*types)


def widened(x: jax.Array) -> jax.Array:
    """``x`` in at least 32 bits, to add up in.

    >>> widened(jnp.ones(2, jnp.bfloat16)).dtype
    dtype('float32')
    """
    return x.astype(promoted(x.dtype, jnp.float32))
