"""Writers that are killed: run as ``python -m tests.sweeps.killed FOLDER``, prints JSON lines.

One process forks all writers, so that what takes long, the imports, happens once.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from safetensors.numpy import save

from reglab.sweeps import open_store, writing
from reglab.sweeps.database import NAME
from tests.sweeps.helpers import experiments, history, result

KILLS, BATCH = 20, 8


def write(folder, start, out):
    """Adds batches and says, after each, the seeds that are safe."""
    with writing(folder) as store, os.fdopen(out, "w") as pipe:
        for first in range(start, start + 10_000, BATCH):
            batch = experiments(BATCH, first)
            store.add(
                [result(one, weights=save({"x": history(one.seed).true_error})) for one in batch]
            )
            pipe.write(f"{first}\n")
            pipe.flush()


def killed(folder, start, seconds):
    """Forks a writer and kills it; returns the last batch that it said was safe, or None."""
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        os.close(readable)
        write(folder, start, writable)
        os._exit(0)
    os.close(writable)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(readable) as pipe:
        said = pipe.read().split("\n")[:-1]  # the last line may be half a line
    return [int(line) for line in said]


def main(folder):
    start = 0
    for seed in range(KILLS):
        said = killed(folder, start, random.Random(seed).uniform(0.0, 0.25))
        found = {"said": said, "seeds": [], "checked": [0, 0, [], 0]}
        if (Path(folder) / NAME).is_file():
            try:
                with open_store(folder) as store:
                    found["seeds"] = store.table("seed")["seed"].tolist()
                    found["checked"] = store.check()
            except FileNotFoundError as error:  # killed before there was a store
                found["empty"] = str(error)
        print(json.dumps(found), flush=True)
        start = max(found["seeds"], default=-1) + 1


if __name__ == "__main__":
    main(sys.argv[1])
