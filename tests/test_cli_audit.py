"""``reglab audit``: what it prints, and what it refuses in one line."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import reglab
from reglab import Verdict, audit, cli, explain

NUM_TEST = 2000
NAMES = ("train_predictions", "train_labels", "test_predictions", "test_labels")


def predictions():
    """Three checkpoints: the first two alike but for training, the last one plainly overfit."""
    rng = np.random.default_rng(0)
    wrong = rng.random(NUM_TEST) < 0.2
    worse = wrong | (rng.random(NUM_TEST) < 0.1)
    train = np.arange(20) < np.array([[5], [3], [0]])
    zeros = np.zeros(20, int), np.zeros(NUM_TEST, int)
    arrays = train.astype(int), zeros[0], np.array([wrong, wrong, worse]).astype(int), zeros[1]
    return dict(zip(NAMES, arrays, strict=True))


GOOD = predictions()


@pytest.fixture
def run(capsys, tmp_path):
    """Calls ``reglab audit`` on a file with the given content; returns code, out, err."""

    def call(content, *options):
        path = tmp_path / "predictions.npz"
        if isinstance(content, dict):
            np.savez(path, **content)
        elif content is not None:
            path.write_bytes(content)
        code = cli.main(["audit", str(path), *options])
        return code, *capsys.readouterr()

    return call


def test_the_table_and_the_last_sentence(run):
    code, out, err = run(GOOD)
    assert (code, err) == (0, "")
    found = audit(**GOOD)
    assert [Verdict(c).name for c in found.verdict] == ["NO_WITNESS", "UNDECIDED", "OVERFITS"]
    table, note, sentence = out.removesuffix("\n").split("\n\n")
    head, *rows = (re.split("  +", line) for line in table.split("\n"))
    assert head == [
        "checkpoint", "training error", "held-out error", "verdict", "witness", "severity"
    ]  # fmt: skip
    assert rows[:2] == [
        ["0", "25.0 %", "21.0 ± 2.3 %", "NO WITNESS", "–", "–"],
        ["1", "15.0 %", "21.0 ± 2.3 %", "UNDECIDED", "–", "–"],
    ]
    assert [rows[2][k] for k in (0, 1, 3, 4)] == ["2", "0.0 %", "OVERFITS", "0"]
    assert rows[2][5] == f"{100 * found.severity[2]:.1f} points"
    assert "20 training examples, 2\u202f000 held-out ones" in note
    assert sentence == explain(found, 2)
    assert "whole distribution" not in out


def test_json_has_all_of_it(run):
    code, out, err = run(GOOD, "--json")
    found, content = audit(**GOOD), json.loads(out)
    assert (code, err) == (0, "")
    assert (content["num_train"], content["num_test"]) == (20, NUM_TEST)
    assert content["sentence"] == explain(found, 2)
    assert content["reglab"] == reglab.__version__
    assert [one["witness"] for one in content["checkpoints"]] == [None, None, 0]
    for name in ("train_error", "test_error", "low", "high", "severity", "p_value"):
        assert [one[name] for one in content["checkpoints"]] == getattr(found, name).tolist()


def test_csv_has_a_row_for_each_checkpoint(run):
    code, out, err = run(GOOD, "--csv")
    found, rows = audit(**GOOD), list(csv.DictReader(io.StringIO(out)))
    assert (code, err) == (0, "")
    assert [row["checkpoint"] for row in rows] == ["0", "1", "2"]
    assert [row["witness"] for row in rows] == ["", "", "0"]
    assert [float(row["severity"]) for row in rows] == found.severity.tolist()
    assert out.endswith("\n")
    assert not out.endswith("\n\n")


def test_scores_words_and_compressed_files_with_more_in_them(tmp_path, capsys):
    names = np.array(["cat", "dog"])
    words = {name: names[array] for name, array in GOOD.items()}
    np.savez_compressed(tmp_path / "words.npz", **words, notes=np.array("mine"))
    scores = {n: np.eye(2)[a] if a.ndim == 2 else a for n, a in GOOD.items()}
    np.savez(tmp_path / "scores.npz", **scores)
    np.savez(tmp_path / "classes.npz", **GOOD)
    outputs = []
    for name in ("words", "scores", "classes"):
        assert cli.main(["audit", str(tmp_path / f"{name}.npz")]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] == outputs[2]


def zipped(**members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return content.getvalue()


def saved(save, *values, **arrays):
    content = io.BytesIO()
    save(content, *values, **arrays)
    return content.getvalue()


HALF = {name: GOOD[name] for name in NAMES[::2]}
FOREIGN = {
    "missing file": (None, "No such file or directory"),
    "empty file": (b"", "expected an .npz file"),
    "text": (b"epoch,error\n1,0.5\n", "expected an .npz file"),
    "pickle": (b"\x80\x04K\x01.", "expected an .npz file"),
    "one array": (saved(np.save, np.zeros(3)), "expected an .npz file"),
    "zip of something else": (zipped(thesis=b"years of work"), "got none named train_predictions"),
    "cut short": (saved(np.savez, **GOOD)[:-200], "expected an .npz file"),
    "missing arrays": (saved(np.savez, **HALF), "got none named train_labels, test_labels"),
    "no arrays inside": (zipped(**dict.fromkeys(NAMES, b"x")), "train_predictions: expected an ar"),
    "objects": (
        saved(np.savez, **GOOD | {"train_labels": np.array([{}] * 20, object)}),
        "train_labels: expected an array",
    ),
    "wrong shape": (GOOD | {"test_labels": np.zeros(3, int)}, "test_predictions: expected 3 ex"),
    "not classes": (GOOD | {"train_labels": np.full(20, 0.5)}, "train_labels: expected whole"),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("option", [None, "--json"])
def test_what_cannot_be_judged_is_refused_in_one_line(name, option, run):
    content, words = FOREIGN[name]
    code, out, err = run(content, *filter(None, [option]))
    assert (code, out) == (1, "")
    assert err.startswith("reglab: ")
    assert words in err
    assert err.count("\n") == 1


def test_a_folder_is_refused(capsys, tmp_path):
    assert cli.main(["audit", str(tmp_path)]) == 1
    assert "Is a directory" in capsys.readouterr().err


def test_nothing_in_a_file_is_executed(run, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "executed",))

    bomb = np.array([Bomb()], object)
    for content in (
        saved(np.savez, **GOOD | {"train_labels": bomb}),
        bomb.dumps(),
        saved(np.save, bomb),
    ):
        assert run(content)[0] == 1
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_damaged_file_is_judged_or_refused_in_one_line(save, run):
    small = {name: array[..., :20] for name, array in GOOD.items()}
    whole, rng = saved(save, **small), np.random.default_rng(0)
    refused = 0
    for _ in range(400):
        content = bytearray(whole)
        for place in rng.integers(0, len(content), rng.integers(1, 4)):
            content[place] = rng.integers(0, 256)
        code, _, err = run(bytes(content))
        assert err.count("\n") == code
        refused += code
    assert refused > 100


@pytest.mark.parametrize("arguments", [["audit"], ["audit", "a.npz", "--json", "--csv"]])
def test_wrong_usage_says_how_it_goes(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert "usage: reglab audit" in capsys.readouterr().err


def test_the_command_itself_in_a_terminal_that_knows_no_unicode(tmp_path):
    np.savez(tmp_path / "predictions.npz", **GOOD)
    command = [sys.executable, "-c", "import sys; from reglab.cli import main; sys.exit(main())"]
    command += ["audit", "predictions.npz"]
    root = str(Path(reglab.__file__).parents[1])
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": root}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "OVERFITS" in done.stdout
