"""Certificates in words: bounds in percent, rounded outwards."""

import math

from reglab.mitchell.certificate.tree import Bounds, Known
from reglab.mitchell.pool import Pool
from reglab.mitchell.words import MOST_DECIMALS, compared, exact, examples
from reglab.words import Message, say


def sentence(overfits: bool | None, known: Known, pool: Pool, pair: tuple[int, int]) -> Message:
    """What is proved, in words.

    Args:
        overfits: see :class:`Certificate`.
        known: bounds of both errors.
        pool: with names and training errors.
        pair: which of the pool are h and h'.
    """
    decimals = 1
    while decimals < MOST_DECIMALS and _touch(known, decimals):
        decimals += 1
    (h_low, h_high), (low, high) = (between(it, decimals) for it in (known.h, known.witness))
    values = {
        "h": say("h ({name})", name=pool.names[pair[0]]),
        "witness": pool.names[pair[1]],
        "over": pool.over,
        "h_low": h_low,
        "h_high": h_high,
        "low": low,
        "high": high,
    }
    if overfits is None:
        return say(
            "Not certified: over {over} the error of {h} lies between {h_low} and {h_high} %, that "
            "of h′ ({witness}) between {low} and {high} %, and more cells would be needed.",
            **values,
        )
    if not overfits:
        return say(
            "Certified: h′ ({witness}) is no witness against {h}. Over {over} the error of h lies "
            "between {h_low} and {h_high} %, that of h′ between {low} and {high} %.",
            **values,
        )
    h_train, witness_train = compared(*(exact(float(pool.train_error[i])) for i in pair))
    return say(
        "Certified: {h} overfits. h′ ({witness}) errs more on {examples}, {witness_train} > "
        "{h_train}, and over {over} the error of h lies between {h_low} and {h_high} %, that "
        "of h′ between {low} and {high} %.",
        examples=examples(pool.num_train),
        h_train=h_train,
        witness_train=witness_train,
        **values,
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
