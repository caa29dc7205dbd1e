"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import excess_risk, uniform_gap

CLAIMS: dict[str, Claim] = {claim.id: claim for claim in (uniform_gap.CLAIM, excess_risk.CLAIM)}
