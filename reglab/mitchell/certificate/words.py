"""Certificates in words: bounds in percent, rounded outwards."""

import math

from reglab.mitchell.certificate.tree import Bounds, Known
from reglab.mitchell.explain import examples
from reglab.mitchell.messages import say
from reglab.mitchell.pool import Pool
from reglab.mitchell.words import MOST_DECIMALS, compared, exact


def sentence(
    overfits: bool | None, known: Known, pool: Pool, pair: tuple[int, int], language: str
) -> str:
    """What is proved, in words.

    Args:
        overfits: see :class:`Certificate`.
        known: bounds of both errors.
        pool: with names and training errors.
        pair: which of the pool are h and h'.
        language: of the sentence.
    """
    decimals = 1
    while decimals < MOST_DECIMALS and _touch(known, decimals):
        decimals += 1
    h, witness = (between(bounds, decimals) for bounds in (known.h, known.witness))
    key = {True: "certified", False: "certified_not", None: "certified_neither"}[overfits]
    trained = compared(*(exact(float(pool.train_error[i])) for i in pair))
    return say(
        language,
        key,
        h=say(language, "h", name=pool.names[pair[0]]),
        witness=pool.names[pair[1]],
        examples=examples(pool.num_train, language),
        over=pool.over,
        h_train=trained[0],
        witness_train=trained[1],
        h_low=h[0],
        h_high=h[1],
        low=witness[0],
        high=witness[1],
    )


def between(bounds: Bounds, decimals: int = 1) -> tuple[str, str]:
    """Bounds in percent, the lower one rounded down and the upper one up.

    >>> between(Bounds(0.26149, 0.26301))
    ('26.1', '26.4')
    """
    low, high = (f"{end / 10**decimals:.{decimals}f}" for end in _rounded(bounds, decimals))
    return low, high


def _rounded(bounds: Bounds, decimals: int) -> tuple[int, int]:
    scale = 100 * 10**decimals
    return math.floor(bounds.low * scale), math.ceil(bounds.high * scale)


def _touch(known: Known, decimals: int) -> bool:
    """Whether bounds that are apart look as if they were not."""
    if known.h.low <= known.witness.high:
        return False
    return _rounded(known.h, decimals)[0] <= _rounded(known.witness, decimals)[1]
