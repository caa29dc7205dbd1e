"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import (
    certified_error,
    excess_risk,
    folding,
    linear_gauss,
    paired_test,
    sample_size,
    witness,
)

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        witness.CLAIM,
        paired_test.CLAIM,
        folding.CLAIM,
        sample_size.CLAIM,
        linear_gauss.CLAIM,
        certified_error.CLAIM,
        excess_risk.CLAIM,
    )
}
