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

from reglab.sweeps import open_store, versions, writing
from reglab.sweeps.store.database import NAME
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


def killed(folder, start, count, seconds):
    """Forks a writer and kills it, some time after ``count`` batches; returns those it said."""
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        os.close(readable)
        write(folder, start, writable)
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        said = [pipe.readline() for _ in range(count)]
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said += pipe.readlines()
    return [int(line) for line in said if line.endswith("\n")]  # the last may be half a line


def main(folder):
    start = 0
    versions()  # takes a while, once
    for seed in range(KILLS):
        moment = random.Random(seed)
        count, seconds = moment.randrange(5), moment.uniform(0.0, 0.05)
        said = killed(folder, start, count, seconds)
        found = {"count": count, "said": said, "seeds": [], "checked": [0, 0, [], 0]}
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
