"""Ensembles: the mean of the probabilities that several hypotheses give."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from reglab.config import Range, check_number
from reglab.distributions import ErrorEstimate
from reglab.precision import full_precision
from reglab.training.errors import errors_of, train_error
from reglab.training.run import RunLike, is_run
from reglab.training.shared import check_shared, description_of
from reglab.words import say

Predict = Callable[[Any], Any]  # class scores ``(n, num_classes)`` of inputs ``(n, *input_shape)``
T = TypeVar("T")


class Ensemble:
    """Predicts by the mean of its members' softmax probabilities, or of their answers ``(n, 1)``.

    Args:
        members: each maps ``(n, *input_shape)`` to class scores ``(n, num_classes)``; one column
            is an answer of regression.
    """

    def __init__(self, members: Sequence[Predict]):
        self.members = tuple(members)

    @full_precision
    def __call__(self, x: ArrayLike) -> jax.Array:
        """Probabilities ``(n, num_classes)`` of inputs ``(n, *input_shape)``.

        Nan, which is no answer, where a member has a score that is not finite.
        """
        total = sum(probabilities(jnp.asarray(member(x))) for member in self.members)
        return jnp.asarray(total / len(self.members))


class EnsembleError(NamedTuple):
    """An ensemble's errors beside those of its members; shares, from 0 to 1.

    Attributes:
        train_error: of the ensemble on the training examples, a mean over the runs where these
            were trained on different examples.
        true_error: of the ensemble over the whole distribution, with its interval.
        mean_train_error: mean over the members, each on its own training examples.
        mean_true_error: mean over the members.
        member_train_errors: ``(m,)``.
        member_true_errors: ``(m,)``.
    """

    train_error: float
    true_error: ErrorEstimate
    mean_train_error: float
    mean_true_error: float
    member_train_errors: np.ndarray
    member_true_errors: np.ndarray


def ensemble(members: Iterable[RunLike | Predict], *, rows: int | Sequence[int] = -1) -> Ensemble:
    """The ensemble of some runs, or of some hypotheses, to call on inputs.

    Its cross-entropy is at most the mean of its members' (the logarithm is concave); its error has
    no such bound. It need not lie in the members' hypothesis space. ``errors_of(ensemble(...),
    run)`` gives its errors on a run's S and D.

    Args:
        members: runs as ``fit`` returns them, hypotheses such as ``run.hypotheses[-5:]``, or any
            functions from inputs to class scores.
        rows: of each run's hypothesis: one for all or one for each; ignored for hypotheses.

    Raises:
        ValueError: no members, one that is neither, or a row that a run does not have.

    References:
        Lakshminarayanan et al., *Simple and scalable predictive uncertainty estimation using deep
        ensembles*, 2017.

    >>> from reglab import Experiment, fit
    >>> run = fit(Experiment(num_steps=12))
    >>> ensemble(run.hypotheses[1:])(jnp.ones((4, 2))).shape
    (4, 2)
    """
    members = _listed("members", members)
    return Ensemble(
        [_hypothesis(m, row) for m, row in zip(members, _one_each(rows, members), strict=True)]
    )


def ensemble_error(runs: Iterable[RunLike], *, rows: int | Sequence[int] = -1) -> EnsembleError:
    """The errors of the ensemble of some runs beside the errors of its members.

    All errors over the distribution are taken on the same points.

    Args:
        runs: as ``fit`` returns them, all on the same distribution; they may differ in the training
            sample, the seed, and the model.
        rows: of each run's hypothesis: one for all or one for each.

    Raises:
        ValueError: no runs, a row that a run does not have, or runs on different distributions.

    >>> from reglab import Experiment, fit
    >>> pair = [fit(Experiment(num_steps=6, seed=seed)) for seed in (0, 1)]
    >>> ensemble_error(pair).member_true_errors.shape
    (2,)
    """
    runs = _listed("runs", runs)
    check_shared(runs, _last_distribution)
    together = ensemble(runs, rows=rows)
    alone = [errors_of(h, run) for h, run in zip(together.members, runs, strict=True)]
    train = np.array([errors.train_error for errors in alone])
    true = np.array([errors.true_error.value for errors in alone])
    return EnsembleError(
        train_error=float(np.mean([train_error(together, run) for run in runs])),
        true_error=runs[0].distribution.true_error(together),
        mean_train_error=float(train.mean()),
        mean_true_error=float(true.mean()),
        member_train_errors=train,
        member_true_errors=true,
    )


def probabilities(scores: jax.Array) -> jax.Array:
    """What can be averaged: softmax of class scores, and answers of regression as they are.

    Nan where one of an example's scores is not finite: that is no answer.

    >>> probabilities(jnp.array([[0.0, 0.0], [-jnp.inf, 0.0]])).tolist()
    [[0.5, 0.5], [nan, nan]]
    """
    if scores.shape[-1] == 1:
        return scores
    is_answer = jnp.isfinite(scores).all(axis=-1, keepdims=True)
    return jnp.where(is_answer, jax.nn.softmax(scores, axis=-1), jnp.nan)


def _listed(name: str, members: Iterable[T]) -> list[T]:
    if not isinstance(members, Iterable):
        raise ValueError(
            say(
                "{name}: expected several, got one {kind}",
                name=name,
                kind=type(members).__name__,
            )
        )
    members = list(members)
    if not members:
        raise ValueError(say("{name}: expected at least one, got none", name=name))
    return members


def _one_each(rows: int | Sequence[int], members: Sequence[object]) -> list[int]:
    if not isinstance(rows, Iterable):
        return [rows] * len(members)
    rows = list(rows)
    if len(rows) != len(members):
        raise ValueError(
            say(
                "rows: expected one, or one for each of {num_members}, got {got}",
                num_members=len(members),
                got=len(rows),
            )
        )
    return rows


def _hypothesis(member: RunLike | Predict, row: int) -> Predict:
    if is_run(member):
        count = len(member.hypotheses)
        if not count:
            raise ValueError(say("run: expected at least one row of history, got none"))
        row = check_number("row", row, Range(-count, count - 1), integer=True)
        return member.hypotheses[row]
    if not callable(member):
        raise ValueError(
            say("members: expected runs or hypotheses, got {got}", got=type(member).__name__)
        )
    return member


def _last_distribution(run: RunLike) -> dict[str, Any]:
    """What fixes the distribution that a run ended on."""
    if not is_run(run):
        raise ValueError(say("runs: expected what fit returns, got {got}", got=type(run).__name__))
    return description_of(run, int(run.history.step[-1:].sum()))
