"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import (
    attention,
    convolution,
    excess_risk,
    gradient_check,
    initialization,
    receptive_field,
)

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        excess_risk.CLAIM,
        initialization.CLAIM,
        attention.CLAIM,
        convolution.CLAIM,
        receptive_field.CLAIM,
        gradient_check.CLAIM,
    )
}
