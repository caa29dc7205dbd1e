"""What a claim predicts beside what is measured, and whether the two agree."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reglab.distributions import clopper_pearson
from reglab.words import Message, say

RELATIONS = ("=", "<=", ">=", "<", ">", "")
ROW_KINDS = ("identity", "expectation", "bound", "tendency", "limit", "shown")
STANDARD_ERRORS = 4.0  # two-sided false alarm 6e-5
LEVEL = 1e-4  # of the intervals of shares


class Predicted(NamedTuple):
    """What a claim says that a measurement will be.

    Attributes:
        value: a number, or an array of the shape of the measurement.
        relation: of the measurement to ``value``, one of ``RELATIONS``; an empty one is not judged.
        kind: one of ``ROW_KINDS``.
        x: what ``value`` is drawn against, ``(n,)``, where it is a series.
        x_label: what ``x`` is, in words.
    """

    value: Any
    relation: str
    kind: str
    x: Any = None
    x_label: str = ""


class Measured(NamedTuple):
    """A measurement with its interval: numbers, or arrays of one shape."""

    value: Any
    low: Any
    high: Any


# -- predictions ----------------------------------------------------------------------------------


def identity(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """Algebra: the measurement is ``value`` up to round-off."""
    return Predicted(value, "=", "identity", x, x_label)


def expectation(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """A closed form: the mean of replicates lies round ``value``, within its interval."""
    return Predicted(value, "=", "expectation", x, x_label)


def at_most(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """A bound from above, which the measurement does not contradict."""
    return Predicted(value, "<=", "bound", x, x_label)


def at_least(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """A bound from below, which the measurement does not contradict."""
    return Predicted(value, ">=", "bound", x, x_label)


def lower_than(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """A tendency without a formula: the whole interval lies below ``value``."""
    return Predicted(value, "<", "tendency", x, x_label)


def higher_than(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """A tendency without a formula: the whole interval lies above ``value``."""
    return Predicted(value, ">", "tendency", x, x_label)


def too_high(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """Where a claim ends: its formula gives ``value`` here, and the truth is clearly lower."""
    return Predicted(value, "<", "limit", x, x_label)


def too_low(value: ArrayLike, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """Where a claim ends: its formula gives ``value`` here, and the truth is clearly higher."""
    return Predicted(value, ">", "limit", x, x_label)


def shown(value: ArrayLike = np.nan, x: ArrayLike | None = None, x_label: str = "") -> Predicted:
    """A figure to look at; it decides nothing."""
    return Predicted(value, "", "shown", x, x_label)


# -- measurements ---------------------------------------------------------------------------------


def exactly(value: ArrayLike, tolerance: ArrayLike = 0.0) -> Measured:
    """What is known up to ``tolerance``: round-off, or the bound of an error."""
    value = np.asarray(value, float)
    return Measured(value, value - tolerance, value + tolerance)


def between(value: ArrayLike, low: ArrayLike, high: ArrayLike) -> Measured:
    """What is known to lie between two bounds."""
    return Measured(*(np.asarray(part, float) for part in (value, low, high)))


def mean_of(replicates: ArrayLike) -> Measured:
    """The mean over the first axis of independent replicates, with 4 standard errors each way.

    Args:
        replicates: ``(R, ...)``, R at least 2.

    >>> mean_of([1.0, 2.0, 3.0]).value.item()
    2.0
    """
    replicates = np.asarray(replicates, float)
    error = replicates.std(axis=0, ddof=1) / np.sqrt(len(replicates))
    return exactly(replicates.mean(axis=0), STANDARD_ERRORS * error)


def share_of(count: ArrayLike, n: int) -> Measured:
    """The share of ``count`` hits in ``n`` independent draws, with exact bounds at 99.99 %.

    >>> round(share_of(0, 1000).high.item(), 4)
    0.0099
    """
    low, high = clopper_pearson(np.atleast_1d(count), n, LEVEL)
    shape = np.shape(count)
    return between(np.asarray(count) / n, low.reshape(shape), high.reshape(shape))


# -- both together --------------------------------------------------------------------------------


class Row(NamedTuple):
    """A prediction beside its measurement.

    Attributes:
        name: what is measured, in words.
        predicted: with its relation and kind.
        measured: with its interval.
        passed: whether the measurement is as predicted; always true where nothing is judged.
    """

    name: str
    predicted: Predicted
    measured: Measured
    passed: bool

    @property
    def is_judged(self) -> bool:
        """Whether the row can fail."""
        return bool(self.predicted.relation)


def rows_of(
    predicted: dict[str, Predicted] | dict[Message, Predicted], measured: dict[str, Measured]
) -> tuple[Row, ...]:
    """Sets predictions and measurements of the same names side by side.

    Raises:
        ValueError: a name that only one side has, an unknown relation or shapes that differ.
    """
    if set(predicted) != set(measured):
        only = sorted(set(predicted) ^ set(measured))
        raise ValueError(
            say("names: expected the same on both sides, got only on one: {only}", only=only)
        )
    return tuple(_row(name, said, measured[name]) for name, said in predicted.items())


def _row(name: str, said: Predicted, measured: Measured) -> Row:
    if said.relation not in RELATIONS:
        raise ValueError(
            say(
                "{name}: expected a relation out of {relations}, got {got!r}",
                name=name,
                relations=RELATIONS,
                got=said.relation,
            )
        )
    value = np.asarray(said.value, float)
    measured = Measured(*(np.asarray(part, float) for part in measured))
    if value.ndim and value.shape != measured.value.shape:
        raise ValueError(
            say(
                "{name}: expected shape {shape}, got {got}",
                name=name,
                shape=measured.value.shape,
                got=value.shape,
            )
        )
    return Row(name, said._replace(value=value), measured, _agree(said.relation, value, measured))


def _agree(relation: str, value: np.ndarray, measured: Measured) -> bool:
    is_right = {
        "=": (measured.low <= value) & (value <= measured.high),
        "<=": measured.low <= value,
        ">=": measured.high >= value,
        "<": measured.high < value,
        ">": measured.low > value,
        "": np.True_,
    }
    return bool(np.all(is_right[relation]))
