"""Words for names of code: verdicts, and how an error was measured."""

from reglab.mitchell import Verdict
from reglab.words import say

VERDICTS = {
    Verdict.OVERFITS.name: say("OVERFITS"),
    Verdict.OPTIMAL.name: say("OPTIMAL"),
    Verdict.NO_WITNESS.name: say("NO WITNESS"),
    Verdict.UNDECIDED.name: say("UNDECIDED"),
}
METHODS = {
    "closed-form": say("closed-form"),
    "enumeration": say("enumeration"),
    "quadrature": say("quadrature"),
    "monte-carlo": say("monte-carlo"),
    "held-out": say("held-out"),
}
