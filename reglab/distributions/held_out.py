"""Examples whose distribution nobody knows: some to train on, the others held out to judge by."""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.config import Range
from reglab.distributions.base import (
    Distribution,
    Sample,
    base_draws,
    check_key,
    checked_count,
    flipped,
    pytree,
)
from reglab.distributions.sequences import MAX_POINTS
from reglab.precision import in_32_bits
from reglab.words import say


@dataclass(frozen=True, eq=False)
class Examples:
    """Data in two parts, told from other data by identity.

    Attributes:
        x: inputs to train on, ``(n, *input_shape)`` float32.
        y: their classes, ``(n,)`` int32, from 0.
        test_x: inputs held out, in random order.
        test_y: their classes.
        classes: what each class is called.
        num_shared: how many of the inputs held out are inputs to train on too.
    """

    x: np.ndarray
    y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    classes: tuple[Any, ...]
    num_shared: int = 0

    def __repr__(self) -> str:
        return f"{len(self.x)} + {len(self.test_x)} examples of shape {self.x.shape[1:]}"


def too_many(n: int, num_train: int) -> ValueError:
    """The error of asking for ``n`` examples where there are ``num_train`` to train on."""
    return ValueError(
        say(
            "max_train: expected at most the {num_train} examples that there are to train on, "
            "got {got}",
            num_train=num_train,
            got=n,
        )
    )


@dataclass(frozen=True, kw_only=True)
class HeldOut(Distribution):
    """Data of an unknown distribution; errors are taken over held-out data, with an interval.

    The data are taken to be independent draws of one unknown distribution. S is a part of the
    training examples, drawn without replacement, so that it is such a sample too. The error over
    the held-out examples estimates the error over the distribution, and a binomial interval says
    how well. It is not the error over the whole distribution, and the words say so.

    A member defines ``examples``. ``label_noise`` is the probability that a label becomes another
    class, in both parts.
    """

    method: ClassVar[str] = "held-out"
    num_coordinates: ClassVar[int] = 1

    @property
    def examples(self) -> Examples:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The data."""
        raise NotImplementedError

    @property
    def input_shape(self) -> tuple[int, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Shape of one input."""
        return self.examples.x.shape[1:]

    @property
    def image_shape(self) -> tuple[int, ...] | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Height and width where an input is an image of one channel."""
        return self.input_shape if len(self.input_shape) == 2 else None

    @property
    def num_classes(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Number of classes."""
        return len(self.examples.classes)

    @property
    def ranges(self) -> dict[str, Range]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The values that label noise may take."""
        return {"label_noise": Range(0, 1 - 1 / self.num_classes)}

    @property
    def num_train(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """How many examples there are to train on."""
        return len(self.examples.x)

    @property
    def num_test(self) -> int:
        """How many examples are held out."""
        return len(self.examples.test_x)

    def sample(self, key: Array, n: int) -> Sample:
        """Draws ``n`` of the training examples, without replacement."""
        index = self.members(key, n)
        _, noise = base_draws(self, key, n)
        y = flipped(self, jnp.asarray(self.examples.y)[index], noise)
        return Sample(jnp.asarray(self.examples.x)[index], y)

    def test_sample(self, key: Array) -> Sample:
        """All held-out examples, their labels flipped as those of a sample are."""
        _, noise = base_draws(self, check_key(key), self.num_test)
        y = flipped(self, jnp.asarray(self.examples.test_y), noise)
        return Sample(jnp.asarray(self.examples.test_x), y)

    def clean_labels(self, key: Array, n: int) -> Array:
        """The labels ``(n,)`` int32 of ``sample(key, n)`` before any was flipped."""
        return jnp.asarray(self.examples.y)[self.members(key, n)]

    @in_32_bits
    def members(self, key: Array, n: int) -> Array:
        """Which training examples ``sample(key, n)`` draws: ``(n,)`` integers, all different."""
        n = checked_count("n", n, 2**31 - 1)
        self.check_num_train(n)
        return jax.random.permutation(check_key(key), self.num_train)[:n]

    def check_num_train(self, n: int) -> None:
        """Raises ``ValueError`` where there are fewer than ``n`` examples to train on."""
        if n > self.num_train:
            raise too_many(n, self.num_train)

    @in_32_bits
    def evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """The held-out examples, or the first ``num_points`` of them if there are more."""
        num_points = checked_count("num_points", num_points, MAX_POINTS)
        x, mass = self.clean_evaluation(check_key(key), num_points)
        return x, self.with_label_noise(mass)

    @in_32_bits
    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """What ``evaluation`` returns, without label noise."""
        count = min(num_points, self.num_test)
        labels = jnp.asarray(self.examples.test_y[:count])
        mass = jax.nn.one_hot(labels, self.num_classes) / count
        return jnp.asarray(self.examples.test_x[:count]), mass

    def bayes_error(self) -> None:
        """Not known."""


@pytree
@dataclass(frozen=True, kw_only=True)
class OwnData(HeldOut):
    """Data of the user's.

    Attributes:
        data: the examples; static, not a leaf.
        input_kind: ``plane``, ``table``, ``sequence`` or ``image``; None where the shape of an
            input tells it.
    """

    data: Examples = dataclasses.field(metadata={"static": True}, repr=False)
    input_kind: str | None = dataclasses.field(  # pyright: ignore[reportIncompatibleVariableOverride]
        default=None, metadata={"static": True}
    )

    @property
    def examples(self) -> Examples:
        """The data."""
        return self.data
