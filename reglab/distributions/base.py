"""What every registered distribution shares: label noise, sampling, evaluation, true error."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer

from reglab.config import Range, check_number
from reglab.distributions.estimate import ErrorEstimate, estimated_error
from reglab.distributions.pictograms import Pictogram
from reglab.distributions.sequences import MAX_POINTS, independent, unit
from reglab.precision import full_precision, jit, narrow
from reglab.words import say

T = TypeVar("T", bound=type)


class Sample(NamedTuple):
    """Examples: ``x`` is ``(n, *input_shape)`` float32, ``y`` is ``(n,)`` int32."""

    x: Array
    y: Array


def pytree(cls: T) -> T:
    """Makes a dataclass a pytree whose fields are leaves, but for those marked as static.

    Unlike ``jax.tree_util.register_dataclass``, unflattening does not run ``__post_init__``:
    leaves are at times axis numbers or gradients, which no range should reject.
    """
    fields = dataclasses.fields(cls)
    names = [field.name for field in fields if not field.metadata.get("static")]
    static = [field.name for field in fields if field.metadata.get("static")]

    def flatten_with_keys(tree):
        leaves = [(jax.tree_util.GetAttrKey(name), getattr(tree, name)) for name in names]
        return leaves, tuple(getattr(tree, name) for name in static)

    def unflatten(kept, leaves):
        tree = object.__new__(cls)
        for name, value in zip((*names, *static), (*leaves, *kept), strict=True):
            object.__setattr__(tree, name, value)
        return tree

    jax.tree_util.register_pytree_with_keys(cls, flatten_with_keys, unflatten)
    return cls


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A distribution p(x, y) that can be sampled, weighed and judged. Base of the registered ones.

    A member defines ``place``, ``clean_evaluation`` and ``clean_bayes_error``, all without label
    noise; this class adds label noise and the public methods. Its fields are numbers, leaves of a
    pytree: they may be traced, and may be arrays under ``vmap``.

    Attributes:
        input_shape: shape of one ``x``.
        num_classes: number of classes K.
        loss: ``zero-one``, the share of wrong answers, or ``squared``, as a share of the variance.
        method: how errors over the distribution are taken, see :class:`ErrorEstimate`.
        ranges: the values that each number may take.
        image_shape: height and width where an example is an image of one channel; else None.
        input_kind: ``plane``, ``table``, ``sequence`` or ``image``; None where its shape tells it.
        plot_region: ``(x1 low, x1 high, x2 low, x2 high)`` of a picture; None where there is none.
        examples: data in two parts; None of what is drawn from.
        num_train: how many examples there are to train on; None where there is no end of them.
        tells_label_noise: whether its label noise can be told apart from all else.
        digest: tells it from others of its class; empty where its numbers alone do.
        caption: what it is, in a few words; those that have a name have one.
        net_coordinates: coordinates of the scrambled net that the points of ``evaluation`` are, see
            :func:`~reglab.distributions.sequences.low_discrepancy`; None where they are none.
        num_coordinates: uniform numbers that make one example, before label noise.
        label_noise: probability eta that y becomes another class, uniformly; 0 to (K-1)/K.

    Raises:
        ValueError: a number out of its range.
    """

    input_shape: ClassVar[tuple[int, ...]]
    num_classes: ClassVar[int]
    loss: ClassVar[str] = "zero-one"
    method: ClassVar[str] = "quadrature"
    ranges: ClassVar[dict[str, Range]]
    num_coordinates: ClassVar[int]
    image_shape: ClassVar[tuple[int, ...] | None] = None
    input_kind: ClassVar[str | None] = None
    plot_region: ClassVar[tuple[float, float, float, float] | None] = None
    examples: ClassVar[Any] = None
    num_train: ClassVar[int | None] = None
    tells_label_noise: ClassVar[bool] = True
    digest: ClassVar[str] = ""
    caption: ClassVar[str] = ""
    net_coordinates: ClassVar[int | None] = None

    label_noise: float | Array = 0.0

    def __post_init__(self):
        for name, allowed in self.ranges.items():
            object.__setattr__(self, name, _checked(name, getattr(self, name), allowed))

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """The picture on its button, made without a draw; see ``reglab.distributions.pictograms``.

        Returns:
            Points ``[[x, y, class], ...]`` with coordinates from 0 to 1, none of them by default;
            or ``{"size": n, "images": [[n * n values from 0 to 1], ...]}``, up to nine images.
        """
        return []

    @property
    def class_name(self) -> str:
        """What its class is called."""
        return type(self).__name__

    def place(self, words: Array) -> Sample:
        """Examples without label noise out of uniform words ``(n, num_coordinates)`` uint32."""
        raise NotImplementedError

    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """What ``evaluation`` returns, without label noise."""
        raise NotImplementedError

    def clean_bayes_error(self) -> ErrorEstimate:
        """What ``bayes_error`` returns, without label noise."""
        raise NotImplementedError

    def sample(self, key: Array, n: int) -> Sample:
        """Draws ``n`` examples, independent and identically distributed.

        The base draws do not depend on the numbers, so moving one moves the same examples; and
        the first n of N examples are the same for every N.
        """
        return _sample(self, check_key(key), checked_count("n", n, 2**31 - 1))

    def clean_labels(self, key: Array, n: int) -> Array:
        """The labels ``(n,)`` int32 of ``sample(key, n)`` before any was flipped."""
        return _clean_sample(self, check_key(key), checked_count("n", n, 2**31 - 1)).y

    def members(self, key: Array, n: int) -> Array | None:
        """Which rows of ``evaluation`` ``sample(key, n)`` drew; None but of a finite population."""
        return None

    def check_num_train(self, n: int) -> None:
        """Raises ``ValueError`` where there are fewer than ``n`` examples to train on."""

    def evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """Weighted points to take errors over; pass them to :func:`weighted_error`.

        Returns:
            ``x`` of shape ``(num_points, *input_shape)`` and ``mass`` of shape ``(num_points,
            num_classes)`` that sums to 1: the error of h is the sum of ``mass[i, y]`` where h
            does not answer y at ``x[i]``. A finite population returns all of its members,
            whatever ``num_points`` is.
        """
        return _evaluation(
            self, check_key(key), checked_count("num_points", num_points, MAX_POINTS)
        )

    @full_precision
    def true_error(
        self,
        predict: Callable[[Array], Any],
        *,
        half_width: float = 0.002,
        key: Array | None = None,
    ) -> ErrorEstimate:
        """The error of ``predict`` over the whole distribution; see ``true_error_from``."""
        return estimated_error(self, predict, half_width=half_width, key=key)

    def bayes_error(self) -> ErrorEstimate | None:
        """The least error that any classifier has; needs concrete numbers. None: not known.

        Label noise eta turns the clean Bayes error e into eta + (1 - eta K/(K-1)) e.
        """
        clean = self.clean_bayes_error()
        eta, K = float(self.label_noise), self.num_classes

        def noisy(error: float) -> float:
            return eta + (1 - eta * K / (K - 1)) * error

        return clean._replace(
            value=noisy(clean.value), low=noisy(clean.low), high=noisy(clean.high)
        )

    def density(self, points: Array) -> Array:
        """The joint density p(x, y) at ``points``; only planar distributions have one."""
        raise not_planar("density", self)

    def posterior(self, points: Array) -> Array:
        """The probabilities p(y | x) at ``points``; only planar distributions give them."""
        raise not_planar("posterior", self)

    def with_label_noise(self, mass: Array) -> Array:
        """Clean masses or probabilities ``(n, num_classes)``, after the labels were flipped."""
        others = mass.sum(axis=1, keepdims=True) - mass
        noise = narrow(self.label_noise)  # of a program of the user's it may have 64 bits
        return (1 - noise) * mass + noise / (self.num_classes - 1) * others


def not_planar(name: str, distribution: object) -> ValueError:
    """The error of asking for what planar distributions alone have."""
    return ValueError(
        say("{name}: expected a planar distribution, got {got!r}", name=name, got=distribution)
    )


def check_key(key: Any) -> Array:
    """Returns ``key`` if it is one JAX random key, or raises a ``ValueError`` of one line."""
    dtype, shape = getattr(key, "dtype", None), getattr(key, "shape", None)
    is_typed = dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key) and shape == ()
    if not is_typed and not (dtype == jnp.uint32 and shape == (2,)):
        got = (
            repr(key)
            if shape is None
            else say("an array of shape {shape} and dtype {dtype}", shape=shape, dtype=dtype)
        )
        raise ValueError(say("key: expected one jax.random.key, got {got}", got=got))
    return key


def base_draws(distribution: Distribution, key: Array, n: int) -> tuple[Array, Array]:
    """Words that place each example, and two more that decide on its label noise."""
    words = independent(key, n, distribution.num_coordinates + 2)
    return words[:, :-2], words[:, -2:]


def flipped(distribution: Distribution, y: Array, noise: Array) -> Array:
    """Labels ``y`` after the words ``noise``, ``(n, 2)``, have decided which of them change."""
    flip, which = unit(noise[:, 0]), noise[:, 1] % jnp.uint32(distribution.num_classes - 1)
    other = (y + 1 + which.astype(jnp.int32)) % distribution.num_classes
    return jnp.where(flip < distribution.label_noise, other, y)


@jit(static_argnames="n")
def _clean_sample(distribution: Distribution, key: Array, n: int) -> Sample:
    return distribution.place(base_draws(distribution, key, n)[0])


@jit(static_argnames="n")
def _sample(distribution: Distribution, key: Array, n: int) -> Sample:
    words, noise = base_draws(distribution, key, n)
    x, y = distribution.place(words)
    return Sample(x, flipped(distribution, y, noise))


@jit(static_argnames="num_points")
def _evaluation(distribution: Distribution, key: Array, num_points: int) -> tuple[Array, Array]:
    x, mass = distribution.clean_evaluation(key, num_points)
    return x, distribution.with_label_noise(mass)


def checked_count(name: str, value: object, most: int) -> int:
    """Returns ``value`` if it is a whole number from 1 to ``most``, or raises a ``ValueError``."""
    return check_number(name, value, Range(1, most), integer=True)


def _checked(name: str, value: Any, allowed: Range) -> Any:
    if isinstance(value, Tracer):
        return value
    if getattr(value, "shape", ()) != ():  # one number for each member of a vmap
        for entry in np.ravel(value):
            check_number(name, entry, allowed)
        return value
    number = check_number(name, value, allowed)
    return value if isinstance(value, jax.Array) else number
