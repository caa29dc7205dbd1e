"""Whether remedies really differ: errors paired over independent draws of the training sample."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.special import stdtrit

from reglab.mitchell.paired import holm
from reglab.words import say

MOST_EXACT = 16  # differences whose signs are flipped in all ways; of more, in as many at random
LEVEL = 0.95  # of an interval


class Compared(NamedTuple):
    """One remedy beside the baseline, over R draws; errors in the unit that they came in.

    Attributes:
        name: of the remedy.
        mean: its mean error.
        difference: mean of its error minus the baseline's on the same draw; below 0 it helps.
        low: lower end of the 95 % t-interval of that mean, for this remedy by itself.
        high: upper end.
        p_value: of the sign-flip test, two-sided.
        adjusted: the p-value adjusted by Holm for all remedies at once.
    """

    name: str
    mean: float
    difference: float
    low: float
    high: float
    p_value: float
    adjusted: float


def compare(errors: Mapping[str, Any]) -> tuple[Compared, ...]:
    """Compares remedies with a baseline, over draws of S that are independent of each other.

    The true error of one network may be known exactly, and then needs no test. Which network comes
    out is still chance, as S is drawn, and so are initial weights and batch order: this asks
    whether a remedy changes the error over such repetitions, where the twins of each share S.

    If a remedy changes nothing, either twin is as likely to be the better one by any amount, so
    each difference may as well have had the other sign. The p-value is the share of all sign
    patterns whose mean is at least as far from 0. It is exact up to 16 draws; beyond, it is taken
    over 65,536 patterns, drawn at random and the observed one, and still valid. It is 2^(1 - R) at
    the least: after Holm, m remedies need R draws with m 2^(1 - R) of at most 0.05, so six need 8.

    Args:
        errors: for each name, one error a draw, ``(R,)``, R from 2 and the draws in the same order
            for all; the first name is the baseline.

    Returns:
        One entry for each name but the first, in order.

    Raises:
        ValueError: fewer than two names, arrays of another shape, or an error that is no number.

    References:
        R. A. Fisher, *The Design of Experiments*, 1935, section 21.

    >>> errors = {"plain": [0.30, 0.32, 0.29, 0.31], "dropout": [0.28, 0.29, 0.27, 0.30]}
    >>> (dropout,) = compare(errors)
    >>> round(dropout.difference, 3), dropout.p_value
    (-0.02, 0.125)

    Of runs, with ``remedies`` a mapping from names to experiments, plain first::

        draws = range(10)
        compare({
            name: [fit(e.replace(draw=d, seed=d)).history.true_error[-1] for d in draws]
            for name, e in remedies.items()
        })
    """
    values = _checked(errors)
    baseline, *others = values
    differences = [values[name] - values[baseline] for name in others]
    p_values = np.array([sign_flip_test(difference) for difference in differences])
    return tuple(
        Compared(
            name=name,
            mean=float(values[name].mean()),
            difference=float(difference.mean()),
            low=float(difference.mean() - _half_width(difference)),
            high=float(difference.mean() + _half_width(difference)),
            p_value=float(p_value),
            adjusted=float(adjusted),
        )
        for name, difference, p_value, adjusted in zip(
            others, differences, p_values, holm(p_values), strict=True
        )
    )


def sign_flip_test(differences: np.ndarray) -> float:
    """p-value, two-sided, of the claim that the mean of ``differences (R,)`` is not 0.

    >>> sign_flip_test(np.array([1.0, 2.0, 3.0]))
    0.25
    """
    sums = np.zeros(1)
    if len(differences) <= MOST_EXACT:
        for value in differences:
            sums = np.concatenate([sums + value, sums - value])
    else:
        rng, sums = np.random.default_rng(0), np.zeros(2**MOST_EXACT)
        for value in differences:
            signs = rng.integers(0, 2, len(sums)) * 2 - 1
            signs[0] = 1  # the observed pattern is one of them, which keeps the test valid
            sums += signs * value
    # Sums that are equal may round differently.
    slack = 1e-12 * np.abs(differences).sum()
    return float(np.mean(np.abs(sums) >= abs(differences.sum()) - slack))


def _half_width(differences: np.ndarray) -> float:
    count = len(differences)
    quantile = stdtrit(count - 1, (1 + LEVEL) / 2)
    return float(quantile * differences.std(ddof=1) / np.sqrt(count))


def _checked(errors: object) -> dict[str, np.ndarray]:
    if not isinstance(errors, Mapping) or len(errors) < 2:
        raise ValueError(
            say(
                "errors: expected a mapping with the baseline and a remedy at least, got {got!r}",
                got=errors,
            )
        )
    first, values = next(iter(errors)), {}
    for name, given in errors.items():
        try:
            values[name] = np.asarray(given, np.float64)
        except (TypeError, ValueError):
            raise ValueError(
                say("errors[{name!r}]: expected numbers, got {got!r}", name=name, got=given)
            ) from None
        shape = values[name].shape
        if len(shape) != 1 or shape[0] < 2:
            raise ValueError(
                say(
                    "errors[{name!r}]: expected one error for each of two draws or more, got "
                    "an array of shape {shape}",
                    name=name,
                    shape=shape,
                )
            )
        if shape != values[first].shape:
            raise ValueError(
                say(
                    "errors[{name!r}]: expected {num_draws} draws as for {first!r}, got {got}",
                    name=name,
                    num_draws=len(values[first]),
                    first=first,
                    got=shape[0],
                )
            )
        if not np.isfinite(values[name]).all():
            raise ValueError(
                say("errors[{name!r}]: expected finite numbers, got {got!r}", name=name, got=given)
            )
    return values
