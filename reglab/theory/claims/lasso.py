"""R2: an L1 penalty subtracts a threshold, and makes weights exactly 0."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from reglab.config import Hyper
from reglab.theory.base import Claim, Reference
from reglab.theory.descent import descend
from reglab.theory.rows import (
    at_most,
    exactly,
    expectation,
    identity,
    mean_of,
    share_of,
    too_high,
    too_low,
)
from reglab.words import say

CORRELATION = 0.8  # of pairs


class Given(NamedTuple):
    """Settings, and inputs: at right angles, correlated in pairs, and correlated at random."""

    rng: np.random.Generator
    x: np.ndarray
    y: np.ndarray
    pairs: np.ndarray
    correlated: np.ndarray
    sigma: float = 2.0
    levels: np.ndarray = np.array([0.5, 1.0, 1.5, 2.0])
    replicates: int = 800
    num_steps: int = 20_000


def setup(seed: int) -> Given:
    """64 examples of 24 features; four of them matter for ``y``."""
    rng = np.random.default_rng(seed)
    n, p = 64, 24
    x = np.linalg.qr(rng.standard_normal((n, p)))[0] * np.sqrt(n)
    correlated = rng.standard_normal((n, p)) + rng.standard_normal((n, 1))
    weights = np.repeat([[1.0], [0.0]], [4, p - 4], axis=0)
    mixed = np.kron(np.eye(p // 2), np.linalg.cholesky([[1, CORRELATION], [CORRELATION, 1]]).T)
    y = x @ weights + 2 * rng.standard_normal((n, 1))
    return Given(rng, x, y, x @ mixed, correlated)


def predict(given: Given):
    """The formulas; levels are thresholds in standard errors of a weight."""
    (n, p), levels = given.x.shape, given.levels
    z, threshold = given.x.T @ given.y / n, given.sigma / np.sqrt(n)
    active, density = 2 * ndtr(-levels), np.exp(-(levels**2) / 2) / np.sqrt(2 * np.pi)
    axis = {"x": levels, "x_label": say("threshold in standard errors of a weight")}
    return {
        say("weights"): identity(np.sign(z) * np.maximum(abs(z) - threshold, 0)),
        say("share of weights that are exactly 0"): expectation(1 - active, **axis),
        say("degrees of freedom"): expectation(p * active, **axis),
        say("degrees of freedom, correlated pairs"): expectation(p / 2 * _active(given), **axis),
        say("slope where a weight is not 0, correlated"): identity(threshold),
        say("slope where a weight is 0, correlated"): at_most(threshold),
        say("share exactly 0 by subgradient steps"): too_high(1 - active, **axis),
        say("share exactly 0 with L2"): too_high(1 - active, **axis),
        say("degrees of freedom, weights chosen and not shrunk"): too_low(p * active, **axis),
        say("degrees of freedom, chosen and not shrunk, exact"): expectation(
            p * (active + 2 * levels * density), **axis
        ),
    }


def _active(given: Given):
    """Weights of a correlated pair that are not 0, on average over pure noise."""
    rho, levels = CORRELATION, given.levels
    spread = np.sqrt(1 - rho**2)
    nodes, masses = np.polynomial.legendre.leggauss(40)
    first = levels[:, None] * nodes  # from -level to level
    within = ndtr((levels[:, None] - rho * first) / spread)
    within -= ndtr(-(levels[:, None] + rho * first) / spread)
    density = np.exp(-(first**2) / 2) / np.sqrt(2 * np.pi)
    neither = levels * ((density * within) @ masses)
    stays = ndtr(levels * (1 - rho) / spread) - ndtr(-levels * (1 + rho) / spread)
    first_alone = 2 * ndtr(-levels) * stays
    return 2 * (1 - neither - first_alone)


def measure(given: Given):
    """Proximal steps on noise alone, on a signal, and with correlated features."""
    noise = given.rng.normal(scale=given.sigma, size=(len(given.x), given.replicates))
    shrunk = np.stack([_trained(given, noise, level, is_proximal=True) for level in given.levels])
    steps = [_trained(given, noise, level, is_proximal=False) for level in given.levels]
    decayed = [_trained(given, noise, level, is_l2=True) for level in given.levels]
    pairs = np.stack([_trained_on_pairs(given, noise, level) for level in given.levels])
    chosen = np.where(shrunk == 0, 0.0, given.x.T @ noise / len(given.x))
    is_zero, slope = _slopes(given)
    return {
        "weights": exactly(_trained(given, given.y, 1.0, is_proximal=True), 1e-12),
        "share of weights that are exactly 0": _zeros(shrunk),
        "degrees of freedom": mean_of(_freedom(given, given.x @ shrunk, noise)),
        "degrees of freedom, correlated pairs": mean_of(
            _freedom(given, given.pairs @ pairs, noise)
        ),
        "slope where a weight is not 0, correlated": exactly(slope[~is_zero], 1e-9),
        "slope where a weight is 0, correlated": exactly(slope[is_zero], 1e-9),
        "share exactly 0 by subgradient steps": _zeros(np.stack(steps)),
        "share exactly 0 with L2": _zeros(np.stack(decayed)),
        "degrees of freedom, weights chosen and not shrunk": mean_of(
            _freedom(given, given.x @ chosen, noise)
        ),
        "degrees of freedom, chosen and not shrunk, exact": mean_of(
            _freedom(given, given.x @ chosen, noise)
        ),
    }


def _trained(given: Given, y: np.ndarray, level: float, *, is_proximal=False, is_l2=False):
    """Weights ``(p, m)`` after 60 steps, each of which halves the way to the end."""
    strength = level * given.sigma / np.sqrt(len(given.x))
    hyper = Hyper(learning_rate=0.5, l2=strength if is_l2 else 0.0, l1=0.0 if is_l2 else strength)
    return descend(given.x, y, hyper, [60], is_proximal=is_proximal)[0]


def _trained_on_pairs(given: Given, y: np.ndarray, level: float) -> np.ndarray:
    """Weights ``(p, m)`` after steps of the inverse of the largest curvature."""
    strength = level * given.sigma / np.sqrt(len(given.x))
    hyper = Hyper(learning_rate=1 / (1 + CORRELATION), l1=strength)
    return descend(given.pairs, y, hyper, [200], is_proximal=True)[0]


def _slopes(given: Given) -> tuple[np.ndarray, np.ndarray]:
    """Which weights are 0 with correlated features, and slopes of the squared error, ``(p,)``."""
    x, n = given.correlated, len(given.correlated)
    steepest = np.linalg.eigvalsh(x.T @ x)[-1] / n
    hyper = Hyper(learning_rate=1 / steepest, l1=given.sigma / np.sqrt(n))
    weights = descend(x, given.y, hyper, [given.num_steps], is_proximal=True)[0]
    return weights[:, 0] == 0, abs(x.T @ (given.y - x @ weights) / n)[:, 0]


def _zeros(weights: np.ndarray):
    """The share of exact zeros at each level."""
    return share_of((weights == 0).sum(axis=(1, 2)), weights[0].size)


def _freedom(given: Given, fits: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Products of fit and noise over the variance, ``(replicates, levels)``."""
    return (fits * noise).sum(axis=1).T / given.sigma**2


CLAIM = Claim(
    id="R2",
    statement=say(
        "The penalty λ|w|₁ on |y − Xw|²/(2n) makes weights exactly 0: with XᵀX = nI each is the "
        "least squares weight moved towards 0 by λ, and on pure noise a share 2Φ(λ√n/σ) − 1 of "
        "them is 0. Choosing weights and shrinking them costs together as many degrees of "
        "freedom as there are weights left, on average."
    ),
    formula=r"w_j = \operatorname{sign}(z_j)\max(|z_j| - \lambda, 0), \quad z = X^\top y / n, "
    r"\qquad P(w_j = 0) = 2\Phi(\lambda\sqrt n/\sigma) - 1, \qquad "
    r"\frac{1}{\sigma^2}\sum_i \operatorname{cov}(\hat y_i, y_i) = E|\{j : w_j \neq 0\}|",
    kind="expectation",
    source=(
        Reference(
            say(
                "Tibshirani, Regression shrinkage and selection via the lasso, J. R. Statist. "
                "Soc. B 58 (1996) 267-288"
            ),
            say(
                "summary: some coefficients are exactly 0; the orthonormal case was not seen there"
            ),
        ),
        Reference(
            say(
                "Zou, Hastie, Tibshirani, On the degrees of freedom of the lasso, Ann. Statist. "
                "35 (2007) 2173-2192"
            ),
            say(
                "abstract: the number of nonzero coefficients is unbiased for the degrees of "
                "freedom, without assumptions on the predictors"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "round-off (1e-12, after many steps 1e-9); exact binomial intervals at 99.99 %; 4 "
        "standard errors of the mean of 800 replicates"
    ),
    fails_when=say(
        "the penalty acts by subgradient steps: weights get small and none is 0; nor is any with "
        "L2. Where chosen weights are not shrunk, choosing costs degrees of freedom of its own, "
        "2λ√n/σ φ(λ√n/σ) for each weight to choose from."
    ),
)
