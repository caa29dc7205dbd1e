"""Does this hypothesis overfit, and which other says so: the question asked of runs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from reglab.config import Range, check_number
from reglab.distributions import HeldOut
from reglab.mitchell.explain import explain
from reglab.mitchell.held_out import audited
from reglab.mitchell.pool import Pool, pool_of
from reglab.mitchell.verdict import Verdict, judge
from reglab.training.run import RunLike
from reglab.training.shared import distribution_of
from reglab.words import say


class Finding(NamedTuple):
    """The verdict on one hypothesis of a run.

    Attributes:
        verdict: see :class:`Verdict`.
        severity: its true error minus that of the witness, from 0 to 1; 0 unless OVERFITS.
        hypothesis: index of its run (0 is the first one handed in) and row of that history.
        witness: index of the run and row of the witness, or ``None`` unless OVERFITS.
        sentence: the verdict in words.
    """

    verdict: Verdict
    severity: float
    hypothesis: tuple[int, int]
    witness: tuple[int, int] | None
    sentence: str


def find_witness(
    run: RunLike,
    *others: RunLike,
    row: int = -1,
    bayes: float | None = None,
    past_only: bool = False,
    language: str = "en",
) -> Finding:
    """Judges one hypothesis of a run against every other row of that run and of the others.

    Of runs on data of one's own, witnesses are picked on one half of the held-out examples and
    confirmed on the other, as :func:`audit` does it.

    The definition asks for some h' in H and not for an earlier one, so rows of later steps count
    too, unless ``past_only``.

    Args:
        run: as ``fit`` returns it.
        *others: runs on the same S and D, such as twins; see :func:`pool_of`.
        row: of the hypothesis in ``run.history``; negative ones count from the end.
        bayes: the Bayes error, where known.
        past_only: leaves out every row of a later step than the hypothesis, in all runs.
        language: of the sentence.

    Raises:
        ValueError: no such row, a row from before S or D moved, or runs that do not share them.
    """
    pool, addresses, i = pool_about((run, *others), row, past_only=past_only, bayes=bayes)
    if isinstance(distribution_of(run), HeldOut):
        verdicts = audited((run, *others), addresses)
    else:
        errors = pool.train_error, pool.true_error
        verdicts = judge(*errors, low=pool.low, high=pool.high, bayes=bayes)
    witness = int(verdicts.witness[i])
    return Finding(
        verdict=Verdict(int(verdicts.verdict[i])),
        severity=float(verdicts.severity[i]),
        hypothesis=tuple(addresses[i].tolist()),
        witness=None if witness < 0 else tuple(addresses[witness].tolist()),
        sentence=explain(verdicts, i, language, pool=pool),
    )


def pool_about(
    runs: Sequence[RunLike], row: int, *, past_only: bool = False, **options: Any
) -> tuple[Pool, np.ndarray, int]:
    """The pool of some runs, their addresses, and which of them is ``row`` of the first run.

    Args:
        runs: as ``find_witness`` takes them.
        row: negative ones count from the end.
        past_only: leaves out every row of a later step, in all runs.
        **options: of :func:`pool_of`.

    Raises:
        ValueError: no such row, a row from before S or D moved, or runs that do not share them.
    """
    steps = runs[0].history.step
    count = len(steps)
    if not count:
        raise ValueError(say("run: expected at least one row of history, got none"))
    row = check_number("row", row, Range(-count, count - 1), integer=True) % count
    until = int(steps[row]) if past_only else None
    pool, addresses = pool_of(runs, until=until, **options)
    here = np.flatnonzero((addresses == (0, row)).all(axis=1))
    if not len(here):
        raise ValueError(
            say(
                "row: expected one recorded after S or D last moved, got {got} (step {step})",
                got=row,
                step=steps[row],
            )
        )
    return pool, addresses, int(here[0])
