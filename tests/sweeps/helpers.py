"""Results that look like those of training, made at once, and small disks to fill."""

import contextlib
import functools
import os
import resource
import subprocess

import numpy as np
from flax import nnx

from reglab import nn
from reglab.sweeps import Result, versions
from reglab.training import Rows
from tests.small import SMALL

NOBODY = 65534

# A process that writes a store and holds it; the folder is its argument.
HOLD = """
import sys, time
from reglab.sweeps import writing
from tests.sweeps.helpers import results
store = writing(sys.argv[1])
store.add(results(3))
print("held", flush=True)
time.sleep(600)
"""


def experiments(count, start=0):
    """Distinct experiments, at three dropout rates."""
    return [
        SMALL.replace(seed=seed, dropout_rate=0.25 * (seed % 3))
        for seed in range(start, start + count)
    ]


@functools.cache
def weights(seed=0):
    model = nn.MLP(2, (8,), 2, rngs=nnx.Rngs(seed))
    return nn.weights_bytes(model)


def history(seed=0, rows=11):
    rng = np.random.default_rng(seed)
    errors = np.sort(rng.random((3, rows)).astype(np.float32), axis=0)
    low, true, high = errors
    others = rng.random((3, rows)).astype(np.float32)
    return Rows(np.arange(rows, dtype=np.int32) * 8, *others, true, low, high)


def result(experiment, **fields):
    made = {"history": history(experiment.seed), "versions": versions(), **fields}
    return Result(experiment, **({"weights": weights()} if "weights" not in fields else {}), **made)


def results(count, start=0, **fields):
    return [result(experiment, **fields) for experiment in experiments(count, start)]


def failure(experiment, error="ValueError: no"):
    return Result(experiment, None, None, error=error)


def assert_same_rows(one, other):
    assert type(one) is type(other) is Rows
    for first, second in zip(one, other, strict=True):
        assert first.dtype == second.dtype
        np.testing.assert_array_equal(first, second)


def mounted(folder, size="2m"):
    """Whether a disk of its own could be put at a folder."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def fill(folder, leaving=0):
    """Takes all the room of a small disk but for some bytes; ``free`` gives it back."""
    free(folder)
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)) == 4096:
            pass
    size = (folder / "filler").stat().st_size
    os.truncate(folder / "filler", max(size - leaving, 0))


def free(folder):
    (folder / "filler").unlink(missing_ok=True)


@contextlib.contextmanager
def no_growing_file():
    """No file of this process can grow beyond some bytes, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextlib.contextmanager
def without_rights(folder):
    """Nothing in a folder can be written, even where the tests run as root."""
    os.chmod(folder, 0o555)
    user = os.geteuid()
    try:
        if not user:
            os.seteuid(NOBODY)
        yield
    finally:
        os.seteuid(user)
        os.chmod(folder, 0o755)
