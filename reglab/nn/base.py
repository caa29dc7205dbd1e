"""What all models of the package share: how they read inputs and take modes."""

import math
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import ArrayLike

from reglab.config import Range, check_number

_SIZE = Range(1, 100_000_000)


class Classifier(nnx.Module):
    """Base of the models that map inputs ``(n, *input_shape)`` to scores ``(n, num_classes)``.

    Every model takes both mode names, so that one call suits all of them::

        nnx.view(model, deterministic=False, use_running_average=False)(x, rngs=rngs)

    A mode for which a model has no layer changes nothing; unknown names still raise.
    """

    def set_view(
        self, deterministic: bool | None = None, use_running_average: bool | None = None
    ) -> None:
        """Called by ``nnx.view``; the layers below act on the modes, the model itself on none.

        Args:
          deterministic: if True, dropout layers predict; if False, they draw masks.
          use_running_average: if True, batch norm layers use their running statistics.
        """


def check_size(name: str, value: Any) -> int:
    """Returns a number of features or units as an int, or raises a one-line ``ValueError``."""
    return check_number(name, value, _SIZE, integer=True)


def flatten(x: ArrayLike, in_features: int) -> jax.Array:
    """Reshapes inputs ``(n, *anything)`` to ``(n, in_features)``.

    Raises:
        ValueError: if an example does not have ``in_features`` entries.

    >>> flatten(jnp.zeros((5, 8, 8)), 64).shape
    (5, 64)
    """
    x = jnp.asarray(x)
    if x.ndim == 0 or math.prod(x.shape[1:]) != in_features:
        raise ValueError(
            f"x: expected shape (n, ...) with {in_features} features an example, got {x.shape}"
        )
    return x.reshape(x.shape[0], in_features)
