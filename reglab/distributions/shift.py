"""Shift: the same question asked where the inputs or the classes have moved.

``shifted(distribution, kind, strength)`` moves any distribution, by a strength s from 0 to 1:

- ``rotation``: x is turned by 180 s degrees counterclockwise, a point about the origin and an image
  about its middle.
- ``translation``: x is moved by s/4 of the size along each axis: a point by (s, s) units, an image
  down and to the right.
- ``contrast``: x is scaled by 1 - 0.9 s, a point or a row of a table about the origin, all else
  about its own mean.
- ``class_prior``: class k of K, from 0, is drawn in proportion to p(k) ((1 - s) + 2 s (k+1)/(K+1)).
- ``noise``: Gaussian noise of standard deviation s is added to x.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from jax import Array

from reglab.config import Range, check_number
from reglab.distributions.boundary import adapted
from reglab.distributions.protocol import is_squared
from reglab.distributions.shift_base import Shifted
from reglab.distributions.shift_kinds import Mapped, Shaken, Tilted
from reglab.distributions.transforms import check_kind, fitting
from reglab.words import say

KINDS: dict[str, type[Shifted]] = {
    "rotation": Mapped,
    "translation": Mapped,
    "class_prior": Tilted,
    "noise": Shaken,
    "contrast": Mapped,
}
SHIFTS = tuple(KINDS)


class ShiftErrors(NamedTuple):
    """True errors of one hypothesis, one entry a strength; the first is the unmoved D.

    Attributes:
        strength: 0 to 1.
        error: over the distribution shifted that far, 0 to 1.
        low: lower end of the interval.
        high: upper end of the interval.
    """

    strength: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray


def shifted(distribution: Any, kind: str, strength: float) -> Shifted:
    """The distribution after a shift of that kind; see this module for what the strength means.

    The result meets the same protocol and takes errors by the same method, but for ``noise``, which
    takes draws. It knows its Bayes error where the shift can be undone, or where the population is
    finite. Sampling under ``class_prior`` cannot be traced; nor can the strength be.

    Args:
        distribution: a registered one, one's own, or one that was shifted before.
        kind: one of ``SHIFTS`` that can act on such inputs.
        strength: 0 (the distribution itself, exactly) to 1.

    Raises:
        ValueError: one line that says what was expected and what came.

    >>> from reglab.distributions import Gauss
    >>> gauss = Gauss(noise=0.5)
    >>> shifted(gauss, "rotation", 0.25).bayes_error() == gauss.bayes_error()
    True
    """
    distribution = adapted(distribution)
    inputs = distribution.input_shape, distribution.image_shape, distribution.input_kind
    check_kind("shift", kind, SHIFTS, *inputs)
    strength = check_number("strength", strength, Range(0, 1))
    if is_squared(distribution):
        raise ValueError(say("shift: expected a distribution of classes, got one of regression"))
    if KINDS[kind] is not Mapped and distribution.method == "held-out":
        maps = fitting([k for k in SHIFTS if KINDS[k] is Mapped], *inputs)
        raise ValueError(
            say(
                "shift: expected one of {allowed} for held-out data, got {got!r}",
                allowed=", ".join(maps),
                got=kind,
            )
        )
    return KINDS[kind](distribution, kind, strength)


def shift_errors(
    run_or_predict: object,
    distribution: object,
    kind: str,
    strengths: Iterable[float],
    *,
    half_width: float = 0.002,
    key: Array | None = None,
) -> ShiftErrors:
    """The true error of one hypothesis on D, and on D shifted further and further.

    Args:
        run_or_predict: a ``Run``, whose last hypothesis is taken, or a function from
            ``(n, *input_shape)`` to class scores ``(n, num_classes)``.
        distribution: D.
        kind: one of ``SHIFTS``.
        strengths: each 0 to 1. D itself, strength 0, is put in front where it is not the first.
        half_width: of the intervals, see ``true_error``.
        key: of shifts or draws.

    Raises:
        ValueError: something that cannot be called, or whatever ``shifted`` refuses.
    """
    hypotheses = getattr(run_or_predict, "hypotheses", None)
    predict = run_or_predict if hypotheses is None else hypotheses[-1]
    if not callable(predict):
        raise ValueError(say("predict: expected a Run or a function, got {got!r}", got=predict))
    moved = [shifted(distribution, kind, strength) for strength in strengths]
    if not moved or moved[0].strength:
        moved.insert(0, shifted(distribution, kind, 0.0))
    estimates = [source.true_error(predict, half_width=half_width, key=key) for source in moved]
    return ShiftErrors(
        strength=np.array([source.strength for source in moved]),
        error=np.array([estimate.value for estimate in estimates]),
        low=np.array([estimate.low for estimate in estimates]),
        high=np.array([estimate.high for estimate in estimates]),
    )
