import re

import numpy as np
import pytest

from reglab.mitchell import Verdict, badge, scope
from reglab.mitchell.words import (
    ErrorInterval,
    compared,
    exact,
    grouped,
    overlapping,
    percent,
    points,
)


def around(value, half):
    return ErrorInterval(value, value - half, value + half)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1800, "1\u202f800"), (1234567, "1\u202f234\u202f567"), (-12, "−12")],
)
def test_grouped(number, text):
    assert grouped(number) == text


@pytest.mark.parametrize(
    ("share", "signed", "text"),
    [
        (0.089, False, "8.9"),
        (0.0, False, "0.0"),
        (0.0004, False, "0.04"),
        (1e-12, False, "0.000000"),
        (-0.0123, False, "−1.2"),
        (0.123, True, "+12.3"),
        (-0.123, True, "−12.3"),
        (-0.0, True, "+0.0"),
    ],
)
def test_points(share, signed, text):
    assert points(share, signed=signed) == text


@pytest.mark.parametrize(
    ("error", "decimals", "text"),
    [
        (exact(0.2), 1, "20.0 %"),
        (exact(1.0), 1, "100.0 %"),
        (around(0.253, 0.001), 1, "25.3 ± 0.1 %"),
        (around(0.253, 0.00002), 1, "25.3 ± 0.1 %"),
        (around(0.253, 0.00002), 2, "25.30 ± 0.01 %"),
        (around(0.253, 0.0011), 1, "25.3 ± 0.2 %"),
        (ErrorInterval(0.253, 0.25, 0.2531), 1, "25.3 ± 0.3 %"),
        (ErrorInterval(*np.float32([0.253, 0.251, 0.255]).tolist()), 1, "25.3 ± 0.2 %"),
    ],
)
def test_percent(error, decimals, text):
    assert percent(error, decimals) == text


@pytest.mark.parametrize(
    ("smaller", "larger", "texts"),
    [
        (exact(0.2), exact(0.3), ("20.0 %", "30.0 %")),
        (exact(0.2501), exact(0.2503), ("25.01 %", "25.03 %")),
        (exact(0.250001), exact(0.250002), ("25.0001 %", "25.0002 %")),
        (around(0.164, 0.001), around(0.253, 0.001), ("16.4 ± 0.1 %", "25.3 ± 0.1 %")),
        (around(0.164, 0.0002), around(0.1645, 0.0002), ("16.40 ± 0.02 %", "16.45 ± 0.02 %")),
        (around(0.2, 0.0), around(0.2, 0.0), ("20.000000 %", "20.000000 %")),
    ],
)
def test_compared(smaller, larger, texts):
    assert compared(smaller, larger) == texts


def shown(text):
    """Value and half width as a reader would take them, exact in units of 1e-9 points."""
    value, half = re.fullmatch(r"([\d.]+)(?: ± ([\d.]+))? %", text).groups("0")
    return tuple(round(float(part) * 1e9) for part in (value, half))


def test_what_is_shown_bears_out_what_is_said():
    rng = np.random.default_rng(0)
    told_apart = told_overlapping = 0
    for _ in range(3000):
        a, b = np.sort(rng.random(2)) * rng.choice([1, 0.1, 0.01])
        halves = rng.random(2) * rng.choice([0.1, 0.01, 0.0001])
        first, second = around(a, halves[0]), around(b, halves[1])
        is_apart = first.high < second.low
        texts = (compared if is_apart else overlapping)(first, second)
        (value, half), (other, other_half) = map(shown, texts)
        assert (value + half < other - other_half) == is_apart
        told_apart += is_apart
        told_overlapping += not is_apart
    assert min(told_apart, told_overlapping) > 300


def test_overlapping_errors_with_one_number_get_two_decimals():
    assert overlapping(around(0.164, 0.002), around(0.166, 0.002)) == (
        "16.4 ± 0.2 %",
        "16.6 ± 0.2 %",
    )
    assert overlapping(around(0.164, 0.002), around(0.1642, 0.002))[1] == "16.42 ± 0.20 %"
    assert overlapping(around(0.164, 0.002), around(0.164, 0.001))[1] == "16.4 ± 0.1 %"


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (Verdict.OVERFITS, "OVERFITS"),
        (Verdict.OPTIMAL, "OPTIMAL"),
        (Verdict.NO_WITNESS, "NO WITNESS AMONG 2\u202f400"),
        (Verdict.UNDECIDED, "UNDECIDED"),
    ],
)
def test_badges(verdict, word):
    assert badge(verdict, 2400) == badge(np.int32(verdict), 2400) == word


def test_scope():
    assert scope(2400) == "among 2\u202f400 hypotheses explored"
    assert scope(1) == "among 1 hypothesis explored"


def test_an_error_without_bound_is_said():
    inf = exact(float("inf"))
    assert (percent(inf), points(inf.value), points(-inf.value, signed=True)) == ("∞ %", "∞", "−∞")
    assert compared(exact(0.5), inf) == overlapping(exact(0.5), inf) == ("50.0 %", "∞ %")
