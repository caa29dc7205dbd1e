"""What a hypothesis answers: the class of its highest score, and nothing where it gives none."""

import jax.numpy as jnp
from jax import Array

NO_ANSWER = -1  # no class, so always a mistake


def answers_of(scores: Array) -> Array:
    """The classes of the highest scores, ties to the lowest class.

    Where one of an example's scores is not finite there is no answer, -1, whatever the others
    are. Works under ``jit`` and ``vmap``.

    Args:
        scores: ``(..., num_classes)``.

    Returns:
        Integers ``(...)``, from -1.

    >>> answers_of(jnp.array([[0.1, 0.9], [jnp.nan, 0.9], [jnp.inf, 0.9]])).tolist()
    [1, -1, -1]
    """
    is_answer = jnp.isfinite(scores).all(axis=-1)
    return jnp.where(is_answer, jnp.argmax(scores, axis=-1), NO_ANSWER)
