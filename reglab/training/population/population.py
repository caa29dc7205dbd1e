"""Populations: many runs as one object, with bands over their histories."""

from collections.abc import Sequence
from typing import NamedTuple, SupportsIndex, overload

import numpy as np

from reglab.config import Experiment, check_name
from reglab.training.run import Run
from reglab.training.step import Rows
from reglab.words import say


class Bands(NamedTuple):
    """Quantiles of one column of the histories, one entry a row.

    Attributes:
        step: ``(rows,)``, steps that some member has a row at.
        low: ``(rows,)``, the lower quantile.
        median: ``(rows,)``.
        high: ``(rows,)``, the upper quantile.
        count: ``(rows,)``, members that have a row at the step: diverged and shorter ones stop.
    """

    step: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    count: np.ndarray  # pyright: ignore[reportIncompatibleMethodOverride]  # hides a tuple's own


class Population(Sequence[Run]):
    """Runs that were trained together; ``population[i]`` is the :class:`Run` of one member.

    Attributes:
        runs: in the order of the experiments. After a cancel, of the members that were finished.
        is_complete: whether all experiments were trained.
    """

    def __init__(self, runs: Sequence[Run], *, is_complete: bool = True):
        self.runs, self.is_complete = tuple(runs), is_complete

    def __len__(self) -> int:
        return len(self.runs)

    @overload
    def __getitem__(self, index: SupportsIndex) -> Run: ...

    @overload
    def __getitem__(self, index: slice) -> "Population": ...

    def __getitem__(self, index: SupportsIndex | slice) -> "Run | Population":
        if isinstance(index, slice):
            return Population(self.runs[index], is_complete=self.is_complete)
        return self.runs[index]

    def __repr__(self) -> str:
        return f"Population of {len(self)} runs" + ("" if self.is_complete else ", cancelled")

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """What was run."""
        return tuple(run.experiment for run in self.runs)

    def last(self, column: str) -> np.ndarray:
        """The last entry of a column of each history, ``(m,)``; NaN where there is no row.

        Args:
            column: a field of ``Run.history``, such as ``true_error``.
        """
        columns = [getattr(run.history, _column(column)) for run in self.runs]
        return np.array([c[-1] if len(c) else np.nan for c in columns], float)

    def bands(self, column: str = "true_error", *, low: float = 0.1, high: float = 0.9) -> Bands:
        """The median of a column at each step, and a band that holds most members.

        Args:
            column: a field of ``Run.history``, such as ``true_error``.
            low: share of the members below the band, 0 to 0.5.
            high: share of the members below its upper edge, 0.5 to 1.

        Raises:
            ValueError: no such column, or shares out of range.
        """
        return bands([run.history for run in self.runs], column, low=low, high=high)


def bands(
    histories: Sequence[Rows], column: str = "true_error", *, low: float = 0.1, high: float = 0.9
) -> Bands:
    """The median of a column of some histories at each step; see :meth:`Population.bands`.

    >>> rows = [Rows(np.array([0, 6]), *[np.array([0.5, error])] * 6) for error in (0.1, 0.2, 0.3)]
    >>> bands(rows).median.tolist()
    [0.5, 0.2]
    """
    if not 0 <= low <= 0.5 <= high <= 1:
        raise ValueError(
            say(
                "bands: expected 0 <= low <= 0.5 <= high <= 1, got {low} and {high}",
                low=low,
                high=high,
            )
        )
    name = _column(column)
    steps, table = _table(histories, name)
    quantile = np.nanquantile if np.isnan(table).any() else np.quantile
    quantiles = quantile(table, [low, 0.5, high], axis=0) if len(steps) else np.zeros((3, 0))
    lower, median, upper = quantiles
    return Bands(steps, lower, median, upper, np.isfinite(table).sum(axis=0))


def _table(histories: Sequence[Rows], name: str) -> tuple[np.ndarray, np.ndarray]:
    """All steps that some history has, and a column of each at them; NaN where it has none."""
    if len({len(rows.step) for rows in histories}) == 1:
        steps = np.stack([rows.step for rows in histories])
        if (steps == steps[0]).all():
            return steps[0], np.stack([getattr(rows, name) for rows in histories], dtype=float)
    steps = np.unique(np.concatenate([np.zeros(0, int), *(rows.step for rows in histories)]))
    table = np.full((len(histories), len(steps)), np.nan)
    for row, history in zip(table, histories, strict=True):
        row[np.searchsorted(steps, history.step)] = getattr(history, name)
    return steps, table


def _column(name: str) -> str:
    return check_name("column", name, Rows._fields)
