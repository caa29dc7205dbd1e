"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import certified_error, excess_risk, folding, linear_gauss, paired_test

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        paired_test.CLAIM,
        folding.CLAIM,
        linear_gauss.CLAIM,
        certified_error.CLAIM,
        excess_risk.CLAIM,
    )
}
