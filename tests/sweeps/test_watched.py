"""A store that grows while a session watches it."""

from reglab.live import PopulationSession
from reglab.sweeps import Result, watched, writing
from tests.live.population.populations import member, population

SECONDS = 60


def results(runs):
    return [Result(run.experiment, run.history, None, diverged=run.diverged) for run in runs]


def test_a_store_is_watched_while_it_grows(tmp_path):
    runs = population(draws=4)
    with writing(tmp_path) as store:
        store.add(results(runs[:5]))
        with PopulationSession(watched(tmp_path, total=len(runs) + 1, every=0.1)) as session:
            seen = []
            session.subscribe(lambda frame: seen.append(frame.status.progress.done))
            session.play(by="")
            while not seen or seen[-1] < 5:
                assert not session.wait(0.05)
            store.add(results(runs[5:]))
            store.add([Result(member(0.9).experiment, None, None, error="went wrong")])
            assert session.wait(SECONDS)
            frame = session.frame
            assert len(session.runs) == len(runs)
    assert frame.status.state == "finished"
    assert frame.by == "dropout_rate"
    assert frame.status.progress[:2] == (len(runs) + 1, len(runs) + 1)
    assert frame.status.progress.failed == 1
    assert frame.status.progress.known == 5


def test_a_sweep_says_when_there_is_no_more_to_watch(tmp_path):
    runs = population(draws=2)
    with writing(tmp_path) as store:
        store.add(results(runs[:2]))
        store.expect(len(runs) - 2)
        assert store.num_expected == len(runs)
        with PopulationSession(watched(tmp_path, total=3, every=0.1), every=0.0) as session:
            session.play()
            while len(session.runs) < 2:
                assert not session.wait(0.05)
            store.add(results(runs[2:]))
            assert session.wait(SECONDS)
            assert session.state.text == "Finished: 6 of 6 runs."


def test_a_store_without_a_known_end_is_watched_until_it_is_cancelled(tmp_path):
    with writing(tmp_path) as store:
        store.add(results(population(draws=2)))
    with PopulationSession(watched(tmp_path, every=0.1), every=0.0) as session:
        session.play()
        while len(session.runs) < 6:
            assert not session.wait(0.05)
        session.cancel()
        assert session.wait(SECONDS)
        assert session.state.state == "cancelled"


def test_a_folder_without_a_store_is_told_in_words(tmp_path):
    with PopulationSession(watched(tmp_path / "none")) as session:
        session.play()
        assert session.wait(SECONDS)
        assert session.state.state == "failed"
        assert "none" in session.state.text
