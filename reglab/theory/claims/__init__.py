"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import double_descent, excess_risk, uniform_gap

CLAIMS: dict[str, Claim] = {
    claim.id: claim for claim in (uniform_gap.CLAIM, excess_risk.CLAIM, double_descent.CLAIM)
}
