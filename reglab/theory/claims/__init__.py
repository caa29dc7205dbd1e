"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import (
    attention,
    augmentation,
    convolution,
    double_descent,
    early_stopping,
    excess_risk,
    gradient_check,
    initialization,
    input_noise,
    label_smoothing,
    lasso,
    mnist1d,
    random_labels,
    receptive_field,
    ridge,
    shift,
    uniform_gap,
    weight_decay,
)

_ORDER = (
    uniform_gap,
    excess_risk,
    double_descent,
    random_labels,
    shift,
    ridge,
    lasso,
    weight_decay,
    early_stopping,
    input_noise,
    augmentation,
    label_smoothing,
    initialization,
    attention,
    convolution,
    receptive_field,
    gradient_check,
    mnist1d,
)
CLAIMS: dict[str, Claim] = {module.CLAIM.id: module.CLAIM for module in _ORDER}
