"""What can be done to a run when it is trained: stop it early, average it, let it vote."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from reglab.config import Range, check_number
from reglab.mitchell import over_of, say
from reglab.mitchell.words import ErrorInterval, interval_at, interval_of, percent, points
from reglab.training import (
    RULES,
    Run,
    early_stopping,
    ema,
    ensemble,
    errors_of,
    mc_dropout_error,
    swa,
)


class Outcome(NamedTuple):
    """What came out.

    Attributes:
        sentence: in words.
        row: of the run, that it hands back; None where it hands back no row.
    """

    sentence: str
    row: int | None = None


def apply_remedy(name: str, runs: Sequence[Run], current: int = 0, language: str = "en") -> Outcome:
    """Does what ``name`` says to the runs of a board.

    Args:
        name: one of ``REMEDIES``.
        runs: the runs, each with at least one row.
        current: index of the run that it is done to, from 0; an ensemble takes all runs.
        language: of the sentence.

    Raises:
        ValueError: no such run, or one that diverged, has no rows, or whose S or D moved.
    """
    check_trained(runs, current)
    return REMEDIES[name](runs, current, language)


def check_trained(runs: Sequence[Run], current: int = 0) -> None:
    """Raises ``ValueError`` where nothing can be done yet to the runs of a board."""
    check_number("current", current, Range(0, len(runs) - 1), integer=True)
    if any(not len(run.history.step) for run in runs):
        raise ValueError("run: expected at least one row of history, got none; press Play first")


def _stopped(rule: str, runs: Sequence[Run], current: int, language: str) -> Outcome:
    run = runs[current]
    *asked, oracle = early_stopping(run, rules=() if rule == "oracle" else (rule,))
    stopped = asked[0] if asked else oracle
    sentence = say(
        language,
        "stopped_oracle" if not asked else "stopped_early" if stopped.is_early else "stopped_never",
        rule=rule,
        stopped=str(stopped.stopped_step),
        returned=str(stopped.returned_step),
        error=percent(ErrorInterval(stopped.true_error, stopped.low, stopped.high)),
        regret=points(stopped.regret),
        over=over_of(run.distribution, language),
    )
    return Outcome(sentence, stopped.returned_row)


def _compared(key: str, new: ErrorInterval, run: Run, language: str, count: int = 0) -> Outcome:
    last = interval_at(run.history, -1)
    over = over_of(run.distribution, language)
    words = {"count": str(count), "error": percent(new), "last": percent(last), "over": over}
    return Outcome(say(language, key, **words))


def _averaged(average: Callable, key: str, runs: Sequence[Run], current: int, language: str):
    averaged = average(runs[current])
    return _compared(
        key, interval_of(averaged.true_error), runs[current], language, averaged.num_rows
    )


def _ensemble(runs: Sequence[Run], current: int, language: str) -> Outcome:
    """Of the last hypotheses of all runs; of the last ten rows where there is one run."""
    run = runs[current]
    members = runs if len(runs) > 1 else run.hypotheses[-10:]
    error = errors_of(ensemble(members), run).true_error
    key = "ensemble_runs" if len(runs) > 1 else "ensemble_rows"
    return _compared(key, interval_of(error), run, language, len(members))


def _mc_dropout(runs: Sequence[Run], current: int, language: str) -> Outcome:
    estimate = mc_dropout_error(runs[current]).mc_dropout.true_error
    return _compared("mc_dropout", interval_of(estimate), runs[current], language)


def _rule(rule: str) -> Callable[..., Outcome]:
    return lambda *arguments: _stopped(rule, *arguments)


REMEDIES: dict[str, Callable[[Sequence[Run], int, str], Outcome]] = {
    "oracle": _rule("oracle"),
    **{name: _rule(name) for name in RULES},
    "average of weights": lambda *arguments: _averaged(swa, "averaged", *arguments),
    "moving average": lambda *arguments: _averaged(ema, "moving_average", *arguments),
    "ensemble": _ensemble,
    "Monte Carlo dropout": _mc_dropout,
}
