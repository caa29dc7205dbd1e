"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import excess_risk, lasso, ridge

CLAIMS: dict[str, Claim] = {
    claim.id: claim for claim in (excess_risk.CLAIM, ridge.CLAIM, lasso.CLAIM)
}
