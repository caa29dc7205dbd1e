"""Tables of results: columns, CSV, Parquet."""

import csv
import importlib
import json
import os
import tracemalloc

import numpy as np
import pytest

from reglab import CNNConfig, Hyper, LinearConfig, MLPConfig
from reglab.sweeps import writing
from reglab.sweeps.store import export
from tests.small import SMALL
from tests.sweeps.helpers import failure, history, result, results

CONFIGS = (MLPConfig(widths=(8,)), MLPConfig(widths=(4, 4)), LinearConfig(), CNNConfig())


@pytest.fixture
def store(tmp_path):
    with writing(tmp_path / "sweep") as made:
        made.add(results(300))
        made.add([failure(SMALL.replace(seed=999))])
        made.add([result(SMALL.replace(model=model, seed=7, l2=0.1)) for model in CONFIGS])
        yield made


def test_columns_are_those_of_the_runs(store):
    runs = list(store.runs())
    columns = store.table()
    assert {len(column) for column in columns.values()} == {304} == {len(runs)}
    for index in (0, 1, 255, 256, 299, 301, 303):
        experiment = runs[index].experiment
        for name in Hyper._fields:
            assert columns[name][index] == getattr(experiment.hyper, name)
        for name in ("distribution", "optimizer", "seed", "draw", "num_steps", "changes"):
            assert columns[name][index] == getattr(experiment, name)
        assert columns["model.widths"][index] == getattr(experiment.model, "widths", None)
        assert columns["key"][index] == runs[index].key
        for name in ("step", "train_loss", "train_error", "true_error", "true_low", "true_high"):
            assert columns[name][index] == getattr(runs[index].history, name)[-1]
    kinds = columns["model.kind"][300:].tolist()
    assert kinds == ["mlp", "mlp", "linear", "cnn"]


def test_columns_have_the_type_of_their_values(store):
    names = ("seed", "dropout_rate", "optimizer", "diverged", "true_error", "step", "hyper.l2")
    kinds = [column.dtype.kind for column in store.table(*names).values()]
    assert kinds == ["i", "f", "U", "b", "f", "i", "f"]
    assert list(store.table(*names)) == list(names)
    model = store.table("model")["model"]
    assert model.dtype == object
    assert tuple(model[-4:]) == CONFIGS
    assert store.table("hyper")["hyper"][-1] == SMALL.replace(l2=0.1).hyper


def test_an_empty_store_has_empty_columns(tmp_path):
    with writing(tmp_path / "new") as store:
        assert [len(column) for column in store.table("seed", "key").values()] == [0, 0]
        assert {len(column) for column in store.table().values()} == {0}
        store.to_csv(tmp_path / "t.csv")
        assert len((tmp_path / "t.csv").read_text().splitlines()) == 1


def test_csv_holds_every_number_to_the_last_bit(store, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("what was there before")
    store.to_csv(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = store.table()
    assert len(rows) == 304
    assert list(rows[0]) == list(columns)
    for name, column in columns.items():
        told = [row[name] for row in rows]
        if column.dtype.kind in "if":
            np.testing.assert_array_equal(np.array(told, float), column)
        elif column.dtype.kind in "Ub":
            assert told == [str(value) for value in column]
    assert [json.loads(row["model.widths"]) for row in rows[300:302]] == [[8], [4, 4]]
    assert rows[302]["model.widths"] == ""
    assert sorted(one.name for one in tmp_path.iterdir()) == ["sweep", "table.csv"]


def test_csv_is_there_whole_or_as_it_was(store, tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    store.to_csv(path)
    before = path.read_bytes()
    with pytest.raises(OSError, match="nowhere"):
        store.to_csv(tmp_path / "nowhere" / "table.csv")
    with store._database.transaction() as execute:
        execute("UPDATE results SET experiment = 'x' WHERE number = 300")
    with pytest.raises(ValueError, match=r"^result \w+: expected an experiment, got"):
        store.to_csv(path)
    assert path.read_bytes() == before
    monkeypatch.setattr(export, "columns_of", lambda pages: ["key"])
    monkeypatch.setattr(os, "replace", lambda *names: (_ for _ in ()).throw(OSError("broken")))
    with pytest.raises(OSError, match="broken"):
        store.to_csv(path)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["sweep", "table.csv"]


def test_a_row_that_comes_while_csv_is_written_has_no_say_in_its_columns(tmp_path, monkeypatch):
    with writing(tmp_path / "sweep") as store:
        store.add([result(SMALL.replace(model=LinearConfig()))])
        found = export.columns_of

        def late(pages):
            names = found(pages)
            store.add(results(1, 70))
            return names

        monkeypatch.setattr(export, "columns_of", late)
        store.to_csv(tmp_path / "table.csv")
        assert len((tmp_path / "table.csv").read_text().splitlines()) == 2
        assert len(store) == 2


def test_csv_is_written_a_page_at_a_time(tmp_path):
    peaks = []
    with writing(tmp_path / "sweep") as store:
        for number in range(2):
            store.add(
                [result(one.experiment, history=history(rows=100), weights=None)
                 for one in results(512 * (1 + number), 512 * number)]
            )  # fmt: skip
            store.to_csv(tmp_path / "warm.csv")
            tracemalloc.start()
            store.to_csv(tmp_path / "table.csv")
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert len(store) == 1536
    assert peaks[1] < peaks[0] + 200_000


def test_parquet_is_written_or_its_package_asked_for(store, tmp_path):
    path = tmp_path / "table.parquet"
    if importlib.util.find_spec("pyarrow") is None:
        with pytest.raises(ValueError, match=r"^parquet: expected .* pip install pyarrow$"):
            store.to_parquet(path)
        assert not path.exists()
        return
    parquet = importlib.import_module("pyarrow.parquet")
    store.to_parquet(path)
    read, columns = parquet.read_table(path).to_pydict(), store.table()
    assert list(read) == list(columns)
    for name, column in columns.items():
        if column.dtype != object:
            np.testing.assert_array_equal(np.array(read[name]), column)
    assert read["model.widths"][300:303] == ["[8]", "[4, 4]", None]


def test_parquet_asks_for_its_package(store, tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ValueError, match=r"^parquet: expected .* pip install pyarrow$"):
        store.to_parquet(tmp_path / "table.parquet")
