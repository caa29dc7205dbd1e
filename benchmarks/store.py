"""The store of a sweep: results a second, and bytes a result.

    python benchmarks/store.py [--members 6400] [--batch 32] [--rows 31] [--widths 32 32]

Adds made-up results of the given size to a store in a temporary folder, as the driver of a sweep
does, then reads them in every way there is.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from flax import nnx

from reglab import Experiment, nn
from reglab.sweeps import Result, open_store, versions, writing
from reglab.training import Rows


def members(count, rows, widths):
    """Results with histories of random numbers."""
    weights = nn.weights_bytes(nn.MLP(2, widths, 2, rngs=nnx.Rngs(0)))
    base, rng = Experiment(), np.random.default_rng(0)
    for seed in range(count):
        columns = rng.random((6, rows), np.float32)
        history = Rows(np.arange(rows, dtype=np.int32), *columns)
        experiment = base.replace(seed=seed, dropout_rate=0.1 * (seed % 6))
        yield Result(experiment, history, weights, versions=versions())


def timed(name, count, work):
    """Prints how long some work takes, and for how many results."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    print(f"{name:28} {seconds:8.3f} s {count / seconds:10,.0f} results a second")


def size(folder):
    """Bytes of the files in a folder, and of the disk that they take."""
    found = [path.stat() for path in Path(folder).rglob("*") if path.is_file()]
    return sum(one.st_size for one in found), sum(512 * one.st_blocks for one in found)


def main():
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=6400)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rows", type=int, default=31)
    parser.add_argument("--widths", type=int, nargs="*", default=[32, 32])
    given = parser.parse_args()
    count = given.members
    made = list(members(count, given.rows, tuple(given.widths)))
    batches = [made[i : i + given.batch] for i in range(0, count, given.batch)]
    with tempfile.TemporaryDirectory() as folder:
        with writing(folder) as store:
            timed(f"add, batches of {given.batch}", count, lambda: [*map(store.add, batches)])
            timed("missing", count, lambda: store.missing(one.experiment for one in made))
        used, taken = size(folder)
        print(f"bytes a result: {used / count:,.0f} in files, {taken / count:,.0f} of the disk")
        with open_store(folder) as store:
            timed("runs", count, lambda: sum(1 for _ in store.runs()))
            timed("runs of one value in six", count, lambda: [*store.runs(dropout_rate=0.5)])
            timed("two columns", count, lambda: store.table("dropout_rate", "true_error"))
            timed("CSV", count, lambda: store.to_csv(Path(folder) / "table.csv"))
            timed("check", count, store.check)
            timed("len, once", 1, lambda: len(store))


if __name__ == "__main__":
    main()
