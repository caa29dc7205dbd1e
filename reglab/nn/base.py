"""What all models share: how they read inputs and take modes, and what the lab asks of them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import ArrayLike

from reglab.config import ModelConfig, Range, check_number
from reglab.nn.fold_dense import copy_params
from reglab.words import say

Offer = Mapping[str, ModelConfig]  # by the words for their sizes
_SIZE = Range(1, 100_000_000)


class Classifier(nnx.Module):
    """Base of the models that map inputs ``(n, *input_shape)`` to scores ``(n, num_classes)``.

    Every model takes both mode names, so that one call suits all of them::

        nnx.view(model, deterministic=False, use_running_average=False)(x, rngs=rngs)

    A mode for which a model has no layer changes nothing; unknown names still raise.

    A model that experiments may name has all of these, and joins by :func:`reglab.nn.register`.

    Attributes:
        config: class of its configurations, a frozen dataclass that inherits ``ModelConfig``.
        arguments: of the class, by name, that its plain network is made with, and that a file of
            weights holds; each is an attribute of the model too. ``rngs`` is none of them.
        made_of: classes of the modules inside it that ``fold`` may find.
        title: what a menu calls it.
        offered: configurations that a menu offers, by the words for their sizes.
        in_populations: likewise, of the population lab.
        is_slow_to_judge: whether to judge a hypothesis takes longer than to train it for some
            steps; a panel then records fewer of them.
    """

    config: ClassVar[type[ModelConfig]]
    arguments: ClassVar[tuple[str, ...]]
    made_of: ClassVar[tuple[type[nnx.Module], ...]] = ()
    title: ClassVar[str] = ""
    offered: ClassVar[Offer] = {}
    in_populations: ClassVar[Offer] = {}
    is_slow_to_judge: ClassVar[bool] = False

    @classmethod
    def from_config(
        cls, config: object, input_shape: Sequence[int], num_classes: int, **options: object
    ) -> "Classifier":
        """The model that a configuration describes; see :func:`reglab.nn.build`.

        Unless a model says otherwise, it takes ``input_shape``, ``out_features``, the fields of the
        configuration, ``dropout_rate`` and ``rngs``.

        Args:
            config: of the class ``config``.
            input_shape: shape of one example.
            num_classes: columns of the scores.
            **options: ``dropout_rate``, which may be traced, and ``rngs``.
        """
        make: Any = cls
        return make(input_shape, out_features=num_classes, **vars(config), **options)

    def fold_into(self, plain: nnx.Module) -> None:
        """Writes into ``plain`` what this model computes at inference; see :func:`reglab.nn.fold`.

        Unless a model says otherwise its parameters are copied, as they are.

        Args:
            plain: of the same class, made with ``arguments`` alone, its variables abstract.

        Raises:
            ValueError: one line, where that is not exact.
        """
        copy_params(self, plain)

    def set_view(
        self, deterministic: bool | None = None, use_running_average: bool | None = None
    ) -> None:
        """Called by ``nnx.view``; the layers below act on the modes, the model itself on none.

        Args:
          deterministic: if True, dropout layers predict; if False, they draw masks.
          use_running_average: if True, batch norm layers use their running statistics.
        """


def check_size(name: str, value: object) -> int:
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
            say(
                "x: expected shape (n, ...) with {in_features} features an example, got {got}",
                in_features=in_features,
                got=x.shape,
            )
        )
    return x.reshape(x.shape[0], in_features)
