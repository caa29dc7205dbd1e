"""The pool: hypotheses that may be held against each other, taken from the rows of runs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from reglab.config import DATA_KNOBS, Experiment
from reglab.distributions import AnyDistribution, OwnDistribution, is_squared
from reglab.mitchell.words import grouped
from reglab.training.run import RunLike
from reglab.training.shared import check_shared, description_at, distribution_of
from reglab.views import WHOLE
from reglab.words import Message, say

WITHIN = say("all of a pool")
SQUARED = say("the whole distribution (1 − R²)")
HELD_OUT = say("held-out data")


class Pool(NamedTuple):
    """What there is to say about m hypotheses that share S and D. Errors are shares, 0 to 1.

    Attributes:
        train_error: ``(m,)``, errors on the training examples.
        true_error: ``(m,)``, errors over the whole distribution.
        low: ``(m,)``, lower bounds of ``true_error``.
        high: ``(m,)``, upper bounds.
        names: m names, such as ``run “plain”, step 1 800``.
        num_train: number of training examples.
        bayes: the Bayes error, or ``None`` where it is not known.
        over: what ``true_error`` was taken over, in words.
    """

    train_error: np.ndarray
    true_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    names: Sequence[str]
    num_train: int
    bayes: float | None = None
    over: str = WHOLE


def pool_of(
    runs: Sequence[RunLike],
    *,
    until: int | None = None,
    bayes: float | None = None,
    over: str | None = None,
    language: str = "en",
) -> tuple[Pool, np.ndarray]:
    """The pool of all rows of some runs, in order, and where each of them came from.

    Rows up to a run's last move of ``noise``, ``label_noise`` or ``num_train`` are left out:
    their errors were taken over another S or D. Where errors have been evaluated anew, hand in
    an experiment that says so, without the changes.

    Training errors are rounded to whole counts of examples: compiled programs may disagree about
    the last bit of a quotient, and a larger bit is no larger error. Squared errors have no counts,
    and stay as they are.

    Args:
        runs: as ``fit`` returns them, or any other object with their ``history`` (equal-length
            arrays, steps ascending), ``experiment``, ``distribution`` and ``name``.
        until: rows of later steps are left out.
        bayes: the Bayes error.
        over: what the true errors were taken over, in words; left out, it is asked of the first
            run's distribution, see :func:`over_of`.
        language: of the names.

    Returns:
        The pool of m hypotheses and their addresses, ``(m, 2)`` int32: index of the run in
        ``runs``, and row of its history.

    Raises:
        ValueError: no rows, or runs that do not share S and D.
    """
    if not runs:
        raise ValueError(say("runs: expected at least one, got none"))
    num_train = check_shared(runs, data_of, WITHIN)["num_train"]
    chosen = [_rows(run, until) for run in runs]
    owners = np.repeat(np.arange(len(runs)), [len(rows) for rows in chosen])
    if not len(owners):
        raise ValueError(say("runs: expected at least one row of history, got none"))
    addresses = np.stack([owners, np.concatenate(chosen)], axis=1).astype(np.int32)

    def column(name: str) -> np.ndarray:
        pairs = zip(runs, chosen, strict=True)
        return np.concatenate(
            [getattr(run.history, name)[rows] for run, rows in pairs], dtype=float
        )

    distribution, train_error = distribution_of(runs[0]), column("train_error")
    if not is_squared(distribution):
        train_error = np.rint(train_error * num_train) / num_train
    pool = Pool(
        train_error=train_error,
        true_error=column("true_error"),
        low=column("true_low"),
        high=column("true_high"),
        names=_Names(runs, addresses, language),
        num_train=num_train,
        bayes=bayes,
        over=over_of(distribution, language) if over is None else over,
    )
    return pool, addresses


def over_of(distribution: AnyDistribution | None, language: str = "en") -> Message:
    """What errors over a distribution are taken over, in words.

    >>> over_of(None)
    'the whole distribution'
    """
    over = WHOLE
    if distribution is not None and distribution.loss == "squared":
        over = SQUARED
    elif distribution is not None and distribution.method == "held-out":
        over = HELD_OUT
    return over.into(language)


class _Names(Sequence):
    """Names of hypotheses, written when asked for: a pool grows to thousands."""

    def __init__(self, runs: Sequence[RunLike], addresses: np.ndarray, language: str):
        self._titles = [run.name for run in runs]
        self._steps = [run.history.step for run in runs]
        self._addresses, self._language = addresses, language

    def __len__(self) -> int:
        return len(self._addresses)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        run, row = self._addresses[index].tolist()
        title, step = self._titles[run], grouped(int(self._steps[run][row]))
        if not title:
            name = say("run {number}, step {step}", number=run + 1, step=step)
        elif self._titles.count(title) == 1:
            name = say("run “{run}”, step {step}", run=title, step=step)
        else:
            name = say("run {number} “{run}”, step {step}", number=run + 1, run=title, step=step)
        return name.into(self._language)


def data_of(run: RunLike) -> dict[str, Any]:
    """What fixes S and D at the newest row."""
    return data_at(run.experiment, _last_step_taken(run), distribution_of(run))


def data_at(
    experiment: Experiment, step: int, distribution: AnyDistribution | None = None
) -> dict[str, Any]:
    """What fixes S and D at a step of an experiment; see :func:`description_at`."""
    sample = {"draw": experiment.draw, "num_train": experiment.hyper_at(step).num_train}
    if isinstance(distribution, OwnDistribution):  # whose examples need not be nested
        sample["max_train"] = experiment.max_train
    return description_at(experiment, step, distribution) | sample


def check_one_pool(experiments: Sequence[Experiment]) -> None:
    """Checks that the last hypotheses of experiments on named distributions can share a pool.

    Args:
        experiments: at least one, none of which need have been run.

    Raises:
        ValueError: one line that names what differs.
    """
    check_shared(experiments, lambda e: data_at(e, max(e.num_steps - 1, 0)), WITHIN)


def _last_step_taken(run: RunLike) -> int:
    """Number of the step before the newest row: a change at that row's own step came after it."""
    steps = run.history.step
    return max(int(steps[-1]) - 1, 0) if len(steps) else 0


def _rows(run: RunLike, until: int | None) -> np.ndarray:
    """Rows up to step ``until`` whose errors were taken over the newest row's S and D."""
    steps, experiment = run.history.step, run.experiment
    numbers = experiment.hyper._asdict()
    start, stop = 0, len(steps)
    for step, name, value in experiment.changes:
        if name in DATA_KNOBS and value != numbers[name] and step <= _last_step_taken(run):
            numbers[name] = value
            # The row of step 0 is recorded after a change at step 0, other rows before one.
            start = int(np.searchsorted(steps, step, side="right")) if step else 0
    if until is not None:
        stop = int(np.searchsorted(steps, until, side="right"))
    return np.arange(start, max(start, stop))
