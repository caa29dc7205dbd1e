"""The pictures of a double descent: artists that show the arrays, words that can be read."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from reglab import figures
from reglab.figures import style
from reglab.theory import double_descent
from tests.figures.helpers import unreadable

KINDS = {
    "default": {},
    "ridge": {"ridge": 60.0},
    "no leading features": {"num_leading": 0},
    "few": {"num_train": 20, "num_features": 30, "draws": 3},
    "beyond n": {"widths": (150, 200, 300)},
    "one draw": {"draws": 1},
    "one width": {"widths": (7,)},
    "far beyond n": {"num_features": 2000, "draws": 3},
    "n early": {"widths": (90, 100, 300)},
    "fewer features than examples": {"num_train": 400},
    "loud": {"noise": 2.0},
    "no noise": {"noise": 0.0},
    "tiny": {"num_train": 10, "num_features": 2000},
}


@pytest.fixture(scope="module")
def found():
    return double_descent()


@pytest.fixture(scope="module")
def display(found):
    return figures.DoubleDescentDisplay(found).plot()


@pytest.mark.costly
@pytest.mark.parametrize("kind", KINDS)
def test_no_words_overlap_and_none_are_cut_off(kind):
    descent = double_descent(**KINDS[kind])
    for make in (figures.DoubleDescentDisplay, figures.DescentErrorsDisplay):
        figure = make(descent).plot().figure_
        assert unreadable(figure) == []


def test_the_errors_are_those_of_the_draws(display, found):
    errors = display.errors_
    assert errors.ax_ is display.axes_[0]
    assert {ax.get_xscale() for ax in display.axes_} == {"log"}
    dots = np.asarray(errors.dots_.get_offsets())
    np.testing.assert_array_equal(dots[:, 1], found.true_error.ravel())
    np.testing.assert_allclose(dots[:, 0], np.tile(found.widths, 10), rtol=0.04)
    for line, expected in (
        (errors.median_line_, np.median(found.true_error, axis=0)),
        (errors.train_line_, np.median(found.train_error, axis=0)),
    ):
        np.testing.assert_array_equal(line.get_xdata(), found.widths)
        np.testing.assert_array_equal(line.get_ydata(), expected)
    band = np.concatenate([path.vertices for path in errors.band_.get_paths()])
    for width, row in zip(found.widths, found.true_error.T, strict=True):
        ends = band[band[:, 0] == width, 1]
        assert (ends.min(), ends.max()) == (row.min(), row.max())
    assert set(errors.bayes_line_.get_ydata()) == {found.bayes}


def test_the_formula_is_a_line_with_a_gap_where_it_is_infinite(display, found):
    line = display.errors_.formula_line_
    shown = np.where(np.isinf(found.predicted), np.nan, found.predicted)
    np.testing.assert_array_equal(line.get_ydata(), shown)
    assert np.isnan(line.get_ydata()).any()
    ridge = figures.DescentErrorsDisplay(double_descent(ridge=60.0)).plot()
    assert ridge.formula_line_ is None
    assert not [text for text in ridge.end_names_ if "formula" in text.get_text()]


def test_the_peak_is_cut_off_marked_and_told(display, found):
    errors, true = display.errors_, np.median(found.true_error, axis=0)
    top = errors.ax_.get_ylim()[1]
    assert top == 2
    np.testing.assert_array_equal(errors.beyond_.get_xdata(), found.widths[true > top])
    assert set(errors.beyond_.get_ydata()) == {top}
    told = errors.peak_.get_text().replace("\u00a0", "")
    assert told.startswith(f"median at width 100: {100 * true.max():.0f}%")
    assert told.endswith("mean by the formula: infinite")
    small = figures.DescentErrorsDisplay(double_descent(ridge=60.0)).plot()
    assert small.peak_ is None
    assert len(small.beyond_.get_xdata()) == 0


def test_h_overfits_above_the_red_line(display, found):
    errors = display.errors_
    rival = errors.rival_line_.get_ydata()
    assert np.isnan(rival[0])
    np.testing.assert_array_equal(rival[1:], np.median(found.rival_error, axis=0)[1:])
    assert errors.rival_line_.get_color() == style.RED
    region = np.concatenate([path.vertices for path in errors.severity_.get_paths()])
    true = np.median(found.true_error, axis=0)
    over = found.widths[true > np.nan_to_num(rival, nan=np.inf)]
    assert region[:, 0].min() >= 5
    assert over.max() <= region[:, 0].max() < 300
    assert errors.region_name_.get_text() == "h overfits"
    assert errors.rival_name_.get_text().startswith("h′: the best of those")
    beyond = figures.DescentErrorsDisplay(double_descent((150, 200, 300))).plot()
    assert beyond.region_name_ is beyond.rival_name_ is None


def test_the_ends_are_named_with_their_values(display, found):
    words = {text.get_text() for text in display.axes_[0].texts}
    medians = (
        100 * np.median(column[:, -1])
        for column in (found.true_error, found.rival_error, found.train_error)
    )
    values = {f"median {value:.1f}\u00a0%" for value in medians}
    formula = f"mean by formula {100 * found.predicted[-1]:.1f}\u00a0%"
    names = {"whole distribution", "h′", "100 training examples", "Bayes error 3.8\u00a0%"}
    assert names | values | {formula} <= words


def test_n_is_marked_in_every_picture(display):
    assert [line.axes for line in display.border_lines_] == display.axes_
    assert {float(line.get_xdata()[0]) for line in display.border_lines_} == {100.0}
    assert display.errors_.border_name_.get_text() == "n = 100 training examples"
    beyond = figures.DoubleDescentDisplay(double_descent((150, 300), draws=2)).plot()
    assert beyond.border_lines_ == []
    assert beyond.errors_.border_name_ is None


def test_shares_are_red_where_h_overfits_and_hollow_where_it_never_does(display, found):
    dots = np.asarray(display.share_dots_.get_offsets())
    np.testing.assert_array_equal(dots, np.stack([found.widths, found.share], axis=1))
    fills = [to_hex(colour) for colour in display.share_dots_.get_facecolors()]
    assert fills == [style.RED if share else style.PAPER for share in found.share]
    bars = np.array(display.share_bars_.get_segments())
    np.testing.assert_array_equal(bars[:, 0, 0], found.widths)
    np.testing.assert_array_equal(bars[:, :, 1].T, found.interval)


def test_every_witness_is_a_dot_as_large_as_often(display, found):
    at = np.asarray(display.witness_dots_.get_offsets()).astype(int).tolist()
    counts = {}
    for row in found.witness:
        for width, witness in zip(found.widths.tolist(), row.tolist(), strict=True):
            if witness > 0:
                counts[width, witness] = counts.get((width, witness), 0) + 1
    sizes = dict(zip(map(tuple, at), display.witness_dots_.get_sizes(), strict=True))
    assert sizes.keys() == counts.keys()
    scale = {round(sizes[pair] / count, 9) for pair, count in counts.items()}
    assert len(scale) == 1
    nobody = figures.DoubleDescentDisplay(double_descent((150, 300), draws=2)).plot()
    assert len(nobody.witness_dots_.get_offsets()) == 0


def test_red_stands_for_verdicts_alone(display):
    for artist in (
        display.errors_.median_line_,
        display.errors_.train_line_,
        display.errors_.formula_line_,
        display.errors_.bayes_line_,
        *display.border_lines_,
    ):
        assert artist.get_color() != style.RED


def test_axes_are_titled_with_sentences_and_a_file_is_written(found):
    figure = Figure((7, 6.3))
    display = figures.DoubleDescentDisplay(found).plot(figure)
    assert display.figure_ is figure
    assert [ax.get_ylabel() for ax in display.axes_] == [
        "squared error, as a share of the variance of y (1 − R²)",
        "share of the draws",
        "width of h′",
    ]
    title = "width of h: features fitted, out of 300"
    assert [ax.get_xlabel() for ax in display.axes_] == ["", "", title]
    assert figures.DescentErrorsDisplay(found).plot().ax_.get_xlabel() == title
    assert figures.rendered(display).startswith(b"\x89PNG")
