"""G5: the risk of least squares with p out of D features, on both sides of p = n."""

from typing import NamedTuple

import numpy as np
from scipy import special

from reglab.theory.base import Claim, Reference
from reglab.theory.rows import LEVEL, Measured, at_most, between, expectation, mean_of, too_high
from reglab.words import say


class Given(NamedTuple):
    """Settings: n examples of D Gaussian features, squared weights that sum to 1."""

    rng: np.random.Generator
    weak: np.ndarray
    strong: np.ndarray
    n: int = 40
    sigma: float = 0.5
    sizes: tuple[int, ...] = (5, 10, 20, 30, 50, 60, 100, 200)
    near: tuple[int, ...] = (36, 38, 39, 40, 41, 42, 44)
    ridged: tuple[int, ...] = (20, 36, 38, 42, 44, 60)
    replicates: int = 1000


def setup(seed: int) -> Given:
    """Weights that are all equal, and weights that fall as 1/j; their first p are fitted."""
    weak, strong = np.ones(200), 1 / np.arange(1, 201)
    rng = np.random.default_rng(seed)
    return Given(rng, weak / np.linalg.norm(weak), strong / np.linalg.norm(strong))


def predict(given: Given):
    """The formulas."""
    n, sizes, near, ridged = given.n, *map(np.array, (given.sizes, given.near, given.ridged))
    axis, own, of_ridge = ({"x": p, "x_label": say("features p")} for p in (sizes, near, ridged))
    strong = risk(sizes, n, *_parts(given, given.strong, sizes))
    few, gap = np.minimum(near, n), np.abs(near - n) + 1
    _, unseen = _parts(given, given.weak, near)
    median = unseen * few / gap * special.fdtri(few, gap, 0.5)
    return {
        say("risk, equal features"): expectation(
            risk(sizes, n, *_parts(given, given.weak, sizes)), **axis
        ),
        say("risk, strongest features first"): expectation(strong, **axis),
        say("median of the variance, near p = n"): expectation(median, **own),
        say("risk with the best ridge, against no fit"): at_most(
            np.full(len(ridged), 1 + given.sigma**2), **of_ridge
        ),
        say("risk with the best ridge, against none"): too_high(
            risk(ridged, n, *_parts(given, given.weak, ridged)), **of_ridge
        ),
        say("risk of the 5 strongest features, against all"): too_high(strong[-1]),
    }


def risk(p: np.ndarray, n: int, seen: float | np.ndarray, unseen: float | np.ndarray) -> np.ndarray:
    """Expected squared error of the least-squares fit of least norm, over new examples.

    Args:
        p: independent standard Gaussian features that are fitted, from 1.
        n: examples.
        seen: sum of the squared weights of the fitted features.
        unseen: variance of all else in y: the squared weights of other features, and the noise.

    Returns:
        an array of the shape of ``p``; infinite where p is n - 1, n or n + 1.

    >>> risk([20, 40, 60], 40, seen=0.5, unseen=0.25).round(3).tolist()
    [0.513, inf, 0.943]
    """
    p = np.asarray(p, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.abs(p - n) - 1
        below = unseen * (1 + p / gap)
        above = seen * (1 - n / p) + unseen * (1 + n / gap)
    return np.where(gap > 0, np.where(p < n, below, above), np.inf)


def _parts(given: Given, weights: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``seen`` and ``unseen`` where the first p features are fitted."""
    seen = np.cumsum(weights**2)[p - 1]
    return seen, 1 - seen + given.sigma**2


def measure(given: Given):
    """Fits on one set of samples; given the fit, the risk over Gaussian inputs is exact."""
    rng, shape = given.rng, (given.replicates, given.n)
    x = rng.standard_normal((*shape, len(given.weak)))
    noise = given.sigma * rng.standard_normal(shape)
    y, y_strong = (x @ weights + noise for weights in (given.weak, given.strong))
    equal = [_risks(given, given.weak, _fitted(x[..., :p], y)) for p in given.sizes]
    strong = [_risks(given, given.strong, _fitted(x[..., :p], y_strong)) for p in given.sizes]
    variance = []
    for p in given.near:
        rest = y - x[..., :p] @ given.weak[:p]  # what is fitted on top of the truth
        variance.append((_fitted(x[..., :p], rest) ** 2).sum(axis=1))
    ridged = []
    for p in given.ridged:
        seen, unseen = _parts(given, given.weak, np.array(p))
        fit = _fitted(x[..., :p], y, ridge=float(p * unseen / seen))
        ridged.append(_risks(given, given.weak, fit))
    of_ridge = mean_of(np.stack(ridged, axis=1))
    return {
        "risk, equal features": mean_of(np.stack(equal, axis=1)),
        "risk, strongest features first": mean_of(np.stack(strong, axis=1)),
        "median of the variance, near p = n": _median_of(np.stack(variance, axis=1)),
        "risk with the best ridge, against no fit": of_ridge,
        "risk with the best ridge, against none": of_ridge,
        "risk of the 5 strongest features, against all": mean_of(strong[0]),
    }


def _fitted(x: np.ndarray, y: np.ndarray, ridge: float = 0.0) -> np.ndarray:
    """Weights ``(replicates, p)`` of the least-squares fit of least norm."""
    across = np.swapaxes(x, 1, 2)
    if x.shape[2] < x.shape[1]:
        gram = across @ x + ridge * np.eye(x.shape[2])
        return np.linalg.solve(gram, across @ y[..., None])[..., 0]
    gram = x @ across + ridge * np.eye(x.shape[1])
    return (across @ np.linalg.solve(gram, y[..., None]))[..., 0]


def _risks(given: Given, weights: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """Squared error over all inputs, ``(replicates,)``."""
    wrong = np.broadcast_to(weights, (len(fit), len(weights))).copy()
    wrong[:, : fit.shape[1]] -= fit
    return given.sigma**2 + (wrong**2).sum(axis=1)


def _median_of(replicates: np.ndarray) -> Measured:
    """The median over the first axis, between the order statistics that hold it at 99.99 %."""
    ranked = np.sort(replicates, axis=0)
    low = int(special.bdtrik(LEVEL / 2, len(ranked), 0.5))
    return between(np.median(ranked, axis=0), ranked[low], ranked[-1 - low])


CLAIM = Claim(
    id="G5",
    statement=say(
        "Least squares of least norm with p of D features: the risk rises without bound as p "
        "comes to the number of examples n, and falls again beyond it. For Gaussian features it "
        "is exact at every p, and infinite at n − 1, n and n + 1; there the median is still "
        "exact."
    ),
    formula=r"R(p) = \begin{cases} u \left(1 + \frac{p}{n - p - 1}\right) & p \le n - 2 \\ "
    r"\infty & n - 1 \le p \le n + 1 \\ "
    r"s \left(1 - \frac{n}{p}\right) + u \left(1 + \frac{n}{p - n - 1}\right) & p \ge n + 2 "
    r"\end{cases} \qquad s = \lVert \beta_T \rVert^2, \; "
    r"u = \lVert \beta_{T^c} \rVert^2 + \sigma^2, \qquad "
    r"\text{variance} \sim \frac{u \min(n, p)}{|n - p| + 1} F_{\min(n, p),\, |n - p| + 1}",
    kind="expectation",
    source=(
        Reference(
            say(
                "Belkin, Hsu, Xu, Two Models of Double Descent for Weak Features, SIAM Journal "
                "on Mathematics of Data Science 2(4), 2020, p. 1167, Gaussian model, arXiv "
                "1903.07571"
            ),
            say(
                "abstract; a reader's public notes on the paper: the three cases of the risk, "
                "with a slip of the pen in the third. Not the paper's own text."
            ),
        ),
        Reference(
            say(
                "Nakkiran, Venkat, Kakade, Ma, Optimal Regularization Can Mitigate Double "
                "Descent, ICLR 2021"
            ),
            say(
                "abstract: for isotropic data, the tuned L2 penalty makes the risk monotonic in "
                "the number of examples and in the size of the model"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "4 standard errors of the mean of 1,000 fits, at least 10 features off n; nearer, where "
        "the variance is large or infinite, the order statistics that hold the median at 99.99 %"
    ),
    fails_when=say(
        "the fit has the best ridge: there is no peak, and no p does worse than no fit. The "
        "second descent is not the lower one where few features carry the signal and come first: "
        "5 of them beat all 200."
    ),
)
