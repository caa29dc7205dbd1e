"""The store: what is written is what is read, by whom, and in which order."""

import math

import numpy as np
import pytest

from reglab import Experiment, MLPConfig, fit, nn
from reglab.mitchell import find_witness, frequencies, pool_of
from reglab.sweeps import Result, key_of, open_store, versions, writing
from reglab.training import Rows
from tests.small import SMALL
from tests.sweeps.helpers import (
    assert_same_rows,
    experiments,
    failure,
    history,
    result,
    results,
    weights,
)

MOVED = SMALL.replace(changes=((24, "noise", 0.1), (40, "label_noise", 0.1), (80, "noise", 0.3)))


@pytest.fixture
def store(tmp_path):
    with writing(tmp_path / "sweep") as made:
        yield made


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Runs, and the folder of a store with their results."""
    folder = tmp_path_factory.mktemp("trained")
    runs = [fit(one) for one in (SMALL, SMALL.replace(dropout_rate=0.5), MOVED)]
    with writing(folder) as store:
        for run in runs:
            rows = Rows(*map(np.asarray, run.history))
            store.add([Result(run.experiment, rows, nn.weights_bytes(run.hypotheses[-1]))])
    return runs, folder


def test_what_was_added_is_read_back(store):
    added = results(3, seconds=1.5)
    store.add(added)
    for one in added:
        found = store[one.experiment]
        assert found.experiment == one.experiment
        assert_same_rows(found.history, one.history)
        assert (found.diverged, found.seconds, found.versions) == (False, 1.5, versions())
        assert found.weights.read_bytes() == one.weights
        assert found.key == key_of(one.experiment)
        assert store[found.key].experiment == one.experiment
    assert list(store) == list(store.keys()) == [key_of(one.experiment) for one in added]
    assert (len(store), store.num_done, store.num_failed) == (3, 3, 0)


def test_a_stored_result_stands_for_its_run(trained):
    runs, folder = trained
    x = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    with open_store(folder) as store:
        found = list(store.runs())
    for run, one in zip(runs, found, strict=True):
        assert one.distribution == run.distribution
        assert one.name == run.name
        assert_same_rows(one.history, Rows(*map(np.asarray, run.history)))
        np.testing.assert_array_equal(one.hypothesis()(x), run.hypotheses[-1](x))
        np.testing.assert_array_equal(one.hypotheses[-1](x), run.hypotheses[-1](x))
        assert (len(one.hypotheses), one.data_key) == (len(run.hypotheses), run.data_key)
    assert MOVED.hyper_at(80).noise == found[2].distribution.noise == 0.3
    pools = [pool_of(group[:2])[0] for group in (runs, found)]
    np.testing.assert_array_equal(pools[0].true_error, pools[1].true_error)
    assert list(pools[0].names) == list(pools[1].names)
    counts = [frequencies(group[:2], scope="run") for group in (runs, found)]
    np.testing.assert_array_equal(counts[0].num_overfit, counts[1].num_overfit)
    assert find_witness(*runs[:2]).verdict.name


def test_a_history_without_numbers_and_without_rows(store):
    bad = history()._replace(true_error=np.array([0.5] * 10 + [np.nan], np.float32))
    bad = bad._replace(train_loss=np.array([np.inf] * 11, np.float32))
    none = Rows(np.zeros(0, np.int32), *[np.zeros(0, np.float32)] * 6)
    first, second, third = experiments(3)
    store.add([result(first, history=bad, diverged=True, seconds=math.nan)])
    store.add([result(second, history=none, weights=None, diverged=True), result(third)])
    assert_same_rows(store[first].history, bad)
    assert_same_rows(store[second].history, none)
    assert store[first].diverged
    assert math.isnan(store[first].seconds)
    columns = store.table("true_error", "train_loss", "step", "diverged")
    np.testing.assert_array_equal(np.isnan(columns["true_error"]), [True, True, False])
    np.testing.assert_array_equal(columns["train_loss"][:2], [np.inf, np.nan])
    np.testing.assert_array_equal(columns["step"], [80, np.nan, 80])
    np.testing.assert_array_equal(columns["diverged"], [True, True, False])
    assert store[second].distribution.noise == second.hyper.noise
    with pytest.raises(ValueError, match=r"^result \w+: expected weights, got a run without a hyp"):
        store[second].hypothesis()
    assert store.check().problems == ()


def test_a_result_that_is_done_stays_and_one_that_failed_does_not(store):
    one, other = experiments(2)
    store.add([failure(one), result(other)])
    assert (len(store), store.num_failed) == (1, 1)
    assert one not in store
    with pytest.raises(KeyError, match=r"got an error for \w+: ValueError: no"):
        store[one]
    store.add([failure(one, "out\nof memory"), failure(other)])
    assert list(store.failed()) == [(one, "out of memory")]
    store.add([result(one, history=history(5)), result(other, history=history(6), weights=b"x")])
    assert list(store.failed()) == []
    assert_same_rows(store[one].history, history(5))
    assert_same_rows(store[other].history, history(other.seed))
    assert store[other].weights.read_bytes() == weights()
    assert list(store.keys()) == [key_of(other), key_of(one)]


@pytest.mark.parametrize("order", [1, -1])
def test_of_one_experiment_twice_in_a_batch_the_first_that_is_done_stays(store, order):
    (one,) = experiments(1)
    twice = [failure(one), result(one, history=history(5))][::order]
    store.add([*twice, result(one)])
    assert (len(store), store.num_failed) == (1, 0)
    assert_same_rows(store[one].history, history(5))
    assert store.check().problems == ()


def test_missing_are_those_without_a_row(store):
    wanted = experiments(2500)
    store.add([result(one, weights=None) for one in wanted[100:1300:2]])
    store.add([failure(wanted[2400])])
    gone = {*wanted[100:1300:2], wanted[2400]}
    assert store.missing(iter(wanted)) == [one for one in wanted if one not in gone]
    assert store.missing([]) == []
    assert store.forget_failed() == 1
    assert store.forget_failed() == 0
    assert store.missing(wanted[2399:2402]) == wanted[2399:2402]
    assert len(store) == 600


def test_runs_are_filtered_by_fields(store):
    added = results(30)
    wide = SMALL.replace(model=MLPConfig(widths=(9, 9)), seed=3)
    store.add([*added, result(wide)])

    def seeds(**where):
        return [run.experiment.seed for run in store.runs(**where)]

    assert seeds() == [*range(30), 3]
    assert seeds(dropout_rate=0.5) == list(range(2, 30, 3))
    assert seeds(dropout_rate=[0, 0.5], seed=range(1, 4)) == [2, 3, 3]
    assert seeds(dropout_rate=np.array([0.25, 0.5]), seed={1, 2, 3}) == [1, 2]
    assert seeds(model=MLPConfig(widths=(9, 9))) == [3]
    assert seeds(**{"model.widths": (9, 9)}) == [3]
    assert seeds(**{"model.widths": [(9, 9), (8,)], "seed": 3}) == [3, 3]
    assert seeds(**{"hyper.dropout_rate": 0.25, "seed": [1, 2]}) == [1]
    assert seeds(distribution="xor") == []
    assert seeds(key=key_of(wide)) == [3]
    assert seeds(hyper=wide.hyper, seed=3) == [3, 3]


def test_runs_go_on_after_a_number(store):
    store.add(results(5))
    seen = list(store.runs())
    store.add([failure(experiments(1, 50)[0]), *results(2, 5)])
    store.forget_failed()
    assert [run.experiment.seed for run in store.runs(seen[-1].number)] == [5, 6]
    last = max(run.number for run in store.runs())
    store.add(results(1, 7))
    assert [run.experiment.seed for run in store.runs(last, dropout_rate=0.25)] == [7]


def test_numbers_are_never_given_twice(store):
    store.add([result(one) for one in experiments(2)])
    last = max(run.number for run in store.runs())
    store.add([failure(one) for one in experiments(3, 10)])
    store.forget_failed()
    store.add(results(1, 20))
    assert max(run.number for run in store.runs()) == last + 4


@pytest.mark.parametrize(
    "name", ["sede", "model.width", "hyper.seed", "experiment.l2", "", "widths"]
)
def test_unknown_fields_are_refused_before_anything_is_read(store, name):
    expected = rf"expected a field such as seed, dropout_rate, .*, got '{name}'"
    with pytest.raises(ValueError, match=f"^where: {expected}"):
        store.runs(**{name: 1})
    with pytest.raises(ValueError, match=f"^table: {expected}"):
        store.table(name)


BAD = {
    "no result": ("text", "result: expected a Result"),
    "no experiment": (result(SMALL)._replace(experiment={}), "experiment: expected an Exp"),
    "neither": (Result(SMALL, None, None), "result: expected a history or an error, got neither"),
    "both": (result(SMALL, error="no"), "result: expected a history or an error, got both"),
    "weights of nothing": (Result(SMALL, None, b"", error="no"), "weights: expected the bytes"),
    "weights of another kind": (result(SMALL, weights="text"), "weights: expected the bytes"),
    "unequal arrays": (
        result(SMALL, history=history()._replace(step=np.arange(3))),
        "history: expected arrays of one equal length, got shapes",
    ),
    "no rows": (result(SMALL, history=tuple(history())), "history: expected Rows, got tuple"),
    "versions": (result(SMALL, versions=(("numpy", "2"),)), "versions: expected those of flax"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_result_keeps_its_batch_out(store, name):
    wrong, said = BAD[name]
    with pytest.raises(ValueError, match=f"^{said}"):
        store.add([*results(2), wrong])
    assert len(store) == 0
    assert list(store.folder.rglob("*.safetensors")) == []


def test_an_unknown_result_is_named(store):
    with pytest.raises(KeyError, match=rf"in .*, got none for {key_of(SMALL)}"):
        store[SMALL]
    with pytest.raises(ValueError, match=r"^experiment: expected an Experiment, got 3"):
        store[3]


def test_experiments_of_an_older_version_take_its_defaults(store):
    store.add([result(Experiment(seed=4))])
    with store._database.transaction() as execute:
        execute('UPDATE results SET experiment = \'{"seed":4,"hyper":{},"model":{}}\'')
    assert next(store.runs(seed=4)).experiment == Experiment(seed=4)
    assert store.table("l2", "draw", "optimizer")["optimizer"].tolist() == ["adam"]
