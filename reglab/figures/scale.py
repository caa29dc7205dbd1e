"""Ranges of axes: where nearly all errors lie, on round numbers."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from reglab.look import NUMBERS
from reglab.views import CurvesView


def quantile(runs: Sequence[CurvesView], column: str, share: float) -> float:
    """The error below which that share of all rows of the runs lies; NaN without rows."""
    values = np.concatenate([getattr(run, column) for run in runs]) if runs else np.zeros(0)
    values = values[np.isfinite(values)]
    return float(np.quantile(values, share)) if len(values) else math.nan


def domain(errors: Iterable[float | None], *, from_zero: bool = False) -> tuple[float, float]:
    """A range round the errors, from 0 to 1 or to the largest error above, snapped to ticks.

    Args:
        errors: what must be inside; those not known are left out.
        from_zero: whether it starts at 0.

    >>> domain([0.07, 0.31, None], from_zero=True)
    (0.0, 0.35)
    """
    known = [error for error in errors if error is not None and math.isfinite(error)]
    low, high = (min(known), max(known)) if known else (0.0, NUMBERS.empty)
    least = NUMBERS.least_across if from_zero else NUMBERS.least_up
    low = 0.0 if from_zero else low
    pad = max(0.08 * (high - low), (least - (high - low)) / 2)
    low = low if from_zero else low - pad
    step = nice((high + pad - low) / 5) / 2
    low = max(0.0, math.floor(low / step + 1e-9) * step)
    high = min(max(1.0, high), math.ceil((high + pad) / step - 1e-9) * step)
    return round(low, 9), round(high, 9)


def nice(raw: float) -> float:
    """The least of 1, 2 or 5 times a power of ten that is as large."""
    power = 10 ** math.floor(math.log10(raw))
    return next(unit for unit in (1, 2, 5, 10) if raw / power <= unit + 1e-9) * power
