"""Every claim, by its id. One file each."""

from reglab.theory.base import Claim
from reglab.theory.claims import (
    coadaptation,
    dropout_geometric,
    dropout_ridge,
    dropout_scalings,
    dropout_sparsity,
    excess_risk,
    mc_dropout,
)

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        excess_risk.CLAIM,
        dropout_ridge.CLAIM,
        dropout_scalings.CLAIM,
        dropout_geometric.CLAIM,
        mc_dropout.CLAIM,
        coadaptation.CLAIM,
        dropout_sparsity.CLAIM,
    )
}
