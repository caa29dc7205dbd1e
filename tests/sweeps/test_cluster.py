"""Sweeps over workers of dask.distributed: deaths of workers, of members and of the driver."""

import contextlib
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from reglab import MLPConfig, fit
from reglab.sweeps import Grid, joined, local_cluster, open_store, sweep
from reglab.sweeps.work import train_batch
from tests import small
from tests.sweeps import work

SMALL = small.SMALL.replace(num_steps=24, batch_size=20, model=MLPConfig((4,)))
GRID = Grid(SMALL, product={"draw": range(40)})
KILLS = 20
REGLAB = Path(sys.executable).with_name("reglab")


@pytest.fixture(scope="module")
def cluster():
    with local_cluster(2) as executor:
        yield executor


@pytest.mark.slow
def test_workers_train_what_this_process_does(cluster, tmp_path):
    with sweep(GRID[:6], executor=cluster, store=tmp_path, batch=2) as store:
        assert store.check() == (6, 0, (), 0)
        for experiment in GRID[:6]:
            for ours, theirs in zip(
                store[experiment].history, fit(experiment).history, strict=True
            ):
                np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_no_result(cluster, tmp_path, monkeypatch):
    pids = set(cluster._client.run(os.getpid).values())
    assert len(pids) == 2
    threading.Timer(1.0, os.kill, (pids.pop(), signal.SIGKILL)).start()
    with sweep(GRID, executor=cluster, store=tmp_path, batch=2, work=work.slow) as store:
        assert store.check() == (40, 0, (), 0)


@pytest.mark.slow
def test_a_member_that_kills_its_worker_is_failed_and_the_others_finish(cluster, tmp_path):
    grid = Grid(SMALL, product={"draw": range(12)})
    with sweep(grid, executor=cluster, store=tmp_path, batch=3, work=work.killing) as store:
        ((experiment, reason),) = store.failed()
        assert store.num_done == 11
    assert experiment.draw == work.POISON
    assert "its worker died" in reason


@pytest.mark.slow
def test_a_scheduler_that_runs_already_is_joined(cluster, tmp_path):
    address = cluster._client.scheduler.address
    with joined(address) as executor, sweep(GRID[:3], executor=executor, store=tmp_path) as store:
        assert len(store) == 3


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.3:8786", "10.0.0.3:8786", "ws://127.0.0.1:1", "nowhere", "tcp://h:1"]
)
def test_a_scheduler_that_strangers_can_speak_to_is_refused(address):
    with (
        pytest.raises(ValueError, match="scheduler: expected an address on this machine"),
        joined(address),
    ):
        pass


@pytest.mark.parametrize("workers", [0, -1, 1.5])
def test_a_cluster_needs_workers(workers):
    with pytest.raises(ValueError, match="workers: expected"), local_cluster(workers):
        pass


@pytest.mark.slow
def test_a_driver_that_is_killed_at_any_moment_loses_nothing(tmp_path):
    """Twenty times; two of every five drivers train, one of them with two workers of dask."""
    folder, log = tmp_path / "store", tmp_path / "log"
    log.touch()
    grid = Grid(SMALL, product={"draw": range(2000)})
    moments, acknowledged = random.Random(0), set()

    for number in range(KILLS):
        before = len(_lines(log))
        told = _killed((grid.to_json(), folder, log), number, moments.uniform(0.0, 0.6))
        trained = _lines(log)[before:]
        assert not acknowledged & set(trained)  # what was stored is not trained again
        with open_store(folder) as store:
            assert not store.check().problems
            keys = Counter(store.keys())
            assert max(keys.values(), default=1) == 1
            stored = set(store.table("draw")["draw"].tolist())
        assert acknowledged <= stored
        assert len(stored) >= told  # what was told is there
        acknowledged = stored

    assert 0 < len(acknowledged) < len(grid)
    with sweep(grid, store=folder, work=work.at_once) as store:
        assert store.check()[:3] == (len(grid), 0, ())
        assert sorted(store.table("draw")["draw"]) == list(range(len(grid)))


def _killed(given, number, moment):
    """Starts a driver and kills it a moment after its first result; returns the last it told."""
    processes = multiprocessing.get_context("forkserver")  # of one that has imported all
    processes.set_forkserver_preload([work.__name__])
    told, teller = processes.Pipe(duplex=False)
    make, workers = (train_batch if number % 5 > 2 else work.at_once), 2 if number % 5 == 4 else 0
    driver = processes.Process(target=work.drive, args=(*given, make, workers, teller))
    driver.start()
    teller.close()
    counts = [told.recv()]  # what the store held at the start
    if number % 4 != 3:
        counts.append(told.recv())
    time.sleep(moment)
    driver.kill()
    with told, contextlib.suppress(EOFError):
        while True:
            counts.append(told.recv())
    driver.join()
    return counts[-1]


def _lines(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()]


@pytest.mark.slow
def test_the_command_runs_on_workers_and_goes_on(tmp_path):
    file, folder = tmp_path / "grid.json", tmp_path / "store"
    file.write_text(Grid(SMALL, product={"draw": range(4)}).to_json())
    command = [str(REGLAB), "sweep", str(file), "--store", str(folder)]
    for workers in ("1", "0"):
        done = subprocess.run([*command, "--workers", workers], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == "done 4 failed 0"
    assert json.loads(file.read_text())["product"]
