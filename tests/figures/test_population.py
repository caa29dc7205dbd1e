"""Figures of populations: artists that show the numbers of their views, words that can be read."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from reglab import figures
from reglab.figures import style
from reglab.live import Tally
from reglab.live.population.composer import Composer
from reglab.live.population.frame import SweepStatus
from reglab.mitchell import frequencies
from reglab.training import Progress
from tests.figures.helpers import unreadable
from tests.live.population.populations import member, population

RATES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
RUNS = population(RATES, draws=10)
DONE = SweepStatus("finished", "", Progress(60, 60, 1.0))


def frame_of(runs, **options):
    composer = Composer(Tally(**options), None)
    composer.add(runs)
    return composer.frame(DONE)


FRAMES = {
    "default": frame_of(RUNS, at_least=0.03),
    "one value": frame_of(population((0.1,), draws=3)),
    "two values": frame_of(population((0.1, 0.9), draws=2), scope="run", at_least=0.1),
    "many values": frame_of(population([i / 20 for i in range(20)], draws=3)),
    "by draw": frame_of(RUNS[:60], by="draw"),
    "dense": frame_of(population(RATES, draws=400)),
    "every verdict": frame_of(RUNS, at_least=0.05),
    "all diverged at one": frame_of([*RUNS[:12], member(0.9, 3, diverged=True)]),
}


every = FRAMES["every verdict"]
codes = np.arange(len(RUNS)) % 4
plane = every.plane._replace(code=codes.astype(np.uint8), counts=np.arange(len(RUNS)) % 8 == 0)
FRAMES["every verdict"] = every._replace(plane=plane)


@pytest.fixture(params=FRAMES)
def frame(request):
    return FRAMES[request.param]


def displays(frame):
    others = [one for i, one in enumerate(frame.bands) if i != frame.chosen]
    yield figures.FrequencyDisplay(frame.frequency)
    yield figures.PopulationPlaneDisplay(frame.plane, frame.chosen)
    yield figures.BandsDisplay(frame.bands[frame.chosen], others)
    yield figures.PopulationDisplay.from_frame(frame)


@pytest.mark.costly
def test_no_words_overlap_and_none_are_cut_off(frame):
    for display in displays(frame):
        figure = display.plot().figure_
        assert unreadable(figure) == [], type(display).__name__


def test_shares_and_their_intervals_stand_where_they_are(frame):
    view = frame.frequency
    display = figures.FrequencyDisplay(view).plot()
    known = view.num_runs > 0
    offsets = np.asarray(display.dots_.get_offsets())
    np.testing.assert_allclose(offsets[:, 1], view.share[known])
    np.testing.assert_allclose(offsets[:, 0], view.values[known])
    for bar, low, high in zip(display.bars_, view.low[known], view.high[known], strict=True):
        np.testing.assert_allclose(bar.get_ydata(), [low, high])
    severity = view.severity[np.isfinite(view.severity)]
    np.testing.assert_allclose(display.severity_line_.get_ydata(), 100 * severity)


def test_a_hollow_dot_has_undecided_runs():
    view = FRAMES["default"].frequency._replace(num_undecided=np.array([0, 1, 0, 0, 2, 0]))
    faces = figures.FrequencyDisplay(view).plot().dots_.get_facecolors()
    hollow = [tuple(face[:3]) == (1.0, 1.0, 1.0) for face in faces]
    assert hollow == [False, True, False, False, True, False]


def test_bands_are_those_of_the_view(frame):
    view = frame.bands[frame.chosen]
    display = figures.BandsDisplay(view, frame.bands[1:]).plot()
    np.testing.assert_array_equal(display.train_line_.get_ydata(), view.train_median)
    np.testing.assert_array_equal(display.true_line_.get_ydata(), view.true_median)
    assert len(display.other_lines_) == len(frame.bands[1:])
    (band,) = display.true_band_.get_paths()
    assert band.vertices[:, 1].max() == pytest.approx(view.true_high.max(), abs=1e-6)
    assert band.vertices[:, 1].min() == pytest.approx(view.true_low.min(), abs=1e-6)


def test_each_run_is_a_dot_of_its_verdict():
    view = FRAMES["default"].plane
    display = figures.PopulationPlaneDisplay(view).plot()
    seen = {word: np.asarray(dots.get_offsets()) for word, dots in display.dots_.items()}
    assert sum(len(offsets) for offsets in seen.values()) == len(view.run)
    assert len(seen["overfits"]) == view.counts.sum()
    assert len(seen["overfits by less"]) == ((view.code == 0) & ~view.counts).sum()
    assert [text.get_text() for text in display.key_.get_texts()] == list(seen)


def test_many_dots_are_a_density():
    view = FRAMES["dense"].plane
    display = figures.PopulationPlaneDisplay(view).plot()
    np.testing.assert_array_equal(display.image_.get_array(), view.density)
    assert display.dots_ == {}
    assert display.image_.get_extent() == list(view.region)


def test_the_convenience_counts_runs_itself():
    display = figures.frequency(RUNS, by="dropout_rate", scope="run", at_least=0.02)
    found = frequencies(RUNS, "dropout_rate", scope="run", at_least=0.02)
    np.testing.assert_array_equal(display.view.num_overfit, found.num_overfit)
    assert display.severity_ax_.get_xlabel() == "dropout rate"


def test_axes_of_ones_own_are_drawn_into_without_the_severity():
    figure = Figure((7, 3))
    ax = figure.subplots()
    display = figures.FrequencyDisplay(FRAMES["default"].frequency).plot(ax)
    assert display.ax_ is ax
    assert display.severity_ax_ is None
    assert len(figure.axes) == 1
    assert ax.get_xlabel() == "dropout rate"


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_page_is_the_same_each_time(kind):
    files = {
        figures.rendered(figures.PopulationDisplay.from_frame(FRAMES["default"]), kind)
        for _ in range(2)
    }
    assert len(files) == 1


def test_no_colour_but_those_of_the_style():
    svg = figures.rendered(figures.PopulationDisplay.from_frame(FRAMES["default"]), "svg")
    for colour in (style.RED, style.TRAIN, style.WHOLE, style.BAYES):
        assert colour in svg.decode()
