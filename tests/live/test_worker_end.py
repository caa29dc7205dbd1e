"""How a worker ends, and that two of them have nothing to do with each other."""

import subprocess
import sys
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from tests.live.toy import SECONDS, held, settled, started


def test_close_carries_out_what_waits_but_for_what_nobody_would_take(toy):
    worker = held(toy)
    worker.post(toy.add, 1)
    by_the_way = worker.do(lambda: 2)
    worker.close(timeout=0.01)
    assert worker.is_closing
    assert worker.waits_for(toy.begin)  # whatever runs is to stop
    for call in (worker.post, worker.post_latest):
        with pytest.raises(RuntimeError, match=r"^this session is closed: make a new one$"):
            call(toy.add, 3)
    with pytest.raises(RuntimeError, match="this session is closed"):
        worker.do(lambda: 4)
    worker.tell(toy.add, 5)
    toy.gate.set()
    worker.close(SECONDS)
    assert (toy.done, toy.is_closed) == ([1], True)
    with pytest.raises(CancelledError):
        by_the_way.result(0)
    assert worker.wait(0)


def test_close_in_the_middle_of_work_ends_it():
    toy = started(work=10**9)
    toy.worker.close(SECONDS)
    assert toy.is_closed
    assert toy.work > 0
    toy.worker.close(SECONDS)


def test_a_worker_can_be_closed_from_its_own_thread():
    toy = started()
    toy.worker.post(toy.worker.close)
    toy.worker.thread.join(SECONDS)
    assert toy.is_closed
    toy.worker.close(SECONDS)


def test_two_workers_do_not_wait_for_each_other(toy):
    held(toy)
    other = started()
    try:
        other.worker.post(other.add, 1)
        assert settled(other) == [1]
        assert toy.done == []
    finally:
        other.worker.close(SECONDS)


EXIT = """
from tests.live.toy import started
busy, held = started(work=10**12), started()
def until_the_end():
    while not held.worker.waits_for():
        pass
held.worker.post(until_the_end)
print("leaving", flush=True)
"""


def test_a_process_with_busy_workers_ends():
    ended = subprocess.run(
        [sys.executable, "-c", EXIT],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ended.returncode, ended.stdout) == (0, "leaving\n"), ended.stderr
