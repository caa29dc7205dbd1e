"""Verdicts in words."""

import numpy as np

from reglab.config import Range, check_number
from reglab.mitchell.audit import Audit
from reglab.mitchell.audited import audit_sentence
from reglab.mitchell.pool import HELD_OUT, Pool
from reglab.mitchell.verdict import MARGIN, Verdict, Verdicts
from reglab.mitchell.words import (
    ErrorInterval,
    compared,
    exact,
    examples,
    grouped,
    overlapping,
    percent,
    points,
)
from reglab.words import Message, counted, say, translated


def explain(
    verdicts: Verdicts | Audit, i: int, language: str = "en", *, pool: Pool | None = None
) -> Message:
    """One sentence about hypothesis ``i`` that a person can read aloud.

    Args:
        verdicts: what ``judge`` returned, on one pool, or ``audit``: then the sentence speaks of
            held-out data, and all that it takes from a pool are names.
        i: index of the hypothesis, from 0.
        language: of the sentence.
        pool: the pool that was judged; with it the sentence names the hypotheses and their errors.

    Raises:
        ValueError: an unknown language, an index out of range, or a pool of another size.

    >>> from reglab.mitchell.verdict import judge
    >>> print(explain(judge([0.0, 0.2], [0.25, 0.16]), 0))  # doctest: +NORMALIZE_WHITESPACE
    Hypothesis 0 overfits: hypothesis 1 errs more on the training examples
    but less over the whole distribution, by 9.0 points.
    """
    codes = np.asarray(verdicts.verdict)
    i = check_number("i", i, Range(0, len(codes) - 1), integer=True)
    if pool is not None and len(pool.true_error) != len(codes):
        raise ValueError(
            say(
                "pool: expected {num_judged} hypotheses, as judged, got {got}",
                num_judged=len(codes),
                got=len(pool.true_error),
            )
        )
    if isinstance(verdicts, Audit):
        message = audit_sentence(verdicts, i, names=None if pool is None else pool.names)
    elif pool is None:
        message = _by_index(verdicts, i)
    else:
        message = _of_pool(verdicts, i, pool)
    return message.into(language)


def badge(verdict: int, count: int, language: str = "en") -> Message:
    """The verdict's word on a badge, for a pool of ``count`` hypotheses.

    >>> badge(Verdict.NO_WITNESS, 301)
    'NO WITNESS AMONG 301'
    """
    words = {
        Verdict.OVERFITS: say("OVERFITS"),
        Verdict.OPTIMAL: say("OPTIMAL"),
        Verdict.NO_WITNESS: say("NO WITNESS AMONG {count}", count=grouped(count)),
        Verdict.UNDECIDED: say("UNDECIDED"),
    }
    return words[Verdict(int(verdict))].into(language)


def scope(count: int, language: str = "en") -> Message:
    """Among what a verdict was found, in words.

    >>> scope(301)
    'among 301 hypotheses explored'
    """
    return counted(
        count,
        "among 1 hypothesis explored",
        "among {count} hypotheses explored",
        count=grouped(count),
    ).into(language)


def _by_index(verdicts: Verdicts, i: int) -> Message:
    """The sentence about a hypothesis of which only its place in the pool is known."""
    verdict, count, h = Verdict(int(verdicts.verdict[i])), len(verdicts.verdict), grouped(i)
    if verdict == Verdict.OVERFITS:
        return say(
            "Hypothesis {h} overfits: hypothesis {witness} errs more on the training examples "
            "but less over the whole distribution, by {points} points.",
            h=h,
            witness=grouped(int(verdicts.witness[i])),
            points=points(float(verdicts.severity[i])),
        )
    if verdict == Verdict.OPTIMAL:
        return say(
            "Hypothesis {h} is optimal: none can be better over the whole distribution by more "
            "than {margin} points.",
            h=h,
            margin=points(MARGIN),
        )
    if verdict == Verdict.UNDECIDED:
        return say(
            "Undecided whether hypothesis {h} overfits: another errs more on the training "
            "examples, but over the whole distribution the intervals of the two overlap, and a "
            "more precise true error would decide.",
            h=h,
        )
    if count == 1:
        return say(
            "Hypothesis {h} is the only one explored, so there is no witness against it, which is "
            "no proof that it does not overfit.",
            h=h,
        )
    return say(
        "No witness against hypothesis {h} among the {count} explored: none errs more on the "
        "training examples and less over the whole distribution, which is no proof that "
        "hypothesis {h} does not overfit.",
        h=h,
        count=grouped(count),
    )


def _of_pool(verdicts: Verdicts, i: int, pool: Pool) -> Message:
    """The sentence about a hypothesis of a pool, with names and errors."""
    verdict, count = Verdict(int(verdicts.verdict[i])), len(verdicts.verdict)
    values = {
        "h": say("h ({name})", name=pool.names[i]),
        "examples": examples(pool.num_train),
        "over": pool.over,
    }
    if verdict == Verdict.OVERFITS:
        return say(
            "{h} overfits: h′ ({witness}) errs more on {examples}, {witness_train} > {h_train}, "
            "but less over {over}, {witness_true} < {h_true}.",
            **values,
            **_beside(pool, i, int(verdicts.witness[i]), is_decided=True),
        )
    if verdict == Verdict.UNDECIDED:
        is_held_out = translated(pool.over, "en") == HELD_OUT
        return say(
            "Undecided whether {h} overfits: h′ ({witness}) errs more on {examples}, "
            "{witness_train} > {h_train}, but over {over} the intervals of h′ and h overlap, "
            "{witness_true} and {h_true}, and {needed} would decide.",
            needed=say("more held-out data") if is_held_out else say("a more precise true error"),
            **values,
            **_beside(pool, i, _contender(pool, i), is_decided=False),
        )
    values["h_true"] = percent(_true(pool, i))
    if verdict == Verdict.OPTIMAL:
        return say(
            "{h} is optimal: its error over {over} is {h_true} and the Bayes error {bayes}, "
            "so none can be better by more than {margin} points.",
            bayes="" if pool.bayes is None else percent(exact(float(pool.bayes))),
            margin=points(MARGIN),
            **values,
        )
    if count == 1:
        return say(
            "{h} is the only hypothesis explored, so there is no witness against it, which is no "
            "proof that h does not overfit.",
            **values,
        )
    return say(
        "No witness against {h} among the {count} hypotheses explored: none errs more on "
        "{examples} than its {h_train} and less over {over} than its {h_true}, which is no "
        "proof that h does not overfit.",
        count=grouped(count),
        h_train=percent(exact(float(pool.train_error[i]))),
        **values,
    )


def _beside(pool: Pool, i: int, witness: int, *, is_decided: bool) -> dict[str, str]:
    """What a sentence may say of two hypotheses."""
    trains = [exact(float(pool.train_error[k])) for k in (i, witness)]
    h_train, witness_train = compared(*trains)
    write = compared if is_decided else overlapping
    witness_true, h_true = write(_true(pool, witness), _true(pool, i))
    return {
        "witness": pool.names[witness],
        "h_train": h_train,
        "witness_train": witness_train,
        "h_true": h_true,
        "witness_true": witness_true,
    }


def _true(pool: Pool, i: int) -> ErrorInterval:
    return ErrorInterval(*(float(column[i]) for column in (pool.true_error, pool.low, pool.high)))


def _contender(pool: Pool, i: int) -> int:
    """The hypothesis that might be a witness against ``i``, the one of smallest true error."""
    train, true = np.asarray(pool.train_error), np.asarray(pool.true_error)
    may = (train > train[i]) & (np.asarray(pool.low) < pool.high[i])
    if not may.any():
        raise ValueError(say("pool: expected the one that was judged, got another"))
    return int(np.where(may, true, np.inf).argmin())
