"""When a measurement is as predicted, and how a row is put into words."""

import numpy as np
import pytest
from scipy import stats

from reglab.theory import KINDS, Claim, Reference, check, rows
from reglab.theory.base import checked
from reglab.theory.words import interval, name_of, shown_of

JUDGED = [
    (rows.identity, 1.0, 1.0, True),
    (rows.identity, 1.0, 1.2, False),
    (rows.expectation, 1.0, 0.95, True),
    (rows.expectation, 1.0, 1.11, False),
    (rows.at_most, 1.0, 0.2, True),
    (rows.at_most, 1.0, 1.05, True),  # not contradicted
    (rows.at_most, 1.0, 1.2, False),
    (rows.at_least, 1.0, 1.8, True),
    (rows.at_least, 1.0, 0.8, False),
    (rows.lower_than, 1.0, 0.95, False),  # not shown
    (rows.lower_than, 1.0, 0.8, True),
    (rows.higher_than, 1.0, 1.05, False),
    (rows.higher_than, 1.0, 1.2, True),
    (rows.too_high, 1.0, 0.8, True),
    (rows.too_high, 1.0, 1.0, False),
    (rows.too_low, 1.0, 1.2, True),
    (rows.too_low, 1.0, 1.0, False),
    (rows.shown, 1.0, 9.0, True),
]


def row(said, found):
    (only,) = rows.rows_of({"a": said}, {"a": found})
    return only


@pytest.mark.parametrize(("make", "value", "found", "passed"), JUDGED)
def test_relations(make, value, found, passed):
    assert row(make(value), rows.exactly(found, 0.1)).passed is passed
    series = row(make([value, value], x=[1, 2]), rows.exactly([value, found], 0.1))
    if make in (rows.identity, rows.expectation, rows.at_most, rows.at_least, rows.shown):
        assert series.passed is passed
    assert series.is_judged == (make is not rows.shown)


@pytest.mark.parametrize("make", dict.fromkeys(case[0] for case in JUDGED if case[0] != rows.shown))
def test_what_is_no_number_never_passes(make):
    assert not row(make(1.0), rows.exactly(np.nan, 0.1)).passed
    assert not row(make(np.nan), rows.exactly(1.0, 0.1)).passed


def test_the_interval_of_a_mean_is_scipys_standard_error_four_times():
    draws = np.random.default_rng(0).normal(3, 2, (500, 2))
    found = rows.mean_of(draws)
    half = 4 * stats.sem(draws, axis=0)
    np.testing.assert_allclose(found.value, draws.mean(axis=0))
    np.testing.assert_allclose((found.high - found.low) / 2, half)


@pytest.mark.parametrize("count", [0, 3, [1, 20]])
def test_the_interval_of_a_share_is_scipys(count):
    found = rows.share_of(count, 20)
    for k, low, high in zip(*map(np.ravel, (count, found.low, found.high)), strict=True):
        exact = stats.binomtest(int(k), 20).proportion_ci(1 - rows.LEVEL, "exact")
        assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-12)
    assert np.shape(found.value) == np.shape(count)


def test_both_sides_have_the_same_names_and_shapes():
    with pytest.raises(ValueError, match=r"got only on one: \['a', 'b'\]"):
        rows.rows_of({"a": rows.identity(1)}, {"b": rows.exactly(1)})
    with pytest.raises(ValueError, match=r"a: expected shape \(3,\), got \(2,\)"):
        row(rows.identity([1, 2]), rows.exactly([1, 2, 3]))
    with pytest.raises(ValueError, match="a: expected a relation out of"):
        row(rows.Predicted(1, "~", "identity"), rows.exactly(1))


@pytest.mark.parametrize(
    ("make", "index"), [(rows.identity, 2), (rows.at_most, 1), (rows.at_least, 2)]
)
def test_the_number_shown_is_the_one_nearest_to_failing(make, index):
    one = row(make([1.0, 2.0, 3.0], x=[10, 20, 30], x_label="n"), rows.exactly([1, 2.01, 2.9], 0.1))
    shown = shown_of(one)
    assert (shown.position, shown.num_numbers) == (index, 3)
    assert shown.predicted == [1, 2, 3][index]
    assert name_of(one) == f"a, at n = {10 * (index + 1)}"
    assert interval(shown) == ["1", "2.01 ± 0.1", "2.9 ± 0.1"][index]


def test_a_check_gives_prediction_measurement_interval_and_whether_it_passed():
    claim = Claim(
        id="Z1",
        statement="One is one.",
        formula="1",
        kind="identity",
        source=(Reference("nobody"),),
        setup=lambda seed: seed,
        predict=lambda given: {"one": rows.identity(1.0), "seed": rows.shown()},
        measure=lambda given: {"one": rows.exactly(1.5, 0.1), "seed": rows.exactly(given)},
        tolerance="none",
        fails_when="never",
    )
    found = checked(claim, 7)
    assert not found.passed
    assert found.prediction["one"] == 1
    assert found.measurement == {"one": 1.5, "seed": 7}
    assert found.interval["one"] == (1.4, 1.6)
    assert found.seconds > 0


def test_wrong_arguments_are_refused_in_one_line():
    with pytest.raises(ValueError, match="claim: expected one of "):
        check("Q9")
    with pytest.raises(ValueError, match="seed: expected "):
        check("G3", -1)
    with pytest.raises(ValueError, match="Z1: expected a kind out of"):
        Claim("Z1", *[""] * 2, "guess", (), *[None] * 3, *[""] * 2)
    assert "guess" not in KINDS
