"""How often a hypothesis overfits: verdicts over many draws of the training set."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from reglab.config import Experiment, Hyper, check_name
from reglab.distributions import clopper_pearson
from reglab.mitchell.pool import data_of, pool_of
from reglab.mitchell.verdict import Verdict, Verdicts, judge
from reglab.training.run import RunLike
from reglab.words import say

SCOPES = ("run", "data")


class Frequencies(NamedTuple):
    """How many runs end with a hypothesis that overfits, one entry a value of what varies.

    Attributes:
        values: ``(g,)``, what varies, in ascending order.
        num_overfit: ``(g,)``, runs whose last hypothesis overfits.
        num_undecided: ``(g,)``, runs that more precise true errors would decide.
        num_runs: ``(g,)``, runs that ended with a hypothesis; diverged ones are left out.
        share: ``(g,)``, ``num_overfit / num_runs``; NaN without runs.
        low: ``(g,)``, lower end of its exact binomial interval.
        high: ``(g,)``, upper end, as if every undecided run overfitted.
        severity: ``(g,)``, median over the runs of the severity, 0 where h does not overfit.
    """

    values: np.ndarray
    num_overfit: np.ndarray
    num_undecided: np.ndarray
    num_runs: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    severity: np.ndarray


def last_verdicts(runs: Sequence[RunLike], *, scope: str = "data") -> Verdicts:
    """The verdict on the last hypothesis of each run.

    Args:
        runs: such as a ``Population``.
        scope: the pool that it is judged against: its own ``run``, or every hypothesis of all runs
            on the same training sample S and distribution D (``data``).

    Returns:
        Verdicts with one entry a run; the witness is a step of the run for ``run``, and the index
        of the witness's run for ``data``. A run without rows, or that diverged, is UNDECIDED with
        a severity of NaN.
    """
    check_name("scope", scope, SCOPES)
    count = len(runs)
    verdict = np.full(count, int(Verdict.UNDECIDED), np.int32)
    witness, severity = np.full(count, -1, np.int32), np.full(count, np.nan)
    for members in _pools(runs, scope):
        own = [runs[i] for i in members]
        pool, addresses = pool_of(own, bayes=_bayes(own[0]))
        verdicts = judge(
            pool.train_error, pool.true_error, low=pool.low, high=pool.high, bayes=pool.bayes
        )
        last = np.searchsorted(addresses[:, 0], np.arange(len(own)), side="right") - 1
        other = np.asarray(verdicts.witness)[last]
        verdict[members] = np.asarray(verdicts.verdict)[last]
        severity[members] = np.asarray(verdicts.severity)[last]
        if scope == "data":
            place = np.asarray(members)[addresses[other, 0]]
        else:
            place = own[0].history.step[addresses[other, 1]]
        witness[members] = np.where(other < 0, -1, place)
    return Verdicts(verdict, witness, severity)


def frequencies(
    runs: Sequence[RunLike],
    by: str = "dropout_rate",
    *,
    scope: str = "data",
    at_least: float = 0.0,
    level: float = 0.05,
) -> Frequencies:
    """How many of the runs overfit, for each value of one field.

    Args:
        runs: such as a ``Population``, over several draws of the training set.
        by: a field of ``Experiment`` or of ``Hyper`` with numbers, or ``model.`` and a field of
            the model, of which the sum is taken where it is a list.
        scope: what the last hypothesis of a run is judged against, see :func:`last_verdicts`.
        at_least: severity from which a hypothesis counts as overfitting, a share from 0 to 1. Over
            a rich hypothesis space a witness that is better by next to nothing is nearly always
            there.
        level: chance that an interval misses the share; draws are independent.

    Raises:
        ValueError: no such field, or one without numbers.

    >>> from reglab import LinearConfig, fit_population
    >>> base = Experiment(model=LinearConfig(), num_steps=60)
    >>> runs = fit_population([base.replace(draw=draw) for draw in range(3)])
    >>> frequencies(runs).num_runs.tolist()
    [3]
    """
    values = np.array([value_of(run.experiment, by) for run in runs], float)
    verdicts = last_verdicts(runs, scope=scope)
    return frequencies_of(values, verdicts, at_least=at_least, level=level)


def frequencies_of(
    values: np.ndarray, verdicts: Verdicts, *, at_least: float = 0.0, level: float = 0.05
) -> Frequencies:
    """What :func:`frequencies` gives, of verdicts that are there already.

    Args:
        values: ``(m,)``, what varies, of each run.
        verdicts: on the last hypothesis of each, as :func:`last_verdicts` gives them.
        at_least: severity from which a hypothesis counts as overfitting, 0 to 1.
        level: chance that an interval misses the share.

    >>> verdicts = Verdicts(np.array([2, 1]), -1, np.array([0.1, 0]))
    >>> frequencies_of(np.array([0, 0]), verdicts).num_runs.tolist()
    [2]
    """
    if not 0 <= at_least <= 1:
        raise ValueError(say("at_least: expected a share from 0 to 1, got {got}", got=at_least))
    values, severities = np.asarray(values, float), np.asarray(verdicts.severity)
    codes, is_known = np.asarray(verdicts.verdict), ~np.isnan(severities)
    overfits = (codes == Verdict.OVERFITS) & (severities >= at_least)
    undecided = (codes == Verdict.UNDECIDED) & is_known
    different = np.unique(values)
    groups = [(values == value) & is_known for value in different]
    hits, open_, size = (
        np.array([int((mask & group).sum()) for group in groups], int)
        for mask in (overfits, undecided, is_known)
    )
    low, high = _interval(hits, open_, size, level)
    with np.errstate(invalid="ignore"):
        share = hits / size
    severity = [np.median(severities[group]) if group.any() else np.nan for group in groups]
    return Frequencies(different, hits, open_, size, share, low, high, np.array(severity))


def value_of(experiment: Experiment, name: str) -> Any:
    """A field of an experiment, of its ``Hyper``, or ``model.`` and a field of its model.

    >>> value_of(Experiment(), "dropout_rate"), value_of(Experiment(), "model.widths")
    (0.0, 128)
    """
    owner, _, field = name.rpartition(".")
    holder: Any = experiment
    if owner == "model":
        holder = experiment.model
    elif field in Hyper._fields and owner in ("", "hyper"):
        holder = experiment.hyper
    value = getattr(holder, field, None)
    if isinstance(value, tuple) and value and all(isinstance(v, int) for v in value):
        value = sum(value)
    if not isinstance(value, (int, float)):
        raise ValueError(
            say(
                "by: expected a field of Experiment, of Hyper or of the model with numbers, "
                "got {got}",
                got=name,
            )
        )
    return value


def _pools(runs: Sequence[RunLike], scope: str) -> list[list[int]]:
    """Indices of the runs whose hypotheses may be held against each other."""
    pools: dict[Any, list[int]] = {}
    for index, run in enumerate(runs):
        if len(run.history.step) and not run.diverged:
            key = index if scope == "run" else tuple(data_of(run).items())
            pools.setdefault(key, []).append(index)
    return list(pools.values())


def _bayes(run: RunLike) -> float | None:
    estimate = run.distribution.bayes_error()
    return None if estimate is None else float(estimate.low)


def _interval(hits, undecided, size, level) -> tuple[np.ndarray, np.ndarray]:
    ends = []
    for few, more, n in zip(hits, undecided, size, strict=True):
        if not n:
            ends.append((np.nan, np.nan))
            continue
        low, high = (clopper_pearson(np.array([k]), int(n), level) for k in (few, few + more))
        ends.append((float(low[0, 0]), float(high[1, 0])))
    low, high = np.array(ends, float).reshape(-1, 2).T
    return low, high
