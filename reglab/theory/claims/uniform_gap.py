"""G1: how far training errors stray from true errors, over a whole hypothesis space."""

from typing import NamedTuple

import numpy as np
from scipy import special

from reglab.theory.base import Claim, Reference
from reglab.theory.rows import at_most, expectation, mean_of, share_of, too_high
from reglab.words import say


class Given(NamedTuple):
    """Settings: H is the thresholds 1[x > t] on the line, x is uniform."""

    rng: np.random.Generator
    sizes: tuple[int, ...] = (16, 64, 256, 1024)
    signal_sizes: tuple[int, ...] = (256, 512, 1024)
    label_noise: float = 0.35
    band: float = 1.36  # the gap that DKW is asked about is band / sqrt(n)
    replicates: int = 4000


def setup(seed: int) -> Given:
    """Only the generator."""
    return Given(np.random.default_rng(seed))


def predict(given: Given):
    """The formulas."""
    n, few = np.array(given.sizes), np.array(given.signal_sizes)
    axis, own = ({"x": sizes, "x_label": say("training examples n")} for sizes in (n, few))
    random_labels = _highest_of_walk(n) / n
    # Off the true threshold the training error is a walk with these odds to fall; the formula is
    # that of an endless walk, from which n = 256 differs by less than 1e-3 of it.
    odds = given.label_noise / (1 - given.label_noise)
    return {
        say("largest gap of either sign"): expectation(_kolmogorov(n), **axis),
        say("largest gap, true above training"): expectation(_one_sided(n), **axis),
        say("share of samples beyond 1.36/√n"): at_most(
            2 * np.exp(-2 * n * (given.band / np.sqrt(n)) ** 2), **axis
        ),
        say("gap of the best threshold, random labels"): expectation(random_labels, **axis),
        say("training error below that of the truth, real signal"): expectation(
            odds * (2 + odds) / (1 - odds**2) / few, **own
        ),
        say("gap of the best threshold, real signal, n = 1024"): too_high(random_labels[-1]),
    }


def _kolmogorov(n: np.ndarray) -> np.ndarray:
    """Mean of D_n: the integral of P(D_n > u / √n), over √n; good to 1e-6."""
    from scipy.stats import kstwo

    u, root = np.linspace(0, 4, 81), np.sqrt(n)
    return np.trapezoid(kstwo.sf(u[:, None] / root, n), u, axis=0) / root


def _one_sided(n: np.ndarray) -> np.ndarray:
    """The sum of n^k / k! for k below n, times n! / (2 n^(n+1))."""
    poisson = special.gammaincc(n, n)  # that sum, times exp(-n)
    return poisson * np.exp(special.gammaln(n + 1) + n - (n + 1) * np.log(n)) / 2


def _highest_of_walk(n: np.ndarray) -> np.ndarray:
    """Mean of max(0, S_1, ..., S_n) for a fair walk: the sum of E[S_k^+] / k, by Spitzer."""
    k = np.arange(1, n.max() + 1)
    half = (k + 1) // 2  # |S_k| has the mean 2 half C(2 half, half) / 4^half
    log_mean = special.gammaln(2 * half + 1) - 2 * special.gammaln(half + 1) - half * np.log(4)
    positive = half * np.exp(log_mean)
    return np.cumsum(positive / k)[n - 1]


def measure(given: Given):
    """Sorted samples; every threshold between two of them is looked at."""
    gaps = [_largest_gaps(given, n) for n in given.sizes]
    either = np.stack([two_sided for two_sided, _ in gaps], axis=1)
    bounds = given.band / np.sqrt(given.sizes)
    random = [_best_threshold(given, n, 0.5) for n in given.sizes]
    signal = [_best_threshold(given, n, given.label_noise) for n in given.signal_sizes]
    return {
        "largest gap of either sign": mean_of(either),
        "largest gap, true above training": mean_of(
            np.stack([one_sided for _, one_sided in gaps], axis=1)
        ),
        "share of samples beyond 1.36/√n": share_of(
            (either > bounds).sum(axis=0), given.replicates
        ),
        "gap of the best threshold, random labels": mean_of(
            np.stack([true - training for training, true, _ in random], axis=1)
        ),
        "training error below that of the truth, real signal": mean_of(
            np.stack([flipped - training for training, _, flipped in signal], axis=1)
        ),
        "gap of the best threshold, real signal, n = 1024": mean_of(signal[-1][1] - signal[-1][0]),
    }


def _largest_gaps(given: Given, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Where every label is 1: of either sign, and true above training error; a sample each."""
    x = np.sort(given.rng.random((given.replicates, n)), axis=1)  # true error of the threshold x
    before, after = np.arange(n) / n, np.arange(1, n + 1) / n  # training errors on its two sides
    above = (x - before).max(axis=1)
    return np.maximum(above, (after - x).max(axis=1)), above


def _best_threshold(given: Given, n: int, label_noise: float) -> tuple[np.ndarray, ...]:
    """Of the threshold with the least training error, training and true error, ``(replicates,)``.

    The labels are 1[x > 1/2], flipped with the probability ``label_noise``; the third array is the
    training error of that very threshold.
    """
    shape = (given.replicates, n)
    x = np.sort(given.rng.random(shape), axis=1)
    is_flipped = given.rng.random(shape) < label_noise
    y = (x > 0.5) ^ is_flipped
    steps = np.where(y, 1, -1).astype(np.int16)  # in training errors, as x goes to the other side
    walk = np.pad(np.cumsum(steps, axis=1, dtype=np.int16), ((0, 0), (1, 0)))
    best = walk.argmin(axis=1)[:, None]
    training = ((~y).sum(axis=1) + np.take_along_axis(walk, best, axis=1)[:, 0]) / n
    ends = np.pad(x, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
    pair = [np.take_along_axis(ends, best + side, axis=1)[:, 0] for side in (0, 1)]
    distance = np.abs(sum(pair) / 2 - 0.5)
    return training, label_noise + (1 - 2 * label_noise) * distance, is_flipped.mean(axis=1)


CLAIM = Claim(
    id="G1",
    statement=say(
        "Over all thresholds on a line the largest gap between training and true error follows "
        "Kolmogorov's law, about 0.87/√n, whatever the distribution. The threshold that fits "
        "random labels best has a gap of about √(2/(πn))."
    ),
    formula=r"\mathbb{E}\sup_h |\hat e(h) - e(h)| = \mathbb{E} D_n \approx "
    r"\sqrt{\tfrac{\pi}{2}}\,\frac{\ln 2}{\sqrt n}, \qquad "
    r"\mathbb{E}\sup_h (e - \hat e) = \frac{n!}{2 n^{n+1}} \sum_{k<n} \frac{n^k}{k!}, \qquad "
    r"P(D_n > \varepsilon) \le 2 e^{-2 n \varepsilon^2}, \qquad "
    r"\mathbb{E}[e - \hat e]_{\text{random labels}} = "
    r"\frac{1}{n} \sum_{k \le n} \frac{\mathbb{E} S_k^+}{k}, \qquad "
    r"\mathbb{E}[\hat e(\text{truth}) - \hat e]_{\text{signal}} = "
    r"\frac{r (2 + r)}{(1 - r^2)\, n}, \; r = \frac{\eta}{1 - \eta}",
    kind="expectation",
    source=(
        Reference(
            say(
                "Massart, The Tight Constant in the Dvoretzky-Kiefer-Wolfowitz Inequality, "
                "Annals of Probability 18(3), 1990, p. 1269"
            ),
            say("abstract at Project Euclid: 2 exp(-2 λ²) without any restriction on λ"),
        ),
        Reference(
            say(
                "Spitzer, A Combinatorial Lemma and Its Application to Probability Theory, "
                "Transactions of the AMS 82, 1956"
            ),
            say(
                "Wikipedia, 'Spitzer's formula': the identity; a question on math.stackexchange: "
                "E max = sum of E[S_k^+] / k from it. Not the paper itself."
            ),
        ),
        Reference(
            say(
                "Birnbaum and Pyke, On some distributions related to the statistic D_n^+, Annals "
                "of Mathematical Statistics 29, 1958"
            )
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "4 standard errors of the mean of 4,000 samples; the share's exact binomial interval"
    ),
    fails_when=say(
        "the labels follow a threshold and the noise is constant: the gap of the threshold that "
        "is chosen then falls as 1/n. The law is about the worst member of H, not about the one "
        "that training picks."
    ),
)
