"""The picture of a finished run is that of its last hypothesis, wherever that is kept."""

import functools

import numpy as np
import pytest

from reglab import Experiment, fit
from reglab.live.board.finished import finished_frame
from reglab.live.pictures.brushed import LastPicture
from reglab.live.population.composer import light
from reglab.sweeps import Grid, open_store, sweep
from reglab.training import Trainer
from tests.small import SMALL

DIGITS = Experiment(distribution="digits", num_steps=12).replace(num_train=50)


def test_it_is_the_picture_that_a_still_of_the_run_shows():
    run = fit(SMALL)
    picture, shown = LastPicture()(run), finished_frame(run).picture
    for name in ("region", "shade", "bayes", "x", "y"):
        np.testing.assert_array_equal(getattr(picture, name), getattr(shown, name), err_msg=name)


@pytest.mark.slow
def test_a_run_without_weights_is_trained_again_and_a_stored_one_is_read(tmp_path):
    grid = Grid(SMALL, product={"draw": [0, 1]})
    sweep(grid, store=tmp_path).close()
    picture = LastPicture()
    with open_store(tmp_path) as store:
        for found in store.runs():
            run = fit(found.experiment)
            shades = [picture(shown).shade.astype(int) for shown in (run, found, light(run))]
            assert np.abs(shades[0] - shades[1]).max() <= 1
            np.testing.assert_array_equal(shades[0], shades[2])


def test_no_trainer_is_made_of_a_finished_run(monkeypatch):
    run = fit(SMALL)
    never = functools.partial(pytest.fail, "a trainer was made")
    monkeypatch.setattr(Trainer, "_begin", lambda *_: never())
    assert finished_frame(run, run, row=1).h == (0, 1)
    assert LastPicture()(run) is not None


@pytest.mark.slow
def test_images_are_shown_with_what_is_wrong():
    run = fit(DIGITS)
    view, shown = LastPicture()(run), finished_frame(run).picture
    np.testing.assert_array_equal(view.predicted, shown.predicted)
    np.testing.assert_array_equal(view.error_images, shown.error_images)
    assert len(view.images) == 50
