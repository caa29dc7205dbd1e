"""``figures.claim``: every number of a check is drawn where it stands."""

import numpy as np
import pytest

from reglab import figures, theory
from reglab.figures import style
from reglab.theory import Check, rows
from tests.figures.helpers import unreadable

X = np.array([10, 20, 40, 80])


@pytest.fixture
def check():
    """A check with rows of every relation, series, steep series, and one that fails."""
    said = {
        "a share that grows with the number of examples": rows.expectation(1 / X, X, "n"),
        "a steep series, on axes of another kind": rows.at_most(0.5**X, 10.0**X, "size of it"),
        "not judged": rows.shown(x=X, x_label="n"),
        "mean": rows.expectation(1.0),
        "a name that is so long that it has to be broken into several lines": rows.too_low(0.5),
        "exact": rows.identity(2.0),
        "missed": rows.identity(3.0),
        "many": rows.identity(np.zeros(50)),
        "only to look at": rows.shown(),
    }
    found = {
        "a share that grows with the number of examples": rows.exactly(1 / X + 0.01, 0.02),
        "a steep series, on axes of another kind": rows.exactly(0.4 * 0.5**X, 0.1 * 0.5**X),
        "not judged": rows.exactly(X / 7, 1.0),
        "mean": rows.exactly(1.05, 0.1),
        "a name that is so long that it has to be broken into several lines": rows.exactly(9, 0.1),
        "exact": rows.exactly(2.0),
        "missed": rows.exactly(3.2, 0.1),
        "many": rows.exactly(np.full(50, 1e-15), 1e-12),
        "only to look at": rows.exactly(7),
    }
    return Check(theory.CLAIMS["G3"], 4, rows.rows_of(said, found), 1.0)


def test_words_neither_overlap_nor_are_cut(check):
    figure = figures.claim(check).figure_
    assert unreadable(figure) == []


def test_series_are_lines_of_predictions_and_dots_of_measurements(check):
    display = figures.claim(check)
    row = check.rows[0]
    ax = display.series_[row.name]
    line, dots = ax.get_lines()[:2]
    np.testing.assert_allclose(line.get_ydata(), row.predicted.value)
    np.testing.assert_allclose(dots.get_ydata(), row.measured.value)
    assert ax.get_xlabel() == "n"
    steep = display.series_[check.rows[1].name]
    assert (steep.get_xscale(), steep.get_yscale()) == ("log", "log")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "linear")


def test_strips_are_in_half_widths_and_failures_are_red(check):
    display = figures.claim(check)
    bar, dot = display.strips_["mean"]
    assert dot.get_xdata()[0] == pytest.approx(0.5)
    np.testing.assert_allclose(bar.get_xdata(), [-0.5, 1.5])
    assert display.strips_["missed"][1].get_color() == style.RED
    assert display.strips_["exact"][1].get_color() != style.RED
    assert display.strips_["only to look at"] is None
    words = [text.get_text() for text in display.head_]
    assert "not as predicted" in words
    assert "expectation, seed 4" in words


def test_a_check_that_passed_says_so():
    display = figures.claim(theory.check("G3"))
    assert "as predicted" in [text.get_text() for text in display.head_]
    assert figures.rendered(display).startswith(b"\x89PNG")
