"""What an audit found, in words, which claim no more than held-out data can show."""

from collections.abc import Sequence

from reglab.mitchell.audit import Audit
from reglab.mitchell.messages import say
from reglab.mitchell.verdict import Verdict
from reglab.mitchell.words import (
    ErrorInterval,
    compared,
    exact,
    grouped,
    overlapping,
    percent,
    points,
)

LEAST_P = 0.0001


def audit_sentence(
    audit: Audit, i: int, language: str = "en", *, names: Sequence[str] | None = None
) -> str:
    """One sentence about checkpoint ``i`` that a person can read aloud.

    Args:
        audit: what ``reglab.audit`` returned.
        i: index of the checkpoint, from 0.
        language: of the sentence.
        names: m names; ``checkpoint 0`` and so on if left out.
    """
    verdict, count = Verdict(int(audit.verdict[i])), len(audit.verdict)
    is_alone = verdict == Verdict.NO_WITNESS and count == 1
    values = {
        "h": say(language, "h", name=_name(i, language, names)),
        "h_train": percent(exact(float(audit.train_error[i]))),
        "examples": say(
            language,
            "examples" if audit.num_train != 1 else "examples_one",
            count=grouped(audit.num_train),
        ),
        "over": say(language, "held_out"),
        "count": grouped(count),
        "points": points(float(audit.severity[i])),
        "confirming": grouped(audit.num_confirming),
        "p": p_words(float(audit.p_value[i])),
    }
    if verdict in (Verdict.OVERFITS, Verdict.UNDECIDED):
        values |= _beside(audit, i, int(audit.candidate[i]))
        values["witness"] = _name(int(audit.candidate[i]), language, names)
    return say(language, f"audit_{verdict.name}{'_alone' if is_alone else ''}", **values)


def p_words(p_value: float) -> str:
    """A p-value with its sign of equality or inequality.

    >>> p_words(0.0312), p_words(0.00000012), p_words(1.0)
    ('p = 0.031', 'p < 0.0001', 'p = 1')
    """
    return f"p < {LEAST_P:.4f}" if p_value < LEAST_P else f"p = {p_value:.2g}"


def _name(i: int, language: str, names: Sequence[str] | None) -> str:
    return say(language, "checkpoint", number=grouped(i)) if names is None else names[i]


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
