"""Every picture of the family: its view goes over the wire, a painter and a display are there."""

import pytest

from reglab import Experiment, fit
from reglab.live.board.finished import finished_frame
from reglab.live.pictures import BOARD, PICTURES, POPULATION
from reglab.live.population.composer import Composer
from reglab.live.population.frame import SweepStatus
from reglab.live.population.tally import Tally
from reglab.panels import MitchellLab, PopulationLab
from reglab.panels.kit.wire import pack_whole
from reglab.training import Progress
from tests.live.population.populations import population
from tests.panels.kit.test_wire import bits
from tests.panels.kit.wire_reader import opened
from tests.panels.painters import seen
from tests.small import SMALL

DIGITS = Experiment(distribution="digits", num_steps=6).replace(num_train=20)


@pytest.fixture(scope="module")
def frames():
    """A board in the plane, one of images, a population: each picture has a view in one of them."""
    composer = Composer(Tally("dropout_rate"), None)
    composer.add(population((0.1, 0.5), draws=3))
    status = SweepStatus("finished", "", Progress(6, 6, 1.0))
    shown = [name for name, picture in PICTURES.items() if picture.of == "board"]
    boards = [finished_frame(fit(of), pictures=shown) for of in (SMALL, DIGITS)]
    return [*boards, composer.frame(status)]


def of(frames, name):
    return next(frame for frame in frames if getattr(frame.pictures, name, None) is not None)


def test_a_panel_shows_each_of_them_and_a_session_makes_those():
    assert MitchellLab.room.pictures == BOARD
    assert PopulationLab.room.pictures == POPULATION
    assert tuple(PICTURES)[: len(BOARD + POPULATION)] == BOARD + POPULATION


@pytest.mark.parametrize("name", PICTURES)
def test_its_view_goes_over_the_wire_and_its_painter_tells_it(frames, name, tmp_path):
    frame = of(frames, name)
    assert bits(opened(pack_whole(frame))) == bits(frame)
    (told,) = seen(tmp_path, frame, [name])
    assert told["methods"] == ["paint", "describe", "title", "note"]
    assert told["kind"] == type(getattr(frame.pictures, name)).__name__
    assert all(told["told"])
    assert told["untold"]


@pytest.mark.parametrize("name", PICTURES)
def test_its_display_draws_its_view(frames, name):
    view = getattr(of(frames, name).pictures, name)
    display = PICTURES[name].display_class(view).plot()
    assert display.ax_.get_children()
