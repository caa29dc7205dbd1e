"""The population lab without a browser: controls, frames, actions, exports, a store."""

import csv
import json

import numpy as np
import pytest

from reglab import Experiment
from reglab.live import PopulationSession
from reglab.panels import PopulationLab
from reglab.panels.population.controls import VARIED, PopulationControls, spread
from reglab.panels.population.export import export
from reglab.panels.population.view import PopulationView, drawn
from reglab.sweeps import Grid, writing
from tests import small
from tests.live.population.populations import in_batches, population
from tests.live.until import until
from tests.panels.kit.wire_reader import Browser, fields, opened
from tests.sweeps.test_watched import results

SECONDS = 120
SMALL = Grid(
    small.SMALL.replace(num_steps=24),
    product={"dropout_rate": [0, 0.5], "draw": [0, 1, 2]},
)


@pytest.fixture(scope="module")
def trained_lab():
    lab = PopulationLab(SMALL)
    lab.run()
    settle(lab)
    yield lab
    lab.close()


def settle(lab):
    """Waits until the session rests, also after what the panel itself asked for."""
    assert lab.session.wait(SECONDS)


def test_before_it_runs_the_lab_asks_for_a_prediction():
    lab = PopulationLab()
    try:
        assert "Predict first" in lab.message.value
        saved = opened(lab.view.last)
        assert (saved.status.state, saved.headline.word) == ("idle", "NOTHING JUDGED YET")
        assert not lab.button.disabled
        assert lab.stop.disabled
        lab.save.click()
        assert lab.message.value == "export: expected runs on screen, got none yet"
    finally:
        lab.close()


def test_a_grid_is_trained_counted_and_one_run_is_shown(trained_lab):
    frame = trained_lab.session.frame
    assert frame.status.state == "finished"
    assert frame.by == "dropout_rate"
    assert frame.frequency.num_runs.tolist() == [3, 3]
    assert frame.brushed is not None
    assert frame.brushed.picture.shade.shape == (72, 96)
    assert Experiment.from_json(frame.brushed.experiment) in list(SMALL)
    assert trained_lab.button.disabled is False
    assert trained_lab.stop.disabled is True


def test_actions_of_the_front_end_reach_the_session(trained_lab):
    view, session = trained_lab.view, trained_lab.session

    def act(**content):
        view._receive(view, content, [])
        settle(trained_lab)
        return session.frame

    assert act(kind="choose", value=1).chosen == 1
    assert act(kind="pick", run=4).brushed.run == 4
    place = session.runs[2].history
    near = {"train_error": float(place.train_error[-1]), "true_error": float(place.true_error[-1])}
    found = act(kind="near", **near).brushed.run
    assert np.allclose(session.runs[found].history.true_error[-1], near["true_error"])
    assert act(kind="forget").brushed is None
    assert act(kind="pick", run=10**6).brushed is None


def test_the_verdict_controls_judge_anew(trained_lab):
    trained_lab.controls.at_least.value = 0.1
    trained_lab.controls.scope.value = "own run"
    settle(trained_lab)
    frame = trained_lab.session.frame
    assert (frame.scope, frame.frequency.at_least) == ("run", 0.1)


@pytest.mark.parametrize("kind", ["PNG", "SVG", "PDF"])
def test_figures_are_saved(trained_lab, kind):
    name, mime, data = export(trained_lab.session, kind)
    assert name == f"reglab-population.{kind.lower()}"
    assert mime.split("/")[1].startswith(kind.lower())
    assert len(data) > 1000


def test_numbers_and_the_grid_are_saved(trained_lab):
    table = list(csv.DictReader(export(trained_lab.session, "CSV")[2].decode().splitlines()))
    assert len(table) == len(SMALL)
    for row, run in zip(table, trained_lab.session.runs, strict=True):
        assert float(row["true_error"]) == pytest.approx(float(run.history.true_error[-1]))
        assert float(row["dropout_rate"]) == run.experiment.hyper.dropout_rate
    saved = export(trained_lab.session, "JSON", SMALL)[2].decode()
    assert Grid.from_json(saved) == SMALL
    assert len(json.loads(export(trained_lab.session, "JSON")[2])) == len(SMALL)
    with pytest.raises(ValueError, match="export: expected one of PNG"):
        export(trained_lab.session, "GIF")


def test_a_store_is_watched_and_only_read(tmp_path):
    runs = population(draws=3)
    with writing(tmp_path) as store:
        store.add(results(runs))
    lab = PopulationLab(store=tmp_path)
    try:
        until(lab.session, lambda frame: len(frame.plane.run) == len(runs))
        assert lab.session.frame.by == "dropout_rate"
        lab.cancel()
        settle(lab)
        assert lab.session.state.text == f"Cancelled: {len(runs)} runs are kept."
        assert len(lab.children[-1].children) == 1  # what to train is not on offer
    finally:
        lab.close()


def test_a_folder_without_a_store_is_told_in_words(tmp_path):
    lab = PopulationLab(store=tmp_path / "none")
    try:
        settle(lab)
        assert lab.session.state.state == "failed"
        assert lab.session.state.text.startswith("It stopped: ")
    finally:
        lab.close()


@pytest.mark.parametrize("varied", VARIED, ids=lambda one: one.label)
def test_every_choice_of_what_varies_makes_a_grid(varied):
    controls = PopulationControls(lambda **_: None)
    controls.varied.value = varied.label
    controls.draws.value = 2
    grid = controls.grid()
    assert len(grid) == 2 * len(grid.product[varied.field])
    assert len(list(grid)) == len(grid)
    assert controls.by == varied.field


def test_other_data_and_other_sizes_make_a_grid():
    controls = PopulationControls(lambda **_: None)
    controls.examples.value = 10
    for name, thumb in controls.thumbs.items():
        thumb.click()
        assert controls.grid().base.distribution == name


def test_controls_out_of_range_are_told_in_one_line():
    lab = PopulationLab()
    try:
        lab.controls.low.value = 0.9
        lab.run()
        assert lab.message.value == "dropout rate: expected to rise, got from 0.9 to 0.5"
        lab.controls.high.value = 1.5
        lab.run()
        assert "dropout_rate: expected" in lab.message.value
        assert lab.session.state.state == "idle"
    finally:
        lab.close()


def test_values_in_equal_ratios_start_at_zero_where_asked():
    assert spread(VARIED[1], 0.0, 1.0, 5) == [0.0, 0.001, 0.01, 0.1, 1.0]
    assert spread(VARIED[1], 0.01, 1.0, 3) == [0.01, 0.1, 1.0]
    assert spread(VARIED[0], 0.2, 0.4, 1) == [0.2]


@pytest.fixture
def view():
    view = PopulationView()
    yield view
    view.close()


def test_frames_wait_for_the_browser_and_the_latest_is_sent(view):
    with PopulationSession(in_batches(population()), every=0.0) as session:
        frames = []
        session.subscribe(frames.append)
        session.play()
        session.wait(SECONDS)
    sent = []
    view.send = lambda content, buffers=None: sent.append(content)
    view._receive(view, {"kind": "hello"}, [])
    for frame in frames:
        view.show(frame)
    numbers = [content["fields"]["number"] for content in sent if content["kind"] == "frame"]
    assert numbers == [frames[0].number]
    view._receive(view, {"kind": "ack", "seq": 1}, [])
    assert sent[-1]["fields"]["number"] == frames[-1].number


def test_what_is_sent_is_what_the_frame_holds(view):
    with PopulationSession(in_batches(population()), at_least=0.02) as session:
        session.play()
        session.wait(SECONDS)
        browser = Browser(view)
        view.show(session.frame)
        session.brush(3)
        session.wait(SECONDS)
        frame = session.frame
    view.show(frame)
    frame = drawn(frame)
    assert json.dumps(fields(browser.frame)) == json.dumps(fields(frame))
    assert json.dumps(fields(opened(view.last))) != json.dumps(fields(frame))  # is not saved yet
    view._saved_at -= 10
    browser.say(kind="ping")
    assert json.dumps(fields(opened(view.last))) == json.dumps(fields(frame))


def test_what_is_not_drawn_is_not_sent(view):
    with PopulationSession(in_batches(population()), by="dropout_rate") as session:
        session.play()
        session.wait(SECONDS)
        frame = session.frame
    browser = Browser(view)
    view.show(frame)
    assert len(frame.bands) > 1
    for i, (seen, band) in enumerate(zip(browser.frame.bands, frame.bands, strict=True)):
        assert len(seen.true_median) == len(seen.step) == len(band.step) > 0
        assert len(seen.train_low) == len(seen.num_runs) == (i == frame.chosen) * len(band.step)
    assert len(browser.frame.plane.run) == len(frame.plane.run)
    plane = frame.plane._replace(density=np.ones((3, 4), np.uint8))
    view.show(frame._replace(plane=plane))
    seen = browser.frame.plane
    assert [len(seen.run), len(seen.train_error), len(seen.draw)] == [0, 0, 0]
    assert seen.density.shape == (3, 4)
    assert browser.frame.frequency.num_runs.sum() == len(plane.run)


@pytest.mark.parametrize(
    "content",
    [
        None,
        {},
        {"kind": "run"},
        {"kind": "pick", "run": -1},
        {"kind": "pick", "run": 1.5},
        {"kind": "choose", "value": True},
        {"kind": "near", "train_error": 0.1},
    ],
)
def test_messages_that_make_no_sense_are_ignored(view, content):
    assert view.checked_action(content) is None


def test_an_empty_grid_is_refused():
    with pytest.raises(ValueError, match="grid: expected at least one experiment"):
        PopulationLab([])


def test_the_grid_that_is_saved_is_the_one_that_was_run(monkeypatch):
    saved = []
    monkeypatch.setattr("reglab.panels.population.lab.check_export", lambda session, kind: None)
    monkeypatch.setattr(
        "reglab.panels.population.lab.export",
        lambda session, kind, grid, **names: (saved.append(grid), "", b""),
    )
    lab = PopulationLab()
    try:
        monkeypatch.setattr(lab.session, "play", lambda source, by: None)
        lab.view.download = lambda *parts: None
        lab.run()
        run = lab.controls.grid()
        lab.controls.draws.value = 3
        lab.save.click()
        assert lab.session.wait(SECONDS)
        assert saved == [run]
        assert lab.controls.grid() != run
    finally:
        lab.close()
