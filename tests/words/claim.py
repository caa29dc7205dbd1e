"""A claim whose words are messages that the catalogue has."""

from reglab.theory import Claim
from reglab.words import say


def claim(predict, measure):
    """The claim that ``measure`` is as ``predict`` says."""
    return Claim(
        id="X1",
        statement=say("the least true error"),
        formula="",
        kind="expectation",
        source=(),
        setup=lambda seed: seed,
        predict=predict,
        measure=measure,
        tolerance=say("a number"),
        fails_when=say("a number"),
    )
