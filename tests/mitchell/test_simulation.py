"""Pools whose truth is known, judged from errors that were measured.

A pool holds 60 hypotheses with true errors on a grid of half points, many of them equal, so that a
wrong decision is easy to make. All are measured on the same 4,000 points: point j has one uniform
number, and a hypothesis of true error e is wrong there with probability e, either by that number
(all hypotheses move together) or by one of its own. Two-sided intervals at level 1 - 0.05/60 each
hold for all 60 at once with probability 0.95, whatever the dependence (Bonferroni):
Clopper-Pearson's from the beta quantiles, Hoeffding's with half width sqrt(log(2 * 60/0.05)/(2 n)).
"""

import numpy as np
import pytest
from scipy import stats

from reglab.mitchell import MARGIN, Verdict, judge

NUM_POOLS, NUM_HYPOTHESES, NUM_POINTS, NUM_TRAIN = 200, 60, 4000, 60
BAYES = 0.1


def clopper_pearson(wrong, alpha):
    low = stats.beta.ppf(alpha / 2, wrong, NUM_POINTS - wrong + 1)
    high = stats.beta.ppf(1 - alpha / 2, wrong + 1, NUM_POINTS - wrong)
    return np.where(wrong == 0, 0, low), np.where(wrong == NUM_POINTS, 1, high)


def hoeffding(wrong, alpha):
    half = np.sqrt(np.log(2 / alpha) / (2 * NUM_POINTS))
    return wrong / NUM_POINTS - half, wrong / NUM_POINTS + half


def one_sigma(wrong, alpha):
    """No simultaneous bounds: what happens without them."""
    error = wrong / NUM_POINTS
    half = np.sqrt(error * (1 - error) / NUM_POINTS)
    return error - half, error + half


def simulate(bounds, *, together):
    """Pools with a wrong decided verdict, and the share found of what is plain to see."""
    rng = np.random.default_rng(1)
    wrong_pools, found, plain = 0, 0, 0
    for _ in range(NUM_POOLS):
        true = BAYES + 0.005 * rng.integers(0, 50, NUM_HYPOTHESES)
        true[rng.random(NUM_HYPOTHESES) < 0.1] = BAYES
        train = rng.binomial(NUM_TRAIN, np.abs(BAYES + 0.15 - true)) / NUM_TRAIN
        common = np.searchsorted(np.sort(rng.random(NUM_POINTS)), true)
        wrong = common if together else rng.binomial(NUM_POINTS, true)
        low, high = bounds(wrong, 0.05 / NUM_HYPOTHESES)
        verdicts = judge(train, wrong / NUM_POINTS, low=low, high=high, bayes=BAYES)
        wrong_pools += any_wrong(verdicts, train, true)

        is_witness = train[None, :] > train[:, None]
        best = np.where(is_witness, true, np.inf).min(axis=1)
        severe = true - best > 3 * (high - low).max() / 2
        plain += severe.sum()
        found += (verdicts.verdict[severe] == Verdict.OVERFITS).sum()
    return wrong_pools / NUM_POOLS, found / plain, plain


def any_wrong(verdicts, train, true):
    """Whether a decided verdict, or the witness it names, is wrong by the truth."""
    for h, (code, witness, _) in enumerate(zip(*verdicts, strict=True)):
        has_witness = bool(((train > train[h]) & (true < true[h])).any())
        if code == Verdict.OVERFITS and not (train[witness] > train[h] and true[witness] < true[h]):
            return True
        if code == Verdict.NO_WITNESS and has_witness:
            return True
        if code == Verdict.OPTIMAL and true[h] - BAYES > MARGIN:
            return True
    return False


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("bounds", [clopper_pearson, hoeffding])
def test_decided_verdicts_are_right_and_plain_cases_are_found(bounds, together):
    wrong, found, plain = simulate(bounds, together=together)
    assert plain > 1000
    assert wrong <= 0.05
    assert found >= 0.8


def test_bounds_that_do_not_hold_at_once_give_wrong_verdicts():
    wrong, _, _ = simulate(one_sigma, together=False)
    assert wrong > 0.5
