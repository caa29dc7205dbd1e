"""Four squares whose labels come from two shaken signs: products of piecewise quadratics."""

import numpy as np

ERROR = 2.0**-47  # of an integral along one axis, which is at most 10.6
ROUNDING = 1 - 2.0**-50


def xor_masses(
    low: np.ndarray, high: np.ndarray, shake: float, half_side: float, padding: float
) -> np.ndarray:
    """Of squares from ``padding`` to ``padding + half_side``, each sign shaken by ``shake``."""
    ends = [
        (np.clip(low, *part), np.clip(high, *part))
        for part in ((-padding - half_side, -padding), (padding, padding + half_side))
    ]
    # Along each axis: the length on which the shaken coordinate is positive, and negative.
    positive = sum(_integral(b, shake) - _integral(a, shake) for a, b in ends)
    negative = sum(_integral(-a, shake) - _integral(-b, shake) for a, b in ends)
    positive, negative = (np.maximum(part - ERROR, 0) for part in (positive, negative))
    same = positive.prod(axis=1) + negative.prod(axis=1)
    other = positive[:, 0] * negative[:, 1] + negative[:, 0] * positive[:, 1]
    return np.stack([other, same], axis=1) / (2 * half_side) ** 2 * ROUNDING


def _integral(x: np.ndarray, shake: float) -> np.ndarray:
    """The integral from 0 to x of the probability that t, shaken, is positive."""
    if shake == 0:
        return np.maximum(x, 0)
    within = np.clip(x, -shake, shake)
    return within / 2 + within * within / (4 * shake) + np.maximum(x - shake, 0)
