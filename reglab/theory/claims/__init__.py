"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import (
    augmentation,
    early_stopping,
    excess_risk,
    input_noise,
    label_smoothing,
    lasso,
    mnist1d,
    ridge,
    weight_decay,
)

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        excess_risk.CLAIM,
        ridge.CLAIM,
        lasso.CLAIM,
        weight_decay.CLAIM,
        early_stopping.CLAIM,
        input_noise.CLAIM,
        augmentation.CLAIM,
        label_smoothing.CLAIM,
        mnist1d.CLAIM,
    )
}
