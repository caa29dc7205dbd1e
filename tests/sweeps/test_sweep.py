"""Sweeps without a cluster: what is trained, stored, tried again, and told."""

import errno
import gc
import os
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from reglab import LinearConfig, MLPConfig, fit
from reglab.sweeps import Grid, open_store, sweep
from tests import small
from tests.sweeps import work

SMALL = small.SMALL.replace(num_steps=24)
GRID = Grid(SMALL, product={"dropout_rate": [0, 0.5], "draw": [0, 1, 2]})


def counting(done):
    """Makes results, and counts them."""

    def train(texts, attempt=""):
        done.append(len(texts))
        return work.at_once(texts)

    return train


def test_every_experiment_is_trained_and_stored_as_it_is_alone(tmp_path):
    seen = []
    with sweep(GRID, store=tmp_path / "s", progress=seen.append, batch=2) as store:
        assert len(store) == len(GRID)
        assert store.check() == (6, 0, (), 0)
        for experiment in GRID:
            found, alone = store[experiment], fit(experiment)
            for ours, theirs in zip(found.history, alone.history, strict=True):
                np.testing.assert_allclose(ours, theirs, atol=1e-5)
            x = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
            ours, theirs = found.hypothesis()(x), alone.hypotheses[-1](x)
            np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert [now.done for now in seen] == [0, 2, 4, 6]
    assert {now.total for now in seen} == {6}


def test_the_same_call_again_trains_nothing_and_a_larger_grid_the_rest(tmp_path):
    done = []
    sweep(GRID, store=tmp_path, work=counting(done)).close()
    assert sum(done) == 6
    sweep(GRID, store=tmp_path, work=counting(done)).close()
    assert sum(done) == 6
    seen = []
    larger = Grid(SMALL, product={"dropout_rate": [0, 0.5], "draw": range(5)})
    sweep(larger, store=tmp_path, work=counting(done), progress=seen.append).close()
    assert sum(done) == 10
    assert (seen[0].done, seen[0].known, seen[-1].done) == (6, 6, 10)


def test_the_store_knows_how_many_results_its_sweep_is_to_give(tmp_path):
    expected = []

    def look(now):
        with open_store(tmp_path) as store:
            expected.append((store.num_expected, len(store)))

    few = Grid(SMALL, product={"dropout_rate": [0, 0.5], "draw": [7]})
    sweep(few, store=tmp_path, progress=look, work=work.at_once).close()
    assert expected == [(2, 0), (2, 2)]
    sweep(GRID, store=tmp_path, progress=look, should_stop=lambda: True).close()
    assert expected[2:] == [(8, 2)]  # those of another grid stay
    sweep(GRID, store=tmp_path, progress=look, batch=6, work=work.at_once).close()
    assert expected[3:] == [(8, 2), (8, 8)]


@pytest.mark.slow
def test_models_of_all_kinds_are_batched_by_what_compiles(tmp_path):
    grid = Grid(
        SMALL,
        product={"model": [MLPConfig((4,)), LinearConfig()], "draw": [0, 1], "num_steps": [8, 12]},
    )
    sizes = []
    with sweep(grid, store=tmp_path, work=counting(sizes), batch=8) as store:
        assert sizes == [2, 2, 2, 2]
        assert sorted(store.table("model.kind")["model.kind"]) == ["linear"] * 4 + ["mlp"] * 4


def test_without_a_folder_the_results_live_as_long_as_the_store():
    store = sweep(GRID[:2], work=work.at_once)
    folder = store.folder
    assert len(store) == 2
    assert folder.is_dir()
    del store
    gc.collect()
    assert not folder.exists()


def test_equal_experiments_are_trained_once(tmp_path):
    done = []
    sweep([SMALL, SMALL, SMALL.replace(draw=1)], store=tmp_path, work=counting(done)).close()
    assert sum(done) == 2


def test_an_error_is_its_members_alone(tmp_path, monkeypatch):
    from reglab.sweeps import work as ours

    def failing(experiments):
        if any(experiment.draw == 1 for experiment in experiments):
            raise MemoryError("no room\nat all")
        return list(real(experiments))

    real = ours.train_in_pieces
    monkeypatch.setattr(ours, "train_in_pieces", failing)
    with sweep(GRID, store=tmp_path) as store:
        assert (store.num_done, store.num_failed) == (4, 2)
        told = list(store.failed())
    assert [(e.draw, reason) for e, reason in told] == [(1, "MemoryError: no room")] * 2
    done = []
    sweep(GRID, store=tmp_path, work=counting(done)).close()
    assert not done
    monkeypatch.setattr(ours, "train_in_pieces", real)
    with sweep(GRID, store=tmp_path, retry_failed=True) as store:
        assert (store.num_done, store.num_failed) == (6, 0)


def test_cancel_between_tasks_keeps_what_is_done(tmp_path):
    cancel = threading.Event()

    def progress(now):
        if now.done >= 2:
            cancel.set()

    options = {"batch": 1, "work": work.at_once}
    with sweep(
        GRID, store=tmp_path, progress=progress, should_stop=cancel.is_set, **options
    ) as store:
        assert len(store) == 2
    with sweep(GRID, store=tmp_path, **options) as store:
        assert len(store) == 6


class Slow(Executor):
    """Finishes the oldest task once ``full`` of them are under way, or ``total`` have come."""

    def __init__(self, full=1, total=0, fails=()):
        self.most, self._flight, self._came = 0, [], 0
        self._full, self._total, self._fails = full, total, fails

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self._flight.append((future, fn, args))
        self._came += 1
        self.most = max(self.most, len(self._flight))
        is_last = self._came == self._total
        for _ in range(len(self._flight) if is_last else len(self._flight) >= self._full):
            threading.Timer(0.001, self._finish).start()
        return future

    def _finish(self):
        future, fn, args = self._flight.pop(0)
        if not future.set_running_or_notify_cancel():
            return
        if any(fails in text for text in args[0] for fails in self._fails):
            future.set_exception(KilledWorker("worker"))
        else:
            future.set_result(fn(*args))


class KilledWorker(Exception):  # noqa: N818, the name that distributed gives it
    pass


def test_no_more_tasks_than_the_window_are_under_way(tmp_path):
    executor = Slow(full=3, total=40)
    grid = Grid(SMALL, product={"draw": range(40)})
    with sweep(
        grid, executor=executor, store=tmp_path, batch=1, window=3, work=work.at_once
    ) as store:
        assert len(store) == 40
    assert executor.most == 3


def test_a_member_that_loses_its_worker_alone_is_to_blame_and_no_other(tmp_path):
    executor = Slow(fails=['"draw": 7,'])
    grid = Grid(SMALL, product={"draw": range(20)})
    with sweep(
        grid, executor=executor, store=tmp_path, batch=5, window=2, work=work.at_once
    ) as store:
        assert store.num_done == 19
        ((experiment, reason),) = store.failed()
    assert experiment.draw == 7
    assert "its worker died" in reason


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_do_as_well(tmp_path, workers):
    with (
        ThreadPoolExecutor(workers) as executor,
        sweep(GRID, executor=executor, store=tmp_path, batch=2) as store,
    ):
        assert store.check() == (6, 0, (), 0)


class Broken(Executor):
    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_exception(BrokenExecutor("a child process terminated abruptly"))
        return future


def test_an_executor_that_broke_is_told_and_what_was_stored_stays(tmp_path):
    sweep(GRID[:2], store=tmp_path, work=work.at_once).close()
    with pytest.raises(
        OSError, match=r"executor: expected one that takes tasks.*abruptly.*2 resul"
    ):
        sweep(GRID, executor=Broken(), store=tmp_path)
    with open_store(tmp_path) as store:
        assert len(store) == 2


def test_a_full_disk_ends_the_sweep_and_the_next_one_goes_on(tmp_path, monkeypatch):
    real, calls = os.fsync, []

    def full(handle):
        calls.append(handle)
        if len(calls) > 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle)

    options = {"store": tmp_path, "batch": 1, "work": work.at_once}
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"store: the disk is full; \d+ results are safe") as told:
            sweep(GRID, **options)
    assert told.value.errno == errno.ENOSPC
    with open_store(tmp_path) as store:
        before = len(store)
        assert before < 6
        assert not store.check().problems
    with sweep(GRID, **options) as store:
        assert store.check() == (6, 0, (), 0)


@pytest.mark.parametrize(
    ("grid", "options", "message"),
    [
        ([], {}, "grid: expected at least one experiment, got none"),
        ([3], {}, "experiment 1: expected an Experiment, got 3"),
        (
            [SMALL, SMALL.replace(distribution="digits", model=LinearConfig(), label_noise=0.95)],
            {},
            "experiment 2: label_noise",
        ),
        (GRID, {"batch": 0}, "batch: expected a whole number of at least 1, got 0"),
        (GRID, {"window": True}, "window: expected a whole number of at least 1, got True"),
        (GRID, {"progress": 3}, "progress: expected true, false or a function, got 3"),
    ],
)
def test_errors_at_the_boundary(tmp_path, grid, options, message):
    def never(*args):
        raise AssertionError

    with pytest.raises(ValueError, match=message):
        sweep(grid, store=tmp_path / "s", work=never, **options)


def test_two_sweeps_cannot_write_one_store(tmp_path):
    seen = []

    def progress(now):
        if not seen:
            with pytest.raises(OSError, match="is being written by another sweep"):
                sweep(GRID, store=tmp_path, work=work.at_once)
            seen.append(now)

    sweep(GRID, store=tmp_path, work=work.at_once, progress=progress).close()
    assert seen
