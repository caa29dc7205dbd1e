"""Runs as training hands them over, without training."""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from reglab import distributions
from reglab.config import Experiment


class Rows(NamedTuple):
    step: np.ndarray
    train_loss: np.ndarray
    penalty: np.ndarray
    train_error: np.ndarray
    true_error: np.ndarray
    true_low: np.ndarray
    true_high: np.ndarray


def fake_run(wrong, true, *, half=0.0, num_train=60, every=6, name=None, **fields):
    """A run with a row every ``every`` steps: training examples wrong, and true errors."""
    true, zeros = np.asarray(true, np.float32), np.zeros(len(true), np.float32)
    rows = Rows(
        step=np.arange(len(true), dtype=np.int32) * every,
        train_loss=zeros,
        penalty=zeros,
        train_error=np.asarray(wrong, np.float32) / np.float32(num_train),
        true_error=true,
        true_low=(true - np.float32(half)).astype(np.float32),
        true_high=(true + np.float32(half)).astype(np.float32),
    )
    experiment = Experiment().replace(num_train=num_train, **fields)
    return SimpleNamespace(
        history=rows,
        experiment=experiment,
        distribution=distributions.get(experiment.distribution),
        diverged=False,
        name=name or "",
    )


def empty_run(**fields):
    return fake_run([], [], **fields)
