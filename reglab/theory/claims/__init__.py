"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import (
    attention,
    convolution,
    double_descent,
    excess_risk,
    gradient_check,
    initialization,
    random_labels,
    receptive_field,
    shift,
    uniform_gap,
)

_ORDER = (
    uniform_gap,
    excess_risk,
    double_descent,
    random_labels,
    shift,
    initialization,
    attention,
    convolution,
    receptive_field,
    gradient_check,
)
CLAIMS: dict[str, Claim] = {module.CLAIM.id: module.CLAIM for module in _ORDER}
