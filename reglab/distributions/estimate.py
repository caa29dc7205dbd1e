"""Errors over a distribution, from weighted points, each with an interval.

The error of a hypothesis h is the sum of ``mass[i, y]`` over all i and all y that h does not
answer at ``x[i]``. Where the points are the whole population, that is exact. A quadrature takes
eight sets, each shifted anew, and its interval comes from their spread by Student's t; or from two
resolutions, if that is wider (see ``weighted``). What is recorded in training is taken over one set
alone, in a compiled program: ``weighted``.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import Array

from reglab.config import Range, check_number
from reglab.distributions.answers import NO_ANSWER
from reglab.distributions.drawn import check_mass
from reglab.distributions.intervals import clopper_pearson
from reglab.words import say

NUM_SUBSETS = 8
STUDENT_T = 2.3646  # two-sided 95 %, NUM_SUBSETS - 1 degrees of freedom
LEVEL = 0.05  # of the exact intervals: they fail no more often
LEAST = 3.0  # up to 3/n may go unseen by n points: the rule of three
NUM_SHIFTS = 8
FIRST_POINTS, MOST_POINTS = 2**14, 2**19  # of one set; NUM_SHIFTS sets make an estimate
BATCH, BATCH_NUMBERS = 2**14, 2**20  # points, and numbers, handed to predict at once
MAX_DRAWS = 2**22
METHODS = ("closed-form", "enumeration", "quadrature", "monte-carlo", "held-out")
MOST_AT_ONCE, MOST_NUMBERS = 2**17, 2**24  # draws, and numbers, of one sample


class ErrorEstimate(NamedTuple):
    """An error over a distribution, and how precisely it is known.

    Attributes:
        value: the error, from 0 to 1.
        low: lower end of the interval (95 %, or equal to the value where that is exact).
        high: upper end of the interval.
        num_points: points, members or draws that the value rests on; 0 for a formula.
        method: ``closed-form``, ``enumeration``, ``quadrature``, ``monte-carlo`` or ``held-out``.
    """

    value: float
    low: float
    high: float
    num_points: int
    method: str


class SubsetSums(NamedTuple):
    """What a quadrature adds up, batch by batch, all float64."""

    wrong: np.ndarray  # (NUM_SUBSETS,), mass that h does not answer
    held: np.ndarray  # (NUM_SUBSETS,), all mass
    heaviest: float  # the largest mass of one point


def estimated_error(
    distribution: Any,
    predict: Callable[[Array], Any],
    half_width: float = 0.002,
    key: Array | None = None,
) -> ErrorEstimate:
    """What ``true_error_from`` says of a distribution that has all attributes."""
    half_width = check_number("half_width", half_width, Range(0, 1, open_low=True))
    key = jax.random.key(0) if key is None else key
    method = distribution.method
    if method == "monte-carlo":
        return _monte_carlo(distribution, predict, half_width, key)
    if method in ("enumeration", "held-out"):
        sums, n = _evaluated(distribution, predict, key, MAX_DRAWS)
        value = float(sums.wrong.sum() / sums.held.sum())
        ends = (value, value) if method == "enumeration" else _interval(value * n, n)
        return ErrorEstimate(value, *ends, n, method)
    num_points = FIRST_POINTS
    while True:
        keys = [jax.random.fold_in(key, shift) for shift in range(NUM_SHIFTS)]
        sets = [_evaluated(distribution, predict, k, num_points) for k in keys]
        value, half = _pooled([sums for sums, _ in sets])
        is_full = num_points == MOST_POINTS or any(n < num_points for _, n in sets)
        if half <= half_width or is_full:
            low, high = max(value - half, 0.0), min(value + half, 1.0)
            return ErrorEstimate(value, low, high, sum(n for _, n in sets), method)
        num_points *= 2


def error_over(predict: Callable[[Array], Any], x: Array, mass: np.ndarray) -> float:
    """The error of ``predict`` over weighted points, whose masses need not sum to 1."""
    mass = np.asarray(mass, np.float64)
    answers = _predicted(predict, x, mass.shape[1])
    return float(1 - _right(mass, answers).sum() / mass.sum())


def _pooled(sets: list[SubsetSums]) -> tuple[float, float]:
    """The error over several sets, and its half-width."""
    wrong = np.array([sums.wrong for sums in sets])
    held = np.array([sums.held for sums in sets])
    by_set = wrong.sum(axis=1) / held.sum(axis=1)
    by_subset = wrong.sum(axis=0) / np.maximum(held.sum(axis=0), 1e-300)
    spread = max(by_set.std(ddof=1), by_subset.std(ddof=1))  # both have eight members
    half = max(
        STUDENT_T * spread / math.sqrt(NUM_SUBSETS),
        LEAST * max(s.heaviest for s in sets) / len(sets),
    )
    return float(by_set.mean()), float(half)


def _evaluated(distribution, predict, key, num_points) -> tuple[SubsetSums, int]:
    """Sums over the strided sub-sets of one evaluation set, and its number of points."""
    x, mass = distribution.evaluation(key, num_points)
    n, classes = len(x), distribution.num_classes
    checked = check_mass("evaluation", mass, n, classes, method=distribution.method)
    mass = np.asarray(checked, np.float64)
    held = mass.sum(axis=1)
    wrong = held - _right(mass, _predicted(predict, x, classes))
    subset = np.arange(n) % NUM_SUBSETS
    by_subset = (np.bincount(subset, part, minlength=NUM_SUBSETS) for part in (wrong, held))
    return SubsetSums(*by_subset, heaviest=float(held.max())), n


def _predicted(predict, x, num_classes: int) -> np.ndarray:
    """The classes that ``predict`` answers, checked; -1 where a score is not finite."""
    answers = []
    batch = max(1, min(BATCH, BATCH_NUMBERS // math.prod(x.shape[1:])))
    for start in range(0, len(x), batch):
        part = x[start : start + batch]
        scores = np.asarray(predict(part))
        expected = (len(part), num_classes)
        if scores.shape != expected:
            raise ValueError(
                say(
                    "predict: expected scores of shape {shape}, got {got}",
                    shape=expected,
                    got=scores.shape,
                )
            )
        scores = scores.astype(np.float64)
        is_answer = np.isfinite(scores).all(axis=1)
        answers.append(np.where(is_answer, scores.argmax(axis=1), NO_ANSWER))
    classes = np.concatenate(answers)
    if (classes == NO_ANSWER).all():
        raise ValueError(say("predict: expected finite scores, got nan or infinity at every point"))
    return classes


def _right(mass: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The mass ``(n,)`` that is answered."""
    return np.where(answers >= 0, mass[np.arange(len(mass)), answers], 0.0)


def _monte_carlo(distribution, predict, half_width: float, key: Array) -> ErrorEstimate:
    """Fresh draws until the Clopper-Pearson interval is narrow enough, or MAX_DRAWS are taken."""
    wrong, n, low, high = 0, 0, 0.0, 1.0
    most = max(BATCH, min(MOST_AT_ONCE, MOST_NUMBERS // math.prod(distribution.input_shape)))
    while n == 0 or (high - low > 2 * half_width and n < MAX_DRAWS):
        x, y = distribution.sample(jax.random.fold_in(key, n), min(max(BATCH, n), most))
        wrong += int((_predicted(predict, x, distribution.num_classes) != np.asarray(y)).sum())
        n += len(x)
        low, high = _interval(wrong, n)
    return ErrorEstimate(wrong / n, low, high, n, "monte-carlo")


def _interval(count: float, n: int) -> tuple[float, float]:
    """Of a share of ``n`` draws; an expected count gets that of the whole ones to either side."""
    counts = np.array([math.floor(count + 1e-6), math.ceil(count - 1e-6)])
    low, high = clopper_pearson(counts, n, LEVEL)
    return float(low[0]), float(high[1])
