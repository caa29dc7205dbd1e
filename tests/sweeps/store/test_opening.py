"""Who may open what: no store, another's file, a second writer, readers beside a writer."""

import sqlite3
import threading

import pytest

from reglab.sweeps import open_store, writing
from reglab.sweeps.store.database import NAME, VERSION
from tests.sweeps.helpers import assert_same_rows, history, results


@pytest.fixture
def store(tmp_path):
    with writing(tmp_path / "sweep") as made:
        yield made


def test_what_is_no_store_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_text("a file")
    (tmp_path / "empty").mkdir()
    cases = {"nowhere": "no folder", "file": "no folder", "empty": "a folder without it"}
    for name, said in cases.items():
        with pytest.raises(OSError, match=rf"^store: expected .*, got .*{said}$"):
            open_store(tmp_path / name)
    for content, said in {b"": "an empty", b"not SQLite" * 500: "not a database"}.items():
        (tmp_path / "empty" / NAME).write_bytes(content)
        with pytest.raises((OSError, ValueError), match=rf"^store: expected .*, got .*{said}"):
            open_store(tmp_path / "empty")
    with pytest.raises(ValueError, match=r"^store: expected an undamaged .*, got .*not a database"):
        writing(tmp_path / "empty")
    with pytest.raises(OSError, match="file"):
        writing(tmp_path / "file")


@pytest.mark.parametrize("open_it", [open_store, writing])
def test_files_of_others_and_of_newer_versions_are_refused(tmp_path, open_it):
    cases = {
        "CREATE TABLE poems (line TEXT)": "a store",
        "PRAGMA application_id = 7": "another program's",
    }
    for number, (statement, said) in enumerate(cases.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        connection = sqlite3.connect(folder / NAME)
        connection.execute(statement)
        connection.close()
        with pytest.raises((OSError, ValueError), match=f"^store: expected .*{said}"):
            open_it(folder)
    writing(tmp_path / "new").close()
    connection = sqlite3.connect(tmp_path / "new" / NAME)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(ValueError, match=rf"^store: .*, got {VERSION + 1}: a newer"):
        open_it(tmp_path / "new")


def test_odd_names_of_folders_are_taken(tmp_path):
    folder = tmp_path / "ü ? # %41 'x' [0]" / "deep"
    with writing(folder) as store:
        store.add(results(2))
    assert (folder / NAME).is_file()
    with open_store(str(folder)) as store:
        assert len(store) == 2
        assert store.check().problems == ()


def test_a_closed_store_says_so_and_results_stay(store):
    store.add(results(1))
    (run,) = store.runs()
    store.close()
    store.close()
    with pytest.raises(ValueError, match=r"^store: expected an open one"):
        len(store)
    with pytest.raises(ValueError, match=r"^store: expected an open one"):
        store.add(results(1, 5))
    assert run.hypothesis() is not None
    with open_store(store.folder) as again:
        assert len(again) == 1


def test_only_one_writes_at_a_time(store):
    with pytest.raises(OSError, match=r"^store: .*sweep is being written by another sweep"):
        writing(store.folder)
    store.add(results(1))  # the refused one has not broken the lock
    with pytest.raises(OSError, match="by another sweep"):
        writing(store.folder)
    store.close()
    with writing(store.folder) as again:
        assert len(again) == 1


def test_the_lock_and_the_files_of_sqlite_are_all_there_is_beside_the_weights(store):
    store.add(results(1))
    there = {"writer.lock", NAME, f"{NAME}-wal", f"{NAME}-shm", "weights"}
    assert {path.name for path in store.folder.iterdir()} == there
    store.close()
    assert {path.name for path in store.folder.iterdir()} == {"writer.lock", NAME, "weights"}
    with open_store(store.folder) as reader:
        assert len(reader) == 1
    assert {path.name for path in store.folder.iterdir()} == {"writer.lock", NAME, "weights"}


def test_readers_see_what_is_written_while_it_is_written(store):
    store.add(results(1))
    faults, lengths, stop = [], [], threading.Event()

    def watch(reader):
        try:
            while not stop.is_set():
                before = len(reader)
                runs = list(reader.runs())
                lengths.append(len(runs))
                assert before <= len(runs)
                for run in runs:
                    assert_same_rows(run.history, history(run.experiment.seed))
                    assert run.weights.is_file()
                assert len(reader.table("seed")["seed"]) >= len(runs)
        except BaseException as error:
            faults.append(error)

    with open_store(store.folder) as shared:
        watchers = [threading.Thread(target=watch, args=(one,)) for one in (shared, shared, store)]
        for watcher in watchers:
            watcher.start()
        for batch in range(10):
            store.add(results(8, 1 + 8 * batch))
        stop.set()
        for watcher in watchers:
            watcher.join()
        assert faults == []
        assert len(shared) == len(store) == 81
    assert len(set(lengths)) > 2
    assert store.check().problems == ()
