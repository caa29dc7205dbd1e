"""The two errors of any predictor: on the training examples of a run, and over its distribution."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import jax
import numpy as np

from reglab.distributions import ErrorEstimate, GaussianLinear, OwnDistribution, is_squared
from reglab.distributions.estimate import error_over
from reglab.precision import full_precision, in_32_bits
from reglab.training.run import RunLike


class Errors(NamedTuple):
    """Errors of one predictor.

    Attributes:
        train_error: share of the training examples that it gets wrong, from 0 to 1; of regression
            the mean squared error on them, as a share of the variance of y.
        true_error: over the whole distribution, with its interval.
    """

    train_error: float
    true_error: ErrorEstimate


def errors_of(
    predict: Callable[[jax.Array], Any], run: RunLike, *, half_width: float = 0.002
) -> Errors:
    """The errors of ``predict`` on S and over D, those of the last step of a run.

    Args:
        predict: maps ``(n, *input_shape)`` to class scores or probabilities ``(n, num_classes)``;
            it should score each example by itself, whatever the others are.
        run: as ``fit`` returns it.
        half_width: of the interval of the true error, see ``Distribution.true_error``.

    Where a score is not finite there is no answer, which is a mistake, as in the rows of a run.

    Raises:
        ValueError: scores of another shape, or nowhere finite.

    >>> from reglab import Experiment, fit
    >>> run = fit(Experiment(num_steps=6))
    >>> errors = errors_of(run.hypotheses[-1], run)
    >>> round(errors.train_error * 60) == round(float(run.history.train_error[-1]) * 60)
    True
    """
    return Errors(
        train_error=train_error(predict, run),
        true_error=run.distribution.true_error(predict, half_width=half_width),
    )


@full_precision
@in_32_bits
def train_error(predict: Callable[[jax.Array], Any], run: RunLike) -> float:
    """The error of ``predict`` on the training examples of the last step of a run."""
    experiment = run.experiment
    last = max(int(run.history.step[-1]) - 1, 0) if len(run.history.step) else 0
    num_train = experiment.hyper_at(last).num_train
    sample = run.distribution.sample(jax.random.key(experiment.draw), experiment.max_train)
    x, y = sample.x[:num_train], np.asarray(sample.y)[:num_train]
    if is_squared(run.distribution):
        squares = (np.asarray(predict(x), np.float64)[:, 0] - y) ** 2
        data = cast(GaussianLinear | OwnDistribution, run.distribution)  # as errors are squared
        mean = float(squares.mean() / data.variance)
        return math.inf if math.isnan(mean) else mean
    one_hot = np.eye(run.distribution.num_classes)[y]
    return round(error_over(predict, x, one_hot) * num_train) / num_train
