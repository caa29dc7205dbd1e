"""The verdicts of Mitchell's definition, as they stand in a table and at the top of a file."""

from reglab.mitchell import Verdict
from reglab.words import say

VERDICTS = {
    Verdict.OVERFITS.name: say("OVERFITS"),
    Verdict.OPTIMAL.name: say("OPTIMAL"),
    Verdict.NO_WITNESS.name: say("NO WITNESS"),
    Verdict.UNDECIDED.name: say("UNDECIDED"),
}
