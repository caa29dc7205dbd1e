"""Before the first row, after a divergence and after the end: a line, never a traceback."""

import threading

import numpy as np
import pytest

from reglab import Experiment, Session, find_witness
from reglab.live import REMEDIES, apply_remedy
from reglab.panels import MitchellLab
from reglab.panels.board.export import export
from reglab.training import Trainer
from tests.live.until import until
from tests.small import SMALL

SECONDS = 120
NO_ROW = "run: expected at least one row of history, got none"


@pytest.fixture
def held(monkeypatch):
    """A session whose worker waits before it compiles, and what lets it go on."""
    opened, advance = threading.Event(), Trainer.advance

    def waiting(trainer, num_steps):
        assert opened.wait(SECONDS)
        return advance(trainer, num_steps)

    monkeypatch.setattr(Trainer, "advance", waiting)
    yield opened
    opened.set()


def line(call):
    """What a call says when it refuses; one line."""
    with pytest.raises(ValueError, match=": ") as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_session_just_made_answers_with_a_line(held):
    with Session(SMALL, [{"l2": 0.01}]) as session:
        runs = session.runs
        assert [len(run.hypotheses) for run in runs] == [0, 0]
        assert [len(run.history.step) for run in runs] == [0, 0]
        assert (list(runs[0].hypotheses), runs[0].hypotheses[:]) == ([], [])
        assert [run.name for run in runs] == ["plain", "L2 0.01"]
        assert session.experiment == SMALL
        assert line(lambda: find_witness(*runs)) == NO_ROW
        for name in REMEDIES:
            for current in (0, 1):
                said = line(lambda name=name, current=current: apply_remedy(name, runs, current))
                assert said == f"{NO_ROW}; press Play first"
        for kind in ("csv", "json", "png"):
            assert "expected a run on screen, got none yet" in line(
                lambda kind=kind: export(session, kind)
            )
        assert "has no row yet" in line(lambda: session.select(0, 0))
        assert line(lambda: runs[0].model) == (
            "run: expected one that has been trained, got one without a state"
        )
        session.shift("noise", 0.2)
        session.select(1)
        session.include(1, False)
        session.show("witness")
        session.new_sample()
        session.add_twin(dropout_rate=0.5)
        session.set(l2=0.1)
        session.undo()
        session.step()
        held.set()
        assert session.wait(SECONDS)
        assert session.state.text == ""
        assert session.state.state == "paused"
        assert len(session.runs) == 3
        assert session.current == 1
        find_witness(*session.runs)


def test_a_panel_just_made_answers_with_a_line(held):
    lab = MitchellLab(SMALL)
    saved = []
    lab.view.download = lambda *parts: saved.append(parts)
    try:
        for name in REMEDIES:
            lab.controls.remedy.choice.value = name
            lab.controls.remedy.apply.click()
            assert lab.controls.remedy.said.value == f"{NO_ROW}; press Play first"
        for button in lab._toolbar.exports:
            button.click()
            assert lab.message.value == "export: expected a run on screen, got none yet"
        assert saved == []
        lab.controls.shift.kind.value = "noise"
        lab._toolbar.new_sample.click()
        held.set()
        assert lab.session.wait(SECONDS)
        lab.controls.remedy.choice.value = "oracle"
        lab.controls.remedy.apply.click()
        assert lab.session.wait(SECONDS)
        assert "The least error" in lab.controls.remedy.said.value
        for button in lab._toolbar.exports:
            button.click()
        assert lab.session.wait(SECONDS)
        assert len(saved) == 3
    finally:
        lab.close()
        lab.session.close()


def test_no_such_run_is_a_line():
    with Session(SMALL) as session:
        assert session.wait(SECONDS)
        assert "current: expected a whole number from 0 to 0" in line(
            lambda: apply_remedy("oracle", session.runs, 1)
        )


def test_after_a_divergence_everything_answers(caplog):
    with Session(SMALL.replace(weight_decay=300.0), steps_per_second=None) as session:
        session.step()
        session.play()
        assert session.wait(SECONDS)
        assert session.state.state == "diverged"
        assert np.isfinite(session.runs[0].history.train_loss).all()
        find_witness(*session.runs)
        for name in REMEDIES:
            if name == "Monte Carlo dropout":
                said = line(lambda name=name: apply_remedy(name, session.runs))
                assert said == "run: expected one that did not diverge, got one that did"
            else:
                assert apply_remedy(name, session.runs).sentence
        session.select(0, 0)
        session.shift("noise", 0.2)
        session.add_twin(l2=0.01)
        session.set(weight_decay=0.0)
        assert session.wait(SECONDS)
        assert session.state.state == "diverged"
        session.rewind()
        session.play()
        assert session.wait(SECONDS)
        assert session.state.state in ("finished", "diverged")
    assert caplog.records == []


def test_a_step_that_diverges_says_so():
    with Session(SMALL.replace(weight_decay=1000.0)) as session:
        session.step()
        assert session.wait(SECONDS)
        assert session.state.state == "diverged"
        assert "weight decay 1000" in session.state.text


def test_undo_without_an_action_changes_nothing():
    with Session(SMALL.replace(num_steps=10**6), steps_per_second=200) as session:
        assert session.wait(SECONDS)
        session.play()
        session.undo()
        session.select(0)
        step = session.state.step
        assert until(session, lambda frame: frame.status.step > step).status.state == "playing"
        session.pause()


@pytest.mark.slow
def test_what_is_asked_of_a_board_that_is_about_to_change_is_refused_by_the_new_one(held, caplog):
    with Session(SMALL.replace(max_train=100)) as session:
        session.configure(SMALL)
        session.set(num_train=90)  # right for the board of now
        session.add_twin(l2=0.01)  # is not lost
        held.set()
        assert session.wait(SECONDS)
        assert "num_train: expected at most max_train = 40, got 90" in session.state.text
        assert len(session.runs) == 2
        session.undo()
        session.undo()
        assert session.wait(SECONDS)
        assert session.experiment == SMALL.replace(max_train=100)
    assert caplog.records == []


def test_a_session_that_is_closing_takes_no_more(held):
    session = Session(SMALL)
    session.close(timeout=0.01)
    for call in (session.play, session.undo, lambda: session.set(l2=0.1)):
        with pytest.raises(RuntimeError, match="this session is closed: make a new one"):
            call()
    held.set()
    session.close()
    assert not session._worker.thread.is_alive()
    assert [run.name for run in session.runs] == ["plain"]
    assert isinstance(session.experiment, Experiment)
