"""The population session: headless, cancelled, failed, latest wins, never queues."""

import threading

import numpy as np
import pytest

from reglab.live import PopulationSession, Tally, trained
from reglab.live.pictures.brushed import LastPicture
from reglab.sweeps import Grid
from reglab.training import Progress, fit_population
from tests.live.population.populations import Gate, in_batches, population
from tests.small import SMALL

SECONDS = 60
RUNS = population(draws=6)


def finished(session):
    """Plays the session to its end and returns the last frame."""
    session.play()
    assert session.wait(SECONDS)
    return session.frame


def test_before_it_is_played_a_session_invites():
    with PopulationSession(in_batches(RUNS)) as session:
        assert session.wait(SECONDS)
        frame = session.frame
        assert frame.status.state == "idle"
        assert frame.headline.word == "NOTHING JUDGED YET"
        assert frame.bands == ()
        assert len(frame.plane.run) == 0


def test_the_last_frame_is_that_of_all_runs_at_once():
    with PopulationSession(in_batches(RUNS), at_least=0.02, every=0.0) as session:
        frame = finished(session)
    tally = Tally(at_least=0.02)
    tally.add(RUNS)
    for shown, found in ((frame.frequency, tally.frequency()), (frame.plane, tally.plane())):
        np.testing.assert_equal(shown._asdict(), found._asdict())
    for shown, found in zip(frame.bands, tally.bands(), strict=True):
        np.testing.assert_equal(shown._asdict(), found._asdict())
    assert frame.status.state == "finished"
    assert frame.status.text == "Finished: 18 of 18 runs."
    assert frame.settings[1] == "at dropout rate 0.1"


def test_the_headline_counts_the_chosen_value():
    with PopulationSession(in_batches(RUNS), at_least=0.02) as session:
        finished(session)
        session.choose(2)
        assert session.wait(SECONDS)
        frame = session.frame
        assert frame.chosen == 2
        hits = frame.frequency.num_overfit[2]
        low, high = 100 * frame.frequency.low[2], 100 * frame.frequency.high[2]
        assert frame.headline.sentence.startswith(
            f"h overfits by at least 2 points in {hits} of 6 draws of the training set at dropout "
            f"rate 0.5 ({low:.0f}–{high:.0f} %)"
        )


def test_states_are_told_in_order_and_frames_are_numbered():
    seen = []

    def source(should_stop):
        """Has no more to tell than the first runs until these were shown."""
        start, first, *others = in_batches(RUNS)(should_stop)
        yield from (start, first)
        while seen[-1].status.state != "running":
            yield [], first[1]
        yield from others

    with PopulationSession(source, every=0.0) as session:
        assert session.wait(SECONDS)  # the invitation is out
        session.subscribe(seen.append)
        finished(session)
    states = [frame.status.state for frame in seen]
    assert list(dict.fromkeys(states)) == ["compiling", "running", "finished"]
    numbers = [frame.number for frame in seen]
    assert numbers == sorted(set(numbers))


def test_cancel_keeps_what_is_there_and_a_session_can_be_played_again():
    gate = Gate()
    with PopulationSession(in_batches(RUNS, between=gate), every=0.0) as session:
        session.play()
        assert gate.reached.wait(SECONDS)
        session.cancel()
        gate.opened.set()
        assert session.wait(SECONDS)
        frame = session.frame
        assert frame.status.state == "cancelled"
        assert frame.status.text == "Cancelled: 3 of 18 runs are kept."
        assert len(frame.plane.run) == len(session.runs) == 3
        assert finished(session).status.state == "finished"
        assert len(session.runs) == len(RUNS)


def test_an_error_of_the_source_is_kept_in_words_with_the_runs_that_came():
    error = OSError("disk: expected room, got none")
    with PopulationSession(in_batches(RUNS, error=error)) as session:
        frame = finished(session)
        assert frame.status.state == "failed"
        assert frame.status.text == "It stopped: disk: expected room, got none"
        assert len(frame.plane.run) == len(RUNS)
        session.play(in_batches(RUNS[:3]))
        assert session.wait(SECONDS)
        assert session.frame.status.state == "finished"
        assert len(session.runs) == 3


def test_an_error_of_a_picture_is_told_and_stops_nothing():
    def picture(run):
        raise RuntimeError("no\nink")

    with PopulationSession(in_batches(RUNS), picture=picture) as session:
        finished(session)
        session.brush(0)
        assert session.wait(SECONDS)
        assert session.state.text == "That did not work: RuntimeError: no ink"
        session.choose(1)
        assert session.wait(SECONDS)
        assert session.frame.chosen == 1


def test_a_frame_that_cannot_be_made_is_told_and_leaves_the_last_picture(monkeypatch, caplog):
    runs = population()
    with PopulationSession(in_batches(runs)) as session:
        session.play()
        last = finished(session)
        with monkeypatch.context() as patch:
            patch.setattr(session._composer, "frame", lambda status: 1 / 0)
            session.judge(at_least=0.5)
            assert session.wait(60)
        assert session.frame.status.state == "failed"
        assert "It cannot be drawn: ZeroDivisionError" in session.frame.status.text
        assert session.frame.frequency is last.frequency
        session.judge(at_least=0.1)
        assert session.wait(60)
        assert session.frame.frequency.at_least == 0.1
    assert "no frame could be made" in caplog.text


def test_wishes_are_never_queued_and_the_latest_counts():
    gate = Gate()
    looked = []

    def picture(run):
        looked.append(run)

    source = in_batches(RUNS, between=gate)
    with PopulationSession(source, picture=picture, every=0.0) as session:
        session.play()
        assert gate.reached.wait(SECONDS)
        for run in (0, 1, 2):
            session.brush(run)
        gate.opened.set()
        assert session.wait(SECONDS)
        assert looked == [RUNS[2]]
        assert session.frame.brushed.run == 2


def test_frames_are_dropped_while_their_time_has_not_come():
    with PopulationSession(in_batches(RUNS, size=1), every=30.0) as session:
        seen = []
        session.subscribe(lambda frame: seen.append(frame.status.progress.done))
        finished(session)
    assert seen[-1] == len(RUNS)
    assert len(seen) <= 4  # the start, the end, and at most the first results


def test_a_broken_subscriber_stops_nothing():
    with PopulationSession(in_batches(RUNS)) as session:
        seen = []

        def broken(frame):
            raise RuntimeError("broken")

        session.subscribe(broken)
        end = session.subscribe(lambda frame: seen.append(frame))
        assert finished(session).status.state == "finished"
        assert seen
        end()
        count = len(seen)
        session.choose(1)
        session.wait(SECONDS)
        assert len(seen) == count


def test_a_closed_session_says_so_and_leaves_no_thread():
    before = threading.active_count()
    session = PopulationSession(in_batches(RUNS))
    session.close(SECONDS)
    assert session.state.state == "closed"
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="closed"):
        session.play()


def test_mistakes_raise_at_once():
    with PopulationSession(in_batches(RUNS)) as session:
        with pytest.raises(ValueError, match="scope: expected one of"):
            session.judge(scope="all")
        with pytest.raises(ValueError, match="at_least: expected a share"):
            session.judge(at_least=3)
        with pytest.raises(ValueError, match="by: expected a field"):
            session.play(by="colour")


def test_another_scope_or_severity_is_a_recount():
    with PopulationSession(in_batches(RUNS)) as session:
        finished(session)
        session.judge(scope="run", at_least=0.05)
        assert session.wait(SECONDS)
        frame = session.frame
    tally = Tally(scope="run", at_least=0.05)
    tally.add(RUNS)
    np.testing.assert_equal(frame.frequency._asdict(), tally.frequency()._asdict())
    assert "its own run" in frame.headline.sentence


def test_what_varies_is_found_out_where_nobody_says_it():
    runs = [run for run in RUNS if run.experiment.hyper.dropout_rate == 0]
    with PopulationSession(in_batches(runs)) as session:
        session.play(by="")
        assert session.wait(SECONDS)
        assert session.frame.by == "draw"


@pytest.mark.slow
def test_the_last_weights_of_very_many_runs_are_not_kept(monkeypatch):
    monkeypatch.setattr("reglab.live.population.composer.MOST_KEPT", 1)
    grid = _small()
    with PopulationSession(trained(grid), picture=LastPicture()) as session:
        finished(session)
        has_last = [run.hypotheses.has_last for run in session.runs]
        assert has_last == [True] + [False] * (len(grid) - 1)
        session.brush(0)
        session.wait(SECONDS)
        kept = session.frame.brushed.picture
        session.brush(1)
        session.wait(SECONDS)
        again = session.frame.brushed.picture
        assert not np.array_equal(kept.shade, again.shade)


def test_trained_members_are_those_of_a_population():
    grid = _small()
    with PopulationSession(trained(grid)) as session:
        finished(session)
        found = {run.experiment: run for run in session.runs}
    for run in fit_population(grid):
        np.testing.assert_allclose(
            found[run.experiment].history.true_error, run.history.true_error, atol=1e-6
        )


def test_a_member_that_cannot_be_is_told_in_words():
    def source(should_stop):
        yield [], Progress(0, 1, 0.0)
        raise ValueError("num_train: expected at most 60, got 600")

    with PopulationSession(source) as session:
        assert finished(session).status.text.endswith("num_train: expected at most 60, got 600")


def _small():
    return Grid(SMALL.replace(num_steps=24), product={"dropout_rate": [0, 0.5], "draw": [0, 1, 2]})
