"""Exact tests of who errs less, on the same examples, and what many of them prove at once."""

import numpy as np
from scipy.special import betainc

BLOCK = 256  # hypotheses held against all others in one matrix product
MOST_EXACT = 2**24  # float32 counts exactly up to here


def sign_test(more: np.ndarray, fewer: np.ndarray) -> np.ndarray:
    """p-value of the claim that the first of two hypotheses errs more than the second.

    Only examples where one of the two alone is wrong tell them apart. If the first errs no more,
    each of those is its own mistake with probability 1/2 at most, so the p-value is the chance of
    ``more`` or more heads in ``more + fewer`` tosses of a coin: McNemar's test, exact, one-sided.

    Args:
        more: numbers of examples where the first alone is wrong, integers of any shape.
        fewer: numbers of examples where the second alone is, of the same shape.

    Returns:
        p-values from 0 to 1, of that shape.

    References:
        Q. McNemar, Note on the sampling error of the difference between correlated proportions or
        percentages, Psychometrika 12 (1947).

    >>> sign_test(np.array([3, 0]), np.array([0, 0])).tolist()
    [0.125, 1.0]
    """
    tail = betainc(np.maximum(more, 1), np.add(fewer, 1.0), 0.5)
    return np.where(more == 0, 1.0, tail)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's adjustment of m p-values, ``(m,)``, in their order.

    Calling significant what is at most 0.05 after it makes any wrong claim among the m with a
    probability of at most 5 %, however the tests depend on each other.

    References:
        S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
        Statistics 6 (1979).

    >>> holm(np.array([0.5, 0.01, 0.02])).tolist()
    [0.5, 0.03, 0.04]
    """
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def alone_wrong(wrong: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of examples where a hypothesis alone is wrong, and where another one alone is.

    Args:
        wrong: ``(m, n)`` booleans, the mistakes of m hypotheses.
        other: ``(m, n)``, those of the one that each is held against.

    Returns:
        Two arrays ``(m,)``.
    """
    return np.count_nonzero(wrong & ~other, axis=1), np.count_nonzero(other & ~wrong, axis=1)


def none_better(wrong: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """p-values of the claims that none of a hypothesis's rivals errs less than it.

    Each rival has to be shown to err more, so the p-value is the largest of all (an
    intersection-union test, which needs no correction for their number); 0 without rivals.

    Args:
        wrong: ``(m, n)`` booleans, the mistakes of m hypotheses.
        rivals: ``(m, m)`` booleans, row i for the rivals of hypothesis i.

    Returns:
        ``(m,)``, from 0 to 1. O(m² n) time.

    >>> wrong = np.array([[True] * 2 + [False] * 6, [False] * 2 + [True] * 6])
    >>> none_better(wrong, np.array([[False, True], [False, False]])).round(3).tolist()
    [0.145, 0.0]
    """
    kind = np.float32 if wrong.shape[1] < MOST_EXACT else np.float64
    columns = wrong.T.astype(kind)
    count = np.count_nonzero(wrong, axis=1)
    largest = np.zeros(len(wrong))
    for start in range(0, len(wrong), BLOCK):
        rows = slice(start, start + BLOCK)
        own, rival = np.nonzero(rivals[rows])
        own += start
        both = (wrong[rows].astype(kind) @ columns).astype(int)[own - start, rival]
        p_values = sign_test(count[rival] - both, count[own] - both)
        np.maximum.at(largest, own, p_values)
    return largest
