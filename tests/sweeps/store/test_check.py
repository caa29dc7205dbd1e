"""Damage to a store is named, one line each."""

import shutil
import sqlite3

import pytest

from reglab.sweeps import key_of, open_store, writing
from reglab.sweeps.store.database import NAME
from tests.small import SMALL
from tests.sweeps.helpers import experiments, failure, result, results

ONE, OTHER = experiments(2)
FAILED = SMALL.replace(seed=99)
KEY, LOST = key_of(ONE), key_of(FAILED)
FILE = f"weights/{KEY[:2]}/{KEY}.safetensors"


@pytest.fixture
def folder(tmp_path):
    with writing(tmp_path / "sweep") as store:
        store.add(results(40))
        store.add([failure(FAILED)])
    return tmp_path / "sweep"


def checked(folder):
    with open_store(folder) as store:
        return store.check()


def edit(folder, statement, *parameters):
    connection = sqlite3.connect(folder / NAME)
    with connection:
        assert connection.execute(statement, parameters).rowcount == 1
    connection.close()


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_a_sound_store_has_no_problems(folder):
    assert checked(folder) == (40, 1, (), 0)


@pytest.mark.parametrize("place", [0, 20, 300, -1])
def test_one_bit_of_the_weights_is_found(folder, place):
    flip(folder / FILE, place)
    said = f"{FILE}: expected the file that was stored, got another content"
    assert checked(folder) == (40, 1, (said,), 0)
    with open_store(folder) as store, pytest.raises(ValueError, match=r"^weights: expected the f"):
        store[ONE].hypothesis()


def test_lost_weights_are_found(folder):
    (folder / FILE).unlink()
    said = f"{FILE}: expected the weights of a result, got No such file or directory"
    assert checked(folder).problems == (said,)
    with open_store(folder) as store, pytest.raises(FileNotFoundError, match=KEY):
        store[ONE].hypothesis()


EDITS = {
    "another value": (
        "UPDATE results SET experiment = replace(experiment, '\"draw\":0', '\"draw\":1') "
        "WHERE key = ?",
        f"result {KEY}: expected the experiment of this key, got that of "
        f"{key_of(SMALL.replace(draw=1))}",
    ),
    "no JSON": (
        "UPDATE results SET experiment = substr(experiment, 2) WHERE key = ?",
        f"result {KEY}: experiment: expected JSON text, got ",
    ),
    "a value out of range": (
        "UPDATE results SET experiment = replace(experiment, '\"draw\":0', '\"draw\":-1') "
        "WHERE key = ?",
        f"result {KEY}: draw: expected a whole number from 0",
    ),
    "no text": (
        "UPDATE results SET experiment = CAST(x'ff00fe' AS TEXT) WHERE key = ?",
        f"result {KEY}: experiment: expected JSON text",
    ),
    "a cut history": (
        "UPDATE results SET history = substr(history, 1, 500) WHERE key = ?",
        f"result {KEY}: history: expected the arrays of Rows, got ",
    ),
    "no history": (
        "UPDATE results SET history = NULL WHERE key = ?",
        f"result {KEY}: history: expected the arrays of Rows, got ",
    ),
    "a better error": (
        "UPDATE results SET true_error = 0.001 WHERE key = ?",
        f"result {KEY}: expected true_error ",
    ),
    "another place": (
        "UPDATE results SET weights = '../elsewhere' WHERE key = ?",
        f"result {KEY}: expected {FILE}, got '../elsewhere'",
    ),
    "another hash": (
        "UPDATE results SET sha256 = NULL WHERE key = ?",
        f"{FILE}: expected the file that was stored, got another content",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_row_is_found(folder, name):
    statement, said = EDITS[name]
    edit(folder, statement, KEY)
    found = checked(folder)
    assert (found.done, found.failed, len(found.problems)) == (40, 1, 1)
    assert found.problems[0].startswith(said)
    assert "\n" not in found.problems[0]


def test_an_edited_experiment_that_failed_is_found(folder):
    edit(folder, "UPDATE results SET experiment = '{}' WHERE key = ?", LOST)
    (problem,) = checked(folder).problems
    assert problem.startswith(f"result {LOST}: expected the experiment of this key")


def test_a_result_under_another_key_is_found(folder):
    edit(folder, "UPDATE results SET key = ? WHERE key = ?", "0" * 32, KEY)
    problems = checked(folder).problems
    assert problems[0].startswith(f"result {'0' * 32}: expected the experiment of this key")


def test_all_problems_are_found_at_once(folder):
    flip(folder / FILE, -1)
    edit(folder, "UPDATE results SET history = NULL WHERE key = ?", key_of(OTHER))
    edit(folder, "UPDATE results SET experiment = '' WHERE key = ?", LOST)
    assert len(checked(folder).problems) == 3


@pytest.mark.parametrize("page", range(1, 12))
def test_damaged_pages_of_the_file_are_problems_and_no_errors(folder, page):
    with (folder / NAME).open("r+b") as file:
        file.seek(4096 * page)
        file.write(b"\xa5" * 4096)
    try:
        problems = checked(folder).problems
    except ValueError as error:
        problems = (str(error),)
    assert problems
    assert all("\n" not in problem for problem in problems)
    assert all(problem.startswith((NAME, "result", "store: expected")) for problem in problems)


def test_an_index_that_misses_a_row_is_found(folder):
    """What reads by the index then tells another story than what reads the rows."""
    index = ("results_in_order",)
    connection = sqlite3.connect(folder / NAME)
    entry = connection.execute("SELECT * FROM sqlite_master WHERE name = ?", index).fetchone()
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("DELETE FROM sqlite_master WHERE name = ?", index)
    connection.commit()
    connection.close()
    edit(folder, "UPDATE results SET number = 1000 WHERE key = ?", KEY)
    connection = sqlite3.connect(folder / NAME)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", entry)
    connection.commit()
    connection.close()
    (problem,) = checked(folder).problems
    assert problem == f"{NAME}: row 1 missing from index results_in_order"


def test_files_without_a_result_are_counted(folder):
    shutil.copy(folder / FILE, (folder / FILE).with_name("copy.safetensors"))
    (folder / "weights" / ".new").mkdir(exist_ok=True)
    (folder / "weights" / ".new" / KEY).write_bytes(b"half")
    assert checked(folder) == (40, 1, (), 2)
    with writing(folder) as store:  # what an interrupted write has left goes
        assert store.check() == (40, 1, (), 1)


def test_a_store_can_be_moved(folder, tmp_path):
    moved = shutil.move(folder, tmp_path / "elsewhere")
    assert checked(moved) == (40, 1, (), 0)
    with writing(moved) as store:
        store.add([result(FAILED)])
        assert store[FAILED].hypothesis() is not None
    assert checked(moved) == (41, 0, (), 0)
