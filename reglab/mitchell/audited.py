"""What an audit found, in words, which claim no more than held-out data can show."""

from collections.abc import Sequence

from reglab.mitchell.audit import Audit
from reglab.mitchell.pool import HELD_OUT
from reglab.mitchell.verdict import Verdict
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
from reglab.words import Message, say

LEAST_P = 0.0001


def audit_sentence(audit: Audit, i: int, *, names: Sequence[str] | None = None) -> Message:
    """One sentence about checkpoint ``i`` that a person can read aloud.

    Args:
        audit: what ``reglab.audit`` returned.
        i: index of the checkpoint, from 0.
        names: m names; ``checkpoint 0`` and so on if left out.
    """
    verdict, count = Verdict(int(audit.verdict[i])), len(audit.verdict)
    h = say("h ({name})", name=_name(i, names))
    if verdict == Verdict.NO_WITNESS and count == 1:
        return say(
            "{h} is the only checkpoint audited, so there is no witness against it, which is no "
            "proof that h does not overfit.",
            h=h,
        )
    values = {"h": h, "examples": examples(audit.num_train), "over": HELD_OUT}
    if verdict == Verdict.NO_WITNESS:
        return say(
            "No witness against {h} among the {count} checkpoints audited: none errs more on "
            "{examples} than its {h_train} and less on {over}, which is no proof that h does not "
            "overfit.",
            count=grouped(count),
            h_train=percent(exact(float(audit.train_error[i]))),
            **values,
        )
    candidate, p = int(audit.candidate[i]), p_words(float(audit.p_value[i]))
    values |= _beside(audit, i, candidate) | {"witness": _name(candidate, names), "p": p}
    if verdict == Verdict.OVERFITS:
        return say(
            "{h} overfits: h′ ({witness}) errs more on {examples}, {witness_train} > {h_train}, "
            "but less on {over}, by {points} points on the {confirming} examples that confirm it "
            "({p}).",
            points=points(float(audit.severity[i])),
            confirming=grouped(audit.num_confirming),
            **values,
        )
    return say(
        "Undecided whether {h} overfits: h′ ({witness}) errs more on {examples}, "
        "{witness_train} > {h_train}, but {over} does not confirm that it errs less there, "
        "{witness_test} and {h_test} ({p}), and more of it may decide.",
        **values,
    )


def p_words(p_value: float) -> str:
    """A p-value with its sign of equality or inequality.

    >>> p_words(0.0312), p_words(0.00000012), p_words(1.0)
    ('p = 0.031', 'p < 0.0001', 'p = 1')
    """
    return f"p < {LEAST_P:.4f}" if p_value < LEAST_P else f"p = {p_value:.2g}"


def _name(i: int, names: Sequence[str] | None) -> str:
    return say("checkpoint {number}", number=grouped(i)) if names is None else names[i]


def _beside(audit: Audit, i: int, candidate: int) -> dict[str, str]:
    """Errors of two checkpoints."""
    trains = [exact(float(audit.train_error[k])) for k in (i, candidate)]
    tests = [
        ErrorInterval(float(audit.test_error[k]), float(audit.low[k]), float(audit.high[k]))
        for k in (candidate, i)
    ]
    h_train, witness_train = compared(*trains)
    witness_test, h_test = overlapping(*tests)
    return {
        "h_train": h_train,
        "witness_train": witness_train,
        "h_test": h_test,
        "witness_test": witness_test,
    }
