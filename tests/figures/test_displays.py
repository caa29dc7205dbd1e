"""Displays: words that can be read, artists that show the numbers of their views."""

import concurrent.futures
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from reglab import figures
from reglab.figures.lab import picture_display, plane_view
from tests.figures.helpers import busy_frame, frames, unreadable
from tests.panels.kit.live_frames import boundary, images, story

FRAMES = frames()
STARTS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.fixture(params=FRAMES)
def frame(request):
    return FRAMES[request.param]


@pytest.mark.costly
def test_no_words_overlap_and_none_are_cut_off(frame):
    page = figures.LabDisplay.from_frame(frame).plot().figure_
    assert unreadable(page) == []


@pytest.mark.parametrize("make", [figures.PlaneDisplay, figures.CurvesDisplay])
def test_a_display_alone_is_as_legible(make, frame):
    figure = make(plane_view(frame)).plot().figure_
    assert unreadable(figure) == []


def test_the_curves_are_those_of_the_run_of_h(frame):
    view = plane_view(frame)
    display = figures.CurvesDisplay(view).plot()
    run = view.runs[view.h[0]]
    np.testing.assert_array_equal(display.true_line_.get_xdata(), run.step)
    np.testing.assert_array_equal(display.true_line_.get_ydata(), run.true_error)
    np.testing.assert_array_equal(display.train_line_.get_ydata(), run.train_error)
    others = [one for i, one in enumerate(view.runs) if i != view.h[0] and len(one.step)]
    shown = sorted(display.other_lines_, key=lambda line: line.get_ydata()[-1])
    expected = sorted(others, key=lambda one: one.true_error[-1])
    assert len(shown) == len(expected)
    for line, other in zip(shown, expected, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), other.true_error)
    assert (display.bayes_line_ is None) == (view.bayes_error is None)


@pytest.mark.costly
def test_every_hypothesis_is_a_dot_in_the_plane(frame):
    view = plane_view(frame)
    display = figures.PlaneDisplay(view).plot()
    runs = [run for run in view.runs if len(run.step)]
    assert len(display.dots_) == len(runs)
    (left, right), (low, high) = display.ax_.get_xlim(), display.ax_.get_ylim()
    seen = {tuple(point) for dots in display.dots_ for point in np.asarray(dots.get_offsets())}
    for run in runs:
        for point in zip(run.train_error.tolist(), run.true_error.tolist(), strict=True):
            inside = left <= point[0] <= right and low <= point[1] <= high
            assert not inside or any(np.allclose(point, one, atol=1e-6) for one in seen)


def test_the_arrow_goes_from_h_to_its_witness():
    frame = busy_frame(2)
    view = plane_view(frame)
    arrow = figures.PlaneDisplay(view).plot().arrow_
    (run, row), (other, better) = view.h, view.witness
    start = view.runs[run].train_error[row], view.runs[run].true_error[row]
    end = view.runs[other].train_error[better], view.runs[other].true_error[better]
    np.testing.assert_allclose(arrow.xyann, start, atol=1e-6)
    np.testing.assert_allclose(arrow.xy, end, atol=1e-6)


def test_without_a_witness_there_is_no_arrow_and_no_severity():
    page = figures.LabDisplay.from_frame(FRAMES["no witness"]).plot()
    assert page.plane_.arrow_ is None
    assert page.headline_.severity_ is None


def test_the_headline_says_what_the_verdict_says(frame):
    page = figures.LabDisplay.from_frame(frame).plot()
    said = page.headline_.sentence_.get_text().split()
    assert said == frame.verdict.sentence.split()
    assert page.headline_.badge_.get_text() == frame.verdict.word


@pytest.mark.parametrize("what", ["h", "witness"])
def test_the_map_shows_its_view_and_every_example(what):
    view = boundary(1.0, what)
    display = figures.BoundaryDisplay(view).plot()
    np.testing.assert_array_equal(display.image_.get_array(), view.shade)
    points = [np.asarray(one.get_offsets()) for one in display.examples_]
    for label, offsets in enumerate(points):
        np.testing.assert_allclose(offsets, view.x[view.y == label], atol=1e-6)


@pytest.mark.parametrize(("count", "errors"), [(20, 6), (50, 12), (400, 0), (3, 1)])
def test_images_are_framed_crossed_and_answered(count, errors):
    view = images(count, errors)
    display = figures.ImagesDisplay(view).plot()
    shown = len(display.training_)
    assert 0 < shown <= count
    for tile, image in zip(display.training_, view.images, strict=False):
        np.testing.assert_array_equal(tile.get_array(), image)
    flipped = (view.labels != view.true_labels)[:shown]
    assert len(display.frames_.get_paths()) == flipped.sum()
    wrong = (view.predicted != view.labels)[:shown]
    assert len(display.crosses_.get_offsets()) == wrong.sum()
    answers = [answer.get_text() for answer in display.answers_]
    pairs = zip(view.error_labels, view.error_predicted, strict=True)
    assert answers == [f"{true}→{said}" for true, said in pairs][: len(answers)]


def test_a_view_without_a_picture_has_none():
    assert picture_display(None) is None
    page = figures.LabDisplay.from_frame(FRAMES["no picture"]).plot()
    assert page.picture_ is None


def test_axes_of_ones_own_are_drawn_into():
    figure = Figure((12, 4))
    axes = figure.subplots(1, 2)
    view = plane_view(busy_frame(2))
    assert figures.PlaneDisplay(view).plot(axes[0]).ax_ is axes[0]
    assert figures.CurvesDisplay(view).plot(axes[1]).figure_ is figure
    assert len(figure.axes) == 2


@pytest.mark.costly
@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_files_are_the_same_each_time_and_from_every_thread(kind):
    def draw(_):
        return figures.rendered(figures.LabDisplay.from_frame(story(40)), kind)

    with concurrent.futures.ThreadPoolExecutor(3) as threads:
        files = set(threads.map(draw, range(3)))
    assert len(files) == 1
    assert files.pop().startswith(STARTS[kind])


def test_settings_of_the_user_neither_change_nor_matter():
    view = plane_view(busy_frame(2))
    before = figures.rendered(figures.PlaneDisplay(view))
    settings = {"lines.linewidth": 9, "axes.grid": True, "xtick.bottom": False, "figure.dpi": 60}
    settings |= {"savefig.bbox": "tight", "patch.linewidth": 8, "xtick.labelsize": 40}
    with mpl.rc_context(settings):
        kept = dict(mpl.rcParams)
        assert figures.rendered(figures.PlaneDisplay(view)) == before
        assert dict(mpl.rcParams) == kept


def test_pyplot_and_jupyter_stay_out():
    code = "import sys, reglab.figures; print([m for m in sys.modules if m in {names}])"
    names = {"matplotlib.pyplot", "ipywidgets", "anywidget", "tkinter"}
    command = [sys.executable, "-c", code.format(names=sorted(names))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"
