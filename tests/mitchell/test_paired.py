"""Paired tests against SciPy's, and against each claim counted one at a time."""

import numpy as np
import pytest
from scipy.stats import binomtest

from reglab.mitchell import paired


@pytest.mark.parametrize(
    ("more", "fewer"),
    [(0, 0), (0, 3), (1, 0), (3, 0), (5, 5), (9, 2), (60, 40), (500, 430), (3, 2000), (5000, 4800)],
)
def test_sign_test_is_the_exact_one(more, fewer):
    expected = 1.0
    if more + fewer:
        expected = binomtest(more, more + fewer, alternative="greater").pvalue
    assert paired.sign_test(np.array([more]), np.array([fewer]))[0] == pytest.approx(expected)


def holm_one_at_a_time(p_values):
    """Holm's procedure as a level: the smallest at which each claim is made."""
    order, reached, adjusted = sorted(range(len(p_values)), key=p_values.__getitem__), 0.0, {}
    for step, i in enumerate(order):
        reached = max(reached, min(1.0, (len(p_values) - step) * p_values[i]))
        adjusted[i] = reached
    return [adjusted[i] for i in range(len(p_values))]


@pytest.mark.parametrize("m", [1, 2, 3, 10, 50])
def test_holm(m):
    rng = np.random.default_rng(m)
    for _ in range(20):
        p_values = np.round(rng.random(m) ** 3, 2)  # with ties
        expected = holm_one_at_a_time(p_values.tolist())
        np.testing.assert_allclose(paired.holm(p_values), expected)


def test_holm_by_hand():
    np.testing.assert_allclose(paired.holm(np.array([0.01, 0.04, 0.03])), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(paired.holm(np.array([1.0, 0.0, 0.9])), [1.0, 0.0, 1.0])


def test_alone_wrong():
    rng = np.random.default_rng(0)
    wrong, other = rng.random((6, 50)) < 0.4, rng.integers(0, 6, 6)
    first, second = paired.alone_wrong(wrong, wrong[other])
    for i, k in enumerate(other):
        assert first[i] == sum(a and not b for a, b in zip(wrong[i], wrong[k], strict=True))
        assert second[i] == sum(b and not a for a, b in zip(wrong[i], wrong[k], strict=True))


@pytest.mark.parametrize("most_exact", [1, 2**24])
@pytest.mark.parametrize("block", [1, 3, 256])
def test_none_better_is_the_largest_of_the_pairs(block, most_exact, monkeypatch):
    monkeypatch.setattr(paired, "BLOCK", block)
    monkeypatch.setattr(paired, "MOST_EXACT", most_exact)
    rng = np.random.default_rng(1)
    wrong = rng.random((8, 60)) < rng.random((8, 1))
    rivals = rng.random((8, 8)) < 0.3
    rivals[2] = False
    expected = np.zeros(8)
    for i, k in zip(*np.nonzero(rivals), strict=True):
        theirs, own = (wrong[k] & ~wrong[i]).sum(), (wrong[i] & ~wrong[k]).sum()
        test = binomtest(theirs, max(theirs + own, 1), alternative="greater")
        expected[i] = max(expected[i], test.pvalue if theirs + own else 1.0)
    np.testing.assert_allclose(paired.none_better(wrong, rivals), expected)
    assert expected[2] == 0
