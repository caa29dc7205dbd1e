"""What tests let workers do instead of, or around, training."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from reglab import Experiment
from reglab.sweeps import Result, versions
from reglab.sweeps.work import train_batch
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


def logged(texts, attempt=""):
    """Trains, and writes which draws were trained to a log."""
    results = train_batch(texts)
    with open(os.environ["REGLAB_TEST_LOG"], "a") as log:
        log.writelines(f"{result.experiment.draw}\n" for result in results)
        log.flush()
        os.fsync(log.fileno())
    return results


def _made(experiment: Experiment) -> Result:
    column = np.full(2, experiment.draw % 97 / 100, np.float32)
    history = Rows(np.array([0, experiment.num_steps], np.int32), *[column] * 6)
    return Result(experiment, history, b"x" * 200, seconds=0.001, versions=versions())
