"""Theory to check: what textbooks claim about overfitting, predicted, measured, and judged.

>>> check("G3", seed=0).passed
True
"""

from reglab.config import Range, check_name, check_number
from reglab.theory.base import KINDS, Check, Claim, Reference, checked
from reglab.theory.claims import CLAIMS
from reglab.theory.random_features import Descent, double_descent
from reglab.theory.registry import register
from reglab.theory.rows import Measured, Predicted, Row

__all__ = [
    "CLAIMS",
    "KINDS",
    "Check",
    "Claim",
    "Descent",
    "Measured",
    "Predicted",
    "Reference",
    "Row",
    "check",
    "double_descent",
    "register",
]


def check(id: str, seed: int = 0) -> Check:
    """Checks one claim.

    Args:
        id: a key of ``CLAIMS``, such as ``"G3"``.
        seed: of every random number, from 0.

    Returns:
        a :class:`Check` with ``prediction``, ``measurement``, ``interval`` and ``passed``.

    Raises:
        ValueError: no claim of that name, or a seed that is none.
    """
    check_name("claim", id, tuple(CLAIMS))
    return checked(CLAIMS[id], check_number("seed", seed, Range(0, 2**31 - 1), integer=True))
