"""What a worker does: trains a batch of experiments and hands back plain data."""

import time
from collections.abc import Sequence

import numpy as np

from reglab.config import Experiment
from reglab.nn.weights import weights_bytes
from reglab.sweeps.result import Result, versions
from reglab.training import Run, train_in_pieces
from reglab.words import line_of


def train_batch(texts: Sequence[str], attempt: str = "") -> list[Result]:
    """Trains experiments that share their static configuration, given as JSON; one result each.

    An error that one member raises is that member's alone: it is trained by itself, as are all
    others of its batch.

    Args:
        texts: as ``Experiment.to_json`` writes them.
        attempt: has no effect but to tell one try of a batch from another: schedulers take equal
            calls for one.
    """
    experiments = [Experiment.from_json(text) for text in texts]
    try:
        return _trained(experiments)
    except Exception as error:  # of any kind: one member must not cost the others
        if len(experiments) > 1:
            return [result for text in texts for result in train_batch([text])]
        return [failed(experiments[0], _line(error))]


def failed(experiment: Experiment, reason: str) -> Result:
    """The result of an experiment that could not be trained."""
    return Result(experiment, None, None, error=reason, versions=versions())


def _trained(experiments: Sequence[Experiment]) -> list[Result]:
    started, results = time.monotonic(), {}
    for runs in train_in_pieces(experiments):
        seconds = (time.monotonic() - started) / len(runs)
        results |= {index: _result(run, seconds) for index, run in runs.items()}
        started = time.monotonic()
    return [results[index] for index in range(len(experiments))]


def _result(run: Run, seconds: float) -> Result:
    history = type(run.history)(*(np.array(column) for column in run.history))
    weights = weights_bytes(run.hypotheses[-1]) if len(run.hypotheses) else None
    return Result(
        run.experiment, history, weights, run.diverged, seconds=seconds, versions=versions()
    )


def _line(error: Exception) -> str:
    said = line_of(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
