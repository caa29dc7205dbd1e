"""Each line that a command prints is made of messages."""

import json
import re
import warnings

import numpy as np
import pytest

from reglab import Verdict, cli, theory
from reglab.cli import claims
from reglab.cli.report import Report
from reglab.cli.words import METHODS, VERDICTS
from reglab.distributions import estimate
from reglab.sweeps import Grid, writing
from reglab.theory.rows import exactly, identity, shown
from reglab.words import columns, say
from tests.small import SMALL
from tests.sweeps.helpers import failure, results
from tests.test_cli_audit import GOOD
from tests.words.brackets import words
from tests.words.claim import claim
from tests.words.commands import bare, unsaid
from tests.words.extract import ROOT


@pytest.fixture
def written(tmp_path):
    """A file with a run and its twin."""
    twins = SMALL, SMALL.replace(dropout_rate=0.5)
    path = tmp_path / "experiments.json"
    path.write_text(json.dumps([json.loads(one.to_json()) for one in twins]))
    return path


def test_run_is_in_brackets_and_so_is_what_it_writes(call, heard, tmp_path, written, monkeypatch):
    monkeypatch.setattr(Report, "draw", lambda self, folder: [])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    out = tmp_path / "out"
    code, said, noted = call("run", written, "--out", out)
    assert code == 0
    assert "⟦run 2 of 2: 80 steps of" in noted
    assert bare(said + noted, {"out"}) == set()
    verdict = (out / "verdict.txt").read_text("utf-8")
    assert bare(verdict) == set()
    assert verdict.count("\n⟦") >= 5
    code, said, noted = call("run", written, "--out", out)
    assert (code, said) == (1, "")
    assert noted.startswith("reglab: ⟦out: expected a new or empty folder, got ")
    assert bare(noted) == set()
    assert unsaid(heard) == {"experiment", "json"}  # the file in the way


def test_a_run_that_diverges_is_in_brackets(call, tmp_path, monkeypatch):
    monkeypatch.setattr(Report, "draw", lambda self, folder: [])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    path, wild = tmp_path / "a.json", SMALL.replace(learning_rate=1000.0)
    path.write_text(json.dumps([json.loads(one.to_json()) for one in (SMALL, wild)]))
    code, said, noted = call("run", path, "--out", tmp_path / "out")
    assert code == 1
    assert "⟦The run" in noted
    assert "⟦matplotlib is not installed" in noted
    assert bare(said + noted + (tmp_path / "out/verdict.txt").read_text("utf-8")) == set()


def test_sweep_is_in_brackets(call, heard, tmp_path):
    path = tmp_path / "grid.json"
    path.write_text(Grid(SMALL.replace(num_steps=8), product={"seed": [0, 1]}).to_json())
    code, said, noted = call("sweep", path, "--store", tmp_path / "out", "--workers", 0)
    assert (code, said) == (0, "⟦done 2 failed 0⟧\n")
    assert "reglab: ⟦⟦2 of 2 done⟧" in noted or "reglab: ⟦2 of 2 done⟧" in noted
    assert bare(noted) == unsaid(heard) == set()
    path.write_text("{")
    code, said, noted = call("sweep", path, "--store", tmp_path / "out")
    assert (code, said, bare(noted)) == (1, "", set())


def test_the_bar_of_a_sweep_is_in_the_language_that_was_asked_for(call, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    path = tmp_path / "grid.json"
    path.write_text(Grid(SMALL.replace(num_steps=8), product={"seed": [0]}).to_json())
    options = "--store", tmp_path / "out", "--workers", 0, "--language", "zh"
    code, said, noted = call("sweep", path, *options, language="en")
    assert (code, said) == (0, "完成 1 失败 0\n")
    assert say(" runs").into("zh") in noted


def test_store_is_in_brackets(call, heard, tmp_path):
    with writing(tmp_path / "sweep") as kept:
        kept.add(results(20, 100))
        kept.add([failure(SMALL)])
        kept.expect(1200)
    next((tmp_path / "sweep").glob("weights/*/*.safetensors")).unlink()
    (tmp_path / "sweep/weights/stray").write_bytes(b"")
    code, said, noted = call("store", tmp_path / "sweep", "--csv", tmp_path / "table.csv")
    assert (code, noted) == (1, "")
    assert all(line.startswith("⟦") and line.endswith("⟧") for line in said.splitlines())
    starts = "weights", "varied", "best", "failed", "files of", "not trained", "written", "done"
    assert all(f"⟦{start}" in said for start in starts)
    errors = words("No such file or directory ValueError no")  # of the system, and as stored
    assert unsaid(heard) == {"weights", "safetensors", "seed", "dropout", "rate", *errors}


def test_audit_is_in_brackets(call, heard, tmp_path):
    np.savez(tmp_path / "a.npz", **GOOD)
    code, said, noted = call("audit", tmp_path / "a.npz")
    assert (code, noted) == (0, "")
    assert "⟦checkpoint⟧" in said
    assert "⟦NO WITNESS⟧" in said
    assert bare(said) == set()
    np.savez(tmp_path / "b.npz", **GOOD | {"test_predictions": GOOD["test_predictions"] + 5})
    code, said, noted = call("audit", tmp_path / "b.npz")
    assert bare(said + noted) == set()
    assert unsaid(heard) == set()
    assert call("audit", tmp_path / "a.npz", "--json")[1].startswith('{\n "num_train": 20')


def test_claims_are_in_brackets(call, heard, monkeypatch):
    toy = claim(
        lambda seed: {
            say("momentum"): identity(np.zeros(100)),
            say("dropout rate"): identity(1.0),
            say("weight decay"): shown(),
        },
        lambda seed: {
            "momentum": exactly(np.zeros(100), 0.1),
            "dropout rate": exactly(1.5, 0.1),
            "weight decay": exactly(7),
        },
    )
    monkeypatch.setattr(theory, "CLAIMS", {"X1": toy})
    monkeypatch.setattr("reglab.theory.registry.CLAIMS", {"X1": toy})
    monkeypatch.setattr(claims, "keep_compiled", lambda: None)
    code, said, noted = call("claims", "X1")
    assert code == 1
    assert bare(said + noted) == set()
    assert "⟦NOT AS PREDICTED⟧" in said
    code, said, noted = call("claims", "X1", "--markdown")
    assert (code, noted, bare(said, {"Read"})) == (0, "", set())
    code, said, noted = call("claims", "Q9")
    assert (code, said, bare(noted)) == (1, "", set())
    assert unsaid(heard) == {"claim"}  # the argument


def test_lab_is_in_brackets(call, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, said, noted = call("lab")
    assert (code, said, bare(noted)) == (1, "", set())
    assert noted.startswith("reglab: ⟦JupyterLab is not installed")


def test_the_panels_of_lab_speak_the_language_that_was_asked_for(call, monkeypatch, tmp_path):
    environments = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        cli.os, "execv", lambda *_: environments.append(cli.os.environ["REGLAB_LANGUAGE"])
    )
    call("lab", "--language", "zh", language="")
    call("lab", language="")
    assert environments == ["zh", ""]


def test_warnings_are_notes_in_the_language(call, monkeypatch, tmp_path):
    test = {name: GOOD[name][..., :20] for name in GOOD}
    test["test_predictions"], test["test_labels"] = test["train_predictions"], test["train_labels"]
    scores = {n: np.random.default_rng(0).normal(size=(3, 20, 2)) for n in ("train_predictions",)}
    both = np.concatenate([scores["train_predictions"], np.ones((3, 5, 2))], axis=1)
    arrays = test | scores | {"test_predictions": both, "test_labels": np.zeros(25, int)}
    np.savez(tmp_path / "a.npz", **arrays)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        code, _, noted = call("audit", tmp_path / "a.npz")
    assert code == 0
    assert noted.startswith("reglab: ⟦test_predictions: 20 of 25 test examples")
    assert noted.count("\n") == 1


def test_the_example_of_the_documentation_prints_what_it_says(capsys):
    page = (ROOT / "docs/language.md").read_text("utf-8")
    *_, block = re.findall("```python\n(.*?)```", page, re.DOTALL)
    exec(block, {})
    assert capsys.readouterr().out.strip() == block.partition("# ")[2].strip()


def test_every_verdict_and_method_has_words():
    assert list(VERDICTS) == [verdict.name for verdict in Verdict]
    assert tuple(METHODS) == estimate.METHODS


def test_results_in_chinese(call, tmp_path):
    np.savez(tmp_path / "a.npz", **GOOD)
    code, said, _ = call("audit", tmp_path / "a.npz", "--language", "zh", language="en")
    assert code == 0
    head, first, *_ = said.splitlines()
    assert re.split("  +", head)[:3] == ["检查点", "训练样例上的错误率", "留出数据上的错误率"]
    assert columns(head[: head.index("判定")]) == columns(first[: first.index("无见证")])
    code, said, noted = call("run", tmp_path / "no.json", "--out", tmp_path, language="zh")
    assert (code, said) == (1, "")
    assert noted.startswith("reglab: experiment：应为 JSON 文件，实得 /no.json：")
