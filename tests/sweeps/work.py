"""What tests let workers do instead of, or around, training."""

import contextlib
import functools
import os
import signal
import time
from pathlib import Path

import numpy as np

from reglab import Experiment
from reglab.sweeps import Grid, Result, local_cluster, sweep, versions
from reglab.training import Rows

POISON = 7  # the draw that kills its worker


def at_once(texts, attempt=""):
    """Results without training."""
    return [_made(Experiment.from_json(text)) for text in texts]


def killing(texts, attempt=""):
    """As ``at_once``; the draw ``POISON`` kills the process."""
    if any(Experiment.from_json(text).draw == POISON for text in texts):
        os.kill(os.getpid(), signal.SIGKILL)
    return at_once(texts)


def slow(texts, attempt=""):
    """As ``at_once``, in a tenth of a second each, telling who is at it where it is asked to."""
    folder = os.environ.get("REGLAB_TEST_PIDS")
    if folder:
        (Path(folder) / str(os.getpid())).touch()
    time.sleep(0.1 * len(texts))
    return at_once(texts)


def logged(make, texts, attempt=""):
    """The results that ``make`` has; a log says which draws they are of."""
    results = make(texts)
    with open(os.environ["REGLAB_TEST_LOG"], "a") as log:
        log.writelines(f"{result.experiment.draw}\n" for result in results)
        log.flush()
        os.fsync(log.fileno())
    return results


def drive(grid, folder, log, make, workers, teller):
    """Sweeps a grid as a process of its own, and tells how many are done as it goes on."""
    os.environ["REGLAB_TEST_LOG"] = str(log)
    with local_cluster(workers) if workers else contextlib.nullcontext() as executor:
        sweep(
            Grid.from_json(grid),
            store=folder,
            executor=executor,
            batch=2,
            window=3,
            work=functools.partial(logged, make),
            progress=lambda now: teller.send(now.done),
        )


def _made(experiment: Experiment) -> Result:
    column = np.full(2, experiment.draw % 97 / 100, np.float32)
    history = Rows(np.array([0, experiment.num_steps], np.int32), *[column] * 6)
    return Result(experiment, history, b"x" * 200, seconds=0.001, versions=versions())
