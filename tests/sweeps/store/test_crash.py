"""Nothing that was said to be stored is lost, whatever happens to the process."""

import gc
import itertools
import json
import os
import signal
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from reglab.sweeps import open_store, writing
from reglab.sweeps.store import store as store_module
from tests.sweeps.helpers import HOLD, experiments, results


def test_writers_that_are_killed_lose_nothing_that_they_said_was_safe(tmp_path):
    command = [sys.executable, "-W", "ignore", "-m", "tests.sweeps.killed", str(tmp_path / "sweep")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lives) == 20
    said = set()
    for life in lives:
        assert len(life["said"]) >= life["count"]
        said |= {seed for first in life["said"] for seed in range(first, first + 8)}
        assert said <= set(life["seeds"])
        assert len(set(life["seeds"])) == len(life["seeds"])
        assert len(life["seeds"]) % 8 == 0  # whole batches
        done, failed, problems, _ = life["checked"]
        assert (done, failed, problems) == (len(life["seeds"]), 0, [])
    assert sum(life["count"] for life in lives) > 20
    with writing(tmp_path / "sweep") as store:
        assert len(store.missing(experiments(len(lives[-1]["seeds"])))) == 0


def test_the_lock_of_a_killed_writer_is_gone(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(OSError, match=r"^store: .* is being written by another sweep"):
            writing(tmp_path)
        with open_store(tmp_path) as reader:
            assert len(reader) == 3
        other.send_signal(signal.SIGKILL)
        other.wait()
    with writing(tmp_path) as store:
        assert len(store) == 3
        store.add(results(2, 3))
        assert store.check() == (5, 0, (), 0)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_an_interrupted_batch_leaves_the_store_as_it_was(tmp_path, monkeypatch, fault, place):
    with writing(tmp_path) as store:
        store.add(results(3))
        calls = itertools.count()
        real = getattr(os, place)

        def broken(*arguments):
            if next(calls) == 2:
                raise fault("stop")
            return real(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(os, place, broken)
            with pytest.raises(fault, match="stop"):
                store.add(results(5, 3))
        found = store.check()
        assert found[:3] == (3, 0, ())
        assert found.orphans <= 2
        store.add(results(5, 3))
        assert store.check() == (8, 0, (), 0)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_a_batch_that_stops_half_way_into_the_file_is_not_in_it(tmp_path, monkeypatch, fault):
    with writing(tmp_path) as store:
        store.add(results(3))
        calls, real = itertools.count(), store_module._insert

        def broken(*arguments):
            if next(calls) == 2:
                raise fault("stop")
            real(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(store_module, "_insert", broken)
            with pytest.raises(fault, match="stop"):
                store.add(results(5, 3))
        assert store.check() == (3, 0, (), 5)
        store.add(results(5, 3))
        assert store.check() == (8, 0, (), 0)
        assert [run.number for run in store.runs()] == list(range(1, 9))


def test_threads_may_add_the_same_results(tmp_path):
    with writing(tmp_path) as store, ThreadPoolExecutor(4) as pool:
        for _ in pool.map(store.add, [results(10, 5 * (n % 6)) for n in range(24)]):
            pass
        assert store.check() == (35, 0, (), 0)
        assert [run.number for run in store.runs()] == list(range(1, 36))


@pytest.mark.slow
def test_memory_does_not_grow_with_what_is_stored(tmp_path):
    held, peaks = [], []
    with writing(tmp_path) as store:
        tracemalloc.start()
        for batch in range(40):
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            store.add(results(100, 100 * batch, weights=None))
            peaks.append(tracemalloc.get_traced_memory()[1] - before)
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(store) == 4_000
    assert held[-1] < held[9] + 3_000 * sys.getsizeof(object())
    assert max(peaks[20:]) < 1.1 * max(peaks[:10])
