"""``reglab run``: what it writes, that it all agrees, and what it refuses."""

import csv
import dataclasses
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from safetensors.numpy import load_file

from reglab import Experiment, cli, find_witness, fit, nn
from reglab.cli.report import Report
from tests.small import SMALL

PLAIN = SMALL.replace(num_steps=240, learning_rate=0.03)
TWIN = PLAIN.replace(dropout_rate=0.5)
DIVERGING = dataclasses.replace(PLAIN, optimizer="sgd").replace(learning_rate=100.0)
TEXTS = {"verdict.txt", "history.csv", "experiment.json", "h.safetensors"}
FIGURES = {"lab.png", "lab.svg", "plane.png", "curves.png", "decision_h.png"}


def written(path, *experiments):
    """A file with one experiment, or with a list of several."""
    content = [json.loads(experiment.to_json()) for experiment in experiments]
    path.write_text(json.dumps(content if len(content) > 1 else content[0]))
    return path


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def assert_same_tensors(one, other):
    first, second = load_file(one), load_file(other)
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        np.testing.assert_array_equal(tensor, second[name])


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The folder of a run with a twin, and the runs themselves."""
    folder = tmp_path_factory.mktemp("run")
    file = written(folder / "experiments.json", PLAIN, TWIN)
    assert cli.main(["run", str(file), "--out", str(folder / "out")]) == 0
    return folder / "out", (fit(PLAIN), fit(TWIN))


@pytest.fixture
def no_figures(monkeypatch):
    """Leaves the figures out, which take longer than the runs."""
    monkeypatch.setattr(Report, "draw", lambda self, folder: [])


@pytest.fixture
def run(tmp_path, capsys):
    """Runs a file into ``tmp_path/out``; returns the exit code and both outputs."""

    def call(file, *options):
        code = cli.main(["run", str(file), "--out", str(tmp_path / "out"), *options])
        return code, *capsys.readouterr()

    return call


def test_all_files_are_there_and_nothing_else(results):
    folder, runs = results
    assert find_witness(*runs).verdict.name == "OVERFITS"
    figures = {f"figures/{name}" for name in FIGURES | {"decision_witness.png"}}
    assert names(folder) == TEXTS | {"witness.safetensors"} | figures
    assert (folder / "figures/lab.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (folder / "figures/lab.svg").read_bytes()


def test_the_history_is_that_of_the_runs_to_the_last_bit(results):
    folder, runs = results
    with (folder / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(one.history.step) for one in runs)
    for number, one in enumerate(runs):
        own = [row for row in rows if row["run"] == str(number)]
        assert {row["name"] for row in own} == {one.name}
        for field, column in one.history._asdict().items():
            np.testing.assert_array_equal(np.array([float(row[field]) for row in own]), column)


def test_the_verdict_is_that_of_find_witness(results):
    folder, runs = results
    found = find_witness(*runs, bayes=runs[0].distribution.bayes_error().value)
    lines = (folder / "verdict.txt").read_text("utf-8").splitlines()
    assert lines[0].startswith(f"OVERFITS by {100 * found.severity:.1f} points")
    assert lines[2] == found.sentence
    assert "62 hypotheses" in lines[0]
    witness = next(line for line in lines if line.startswith("h′: "))
    number, row = found.witness
    assert f"“{runs[number].name}”, step {runs[number].history.step[row]}" in witness


def test_the_weights_make_the_errors_that_the_history_says(results):
    folder, runs = results
    found = find_witness(*runs)
    addresses = {"h": found.hypothesis, "witness": found.witness}
    sample = runs[0].distribution.sample(jax.random.key(PLAIN.draw), PLAIN.max_train)
    for name, (number, row) in addresses.items():
        network = nn.load_weights(folder / f"{name}.safetensors")
        np.testing.assert_array_equal(network(sample.x), runs[number].hypotheses[row](sample.x))
        error = np.mean(np.asarray(network(sample.x)).argmax(axis=1) != np.asarray(sample.y))
        assert error == pytest.approx(runs[number].history.train_error[row], abs=1e-6)


def test_the_experiments_run_again_to_the_same_numbers(results, run, tmp_path):
    folder, _ = results
    assert run(folder / "experiment.json")[0] == 0
    assert names(tmp_path / "out") == names(folder)
    for name in names(folder):
        again, before = tmp_path / "out" / name, folder / name
        if name.endswith(".safetensors"):  # which writes its metadata in any order
            assert_same_tensors(again, before)
        else:
            assert again.read_bytes() == before.read_bytes(), name


def test_one_experiment_is_judged_over_its_own_path(run, tmp_path, no_figures):
    code, out, err = run(written(tmp_path / "one.json", PLAIN))
    assert (code, err) == (0, "")
    assert find_witness(fit(PLAIN)).sentence in out
    assert Experiment.from_json((tmp_path / "out/experiment.json").read_text()) == PLAIN


@pytest.mark.slow
def test_a_diverging_run_writes_what_there_is_and_says_so(run, tmp_path):
    code, _, err = run(written(tmp_path / "two.json", PLAIN, DIVERGING))
    assert code == 1
    assert "diverged" in err
    assert err.count("\n") == 1
    assert names(tmp_path / "out") >= TEXTS
    assert "diverged" in (tmp_path / "out/verdict.txt").read_text("utf-8")


BAD = {
    "malformed": ('{"seed": 1', "expected JSON text"),
    "a number": ("17", "expected"),
    "empty list": ("[]", "expected at least one"),
    "unknown field": ('{"sede": 1}', "sede"),
    "unknown name": ('{"distribution": "mars"}', "mars"),
    "out of range": ('{"hyper": {"dropout_rate": 1.5}}', "dropout_rate"),
    "not a number": ('{"hyper": {"noise": NaN}}', "noise"),
    "in a list": ('[{"seed": 1}, {"seed": -1}]', "number 2"),
    "other samples": ('[{"draw": 1}, {"draw": 2}]', "draw"),
    "too deep": ("[" * 100_000, "expected JSON text"),
    "not text": (b"\xff\xfe\x00", "expected JSON text"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_experiments_are_refused_in_one_line(name, run, tmp_path):
    content, words = BAD[name]
    file = tmp_path / "bad.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    code, out, err = run(file)
    assert (code, out) == (1, "")
    assert err.startswith("reglab: ")
    assert words in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_refused(run, tmp_path):
    code, _, err = run(tmp_path / "nowhere.json")
    assert code == 1
    assert "nowhere.json" in err
    assert err.count("\n") == 1


def test_a_folder_with_other_things_in_it_is_left_alone(run, tmp_path):
    file = written(tmp_path / "one.json", PLAIN)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("years of work")
    for options in ([], ["--overwrite"]):
        code, _, err = run(file, *options)
        assert code == 1
        assert "thesis.txt" in err
        assert names(tmp_path / "out") == {"thesis.txt"}


def test_an_out_that_is_a_file_is_refused(run, tmp_path):
    (tmp_path / "out").write_text("a file")
    code, _, err = run(written(tmp_path / "one.json", PLAIN))
    assert code == 1
    assert err.count("\n") == 1
    assert (tmp_path / "out").read_text() == "a file"


def test_an_earlier_run_is_only_replaced_when_asked(results, run, tmp_path, no_figures):
    shutil.copytree(results[0], tmp_path / "out")
    before = (tmp_path / "out/history.csv").read_bytes()
    other = written(tmp_path / "other.json", PLAIN.replace(l2=0.3))
    code, _, err = run(other)
    assert code == 1
    assert "--overwrite" in err
    assert (tmp_path / "out/history.csv").read_bytes() == before
    assert run(other, "--overwrite")[0] == 0
    assert (tmp_path / "out/history.csv").read_bytes() != before
    found = find_witness(fit(PLAIN.replace(l2=0.3)))
    assert (found.witness is not None) == ("witness.safetensors" in names(tmp_path / "out"))


@pytest.mark.parametrize("there", [False, True])
def test_an_error_midway_leaves_the_folder_as_it_was(there, run, tmp_path, monkeypatch):
    def draw(self, folder):
        raise OSError("no space left")

    if there:
        (tmp_path / "out").mkdir()
    monkeypatch.setattr(Report, "draw", draw)
    code, _, err = run(written(tmp_path / "one.json", PLAIN))
    assert (code, err) == (1, "reglab: no space left\n")
    assert (tmp_path / "out").exists() == there
    assert not names(tmp_path / "out")


def test_an_interrupt_leaves_nothing_behind(run, tmp_path, monkeypatch):
    def draw(self, folder):
        raise KeyboardInterrupt

    monkeypatch.setattr(Report, "draw", draw)
    code, _, err = run(written(tmp_path / "one.json", PLAIN))
    assert code == 130
    assert "nothing was written" in err
    assert not (tmp_path / "out").exists()


def test_without_matplotlib_all_the_rest_is_written(run, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, _, err = run(written(tmp_path / "one.json", PLAIN))
    assert code == 0
    assert "reglab[lab]" in err
    assert names(tmp_path / "out") - {"witness.safetensors"} == TEXTS


def test_the_command_itself(tmp_path):
    file = written(tmp_path / "one.json", PLAIN)
    reglab = Path(sys.executable).with_name("reglab")
    command = [reglab, "run", file, "--out", tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "verdict.txt" in done.stdout
    error = float((tmp_path / "out/history.csv").read_text().splitlines()[-1].split(",")[5])
    assert math.isclose(error, fit(PLAIN).history.train_error[-1], abs_tol=1e-6)
