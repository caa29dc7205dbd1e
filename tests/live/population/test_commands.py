"""Play, cancel and close, heard within a piece of the source and in the order they were given."""

import threading

import pytest

from reglab.live import PopulationSession
from reglab.training import Progress
from tests.live.population.populations import Gate, in_batches, population

SECONDS = 60
RUNS = population(draws=6)


class Endless:
    """A source whose first piece lasts until it is told to stop."""

    def __init__(self):
        self.begun, self.ended = threading.Event(), threading.Event()

    def __call__(self, should_stop):
        try:
            yield [], Progress(0, len(RUNS), 0.0)
            self.begun.set()
            while not should_stop():
                pass
            yield RUNS[:3], Progress(3, len(RUNS), 0.1)
            raise AssertionError("nobody is to ask for more")
        finally:
            self.ended.set()


@pytest.fixture
def endless():
    return Endless()


def test_cancel_is_heard_within_a_piece_which_is_kept(endless):
    with PopulationSession(endless) as session:
        session.play()
        assert endless.begun.wait(SECONDS)
        session.cancel()
        assert session.wait(SECONDS)
        assert endless.ended.is_set()
        assert session.state.text == "Cancelled: 3 of 18 runs are kept."
        assert session.frame.status == session.state
        assert len(session.frame.plane.run) == 3


def test_another_play_is_heard_within_a_piece(endless):
    with PopulationSession(endless) as session:
        session.play()
        assert endless.begun.wait(SECONDS)
        session.play(in_batches(RUNS))
        assert session.wait(SECONDS)
        assert endless.ended.is_set()
        assert session.state.text == "Finished: 18 of 18 runs."


def test_close_is_heard_within_a_piece(endless):
    session = PopulationSession(endless)
    session.play()
    assert endless.begun.wait(SECONDS)
    session.close(SECONDS)
    assert endless.ended.is_set()
    assert session.state.state == "closed"
    session.cancel()  # says nothing, as there is nothing to stop


def test_a_cancel_that_comes_before_the_source_has_begun_is_heard(endless):
    gate = Gate()
    with PopulationSession(endless) as session:
        session.do(gate)
        assert gate.reached.wait(SECONDS)
        session.play()
        session.cancel()
        gate.opened.set()
        assert session.wait(SECONDS)
        assert session.state.state == "cancelled"
        assert not endless.begun.is_set()


def test_play_starts_the_last_source_where_none_is_given():
    with PopulationSession(in_batches(RUNS)) as session:
        session.play(in_batches(RUNS[:3]))
        assert session.wait(SECONDS)
        session.play()
        assert session.wait(SECONDS)
        assert len(session.runs) == 3


def test_a_wish_within_a_piece_is_seen_before_the_next_one():
    gate = Gate()
    with PopulationSession(in_batches(RUNS, between=gate), every=3600.0) as session:
        session.play()
        assert gate.reached.wait(SECONDS)
        seen = []
        session.subscribe(seen.append)
        session.choose(2)
        gate.opened.set()
        assert session.wait(SECONDS)
    shown = [(frame.chosen, frame.status.state, frame.status.progress.done) for frame in seen]
    assert shown == [(2, "running", 6), (2, "finished", 18)]


def test_judge_changes_nothing_where_one_of_its_values_is_wrong():
    with PopulationSession(in_batches(RUNS)) as session:
        session.play()
        with pytest.raises(ValueError, match="at_least: expected a share"):
            session.judge(scope="run", at_least=3)
        assert session.wait(SECONDS)
        assert session.frame.scope == "data"
