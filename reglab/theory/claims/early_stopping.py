"""R4: gradient descent stopped early is much like ridge."""

from typing import NamedTuple

import numpy as np

from reglab.config import Hyper
from reglab.theory.base import Claim, Reference
from reglab.theory.descent import descend
from reglab.theory.rows import at_least, at_most, exactly, identity, too_low
from reglab.words import say

PATHWISE, TUNED = 1.6862, 1.22  # the constants of the theorems


class Given(NamedTuple):
    """A sample, the true weights, the step size, and numbers of steps."""

    x: np.ndarray
    weights: np.ndarray
    rate: float
    steps: np.ndarray = np.unique(np.geomspace(3, 6000, 25).astype(int))
    sigma: float = 1.0
    tau: float = 0.3
    start: float = 3.0
    few: int = 10
    many: int = 100
    longer: float = 21.0


def setup(seed: int) -> Given:
    """Gaussian inputs; a step of a tenth of the inverse of the largest curvature."""
    rng = np.random.default_rng(seed)
    x, weights = rng.standard_normal((60, 30)), rng.normal(scale=0.3, size=(30, 1))
    return Given(x, weights, 0.1 / np.linalg.eigvalsh(x.T @ x / 60)[-1])


def predict(given: Given):
    """The formulas; time is the step size times the number of steps."""
    n, steps, times = len(given.x), given.steps, given.rate * given.steps
    spectrum, axes = np.linalg.eigh(given.x.T @ given.x / n)
    squares, middle = ((axes.T @ given.weights) ** 2)[:, 0], len(steps) // 2
    kept = 1 - (1 - given.rate * spectrum) ** steps[:, None]
    ridge = _ridge(given, spectrum, times, squares)
    best = _ridge(given, spectrum, n * given.tau**2 / given.sigma**2, given.tau**2)
    axis = {"x": times, "x_label": say("step size × steps")}
    return {
        say("share fitted of each direction"): identity(
            kept[middle], x=spectrum, x_label=say("eigenvalue of X'X/n")
        ),
        say("squared error of the weights"): identity(
            _risk(given, spectrum, kept, squares), **axis
        ),
        say("squared error of the weights, bound"): at_most(PATHWISE * ridge, **axis),
        say("squared error at the best time"): at_least(best),
        say("squared error at the best time, bound"): at_most(TUNED * best),
        say("squared error early, started far away"): too_low(
            PATHWISE * _ridge(given, spectrum, given.rate * given.few, squares)
        ),
        say("squared error, steps too long"): too_low(
            PATHWISE * _ridge(given, spectrum, given.longer * given.rate * given.many, squares)
        ),
    }


def _risk(given: Given, spectrum, kept, squares):
    """What is not kept of the true weights, and what is kept of the noise."""
    variance = given.sigma**2 * kept**2 / (len(given.x) * spectrum)
    return ((1 - kept) ** 2 * squares + variance).sum(axis=-1)


def _ridge(given: Given, spectrum, times, squares):
    """The error of ridge with λ the inverse of time."""
    kept = spectrum / (spectrum + 1 / np.reshape(times, (*np.shape(times), 1)))
    return _risk(given, spectrum, kept, squares)


def measure(given: Given):
    """Gradient descent on each unit target, since it is linear in the targets."""
    x, n = given.x, len(given.x)
    maps = _maps(given, given.rate, given.steps)
    spectrum, axes = np.linalg.eigh(x.T @ x / n)
    kept = np.einsum("pi,pi->i", axes, maps[len(given.steps) // 2] @ x @ axes)
    errors = np.array([_error(given, linear_map) for linear_map in maps])
    bias = np.square(maps @ x - np.eye(len(spectrum))).sum(axis=(1, 2))
    over_prior = given.tau**2 * bias + given.sigma**2 * np.square(maps).sum(axis=(1, 2))
    wild = _maps(given, given.longer * given.rate, np.array([given.many]))[0]
    return {
        "share fitted of each direction": exactly(kept, 1e-10),
        "squared error of the weights": exactly(errors, 1e-9),
        "squared error of the weights, bound": exactly(errors, 1e-9),
        "squared error at the best time": exactly(over_prior.min(), 1e-9),
        "squared error at the best time, bound": exactly(over_prior.min(), 1e-9),
        "squared error early, started far away": exactly(_far(given), 1e-9),
        "squared error, steps too long": exactly(_error(given, wild), 1e-9),
    }


def _maps(given: Given, rate: float, steps: np.ndarray) -> np.ndarray:
    """From targets to weights after each number of steps, ``(k, p, n)``."""
    return descend(given.x, np.eye(len(given.x)), Hyper(learning_rate=rate), steps)


def _error(given: Given, linear_map: np.ndarray) -> float:
    """Mean squared distance of the weights from the true ones over the noise."""
    bias = np.square(linear_map @ given.x @ given.weights - given.weights).sum()
    return bias + given.sigma**2 * np.square(linear_map).sum()


def _far(given: Given) -> float:
    """The same for a few steps from weights that are not 0."""
    hyper, start = Hyper(learning_rate=given.rate), np.full_like(given.weights, given.start)
    clean = given.x @ given.weights
    mean = descend(given.x, clean, hyper, [given.few], start=start)[0]
    noise = _maps(given, given.rate, np.array([given.few]))[0]
    return np.square(mean - given.weights).sum() + given.sigma**2 * np.square(noise).sum()


CLAIM = Claim(
    id="R4",
    statement=say(
        "On least squares, |y − Xw|²/(2n), t steps of size η from 0 keep a share 1 − (1 − ηs²)ᵗ "
        "of each direction, where ridge with λ = 1/(ηt) keeps s²/(s² + λ). For small steps the "
        "error of the weights is at every t at most 1.6862 times that of ridge; the best t costs "
        "at most 1.22 times as much as the best λ when all directions are alike and n and the "
        "number of features are large."
    ),
    formula=r"\text{share kept} = 1 - (1 - \eta s_i^2)^t, \qquad "
    r"E|w_t - w|^2 \le 1.6862\, E|w_{\text{ridge}} - w|^2 \text{ at } \lambda = 1/(\eta t)",
    kind="bound",
    source=(
        Reference(
            say(
                "Ali, Kolter, Tibshirani, A continuous-time view of early stopping for least "
                "squares, AISTATS 2019, arXiv 1810.10082"
            ),
            say(
                "abstract: 1.69, at every time, without assumptions on the features; abstract of "
                "version 2: 1.22 for the best time, spherical covariance, in the limit of large "
                "n and p; the supplement's proof of lemma 3 gives the shares for gradient "
                "descent. The digits 1.6862 were not seen"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("round-off (1e-9 and less); errors are exact means over the noise"),
    fails_when=say(
        "training starts far from 0, or steps are longer than 2/s² for the largest s²: either "
        "way the error is above the bound. The bounds are proved for steps that tend to 0."
    ),
)
