"""M7: what more training examples do to the gap, to the excess and to the verdict."""

from typing import NamedTuple

import numpy as np

from reglab.mitchell import Verdict, find_witness
from reglab.theory.base import Claim, Reference
from reglab.theory.cube import SIZE, line, sides, trained
from reglab.theory.rows import (
    expectation,
    higher_than,
    mean_of,
    share_of,
    shown,
    too_high,
)
from reglab.words import say


class Given(NamedTuple):
    """Settings: numbers of examples n, rate of flipped labels, runs at each n."""

    rng: np.random.Generator
    labels: np.ndarray
    sizes: tuple[int, ...] = (30, 120, 480, 1920)
    flips: float = 0.15
    runs: int = 16
    tables: int = 400


def setup(seed: int) -> Given:
    """A function of ten bits to learn."""
    rng = np.random.default_rng(seed)
    return Given(rng, sides(line(rng)))


def predict(given: Given):
    """The table's formulas; what is said of networks has none."""
    n, eta = np.array(given.sizes), given.flips
    wrong, minority = np.array([_votes(size, eta) for size in given.sizes]).T
    axis = {"x": n, "x_label": say("training examples n")}
    fewer = {"x": n[:-1], "x_label": say("training examples n")}
    nothing = np.full(len(n), np.nan)
    return {
        say("table, excess error"): expectation((1 - 2 * eta) * wrong, **axis),
        say("table, gap"): expectation(eta + (1 - 2 * eta) * wrong - SIZE / n * minority, **axis),
        say("network, gap, more than at n = 1,920"): higher_than(np.zeros(3), **fewer),
        say("network, excess error, more than at n = 1,920"): higher_than(np.zeros(3), **fewer),
        say("network, n = 480, severity: noise minus none"): higher_than(0.0),
        say("network, runs that overfit: n = 30 minus n = 480"): too_high(0.0),
        say("network, gap"): shown(nothing, **axis),
        say("network, excess error"): shown(nothing, **axis),
        say("network, severity on its path"): shown(nothing, **axis),
        say("network, runs that overfit"): shown(nothing, **axis),
        say("network, n = 480, no noise, runs that overfit"): shown(),
    }


def _votes(n: int, eta: float) -> tuple[float, float]:
    """For one entry: probability that its vote is wrong, and mean of the votes against it."""
    from scipy.stats import binom

    wrong = minority = 0.0
    for count in range(60):  # of 1,920 examples hardly ever 20 share a corner
        chance = binom.pmf(count, n, 1 / SIZE)
        flipped = np.arange(count + 1)
        share = binom.pmf(flipped, count, eta)
        lost = (flipped > count - flipped) + (flipped == count - flipped) / 2
        wrong = wrong + chance * (share * lost).sum()
        minority = minority + chance * (share * np.minimum(flipped, count - flipped)).sum()
    return wrong, minority


def measure(given: Given):
    """Fills tables and trains networks."""
    excess, gaps = np.stack([_tables(given, n) for n in given.sizes], axis=2)
    noisy = np.stack([_runs(given, n, given.flips) for n in given.sizes], axis=2)
    gap, more, severity, overfits = noisy
    _, _, clean, clean_overfits = _runs(given, 480, 0.0)
    return {
        "table, excess error": mean_of(excess),
        "table, gap": mean_of(gaps),
        "network, gap, more than at n = 1,920": mean_of(gap[:, :-1] - gap[:, -1:]),
        "network, excess error, more than at n = 1,920": mean_of(more[:, :-1] - more[:, -1:]),
        "network, n = 480, severity: noise minus none": mean_of(severity[:, 2] - clean),
        "network, runs that overfit: n = 30 minus n = 480": mean_of(
            overfits[:, 0] - overfits[:, 2]
        ),
        "network, gap": mean_of(gap),
        "network, excess error": mean_of(more),
        "network, severity on its path": mean_of(severity),
        "network, runs that overfit": share_of(overfits.sum(axis=0), given.runs),
        "network, n = 480, no noise, runs that overfit": share_of(clean_overfits.sum(), given.runs),
    }


def _tables(given: Given, n: int) -> np.ndarray:
    """Excess errors and gaps of tables that answer by vote, ``(2, tables)``."""
    rng, size = given.rng, (given.tables, SIZE)
    counts = rng.multinomial(n, np.full(SIZE, 1 / SIZE), given.tables)
    flipped = rng.binomial(counts, given.flips)
    is_wrong = flipped + rng.choice([-0.25, 0.25], size) > counts / 2  # a coin breaks ties
    train = np.where(is_wrong, counts - flipped, flipped).sum(axis=1) / n
    excess = (1 - 2 * given.flips) * is_wrong.mean(axis=1)
    return np.stack([excess, given.flips + excess - train])


def _runs(given: Given, n: int, flips: float) -> np.ndarray:
    """Gap, excess error, severity and whether it overfits, of some networks, ``(4, runs)``."""
    results = []
    for seed in range(given.runs):
        draw = int(given.rng.integers(2**31))
        run = trained(given.labels, flips=flips, n=n, seed=seed, draw=draw)
        finding, last = find_witness(run), float(run.history.true_error[-1])
        gap, overfits = last - run.history.train_error[-1], finding.verdict == Verdict.OVERFITS
        results.append([gap, last - flips, finding.severity, overfits])
    return np.array(results, float).T


CLAIM = Claim(
    id="M7",
    statement=say(
        "With more training examples the gap between true error and training error falls, and so "
        "does the excess over the Bayes error: exactly so for a table that lets its examples "
        "vote, as a tendency for a trained network. Flipped labels, not few examples, let an "
        "earlier state of the network be better than the last one."
    ),
    formula=r"\text{excess} = (1 - 2\eta)\,\mathrm{E}\big[P(K > \tfrac c2) + \tfrac12 P(K = "
    r"\tfrac c2)\big], \qquad \text{gap} = \eta + \text{excess} - \tfrac{N}{n}\,"
    r"\mathrm{E}\min(K, c - K), \qquad c \sim \mathrm{Bin}(n, \tfrac1N),\ "
    r"K \sim \mathrm{Bin}(c, \eta)",
    kind="expectation",
    source=(Reference(say("derived here: votes of independent examples at each of N points")),),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("4 standard errors of the mean of 400 tables, and of 16 runs for the tendencies"),
    fails_when=say(
        "one expects more verdicts from fewer examples: at n = 30 the gap is largest, yet most "
        "runs pass no better state, while at n = 480 nearly all do; the severity on the path "
        "rises before it falls. After a fixed number of steps many examples are not fitted to "
        "the last one. Without noise some runs still overfit, by a corner or two."
    ),
)
