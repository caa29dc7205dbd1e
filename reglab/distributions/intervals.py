"""Exact intervals of shares."""

import numpy as np
from scipy.special import betaincinv


def clopper_pearson(count: np.ndarray, n: int, level: float) -> np.ndarray:
    """Bounds of a share that hold together with a probability of at least 1 - ``level``.

    Args:
        count: numbers of hits, ``(m,)`` integers from 0 to ``n``.
        n: number of independent draws.
        level: probability that the share lies outside of its bounds, above 0 and below 1.

    Returns:
        ``(2, m)`` float64: low and high for each count.

    References:
        C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in
        the case of the binomial, Biometrika 26 (1934).

    >>> clopper_pearson(np.array([0, 5]), 10, 0.05).round(3).tolist()
    [[0.0, 0.187], [0.308, 0.813]]
    """
    hits, misses = np.asarray(count, float), n - np.asarray(count, float)
    low = betaincinv(np.maximum(hits, 1), misses + 1, level / 2)
    high = betaincinv(hits + 1, np.maximum(misses, 1), 1 - level / 2)
    return np.stack([np.where(hits == 0, 0.0, low), np.where(misses == 0, 1.0, high)])
