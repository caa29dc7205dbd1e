"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import double_descent, excess_risk, random_labels, shift, uniform_gap

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        uniform_gap.CLAIM,
        excess_risk.CLAIM,
        double_descent.CLAIM,
        random_labels.CLAIM,
        shift.CLAIM,
    )
}
