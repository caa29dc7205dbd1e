"""The adapter of a user's distribution: every draw checked, every optional attribute there."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from jax import Array

from reglab.config import Range, check_name
from reglab.distributions import calls, drawn, stated
from reglab.distributions.base import Sample, not_planar
from reglab.distributions.estimate import METHODS, ErrorEstimate
from reglab.distributions.held_out import Examples, too_many
from reglab.distributions.protocol import with_numbers
from reglab.precision import full_precision
from reglab.words import say

LOSSES = ("zero-one", "squared")
# What the object is asked for.
_ATTRIBUTE, _POINTS, _MASSES = say("an attribute"), say("weighted points (x, mass)"), say("masses")
_ESTIMATE, _ESTIMATE_OR_NONE = say("an ErrorEstimate"), say("None or an ErrorEstimate")
_DENSITIES, _PROBABILITIES, _ROWS = say("densities"), say("probabilities"), say("rows")


@dataclass(frozen=True, eq=False)
class OwnDistribution:
    """A user's object with all that a distribution has; what it draws is checked, and cast.

    Whatever the object has besides is found here too, by the same name.

    Attributes:
        own: the object, with the numbers in force.
        digest: of what it draws; tells it from other objects of its class.
    """

    net_coordinates: ClassVar[None] = None  # nothing is known of how its points lie

    own: Any
    digest: str = field(default="", repr=False)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("own", "digest"):  # being copied or unpickled
            raise AttributeError(name)
        return getattr(self.own, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnDistribution) and bool(self.own == other.own)

    def __hash__(self) -> int:
        return hash(type(self.own))

    # -- attributes ----------------------------------------------------------------------------

    @property
    def class_name(self) -> str:
        """What the object's class is called."""
        return type(self.own).__name__

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one ``x``."""
        return stated.sizes("input_shape", self.own.input_shape)

    @property
    def num_classes(self) -> int:
        """Number of classes; 1 of regression."""
        count, least = stated.size(self.own.num_classes), 1 if self.loss == "squared" else 2
        if count is None or count < least or (least == 1 and count != 1):
            got = self.own.num_classes
            raise ValueError(
                say("num_classes: expected 1 for squared errors, got {got!r}", got=got)
                if least == 1
                else say("num_classes: expected a whole number from 2, got {got!r}", got=got)
            )
        return count

    @property
    def loss(self) -> str:
        """``zero-one`` where the object does not say it."""
        return check_name("loss", self._given("loss", "zero-one"), LOSSES)

    @property
    def method(self) -> str:
        """``quadrature`` where the object does not say it."""
        return check_name("method", self._given("method", "quadrature"), METHODS)

    @property
    def image_shape(self) -> tuple[int, ...] | None:
        """None where the object names no image."""
        given = self._given("image_shape")
        return None if given is None else stated.image_shape(given, self.input_shape)

    @property
    def input_kind(self) -> str | None:
        """``plane``, ``table``, ``sequence`` or ``image``; a row of numbers is one of a table.

        None for single numbers, which are points of a line.
        """
        shape, given = self.input_shape, self._given("input_kind")
        fits = {
            "image": self.image_shape is not None or len(shape) in (2, 3),
            "plane": shape == (2,),
            "table": True,
            "sequence": len(shape) == 1,
        }
        if given is None and shape == (1,):
            return None
        if given is None:
            return next(kind for kind, is_so in fits.items() if is_so)
        return check_name("input_kind", given, tuple(kind for kind, is_so in fits.items() if is_so))

    @property
    def ranges(self) -> dict[str, Range]:
        """Empty where the object names no numbers that can be moved."""
        return stated.ranges(self._given("ranges", {}))

    @property
    def plot_region(self) -> tuple[float, float, float, float] | None:
        """``(x1 low, x1 high, x2 low, x2 high)``; None where a sample is to tell it."""
        given = self._given("plot_region")
        return None if given is None else stated.region(given)

    @property
    def examples(self) -> Examples | None:
        """Data in two parts; None where the object is drawn from."""
        given = self._given("examples")
        return given if isinstance(given, Examples) else None

    @property
    def num_train(self) -> int | None:
        """How many examples there are to train on; None where there is no end of them."""
        given = self._given("num_train")
        count = stated.size(given)
        if given is not None and (count is None or count < 1):
            raise ValueError(
                say("num_train: expected a whole number from 1, got {got!r}", got=given)
            )
        return count

    @property
    def noise(self) -> float | Array:
        """Of regression, the standard deviation of y about its mean."""
        given = self._given("noise", 0.0)
        if self.loss == "squared" and not stated.real(given) >= 0:
            raise ValueError(say("noise: expected a number from 0, got {got!r}", got=given))
        return given

    @property
    def variance(self) -> float | Array:
        """Of y in a regression, whose means have the variance 1."""
        return 1 + self.noise**2

    @property
    def tells_label_noise(self) -> bool:
        """Whether the object has ``clean_labels`` and ``with_label_noise``."""
        return self._has("clean_labels") and self._has("with_label_noise")

    @property
    def gives_posterior(self) -> bool:
        """Whether the object has a ``posterior``."""
        return self._has("posterior")

    # -- draws ---------------------------------------------------------------------------------

    def sample(self, key: Array, n: int) -> Sample:
        """``n`` examples, checked: ``x`` float32, ``y`` int32, of regression float32."""
        wanted = say("{count} examples (x, y)", count=n)
        answer = self._asked("sample", wanted, key, n)
        x, y = calls.pair("sample", wanted, answer)
        x = drawn.check_inputs("sample", x, self.input_shape)
        if len(x) != n:
            raise ValueError(
                say(
                    "sample: expected {wanted}, got {got}; where there are no more to train "
                    "on, say num_train",
                    wanted=wanted,
                    got=len(x),
                )
            )
        if self.loss == "squared":
            return Sample(x, drawn.check_targets("sample", y, n))
        return Sample(x, drawn.check_labels("sample", y, n, self.num_classes))

    def evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """Weighted points, checked: ``x`` and ``mass`` float32."""
        answer = self._asked("evaluation", _POINTS, key, num_points)
        x, mass = calls.pair("evaluation", _POINTS, answer)
        x = drawn.check_inputs("evaluation", x, self.input_shape)
        if self.loss == "squared":
            return x, drawn.check_means("evaluation", mass, len(x))
        return x, drawn.check_mass("evaluation", mass, len(x), self.num_classes, method=self.method)

    def clean_labels(self, key: Array, n: int) -> Array:
        """The labels of ``sample(key, n)``, before any was flipped where the object tells them."""
        if not self._has("clean_labels"):
            return self.sample(key, n).y
        answer = self._asked("clean_labels", say("{count} labels", count=n), key, n)
        return drawn.check_labels("clean_labels", answer, n, self.num_classes)

    def with_label_noise(self, mass: Array) -> Array:
        """Clean masses after the labels were flipped; as they are where the object flips none."""
        if not self._has("with_label_noise"):
            return mass
        own = self._asked("with_label_noise", _MASSES, mass)
        return drawn.check_rows("with_label_noise", _MASSES, own, (mass.shape[0], mass.shape[1]))

    def members(self, key: Array, n: int) -> Array | None:
        """Rows of ``evaluation`` that ``sample(key, n)`` drew; None but of a finite population."""
        if self.method != "enumeration" or not self._has("members"):
            return None
        answer = self._asked("members", say("{count} rows", count=n), key, n)
        points = len(self.evaluation(key, n)[0])
        return drawn.check_labels("members", answer, n, points, what=_ROWS)

    def density(self, points: Array) -> Array:
        """The joint density p(x, y) at ``points``, where the object has one."""
        return self._at_points("density", points)

    def posterior(self, points: Array) -> Array:
        """The probabilities p(y | x) at ``points``, where the object gives them."""
        return self._at_points("posterior", points)

    # -- errors --------------------------------------------------------------------------------

    def bayes_error(self) -> ErrorEstimate | None:
        """What the object says, checked; None where it is not known."""
        wanted = _ESTIMATE_OR_NONE
        said = self._asked("bayes_error", wanted)
        return None if said is None else stated.estimate("bayes_error", wanted, said, self._most)

    @full_precision
    def true_error(
        self,
        predict: Callable[[Array], Any],
        *,
        half_width: float = 0.002,
        key: Array | None = None,
    ) -> ErrorEstimate:
        """The error of ``predict`` as the object takes it, checked.

        Raises:
            ValueError: whatever the object or ``predict`` raise, or what is no error estimate.
        """
        options = {"half_width": half_width, "key": key}
        taken = {k: v for k, v in options.items() if stated.takes(self.own.true_error, k)}
        answer = calls.asked(
            "true_error", _ESTIMATE, lambda: self.own.true_error(predict, **taken), keeps_lines=True
        )
        return stated.estimate("true_error", _ESTIMATE, answer, self._most)

    # -- numbers -------------------------------------------------------------------------------

    def check_num_train(self, n: int) -> None:
        """Raises ``ValueError`` where there are fewer than ``n`` examples to train on."""
        if self._has("check_num_train"):
            self.own.check_num_train(n)
        elif self.num_train is not None and n > self.num_train:
            raise too_many(n, self.num_train)

    def with_numbers(self, **numbers: object) -> "OwnDistribution":
        """A copy whose object has these numbers, as far as it has them at all.

        Raises:
            ValueError: a number out of its range.
        """
        moved = calls.asked(
            "with_numbers",
            say("a {kind} with {numbers}", kind=self.class_name, numbers=numbers),
            lambda: with_numbers(self.own, **numbers),
            keeps_lines=True,
        )
        if moved is self.own:
            return self
        if type(moved) is not type(self.own):
            kinds = {"kind": self.class_name, "got": type(moved).__name__}
            raise ValueError(say("with_numbers: expected another {kind}, got {got}", **kinds))
        return dataclasses.replace(self, own=moved)

    @property
    def _most(self) -> float:
        return math.inf if self.loss == "squared" else 1.0

    def _given(self, name: str, default: object = None) -> Any:
        return calls.asked(name, _ATTRIBUTE, lambda: getattr(self.own, name, default))

    def _asked(self, name: str, wanted: str, *arguments: object) -> Any:
        return calls.asked(name, wanted, lambda: getattr(self.own, name)(*arguments))

    def _has(self, name: str) -> bool:
        return callable(self._given(name))

    def _at_points(self, name: str, points: Array) -> Array:
        if not self._has(name):
            raise not_planar(name, self.own)
        what = _DENSITIES if name == "density" else _PROBABILITIES
        answer = self._asked(name, what, points)
        return drawn.check_rows(name, what, answer, (len(points), self.num_classes))
