"""Certificates in words: bounds in percent, rounded outwards."""

import math

from reglab.mitchell.certificate.tree import Bounds, Known
from reglab.mitchell.messages import say
from reglab.mitchell.words import MOST_DECIMALS


def sentence(overfits: bool | None, known: Known, name: str, over: str, language: str) -> str:
    """What is proved, in one sentence.

    Args:
        overfits: see :class:`Certificate`.
        known: bounds of both errors.
        name: of h'.
        over: what the errors are taken over, in words.
        language: of the sentence.
    """
    decimals = 1
    while decimals < MOST_DECIMALS and _touch(known, decimals):
        decimals += 1
    h, witness = (between(bounds, decimals) for bounds in (known.h, known.witness))
    words = {"h_low": h[0], "h_high": h[1], "low": witness[0], "high": witness[1]}
    key = {True: "certified", False: "certified_not", None: "certified_neither"}[overfits]
    return say(language, key, witness=name, over=over, **words)


def between(bounds: Bounds, decimals: int = 1) -> tuple[str, str]:
    """Bounds in percent, the lower one rounded down and the upper one up.

    >>> between(Bounds(0.26149, 0.26301))
    ('26.1', '26.4')
    """
    low, high = _rounded(bounds, decimals)
    return tuple(f"{end / 10**decimals:.{decimals}f}" for end in (low, high))


def _rounded(bounds: Bounds, decimals: int) -> tuple[int, int]:
    scale = 100 * 10**decimals
    return math.floor(bounds.low * scale), math.ceil(bounds.high * scale)


def _touch(known: Known, decimals: int) -> bool:
    """Whether bounds that are apart look as if they were not."""
    if known.h.low <= known.witness.high:
        return False
    return _rounded(known.h, decimals)[0] <= _rounded(known.witness, decimals)[1]
