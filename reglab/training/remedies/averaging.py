"""Weight averaging: one hypothesis whose weights are means over the rows of a run.

The weights are those of the folded, plain networks, so the mean lies in the same hypothesis space.
Without batch norm and classic dropout these are the weights that were trained. With batch norm the
running statistics are folded into them: what is averaged are products of weights and scales, which
is neither the mean of the trained weights with statistics estimated anew on S (the way of
Izmailov et al.) nor the same as folding that mean. A user's module that cannot be folded keeps its
batch norm, whose running statistics are then averaged along with its weights.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.config import Range, check_number
from reglab.distributions import ErrorEstimate
from reglab.training.errors import errors_of
from reglab.training.run import RunLike
from reglab.words import say


class Averaged(NamedTuple):
    """A hypothesis with averaged weights, and its errors.

    Attributes:
        hypothesis: a plain network to call on inputs, like ``run.hypotheses[i]``.
        num_rows: rows that were averaged.
        train_error: on the training examples, from 0 to 1.
        true_error: over the whole distribution, with its interval.
    """

    hypothesis: nnx.Module
    num_rows: int
    train_error: float
    true_error: ErrorEstimate


def swa(run: RunLike, *, start: int | None = None) -> Averaged:
    """Stochastic weight averaging: the equal mean of all rows from a step on.

    See the top of this module for what that means with batch norm. The learning rate is that of
    the run; the method was proposed for a high constant or a cyclical one.

    Args:
        run: as ``fit`` returns it.
        start: the first step that counts; three quarters of the run's steps if left out.

    Raises:
        ValueError: a run without rows, or no row from ``start`` on.

    References:
        Izmailov et al., *Averaging weights leads to wider optima and better generalization*, 2018.

    >>> from reglab import Experiment, fit
    >>> swa(fit(Experiment(num_steps=24)), start=12).num_rows
    3
    """
    rows = _rows_from(run, int(run.history.step[-1:].sum()) * 3 // 4 if start is None else start)
    weights = np.zeros(len(run.hypotheses))
    weights[rows] = 1 / len(rows)
    return _averaged(run, weights)


def ema(run: RunLike, *, decay: float = 0.9, start: int = 0) -> Averaged:
    """The exponential moving average of the rows, ``mean = decay * mean + (1 - decay) * row``.

    It begins as the first row that counts, whose weight at the end is ``decay ** (m - 1)`` with m
    rows. A decay for each row, not for each step: with ``eval_every`` steps a row, ``decay ** (1 /
    eval_every)`` would be that of a step.

    Args:
        run: as ``fit`` returns it.
        decay: from 0, which is the last row, to below 1.
        start: the first step that counts.

    Raises:
        ValueError: a decay out of its range, a run without rows, or no row from ``start`` on.

    References:
        Polyak and Juditsky, *Acceleration of stochastic approximation by averaging*, 1992.

    >>> from reglab import Experiment, fit
    >>> ema(fit(Experiment(num_steps=24)), decay=0.5).num_rows
    5
    """
    decay = check_number("decay", decay, Range(0, 1, open_high=True))
    rows = _rows_from(run, start)
    weights = np.zeros(len(run.hypotheses))
    weights[rows] = (1 - decay) * decay ** np.arange(len(rows) - 1.0, -1, -1)
    weights[rows[0]] = decay ** (len(rows) - 1)
    return _averaged(run, weights)


def _rows_from(run: RunLike, start: float) -> np.ndarray:
    """The rows from step ``start`` on."""
    steps = run.history.step
    if not len(steps):
        raise ValueError(say("run: expected at least one row of history, got none"))
    start = check_number("start", start, Range(0, int(steps[-1])), integer=True)
    return np.flatnonzero(steps >= start)


def _averaged(run: RunLike, weights: np.ndarray) -> Averaged:
    """The hypothesis of the weighted mean; ``weights`` has an entry a row and sums to 1."""
    rows = np.flatnonzero(weights)

    def mean(leaf: np.ndarray) -> jax.Array:
        if not jnp.issubdtype(leaf.dtype, jnp.floating):  # counters and keys have no mean
            return jnp.asarray(leaf[-1])
        total = np.zeros(leaf.shape[1:])
        for row in rows:  # one at a time: all of them in float64 may not fit
            total += weights[row] * leaf[row].astype(np.float64)
        return jnp.asarray(total.astype(leaf.dtype))

    states = jax.tree.map(mean, run.hypotheses.states)
    hypothesis = nnx.merge(run.hypotheses.graph, states)
    errors = errors_of(hypothesis, run)
    return Averaged(hypothesis, len(rows), errors.train_error, errors.true_error)
