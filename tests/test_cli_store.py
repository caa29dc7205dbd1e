"""``reglab store``: what it prints, what it writes, and its exit code."""

import csv
import importlib.util
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reglab import MLPConfig, cli
from reglab.sweeps import key_of, open_store, writing
from reglab.sweeps.store.database import NAME
from tests.small import SMALL
from tests.sweeps.helpers import failure, history, result, results

BEST = SMALL.replace(seed=7, model=MLPConfig(widths=(4, 4)), dropout_rate=0.5)
XOR = SMALL.replace(distribution="xor")


@pytest.fixture
def folder(tmp_path):
    """A sweep of 22 results and three that failed."""
    with writing(tmp_path / "sweep") as store:
        store.add(results(20, 100))
        low = history()._replace(true_error=np.linspace(0.5, 0.0123, 11))
        low = low._replace(true_low=low.true_error - 0.001, true_high=low.true_error + 0.001)
        store.add([result(BEST, history=low), result(XOR, diverged=True, versions=())])
        store.add([failure(SMALL.replace(seed=seed)) for seed in (1, 2)])
        store.add([failure(SMALL.replace(seed=3), "MemoryError: too\nlarge")])
    return tmp_path / "sweep"


@pytest.fixture
def run(capsys):
    """Calls ``reglab store``; returns code, lines of the output, lines of the error output."""

    def call(*options):
        code = cli.main(["store", *map(str, options)])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return call


def test_what_there_is_to_know_of_a_sound_sweep(run, folder):
    code, out, err = run(folder)
    assert (code, err) == (0, [])
    assert out[-1] == "done 22 failed 3"
    assert "varied: dropout_rate: 0.0, 0.25, 0.5" in out
    assert "varied: seed, 22 values, 0 to 119" in out
    assert "varied: model.widths: (4, 4), (8,)" in out
    assert "varied: distribution: moons, xor" in out
    (best,) = [line for line in out if line.startswith("best true error on moons")]
    assert best == (
        f"best true error on moons: 1.2 ± 0.1 %, “dropout 0.5”, seed 7, draw 0, key {key_of(BEST)}"
    )
    assert any(line.startswith("best true error on xor") for line in out)
    assert "trained with flax unknown, jax unknown, reglab unknown: 1" in out
    assert "diverged: 1" in out
    assert "failed: 2 × ValueError: no" in out
    assert "failed: 1 × MemoryError: too large" in out
    assert not any(line.startswith("varied: true_error") for line in out)


def test_one_version_is_not_worth_a_line(run, tmp_path):
    with writing(tmp_path) as store:
        store.add(results(2))
    code, out, _ = run(tmp_path)
    assert (code, out[-1]) == (0, "done 2 failed 0")
    assert not any("trained with" in line for line in out)


def test_an_empty_sweep_and_one_of_failures(run, tmp_path):
    writing(tmp_path).close()
    assert run(tmp_path) == (0, ["done 0 failed 0"], [])
    with writing(tmp_path) as store:
        store.add([failure(SMALL)])
    assert run(tmp_path) == (0, ["failed: 1 × ValueError: no", "done 0 failed 1"], [])


def test_what_a_sweep_did_not_come_to_is_counted(run, tmp_path):
    with writing(tmp_path) as store:
        store.add(results(2))
        store.expect(1200)
    line = "not trained yet: 1 200 of 1 202; the same sweep goes on with them"
    code, out, _ = run(tmp_path)
    assert code == 0
    assert line in out
    with writing(tmp_path) as store:
        store.expect(0)
    assert not any("not trained" in one for one in run(tmp_path)[1])


def test_problems_are_named_and_end_with_1(run, folder):
    first, second = sorted(folder.glob("weights/*/*.safetensors"))[:2]
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    code, out, err = run(folder)
    assert (code, err, out[-1]) == (1, [], "done 22 failed 3")
    problems = {line.partition(":")[0] for line in out if line.startswith("weights/")}
    assert problems == {path.relative_to(folder).as_posix() for path in (first, second)}
    assert sum(line.startswith("best true error") for line in out) == 2


def test_a_row_that_cannot_be_read_is_a_problem_and_no_error(run, folder):
    connection = sqlite3.connect(folder / NAME)
    with connection:
        connection.execute("UPDATE results SET experiment = '{' WHERE number = 3")
    connection.close()
    code, out, err = run(folder)
    assert (code, err, out[-1]) == (1, [], "done 22 failed 3")
    assert sum("experiment: expected JSON text" in line for line in out) == 1


def test_files_without_a_result_are_no_problem(run, folder):
    (folder / "weights" / "stray").write_bytes(b"")
    code, out, _ = run(folder)
    assert code == 0
    assert out[-2:] == [
        "files of weights without a result, which do no harm: 1",
        "done 22 failed 3",
    ]


def test_csv_has_a_row_for_each_result(run, folder, tmp_path):
    path = tmp_path / "table.csv"
    code, out, err = run(folder, "--csv", path)
    assert (code, err) == (0, [])
    assert out[-2:] == [f"written: {path}", "done 22 failed 3"]
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open_store(folder) as store:
        assert [row["key"] for row in rows] == list(store)
        assert [float(r["true_error"]) for r in rows] == store.table("true_error")[
            "true_error"
        ].tolist()


def test_parquet_is_written_or_its_package_asked_for(run, folder, tmp_path):
    code, out, err = run(folder, "--parquet", tmp_path / "t.parquet")
    assert out[-1] == "done 22 failed 3"
    if importlib.util.find_spec("pyarrow") is None:
        (line,) = err
        assert (code, line[:38]) == (1, "reglab: parquet: expected the package ")
        assert line.endswith("pip install pyarrow")
    else:
        assert (code, err) == (0, [])
        assert (tmp_path / "t.parquet").stat().st_size


def test_what_cannot_be_written_is_said_in_one_line(run, folder, tmp_path):
    code, out, err = run(folder, "--csv", tmp_path / "nowhere" / "table.csv")
    assert (code, out[-1], len(err)) == (1, "done 22 failed 3", 1)
    assert "nowhere" in err[0]


def test_a_folder_without_a_store_is_refused(run, tmp_path):
    code, out, err = run(tmp_path)
    assert (code, out) == (1, [])
    assert err == [
        f"reglab: store: expected {NAME} in {tmp_path}, got a folder without it",
    ]


def test_a_sweep_under_way_is_not_disturbed(run, folder):
    with writing(folder) as store:
        assert run(folder)[1][-1] == "done 22 failed 3"
        store.add(results(1))
        assert run(folder)[1][-1] == "done 23 failed 3"


def test_the_command_itself(folder):
    command = [Path(sys.executable).with_name("reglab"), "store", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "done 22 failed 3"
