"""Verdicts in words."""

import numpy as np

from reglab.config import Range, check_number
from reglab.mitchell.audit import Audit
from reglab.mitchell.audited import audit_sentence
from reglab.mitchell.messages import say
from reglab.mitchell.pool import Pool
from reglab.mitchell.verdict import MARGIN, Verdict, Verdicts
from reglab.mitchell.words import (
    ErrorInterval,
    compared,
    exact,
    grouped,
    overlapping,
    percent,
    points,
)


def explain(
    verdicts: Verdicts | Audit, i: int, language: str = "en", *, pool: Pool | None = None
) -> str:
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
            f"pool: expected {len(codes)} hypotheses, as judged, got {len(pool.true_error)}"
        )
    if isinstance(verdicts, Audit):
        return audit_sentence(verdicts, i, language, names=None if pool is None else pool.names)
    verdict, witness = Verdict(int(codes[i])), int(verdicts.witness[i])
    key = verdict.name
    if verdict == Verdict.NO_WITNESS and len(codes) == 1:
        key += "_alone"
    values = {"count": grouped(len(codes)), "margin": points(MARGIN)}
    if pool is None:
        values |= {"h": grouped(i), "witness": grouped(witness)}
        values["points"] = points(float(verdicts.severity[i]))
        return say(language, f"index_{key}", **values)
    values |= _about(pool, i, language)
    if verdict == Verdict.UNDECIDED:
        witness = _contender(pool, i)
        is_held_out = pool.over == say(language, "held_out")
        values["needed"] = say(language, "needed_held_out" if is_held_out else "needed")
    if witness >= 0:
        values |= _beside(pool, i, witness, is_decided=verdict == Verdict.OVERFITS)
    return say(language, key, **values)


def badge(verdict: int, count: int, language: str = "en") -> str:
    """The verdict's word on a badge, for a pool of ``count`` hypotheses.

    >>> badge(Verdict.NO_WITNESS, 301)
    'NO WITNESS AMONG 301'
    """
    return say(language, f"badge_{Verdict(int(verdict)).name}", count=grouped(count))


def scope(count: int, language: str = "en") -> str:
    """Among what a verdict was found, in words.

    >>> scope(301)
    'among 301 hypotheses explored'
    """
    return say(language, "scope" if count != 1 else "scope_one", count=grouped(count))


def examples(count: int, language: str = "en") -> str:
    """The training examples, in words.

    >>> examples(60)
    'the 60 training examples'
    """
    return say(language, "examples" if count != 1 else "examples_one", count=grouped(count))


def _about(pool: Pool, i: int, language: str) -> dict[str, str]:
    """What a sentence may say of the hypothesis itself."""
    return {
        "h": say(language, "h", name=pool.names[i]),
        "examples": examples(pool.num_train, language),
        "over": pool.over,
        "h_train": percent(exact(float(pool.train_error[i]))),
        "h_true": percent(_true(pool, i)),
        "bayes": "" if pool.bayes is None else percent(exact(float(pool.bayes))),
    }


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
        raise ValueError("pool: expected the one that was judged, got another")
    return int(np.where(may, true, np.inf).argmin())
