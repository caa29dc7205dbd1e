"""What every shifted distribution shares: the parent it moves, and how it is asked."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import jax
import numpy as np
from jax import Array

from reglab.config import Range
from reglab.distributions.base import Sample, not_planar
from reglab.distributions.estimate import ErrorEstimate, estimated_error
from reglab.distributions.protocol import with_numbers
from reglab.precision import full_precision, in_32_bits

T = TypeVar("T", bound=type)


def pytree_of_parent(cls: T) -> T:
    """Makes a shifted distribution a pytree with its parent's numbers as leaves."""
    return jax.tree_util.register_dataclass(cls, ["parent"], ["kind", "strength"])


@dataclass(frozen=True)
class Shifted:
    """A distribution that has moved away from its parent; at strength 0 it is the parent.

    A kind defines ``moved_sample``, ``moved_evaluation`` and, where it is known, ``moved_bayes``.
    Label noise belongs to the parent and comes after the move: error e becomes
    eta + (1 - eta K/(K-1)) e.

    Attributes:
        parent: the distribution before the move, a registered one or one's own.
        kind: one of ``SHIFTS``.
        strength: how far, 0 to 1.
    """

    loss: ClassVar[str] = "zero-one"
    plot_region: ClassVar[None] = None  # where it has moved to, a sample tells
    tells_label_noise: ClassVar[bool] = True
    keeps_method: ClassVar[bool] = True  # whether errors are taken as the parent takes them

    parent: Any
    kind: str
    strength: float

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one ``x``."""
        return tuple(self.parent.input_shape)

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return int(self.parent.num_classes)

    @property
    def image_shape(self) -> tuple[int, ...] | None:
        """Height and width where examples are flat images."""
        return self.parent.image_shape

    @property
    def input_kind(self) -> str | None:
        """What an input is; a move makes nothing else of it."""
        return self.parent.input_kind

    @property
    def ranges(self) -> dict[str, Range]:
        """The values that each of the parent's numbers may take."""
        return self.parent.ranges

    @property
    def examples(self) -> Any:
        """The parent's data in two parts, or None."""
        return self.parent.examples

    @property
    def num_train(self) -> int | None:
        """How many examples there are to train on; None where there is no end of them."""
        return self.parent.num_train

    @property
    def class_name(self) -> str:
        """What its class is called."""
        return type(self).__name__

    @property
    def digest(self) -> str:
        """Tells it from another shift."""
        parent = f"{self.parent.class_name} {self.parent.digest}".strip()
        return f"{self.kind} {self.strength:g} of {parent}"

    @property
    def method(self) -> str:
        """How errors over the distribution are taken, see :class:`ErrorEstimate`."""
        return self.parent.method if self.keeps_method or not self.strength else "monte-carlo"

    @property
    def net_coordinates(self) -> int | None:
        """Coordinates of the scrambled net that the points of ``evaluation`` are, moved."""
        return self.parent.net_coordinates if self.method == "quadrature" else None

    def own_key(self, key: Array, purpose: np.uint32) -> Array:
        """A key for the numbers that this shift adds to a sample's, apart from all its parents'."""
        depth, parent = 0, self.parent
        while isinstance(parent, Shifted):
            depth, parent = depth + 1, parent.parent
        return jax.random.fold_in(jax.random.fold_in(key, purpose), depth)

    def moved_sample(self, key: Array, n: int) -> tuple[Sample, Array]:
        """Examples, and their labels before any was flipped, at a strength above 0."""
        raise NotImplementedError

    def moved_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """What ``evaluation`` returns at a strength above 0."""
        raise NotImplementedError

    def moved_bayes(self) -> ErrorEstimate | None:
        """What ``bayes_error`` returns at a strength above 0."""
        return counted_bayes(self) if self.method == "enumeration" else None

    @in_32_bits
    def sample(self, key: Array, n: int) -> Sample:
        """Draws ``n`` examples; the first n of N are the same for every N."""
        return self.moved_sample(key, n)[0] if self.strength else self.parent.sample(key, n)

    @in_32_bits
    def clean_labels(self, key: Array, n: int) -> Array:
        """The labels ``(n,)`` int32 of ``sample(key, n)`` before any was flipped."""
        return self.moved_sample(key, n)[1] if self.strength else self.parent.clean_labels(key, n)

    @in_32_bits
    def evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """Weighted points to take errors over, as those of a :class:`Distribution`."""
        if not self.strength:
            return self.parent.evaluation(key, num_points)
        return self.moved_evaluation(key, num_points)

    @full_precision
    def true_error(
        self,
        predict: Callable[[Array], Any],
        *,
        half_width: float = 0.002,
        key: Array | None = None,
    ) -> ErrorEstimate:
        """The error of ``predict`` over all of it; see ``true_error_from``."""
        if not self.strength:
            return self.parent.true_error(predict, half_width=half_width, key=key)
        return estimated_error(self, predict, half_width=half_width, key=key)

    def bayes_error(self) -> ErrorEstimate | None:
        """The least error that any classifier has, or None where it is not known."""
        return self.moved_bayes() if self.strength else self.parent.bayes_error()

    def with_numbers(self, **numbers: object) -> "Shifted":
        """A copy whose parent has these numbers."""
        return dataclasses.replace(self, parent=with_numbers(self.parent, **numbers))

    def with_label_noise(self, mass: Array) -> Array:
        """Clean masses after the labels were flipped as the parent flips them."""
        return self.parent.with_label_noise(mass) if self.parent.tells_label_noise else mass

    def members(self, key: Array, n: int) -> None:
        """Not told."""

    def check_num_train(self, n: int) -> None:
        """Raises ``ValueError`` where there are fewer than ``n`` examples to train on."""
        self.parent.check_num_train(n)

    def density(self, points: Array) -> Array:
        """Not known."""
        raise not_planar("density", self)

    def posterior(self, points: Array) -> Array:
        """Not known."""
        raise not_planar("posterior", self)


def counted_bayes(distribution: Any) -> ErrorEstimate:
    """The Bayes error of a finite population: inputs that look the same get one answer."""
    x, mass = distribution.evaluation(jax.random.key(0), 1)
    mass = np.asarray(mass, np.float64)
    flat = np.asarray(x).reshape(len(mass), -1)
    _, group = np.unique(flat, axis=0, return_inverse=True)
    together = np.zeros((group.max() + 1, mass.shape[1]))
    np.add.at(together, group.ravel(), mass)
    value = float((together.sum(axis=1) - together.max(axis=1)).sum() / mass.sum())
    return ErrorEstimate(value, value, value, len(mass), "enumeration")
