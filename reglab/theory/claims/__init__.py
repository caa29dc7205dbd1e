"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import (
    attention,
    batch_modes,
    batch_norm,
    convolution,
    double_descent,
    effective_rate,
    excess_risk,
    gradient_check,
    initialization,
    random_labels,
    receptive_field,
    running_statistics,
    shift,
    uniform_gap,
    variance_shift,
)

_ORDER = (
    uniform_gap,
    excess_risk,
    double_descent,
    random_labels,
    shift,
    batch_norm,
    running_statistics,
    batch_modes,
    variance_shift,
    effective_rate,
    initialization,
    attention,
    convolution,
    receptive_field,
    gradient_check,
)
CLAIMS: dict[str, Claim] = {module.CLAIM.id: module.CLAIM for module in _ORDER}
