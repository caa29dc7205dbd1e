"""Claims by their ids: what each must be, and how one joins."""

from reglab.config import Registry
from reglab.theory.base import Claim
from reglab.words import say


def register(claim: Claim) -> None:
    """Adds a claim to those that ``check``, ``reglab claims`` and ``ClaimsLab`` know.

    Raises:
        ValueError: one line, for an id that is taken or none, or what is no :class:`Claim`.

    >>> register(CLAIMS["G3"])
    Traceback (most recent call last):
    ValueError: claim: expected a name that is free, got 'G3'
    """
    if not isinstance(claim, Claim):
        raise ValueError(say("claim: expected a reglab.theory.Claim, got {got!r:.80}", got=claim))
    CLAIMS.register(claim.id, claim)


def _check(name: str, claim: object) -> None:
    if not isinstance(claim, Claim) or claim.id != name:
        raise ValueError(
            say(
                "claim: expected a Claim with the id {name!r}, got {got!r:.80}",
                name=name,
                got=claim,
            )
        )


CLAIMS: Registry[Claim] = Registry("claim", _check)
