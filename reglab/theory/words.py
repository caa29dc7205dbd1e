"""A row of a check in words: what is shown where there is room for one number."""

from typing import NamedTuple

import numpy as np

from reglab.theory.rows import Row
from reglab.words import say

RELATION_WORDS = {"=": "=", "<=": "≤", ">=": "≥", "<": "<", ">": ">", "": ""}
KIND_WORDS = {
    "identity": say("identity"),
    "expectation": say("expectation"),
    "bound": say("bound"),
    "tendency": say("tendency"),
    "limit": say("limit"),
    "shown": say("shown"),
}


class Shown(NamedTuple):
    """One number of a row: the one that is nearest to failing where it has several.

    Attributes:
        predicted, measured, low, high: numbers.
        position: which one of ``num_numbers``, counted flat.
        num_numbers: how many there are.
    """

    predicted: float
    measured: float
    low: float
    high: float
    position: int
    num_numbers: int


def shown_of(row: Row) -> Shown:
    """The number of a row that is nearest to failing, or has failed the most."""
    predicted, measured = row.predicted, row.measured
    value, low, high, wanted = np.broadcast_arrays(
        measured.value, measured.low, measured.high, predicted.value
    )
    half = np.maximum((high - low) / 2, np.finfo(float).tiny)
    miss = value - wanted
    distance = {"=": np.abs(miss), "<=": miss, "<": miss, ">=": -miss, ">": -miss, "": 0 * miss}
    with np.errstate(over="ignore", invalid="ignore"):
        score = np.nan_to_num(distance[predicted.relation] / half, nan=np.inf).ravel()
    worst = int(score.argmax())
    wanted, value, low, high = (float(part.ravel()[worst]) for part in (wanted, value, low, high))
    return Shown(wanted, value, low, high, worst, score.size)


def number(value: float) -> str:
    """A number with four digits.

    >>> [number(v) for v in (0.68966, 4596736.0, 1.3e-15, 0.0, float("nan"))]
    ['0.6897', '4596736', '1.3e-15', '0', '–']
    """
    if np.isnan(value):
        return "–"
    if abs(value) < 1e9 and (float(value).is_integer() or abs(value) >= 1e4):
        return f"{value:.0f}"
    return f"{value:.4g}"


def interval(shown: Shown) -> str:
    """A measurement with its interval.

    >>> interval(Shown(0.8, 0.8081, 0.7981, 0.8181, 0, 1))
    '0.8081 ± 0.01'
    >>> interval(Shown(0.5, 0.473, 0.36, 0.588, 0, 1)), interval(Shown(3, 3, 3, 3, 0, 1))
    ('0.473 (0.36 to 0.588)', '3')
    """
    up, down = shown.high - shown.measured, shown.measured - shown.low
    if up == down == 0:
        return number(shown.measured)
    if np.isclose(up, down, rtol=1e-3, atol=1e-15):
        return f"{number(shown.measured)} ± {up:.2g}"
    return say(
        "{value} ({low} to {high})",
        value=number(shown.measured),
        low=number(shown.low),
        high=number(shown.high),
    )


def name_of(row: Row) -> str:
    """What a row measures, and at which of several places the number shown stands."""
    shown, said = shown_of(row), row.predicted
    if shown.num_numbers == 1:
        return row.name
    if said.x is not None:
        at = number(float(np.asarray(said.x, float).ravel()[shown.position]))
        return say("{name}, at {x} = {at}", name=row.name, x=said.x_label or "x", at=at)
    return say("{name} (of {count} numbers)", name=row.name, count=shown.num_numbers)
