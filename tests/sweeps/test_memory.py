"""What a sweep holds in memory while it goes on for long."""

import gc
import sys
import tracemalloc

import pytest

from reglab import Grid
from reglab.sweeps import sweep
from tests.small import SMALL
from tests.sweeps import work

COUNTS = (1_024, 2_048, 4_096)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_members_done(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "intern", str)  # of paths; Python doubles its table now and then
    grid = Grid(SMALL, product={"draw": range(COUNTS[-1])})
    peaks = {}

    def measure(now):
        if now.done in COUNTS:
            peaks[now.done] = tracemalloc.get_traced_memory()[1]
            gc.collect()
            tracemalloc.reset_peak()

    tracemalloc.start(1)
    try:
        with sweep(grid, store=tmp_path, progress=measure, batch=256, work=work.at_once) as store:
            assert len(store) == COUNTS[-1]
    finally:
        tracemalloc.stop()
    _, middle, last = COUNTS
    assert peaks[last] < peaks[middle] + 244 * (last - middle)  # bytes; a result takes thousands
