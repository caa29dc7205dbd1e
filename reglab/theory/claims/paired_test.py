"""M3: what a finite test set proves about two hypotheses, and about the best of many."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from reglab.mitchell.paired import holm, sign_test
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import at_most, expectation, mean_of, share_of, too_high, too_low
from reglab.words import say


class Given(NamedTuple):
    """Settings: m test examples, K candidates, level α, errors e, shares of examples.

    On a share ``worse`` of all examples h alone is wrong, on a share ``better`` h' alone is.
    """

    rng: np.random.Generator
    m: int = 1000
    level: float = 0.05
    disagreements: tuple[float, ...] = (0.02, 0.04, 0.08, 0.16)
    worse: float = 0.05
    better: float = 0.03
    sizes: tuple[int, ...] = (250, 500, 1000, 2000)
    candidates: int = 20
    error: float = 0.1
    copies: int = 4
    replicates: int = 40_000
    searches: int = 4_000


def setup(seed: int) -> Given:
    """Nothing but settings."""
    return Given(np.random.default_rng(seed))


def predict(given: Given):
    """The formulas."""
    m, K, level = given.m, given.candidates, given.level
    null, p10, p01 = np.array(given.disagreements) / 2, given.worse, given.better
    size = np.array([_called(m, p, p, level) for p in null])
    power = np.array([_called(n, p10, p01, level) for n in given.sizes])
    each, each_of_k = size[-2], _called(m, null[-2], null[-2], level / K)
    least = _least(m, given.error, K)
    shares = {"x": np.array(given.disagreements), "x_label": say("examples where they disagree")}
    return {
        say("equal, yet called better"): expectation(size, **shares),
        say("equal, yet called better: the level"): at_most(np.full(len(size), level), **shares),
        say("better, and called so"): expectation(
            power, np.array(given.sizes), say("test examples m")
        ),
        say("any of 20 equal ones called better"): expectation(1 - (1 - each) ** K),
        say("any of 20, Holm"): expectation(1 - (1 - each_of_k) ** K),
        say("any of 20 against one h, Holm"): at_most(level),
        say("error of the best of 20, as seen"): expectation(least),
        say("error of the best of 20, more on new examples"): expectation(given.error - least),
        say("any of 20 against one h"): too_high(1 - (1 - each) ** K),
        say("better, by the normal approximation"): too_high(_normal(m, p10, p01, level)),
        say("better, on two separate test sets"): too_high(power[-2]),
        say("equal, every example counted 4 times"): too_low(level),
    }


def _called(m: int, p10: float, p01: float, level: float) -> float:
    """Probability that the exact test calls h' better."""
    from scipy.stats import binom

    discordant = np.arange(m + 1)
    critical = binom.isf(level, discordant, 0.5)
    called = binom.sf(critical, discordant, p10 / (p10 + p01))
    return (binom.pmf(discordant, m, p10 + p01) * called).sum()


def _least(m: int, error: float, K: int) -> float:
    """Mean of the least of K equal errors."""
    from scipy.stats import binom

    return (binom.sf(np.arange(m), m, error) ** K).sum() / m


def _normal(m: int, p10: float, p01: float, level: float) -> float:
    """What ``_called`` is nearly for large m."""
    both, more = p10 + p01, p10 - p01
    return ndtr((more * m**0.5 + ndtri(level) * both**0.5) / (both - more**2) ** 0.5)


def measure(given: Given):
    """Draws mistakes, tests them with the package's own tests, and counts."""
    m, n = given.m, given.replicates
    size = [_count(given, *_pairs(given, m, d / 2, d / 2)) for d in given.disagreements]
    unequal = [_pairs(given, size, given.worse, given.better) for size in given.sizes]
    power = share_of([_count(given, *pair) for pair in unequal], n)
    copied = [
        given.copies * count for count in _pairs(given, m, *[given.disagreements[-2] / 2] * 2)
    ]
    own, own_holm = _searches(given, *_own_pairs(given))
    shared, shared_holm = _searches(given, *_shared_pairs(given))
    seen, fresh = _best(given)
    return {
        "equal, yet called better": share_of(size, n),
        "equal, yet called better: the level": share_of(size, n),
        "better, and called so": power,
        "any of 20 equal ones called better": own,
        "any of 20, Holm": own_holm,
        "any of 20 against one h, Holm": shared_holm,
        "error of the best of 20, as seen": mean_of(seen),
        "error of the best of 20, more on new examples": mean_of(fresh - seen),
        "any of 20 against one h": shared,
        "better, by the normal approximation": share_of(_count(given, *unequal[-2]), n),
        "better, on two separate test sets": share_of(_separate(given), n),
        "equal, every example counted 4 times": share_of(_count(given, *copied), n),
    }


def _count(given: Given, more: np.ndarray, fewer: np.ndarray) -> int:
    return int(np.count_nonzero(sign_test(more, fewer) <= given.level))


def _pairs(given: Given, m: int, p10: float, p01: float) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of examples where h alone is wrong, and where h' alone is."""
    more = given.rng.binomial(m, p10, given.replicates)
    return more, given.rng.binomial(m - more, p01 / (1 - p10))


def _separate(given: Given) -> int:
    """How often two errors on samples of their own differ significantly, by the normal test."""
    h = given.rng.binomial(given.m, given.error, given.replicates)
    other = given.rng.binomial(given.m, given.error - given.worse + given.better, given.replicates)
    pooled = (h + other) / (2 * given.m)
    z = (h - other) / np.sqrt(2 * given.m * pooled * (1 - pooled))
    return int(np.count_nonzero(ndtr(-z) <= given.level))


def _own_pairs(given: Given) -> tuple[np.ndarray, np.ndarray]:
    """Each of K candidates is held against an h of its own."""
    p, size = given.disagreements[-2] / 2, (given.replicates, given.candidates)
    more = given.rng.binomial(given.m, p, size)
    return more, given.rng.binomial(given.m - more, p / (1 - p))


def _shared_pairs(given: Given) -> tuple[np.ndarray, np.ndarray]:
    """All K candidates are held against the same h."""
    p, size = given.disagreements[-2] / 2, (given.replicates, given.candidates)
    wrong = given.rng.binomial(given.m, given.error, (given.replicates, 1))
    more = given.rng.binomial(wrong, p / given.error, size)
    return more, given.rng.binomial(given.m - wrong, p / (1 - given.error), size)


def _searches(given: Given, more: np.ndarray, fewer: np.ndarray):
    """Shares of the searches that find a candidate: with each by itself, and by Holm's method."""
    p_values = sign_test(more, fewer)
    found = np.count_nonzero((p_values <= given.level).any(axis=1))
    adjusted = np.apply_along_axis(holm, 1, p_values[: given.searches])
    found_by_holm = np.count_nonzero((adjusted <= given.level).any(axis=1))
    return share_of(found, given.replicates), share_of(found_by_holm, given.searches)


def _best(given: Given) -> tuple[np.ndarray, np.ndarray]:
    """Least of K equal errors where it was picked, and the error of the same one elsewhere."""
    size = given.replicates, given.candidates
    seen, fresh = given.rng.binomial(given.m, given.error, (2, *size)) / given.m
    return seen.min(axis=1), fresh[np.arange(len(fresh)), seen.argmin(axis=1)]


CLAIM = Claim(
    id="M3",
    statement=say(
        "On a finite test set, that h' errs less than h is shown by the examples where one of "
        "them alone is wrong: the exact paired test errs with a probability of at most α. The "
        "best of K candidates needs Holm's correction, and looks better than it is."
    ),
    formula=r"P(\text{called}) = \sum_{D=0}^{m} \binom{m}{D} (p_{10} + p_{01})^D "
    r"(1 - p_{10} - p_{01})^{m - D} \, P\Big(\mathrm{Bin}\big(D, \tfrac{p_{10}}{p_{10} + p_{01}}"
    r"\big) \text{ has } P(\mathrm{Bin}(D, \tfrac12) \ge b) \le \alpha\Big), \qquad "
    r"P(\text{any of } K) = 1 - (1 - a)^K, \qquad "
    r"\mathrm{E} \min = \tfrac1m \sum_{j < m} P(\mathrm{Bin}(m, e) > j)^K",
    kind="expectation",
    source=(
        Reference(
            say(
                "Q. McNemar, Note on the sampling error of the difference between correlated "
                "proportions or percentages, Psychometrika 12 (1947)"
            )
        ),
        Reference(
            say(
                "S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian "
                "Journal of Statistics 6 (1979)"
            ),
            say("abstract: level protected for any combination of true hypotheses"),
        ),
        Reference(
            say(
                "M. W. Fagerland, S. Lydersen, P. Laake, The McNemar test for binary "
                "matched-pairs data: mid-p and asymptotic are better than exact conditional, BMC "
                "Medical Research Methodology 13:91 (2013)"
            ),
            say("abstract: the exact conditional test keeps its level and is conservative"),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "exact binomial bounds at 99.99 % of shares of 40,000 and 4,000 replicates; 4 standard "
        "errors of mean errors"
    ),
    fails_when=say(
        "the pairs are lost (two separate test sets show less), the same examples are counted "
        "more than once (the level is exceeded), or m is too small for the normal approximation. "
        "Candidates that share h depend on each other: 1 − (1 − a)^K is then too high, and "
        "Holm's bound still holds. The test is conservative: it errs less often than α."
    ),
)
