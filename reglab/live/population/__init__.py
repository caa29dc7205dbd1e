"""A population that is counted while it grows: ``PopulationSession``, and what it is made of."""

from reglab.live.population.frame import PopulationFrame, SweepStatus
from reglab.live.population.session import PopulationSession
from reglab.live.population.tally import Tally, varying
from reglab.live.population.trained import trained

__all__ = ["PopulationFrame", "PopulationSession", "SweepStatus", "Tally", "trained", "varying"]
