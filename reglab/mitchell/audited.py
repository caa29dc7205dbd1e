"""What an audit found, in words, which claim no more than held-out data can show."""

from collections.abc import Sequence

from reglab.mitchell.audit import Audit
from reglab.mitchell.messages import say
from reglab.mitchell.verdict import Verdict
from reglab.mitchell.words import Measured, compared, exact, grouped, overlapping, percent, points

LEAST_P = 0.0001


def audit_sentence(
    found: Audit, i: int, language: str = "en", *, names: Sequence[str] | None = None
) -> str:
    """One sentence about checkpoint ``i`` that a person can read aloud.

    Args:
        found: what ``audit`` returned.
        i: index of the checkpoint, from 0.
        language: of the sentence.
        names: m names; ``checkpoint 0`` and so on if left out.
    """
    verdict, count = Verdict(int(found.verdict[i])), len(found.verdict)
    is_alone = verdict == Verdict.NO_WITNESS and count == 1
    values = {
        "h": say(language, "h", name=_name(i, language, names)),
        "h_train": percent(exact(float(found.train_error[i]))),
        "examples": say(
            language,
            "examples" if found.num_train != 1 else "examples_one",
            count=grouped(found.num_train),
        ),
        "over": say(language, "held_out"),
        "count": grouped(count),
        "points": points(float(found.severity[i])),
        "confirming": grouped(found.num_confirming),
        "p": p_words(float(found.p_value[i])),
    }
    if verdict in (Verdict.OVERFITS, Verdict.UNDECIDED):
        values |= _beside(found, i, int(found.candidate[i]))
        values["witness"] = _name(int(found.candidate[i]), language, names)
    return say(language, f"audit_{verdict.name}{'_alone' if is_alone else ''}", **values)


def p_words(p_value: float) -> str:
    """A p-value with its sign of equality or inequality.

    >>> p_words(0.0312), p_words(0.00000012), p_words(1.0)
    ('p = 0.031', 'p < 0.0001', 'p = 1')
    """
    return f"p < {LEAST_P:.4f}" if p_value < LEAST_P else f"p = {p_value:.2g}"


def _name(i: int, language: str, names: Sequence[str] | None) -> str:
    return say(language, "checkpoint", number=grouped(i)) if names is None else names[i]


def _beside(found: Audit, i: int, candidate: int) -> dict[str, str]:
    """Errors of two checkpoints."""
    trains = [exact(float(found.train_error[k])) for k in (i, candidate)]
    tests = [
        Measured(*(float(column[k]) for column in (found.test_error, found.low, found.high)))
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
