"""Populations for tests: real experiments with made-up histories, and sources of them."""

import threading

import numpy as np
from flax import nnx

from reglab import Experiment, distributions
from reglab.nn import Network
from reglab.training import Progress, Rows, Run
from reglab.training.trajectory import NoHypothesis

STEPS = np.arange(0, 60, 6, dtype=np.int32)


def member(dropout_rate=0.0, draw=0, seed=0, *, diverged=False, steps=STEPS):
    """A run whose errors are random, but always the same for the same arguments."""
    rng = np.random.default_rng([int(1000 * dropout_rate), draw, seed, 5])
    train = (rng.integers(0, 25, len(steps)) / 60).astype(np.float32)
    true = rng.uniform(0.2, 0.4, len(steps)).astype(np.float32)
    half = np.float32(0.002)
    experiment = Experiment(num_steps=54, draw=draw, seed=seed).replace(dropout_rate=dropout_rate)
    return Run(
        experiment=experiment,
        distribution=distributions.get("moons"),
        history=Rows(steps, train, 0 * train, train, true, true - half, true + half),
        hypotheses=NoHypothesis(Network(None), nnx.State({}), len(steps)),
        diverged=diverged,
        name=f"dropout {dropout_rate:g}",
    )


def population(rates=(0.0, 0.1, 0.5), draws=4, seeds=1):
    """Runs over rates, draws and seeds, draw by draw."""
    return [
        member(rate, draw, seed) for draw in range(draws) for seed in range(seeds) for rate in rates
    ]


def in_batches(runs, size=3, *, between=None, error=None):
    """A source of some runs; ``between`` is called before each batch but the first."""

    def source(should_stop):
        yield [], Progress(0, len(runs), 0.0)
        for start in range(0, len(runs), size):
            if start and between is not None:
                between(start)
            if should_stop():
                return
            found = runs[start : start + size]
            yield found, Progress(start + len(found), len(runs), 0.1 * (start + 1))
        if error is not None:
            raise error

    return source


class Gate:
    """Holds a source until it is opened."""

    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, _=None):
        self.reached.set()
        assert self.opened.wait(30)
