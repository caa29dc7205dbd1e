import dataclasses
import threading
import time

import numpy as np
import pytest

from reglab import Experiment, MLPConfig, Session, fit
from reglab.config import KNOBS
from reglab.live import PRESETS, Frame
from reglab.training.inactive import idle_numbers
from tests.live.until import trains_on, until
from tests.small import SMALL
from tests.training.compiles import count_compilations

SECONDS = 120


@pytest.fixture
def session():
    with Session(SMALL, steps_per_second=None) as session:
        assert session.wait(SECONDS)
        yield session


def settle(session):
    assert session.wait(SECONDS)
    return session.frame


def finish(session):
    session.play()
    return settle(session)


def assert_same(first, second):
    for name, ours, theirs in zip(first._fields, first, second, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


def test_before_play_the_data_and_the_first_hypothesis_are_there(session):
    frame = session.frame
    assert frame.status.state == "idle"
    assert frame.verdict.code == "NONE"
    assert "Play" in frame.verdict.sentence
    assert len(frame.picture.x) == 40
    assert frame.picture.bayes is not None
    assert frame.runs[0].step.tolist() == [0]


def test_playing_gives_the_numbers_of_fit(session):
    frame = finish(session)
    assert frame.status.state == "finished"
    assert frame.status.step == 80
    assert_same(session.runs[0].history, fit(SMALL).history)


def test_changes_while_playing_replay_through_fit():
    with Session(SMALL.replace(num_steps=100_000), steps_per_second=2000) as session:
        session.play()
        for name, value in [("dropout_rate", 0.4), ("learning_rate", 0.02), ("noise", 0.3)]:
            trains_on(session)
            session.set(**{name: value})
        trains_on(session)
        session.pause()
        step = settle(session).status.step
        played, experiment = session.runs[0].history, session.experiment
    assert [name for _, name, _ in experiment.changes] == ["dropout_rate", "learning_rate", "noise"]
    again = fit(Experiment.from_json(experiment.to_json()).replace(num_steps=step)).history
    rows = len(played.step)
    assert_same(played, type(again)(*(column[:rows] for column in again)))


def test_step_trains_to_the_next_row(session):
    session.step()
    assert settle(session).status.step == 8
    assert session.state.state == "paused"


def test_rewind_keeps_the_weights_and_new_sample_does_not_keep_the_data(session):
    first = finish(session)
    session.rewind()
    rewound = settle(session)
    assert rewound.status.step == 0
    assert rewound.runs[0].true_error[0] == first.runs[0].true_error[0]
    session.new_sample()
    other = settle(session)
    assert other.status.step == 0
    assert (other.picture.x != first.picture.x).any()
    assert other.runs[0].true_error[0] == first.runs[0].true_error[0]


def test_undo_goes_back_to_before_each_user_action(session):
    before = finish(session)
    session.add_twin(dropout_rate=0.5)
    assert len(settle(session).runs) == 2
    session.rewind()
    assert settle(session).status.step == 0
    session.undo()
    assert settle(session).status.step == 80
    session.undo()
    frame = settle(session)
    assert len(frame.runs) == 1
    np.testing.assert_array_equal(frame.runs[0].true_error, before.runs[0].true_error)
    assert not frame.status.can_undo
    session.undo()
    assert settle(session).status.step == 80


def test_a_twin_shares_everything_but_one_value(session):
    finish(session)
    session.add_twin(dropout_rate=0.5)
    frame = settle(session)
    assert [run.name for run in frame.runs] == ["plain", "dropout 0.5"]
    assert frame.runs[0].true_error[0] == frame.runs[1].true_error[0]
    assert frame.status.state == "finished"
    assert_same(session.runs[1].history, fit(SMALL.replace(dropout_rate=0.5)).history)
    session.add_twin(batch_norm=True)
    assert settle(session).runs[2].name == "batch norm"


def test_data_knobs_move_every_run_and_the_earlier_rows_leave_the_pool(session):
    session.add_twin(l2=0.01)
    settle(session)
    session.rewind()
    for _ in range(5):
        session.step()
    session.set(label_noise=0.3)
    session.step()
    settle(session)
    assert [e.hyper_at(10_000).label_noise for e in session.experiments] == [0.3, 0.3]
    assert "2 hypotheses" in session.frame.verdict.scope
    session.select(0, 3)
    frame = settle(session)
    assert frame.verdict.code == "NONE"
    assert frame.h == (0, 3)


def test_play_after_the_end_goes_on(session):
    finish(session)
    assert finish(session).status.step == 160


def test_select_and_pool(session):
    finish(session)
    session.add_twin(dropout_rate=0.5)
    settle(session)
    everyone = session.frame.verdict.scope
    session.include(1, False)
    frame = settle(session)
    assert frame.verdict.scope != everyone
    assert not frame.board[1].in_pool
    session.select(1, 0)
    assert settle(session).h == (1, 0)
    session.select(1)
    assert settle(session).h == (1, 10)


def test_the_picture_follows_what_is_asked_for(session):
    finish(session)
    session.show("disagreement")
    frame = settle(session)
    if frame.witness is not None:
        assert set(np.unique(frame.picture.shade)) <= {0, 255}
    session.show("h")
    assert settle(session).picture.what == "h"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("augmentation", 0.5, "augmentation (mixup) 0.5"),
        ("label_noise", 0.25, "labels flipped 25 %"),
        ("num_train", 20, "training examples 20"),
    ],
)
def test_a_moved_number_is_marked_in_its_words(session, name, value, words):
    session.set(**{name: value})
    assert settle(session).runs[0].changes == ((0, words),)


def test_no_knob_recompiles_a_playing_session():
    idle = idle_numbers(SMALL)
    moved = {k.name: (*k.ladder[1:], 0.5)[0] for k in KNOBS if k.name not in idle}
    assert all(value != getattr(SMALL.hyper, name) for name, value in moved.items())
    with Session(SMALL.replace(num_steps=100_000), steps_per_second=2000) as session:
        session.play()
        until(session, lambda frame: frame.witness is not None)
        for what in ("witness", "disagreement", "h"):  # each kind of picture has been seen once
            session.show(what)
            until(session, lambda frame, what=what: frame.picture.what == what)
        with count_compilations() as compilations:
            for number, (name, value) in enumerate(moved.items(), 1):
                session.set(**{name: value})
                until(session, lambda frame, n=number: len(frame.runs[0].changes) == n)
                trains_on(session)
            assert session.state.state == "playing"
            assert compilations() == 0
        session.pause()


@pytest.mark.slow
def test_a_diverging_run_stops_says_why_and_can_be_undone():
    experiment = dataclasses.replace(SMALL, optimizer="sgd", num_steps=40_000, model=MLPConfig())
    with Session(experiment, steps_per_second=500) as session:
        session.play()
        trains_on(session)
        session.set(learning_rate=100.0)
        frame = settle(session)
        assert frame.status.state == "diverged"
        assert "learning rate 100" in frame.status.text
        assert np.isfinite(frame.runs[0].true_error).all()
        step = session.experiment.changes[0][0]
        assert (frame.runs[0].step <= step).any()
        session.undo()
        frame = settle(session)
        assert frame.status.state == "paused"
        assert frame.status.step == step
        assert session.experiment.changes == ()


def test_frames_are_limited_and_the_mailbox_never_backs_up():
    frames: list[Frame] = []
    with Session(SMALL.replace(num_steps=100_000), steps_per_second=500) as session:
        session.subscribe(frames.append)
        assert session.wait(SECONDS)
        session.play()
        trains_on(session)
        start, since = len(frames), time.monotonic()
        until(session, lambda frame: time.monotonic() - since > 1)
        count, seconds = len(frames) - start, time.monotonic() - since
        assert count <= 10 * seconds + 2
        for value in np.linspace(0, 0.5, 200):  # a dragged slider
            session.set(dropout_rate=float(value))
        session.pause()
        assert session.wait(5.0)
        assert session.experiment.hyper_at(10**6).dropout_rate == 0.5
        assert len(session.experiment.changes) < 20
    assert [frame.number for frame in frames] == sorted(frame.number for frame in frames)


def test_close_ends_the_thread_and_later_calls_say_so():
    session = Session(SMALL)
    session.close()
    assert "reglab-session" not in [
        t.name for t in threading.enumerate() if t is session._worker.thread
    ]
    with pytest.raises(RuntimeError, match="this session is closed"):
        session.play()
    session.close()


def test_a_broken_subscriber_stops_nobody(session, caplog):
    def broken(frame):
        raise RuntimeError("no")

    stop = session.subscribe(broken)
    assert finish(session).status.state == "finished"
    assert "a subscriber of the session failed" in caplog.text
    stop()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.set(dropout_rate=1.5), "dropout_rate: expected a number from 0 to below 1"),
        (lambda s: s.set(learning_rate=float("nan")), "learning_rate: expected"),
        (lambda s: s.set(droput=0.5), "hyper: expected one of"),
        (lambda s: s.set(num_train=41), "at most max_train = 40"),
        (lambda s: s.set(label_noise=0.6), "label_noise: expected"),
        (lambda s: s.configure("moons"), "expected an Experiment"),
        (lambda s: s.add_twin(colour=3), "twin: expected one of"),
        (lambda s: s.add_twin(num_train=20), "num_train: expected 40, as twins share"),
        (lambda s: s.configure(SMALL, [{"noise": 0.4}]), "noise: expected .* as twins share"),
        (lambda s: s.select(4), "run: expected"),
        (lambda s: s.select(0, 99), "row: expected"),
        (lambda s: s.show("loss"), "picture: expected one of h, witness, disagreement"),
        (lambda s: s.set_pace(0), "steps_per_second: expected"),
    ],
)
def test_bad_values_raise_in_the_caller_and_lose_nothing(session, call, message):
    before = finish(session)
    with pytest.raises(ValueError, match=message) as caught:
        call(session)
    assert "\n" not in str(caught.value)
    after = settle(session)
    np.testing.assert_array_equal(before.runs[0].true_error, after.runs[0].true_error)


@pytest.mark.costly
@pytest.mark.parametrize("name", PRESETS)
def test_presets_start(name):
    preset = PRESETS[name]
    assert preset.question.endswith("?")
    with Session(preset.experiment, preset.twins, steps_per_second=None) as session:
        session.step()
        frame = settle(session)
        assert len(frame.runs) == 1 + len(preset.twins)
        assert frame.picture is not None
