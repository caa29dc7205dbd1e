"""Numbers as they are shown: percent with their interval, points, grouped thousands, counts.

Panels write the same numbers by ``panels/front/kit/format.js``; tests hold both to one table.
"""

import math
import re
from typing import NamedTuple

import numpy as np

from reglab.distributions import ErrorEstimate
from reglab.training.step import Rows
from reglab.words import Message, counted

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
INFINITE = "∞"
MOST_DECIMALS = 6


class ErrorInterval(NamedTuple):
    """An error with its bounds, shares from 0 to 1; exact where the three are equal."""

    value: float
    low: float
    high: float


def interval_of(estimate: ErrorEstimate) -> ErrorInterval:
    """The error that was estimated, with its interval."""
    return ErrorInterval(estimate.value, estimate.low, estimate.high)


def interval_at(history: Rows, row: int) -> ErrorInterval:
    """The true error at a row of a history, with its interval."""
    columns = history.true_error, history.true_low, history.true_high
    return ErrorInterval(*(float(column[row]) for column in columns))


def exact(value: float) -> ErrorInterval:
    """An error that is known exactly."""
    return ErrorInterval(value, value, value)


def grouped(number: int) -> str:
    """A whole number with a narrow space between thousands.

    >>> grouped(2400) == "2\u202f400", grouped(-60) == "\u221260"
    (True, True)
    """
    return f"{number:,}".replace(",", NARROW_SPACE).replace("-", MINUS)


def examples(count: int) -> Message:
    """The training examples, in words.

    >>> examples(60)
    'the 60 training examples'
    """
    return counted(
        count,
        "the one training example",
        "the {count} training examples",
        count=grouped(count),
    )


def points(share: float, *, signed: bool = False) -> str:
    """A difference of errors in percentage points, without the unit.

    One decimal, or as many as it takes to tell it from 0; ∞ where a squared error has no bound, and
    a dash where there is no number.

    >>> points(0.0891), points(0.0004), points(0.123, signed=True)
    ('8.9', '0.04', '+12.3')
    """
    if math.isnan(share):
        return "–"
    if math.isinf(share):
        sign = MINUS if share < 0 else "+" if signed else ""
        return sign + INFINITE
    decimals = 1
    while share and decimals < MOST_DECIMALS and not _units(share, decimals):
        decimals += 1
    shown = _units(share, decimals) / 10**decimals
    return f"{shown:{'+' if signed else ''}.{decimals}f}".replace("-", MINUS)


def percent(error: ErrorInterval, decimals: int = 1) -> str:
    """An error in percent with its half width, where it has one.

    The half width is rounded up, so that no interval is claimed narrower than it is.

    >>> percent(ErrorInterval(0.2531, 0.2524, 0.2538)), percent(exact(1 / 30))
    ('25.3 ± 0.1 %', '3.3 %')
    """
    if math.isinf(error.value):
        return f"{INFINITE} %"
    value, half = _in_units(error, decimals)
    unit = 10**decimals
    interval = f" ± {half / unit:.{decimals}f}" if half else ""
    return f"{value / unit:.{decimals}f}{interval} %".replace("-", MINUS)


def tick(share: float, step: float) -> str:
    """A share in percent as an axis says it, with a decimal where ticks are close.

    >>> tick(0.25, 0.05), tick(0.025, 0.005)
    ('25 %', '2.5 %')
    """
    return percent(exact(share), 1 if step < 0.00999 else 0)


def plain(value: float, *, is_share: bool = False) -> str:
    """A number with up to six digits and no power of ten; a share in percent.

    >>> plain(0.00001), plain(1000), plain(0.2, is_share=True)
    ('0.00001', '1000', '20 %')
    """
    rounded = float(f"{100 * value if is_share else value:.6g}")
    return np.format_float_positional(rounded, trim="-") + (" %" if is_share else "")


def tied(text: str) -> str:
    r"""Text in which a number, its interval and its unit stay on one line.

    >>> tied("44.4 ± 0.1 %") == "44.4\u202f±\u202f0.1\u202f%"
    True
    """
    return re.sub(r" (?=[%±])|(?<=±) ", NARROW_SPACE, text)


def compared(smaller: ErrorInterval, larger: ErrorInterval) -> tuple[str, str]:
    """Two errors in percent, with decimals enough that the intervals shown do not touch either.

    >>> compared(exact(0.2501), exact(0.2503))
    ('25.01 %', '25.03 %')
    """
    decimals = 1
    if math.isinf(larger.value):
        return percent(smaller), percent(larger)
    while decimals < MOST_DECIMALS and not _apart(smaller, larger, decimals):
        decimals += 1
    return percent(smaller, decimals), percent(larger, decimals)


def overlapping(first: ErrorInterval, second: ErrorInterval) -> tuple[str, str]:
    """Two errors in percent whose intervals overlap, with two decimals if one makes them equal.

    >>> overlapping(ErrorInterval(0.164, 0.162, 0.166), ErrorInterval(0.1641, 0.162, 0.1662))
    ('16.40 ± 0.20 %', '16.41 ± 0.21 %')
    """
    if math.isinf(first.value) or math.isinf(second.value):
        return percent(first), percent(second)
    is_same = _in_units(first, 1)[0] == _in_units(second, 1)[0]
    decimals = 2 if is_same and first.value != second.value else 1
    return percent(first, decimals), percent(second, decimals)


def _in_units(error: ErrorInterval, decimals: int) -> tuple[int, int]:
    """Value and half width, in units of the last decimal of a percent."""
    half = 100 * 10**decimals * max(error.high - error.value, error.value - error.low)
    # 0.2 points, stored in 32 bits, should not become 0.3.
    return _units(error.value, decimals), max(math.ceil(half - 0.01), int(half > 0))


def _units(share: float, decimals: int) -> int:
    """A share in units of the last decimal of a percent; halves are rounded away from 0."""
    size = math.floor(100 * 10**decimals * abs(share) + 0.5)
    return -size if share < 0 else size


def _apart(smaller: ErrorInterval, larger: ErrorInterval, decimals: int) -> bool:
    (value, half), (other, other_half) = (_in_units(e, decimals) for e in (smaller, larger))
    return value + half < other - other_half
