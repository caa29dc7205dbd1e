"""What can be done to a run when it is trained: stop it early, average it, let it vote."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from reglab.config import Range, check_number
from reglab.distributions import ErrorEstimate
from reglab.mitchell import over_of
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
from reglab.words import Message, say, translated


class Outcome(NamedTuple):
    """What came out.

    Attributes:
        sentence: in words.
        row: of the run, that it hands back; None where it hands back no row.
    """

    sentence: str
    row: int | None = None


class Remedy(NamedTuple):
    """What can be done to a trained run.

    Attributes:
        title: what a menu calls it.
        apply: does it to one of some runs, of the index that is given.
    """

    title: Message
    apply: Callable[[Sequence[Run], int], Outcome]


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
    return translated(REMEDIES[name].apply(runs, current), language)


def check_trained(runs: Sequence[Run], current: int = 0) -> None:
    """Raises ``ValueError`` where nothing can be done yet to the runs of a board."""
    check_number("current", current, Range(0, len(runs) - 1), integer=True)
    if any(not len(run.history.step) for run in runs):
        raise ValueError(
            say("run: expected at least one row of history, got none; press Play first")
        )


def _early_stopping(rule: str) -> Remedy:
    words = {"oracle": say("oracle"), "patience": say("patience")}.get(rule, rule)

    def apply(runs: Sequence[Run], current: int) -> Outcome:
        run = runs[current]
        *asked, oracle = early_stopping(run, rules=() if rule == "oracle" else (rule,))
        stopped = asked[0] if asked else oracle
        values = {
            "returned": stopped.returned_step,
            "error": percent(ErrorInterval(stopped.true_error, stopped.low, stopped.high)),
            "over": over_of(run.distribution),
        }
        if not asked:
            sentence = say(
                "The least error over {over} on this run is {error}, at step {returned}: that is "
                "where early stopping would end if it knew.",
                **values,
            )
        elif stopped.is_early:
            sentence = say(
                "{rule} stops at step {stopped} and goes back to step {returned}: {error} over "
                "{over}, {regret} points above the least on this run.",
                rule=words,
                stopped=stopped.stopped_step,
                regret=points(stopped.regret),
                **values,
            )
        else:
            sentence = say(
                "{rule} never asks to stop and goes back to step {returned}: {error} over {over}, "
                "{regret} points above the least on this run.",
                rule=words,
                regret=points(stopped.regret),
                **values,
            )
        return Outcome(sentence, stopped.returned_row)

    return Remedy(say("early stopping: {rule}", rule=words), apply)


def _errs(what: Message, error: ErrorEstimate, run: Run, other: Message) -> Outcome:
    """A new error beside that of the last hypothesis."""
    return Outcome(
        say(
            "{what} errs {error} over {over}; {other} {last}.",
            what=what,
            error=percent(interval_of(error)),
            over=over_of(run.distribution),
            other=other,
            last=percent(interval_at(run.history, -1)),
        )
    )


def _mean(runs: Sequence[Run], current: int) -> Outcome:
    mean = swa(runs[current])
    what = say("The mean of the weights of the last {count} rows", count=mean.num_rows)
    return _errs(what, mean.true_error, runs[current], say("the last hypothesis"))


def _moving_average(runs: Sequence[Run], current: int) -> Outcome:
    average = ema(runs[current])
    what = say("The moving average of the weights of {count} rows", count=average.num_rows)
    return _errs(what, average.true_error, runs[current], say("the last hypothesis"))


def _ensemble(runs: Sequence[Run], current: int) -> Outcome:
    """Of the last hypotheses of all runs; of the last ten rows where there is one run."""
    run = runs[current]
    if len(runs) > 1:
        members, other = runs, say("this run alone")
        what = say("The ensemble of the {count} runs", count=len(members))
    else:
        members, other = run.hypotheses[-10:], say("the last one alone")
        what = say("The ensemble of the last {count} rows", count=len(members))
    return _errs(what, errors_of(ensemble(members), run).true_error, run, other)


def _mc_dropout(runs: Sequence[Run], current: int) -> Outcome:
    error = mc_dropout_error(runs[current]).mc_dropout.true_error
    what, other = say("The mean of 50 thinned networks"), say("all units at once")
    return _errs(what, error, runs[current], other)


REMEDIES: dict[str, Remedy] = {
    "oracle": _early_stopping("oracle"),
    **{name: _early_stopping(name) for name in RULES},
    "average of weights": Remedy(say("average of weights"), _mean),
    "moving average": Remedy(say("moving average"), _moving_average),
    "ensemble": Remedy(say("ensemble"), _ensemble),
    "Monte Carlo dropout": Remedy(say("Monte Carlo dropout"), _mc_dropout),
}
