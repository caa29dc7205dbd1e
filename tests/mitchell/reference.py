"""The definition, written out pair by pair, and random pools to hold against it."""

import numpy as np

from reglab.mitchell import Verdict


def judge_by_definition(train, true, low, high, bayes=None):
    """Verdict, witness and severity of each hypothesis, in O(m^2) plain Python."""
    results = []
    for h in range(len(true)):
        larger = [other for other in range(len(true)) if train[other] > train[h]]
        witnesses = [other for other in larger if high[other] < low[h]]
        if witnesses:
            witness = min(witnesses, key=lambda other: (true[other], other))
            results.append((Verdict.OVERFITS, witness, true[h] - true[witness]))
        elif bayes is not None and high[h] - bayes <= 0.001:
            results.append((Verdict.OPTIMAL, -1, 0))
        elif all(low[other] >= high[h] for other in larger):
            results.append((Verdict.NO_WITNESS, -1, 0))
        else:
            results.append((Verdict.UNDECIDED, -1, 0))
    return tuple(np.array(column) for column in zip(*results, strict=True))


def random_pool(rng, m):
    """Columns of small whole numbers, so that ties abound; exact, evenly or unevenly bounded."""
    train = rng.integers(0, rng.integers(1, 6), m)
    true = rng.integers(0, rng.integers(2, 12), m)
    kind = rng.integers(0, 4)
    if kind == 0:
        below, above = np.zeros((2, m), int)
    elif kind == 1:
        below = above = np.full(m, rng.integers(1, 3))
    else:
        below, above = rng.integers(0, 6, (2, m)) * (rng.random((2, m)) < (0.4 if kind == 2 else 1))
    return train, true, true - below, true + above


def assert_same(verdicts, expected):
    for name, column, right in zip(verdicts._fields, verdicts, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(column), right, err_msg=name)
