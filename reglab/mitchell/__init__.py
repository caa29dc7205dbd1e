"""Mitchell's definition of overfitting: judge a pool of hypotheses, name the witness, say why."""

from reglab.mitchell.audit import Audit, audit
from reglab.mitchell.certificate import Bounds, Certificate, certify, not_certified
from reglab.mitchell.compare import Compared, compare
from reglab.mitchell.explain import badge, explain, scope
from reglab.mitchell.find_witness import Finding, find_witness
from reglab.mitchell.frequency import (
    SCOPES,
    Frequencies,
    frequencies,
    frequencies_of,
    last_verdicts,
    value_of,
)
from reglab.mitchell.numbers import number_words, value_words
from reglab.mitchell.pool import Pool, check_one_pool, data_of, over_of, pool_of
from reglab.mitchell.verdict import MARGIN, Verdict, Verdicts, judge

__all__ = [
    "MARGIN",
    "SCOPES",
    "Audit",
    "Bounds",
    "Certificate",
    "Compared",
    "Finding",
    "Frequencies",
    "Pool",
    "Verdict",
    "Verdicts",
    "audit",
    "badge",
    "certify",
    "check_one_pool",
    "compare",
    "data_of",
    "explain",
    "find_witness",
    "frequencies",
    "frequencies_of",
    "judge",
    "last_verdicts",
    "not_certified",
    "number_words",
    "over_of",
    "pool_of",
    "scope",
    "value_of",
    "value_words",
]
