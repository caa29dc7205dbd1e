"""Exports of a panel as ``reglab run`` reads them: own objects, twins, equal runs, no rows."""

import json

import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, Grid, Session, cli, distributions, fit
from reglab.cli.report import Report
from reglab.panels import PopulationLab
from reglab.panels.board.export import export
from reglab.sweeps import sweep
from reglab.training import fit_population
from tests.small import OWN as DEFAULT
from tests.small import SMALL

SECONDS = 120
X = np.random.default_rng(0).normal(size=(300, 4))
DATA = distributions.arrays(X, (X[:, 0] > 0) * 1)
OWN = {
    "both": ["distribution", "model"],
    "distribution": ["distribution"],
    "model": ["model"],
}
RUN_IT = "which JSON does not hold; run it in Python: fit(Experiment.from_json(text), "


def four(rngs):
    return nnx.Sequential(nnx.Linear(4, 8, rngs=rngs), nnx.relu, nnx.Linear(8, 2, rngs=rngs))


def two(rngs):
    return nnx.Sequential(nnx.Linear(2, 8, rngs=rngs), nnx.relu, nnx.Linear(8, 2, rngs=rngs))


def objects(names):
    """What is the user's in a run on own data, on an own model, or on both."""
    model = four if "distribution" in names else two
    return {name: {"distribution": DATA, "model": model}[name] for name in names}


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Runs a file into ``tmp_path/out``, without figures; returns exit code and both outputs."""
    monkeypatch.setattr(Report, "draw", lambda self, folder: [])

    def call(content):
        file = tmp_path / "experiments.json"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        code = cli.main(["run", str(file), "--out", str(tmp_path / "out")])
        return code, *capsys.readouterr()

    return call


@pytest.mark.costly
@pytest.mark.parametrize("name", OWN)
def test_an_export_names_what_is_the_users_and_is_not_run_without_it(name, run, tmp_path):
    own, given = OWN[name], objects(OWN[name])
    with Session(DEFAULT, [{"l2": 0.01}], **given, steps_per_second=None) as session:
        session.play()
        assert session.wait(SECONDS)
        content, played = export(session, "json")[2], session.runs
    texts = [json.dumps(one) for one in json.loads(content)]
    assert [json.loads(text)["own"] for text in texts] == [own, own]
    code, out, err = run(content)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert RUN_IT + ", ".join(f"{one}=..." for one in own) + ")" in err
    assert not (tmp_path / "out").exists()
    assert run(texts[0])[0] == 1
    for text, before in zip(texts, played, strict=True):
        again = fit(Experiment.from_json(text), **given)
        assert (again.experiment, again.name) == (before.experiment, before.name)
        for ours, theirs in zip(again.history, before.history, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", OWN)
def test_a_grid_over_such_a_run_needs_what_is_the_users(name, tmp_path):
    given = objects(OWN[name])
    base = fit(DEFAULT.replace(num_steps=8), **given).experiment
    grid = Grid.from_json(Grid(base, product={"dropout_rate": [0, 0.5]}).to_json())
    missing = f"{OWN[name][0]}: expected the one that this experiment was run with"
    calls = {
        r"experiment 1": lambda: sweep(grid, store=tmp_path / "store"),
        r"experiments\[0\]": lambda: fit_population(grid),
    }
    for place, call in calls.items():
        with pytest.raises(ValueError, match=f"^{place}: {missing}"):
            call()
    with pytest.raises(ValueError, match=f"^{missing}"):
        PopulationLab(grid)


def test_equal_runs_do_no_harm(run, tmp_path):
    one = json.loads(SMALL.to_json())
    code, out, err = run(json.dumps([one, one]))
    assert (code, err) == (0, "")
    verdict = (tmp_path / "out/verdict.txt").read_text("utf-8")
    assert "run 1 “plain”" in out
    assert "runs and their rows: plain (11), plain (11)" in verdict
    assert "Not in the pool" not in verdict
    rows = (tmp_path / "out/history.csv").read_text().splitlines()
    assert len(rows) == 1 + 2 * 11
    first, second = fit(SMALL), fit(SMALL)
    assert first != second  # arrays have no one truth value
    assert first in (first, second)


def test_a_single_run_is_read_and_moved_knobs_come_along(run, tmp_path):
    with Session(SMALL, steps_per_second=None) as session:
        session.step()
        session.set(l2=0.01, num_train=20)
        session.play()
        assert session.wait(SECONDS)
        played, (text,) = session.runs[0], [one.to_json() for one in session.experiments]
    assert "own" not in json.loads(text)
    assert run(text)[0] == 0
    again = Experiment.from_json((tmp_path / "out/experiment.json").read_text())
    assert again == played.experiment
    assert [name for _, name, _ in again.changes] == ["l2", "num_train"]


def test_a_run_without_a_row_is_told_of_in_one_line(run, monkeypatch):
    before = SMALL.replace(input_noise=0.001)
    empty = fit(before.replace(num_steps=8))
    plain = fit(SMALL)
    none = type(empty.history)(*(column[:0] for column in empty.history))
    object.__setattr__(empty, "history", none)
    object.__setattr__(empty, "diverged", True)
    runs = {"first": [empty, plain], "second": [plain, empty]}
    for place, pair in runs.items():
        monkeypatch.setattr("reglab.cli.run._train", lambda *_, pair=pair: pair)
        code, out, err = run(SMALL.to_json())
        assert code == 1
        assert err.count("\n") == 1
        assert "no reasonable loss before its first step" in err
        assert bool(out) == (place == "second")
