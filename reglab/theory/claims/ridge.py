"""R1: an L2 penalty shrinks as a Gaussian prior does, and its best strength is known."""

from typing import NamedTuple

import numpy as np

from reglab.config import Hyper
from reglab.theory.base import Claim, Reference
from reglab.theory.descent import descend
from reglab.theory.rows import between, exactly, expectation, identity, mean_of, too_high
from reglab.words import say

FACTORS = 2.0 ** np.arange(-4, 5)


class Given(NamedTuple):
    """Settings and one sample: sigma of the noise, tau of the true weights."""

    rng: np.random.Generator
    x: np.ndarray
    y: np.ndarray
    sigma: float = 2.5
    tau: float = 0.4
    replicates: int = 4000
    length: float = 3.0
    num_steps: int = 2000


def setup(seed: int) -> Given:
    """Gaussian inputs; the targets of the sample are arbitrary."""
    rng = np.random.default_rng(seed)
    return Given(rng, rng.standard_normal((40, 15)), rng.standard_normal((40, 1)))


def predict(given: Given):
    """The formulas."""
    x, y, noise, prior = given.x, given.y, given.sigma**2, given.tau**2
    gram, best = x.T @ x, noise / prior
    spectrum = np.linalg.eigvalsh(gram)
    posterior = np.linalg.solve(gram / noise + np.eye(len(gram)) / prior, x.T @ y / noise)
    risk = _risk(spectrum, noise, prior, best * FACTORS[:, None])
    return {
        say("share kept of each direction"): identity(
            spectrum / (spectrum + best), x=spectrum, x_label=say("eigenvalue of X'X")
        ),
        say("weights, as the posterior's mode"): identity(posterior),
        say("squared error of the weights"): expectation(risk, x=FACTORS, x_label=say("λ τ² / σ²")),
        say("best λ"): expectation(best),
        say("best λ, true weights 3 times as long"): too_high(best),
    }


def _risk(spectrum, noise, prior, strength):
    """Variance and bias of each direction, summed."""
    return ((noise * spectrum + prior * strength**2) / (spectrum + strength) ** 2).sum(axis=-1)


def measure(given: Given):
    """Gradient descent with the L2 penalty in the loss."""
    strengths = given.sigma**2 / given.tau**2 * FACTORS
    maps = np.stack([_trained(given, strength) for strength in strengths])
    middle = maps[len(FACTORS) // 2]
    axes = np.linalg.eigh(given.x.T @ given.x)[1]
    kept = np.einsum("pi,pi->i", axes, middle @ given.x @ axes)
    errors, longer = (_errors(given, maps, length) for length in (1.0, given.length))
    return {
        "share kept of each direction": exactly(kept, 1e-12),
        "weights, as the posterior's mode": exactly(middle @ given.y, 1e-12),
        "squared error of the weights": mean_of(errors),
        "best λ": _best(strengths, errors),
        "best λ, true weights 3 times as long": _best(strengths, longer),
    }


def _trained(given: Given, strength: float) -> np.ndarray:
    """The map from targets to trained weights, ``(p, n)``: training is linear in the targets."""
    n, l2 = len(given.x), strength / (2 * len(given.x))
    steepest = np.linalg.eigvalsh(given.x.T @ given.x)[-1] / n + 2 * l2
    hyper = Hyper(learning_rate=1 / steepest, l2=l2)
    return descend(given.x, np.eye(n), hyper, [given.num_steps])[0]


def _errors(given: Given, maps: np.ndarray, length: float) -> np.ndarray:
    """Squared distances from the true weights, ``(replicates, strengths)``."""
    n, p = given.x.shape
    weights = given.rng.normal(scale=given.tau * length, size=(p, given.replicates))
    y = given.x @ weights + given.rng.normal(scale=given.sigma, size=(n, given.replicates))
    return ((maps @ y - weights) ** 2).sum(axis=1).T


def _best(strengths: np.ndarray, errors: np.ndarray):
    """The strength of the least mean error; the curve's minimum is between its neighbours."""
    padded = np.concatenate([[0.0], strengths, [np.inf]])
    index = 1 + errors.mean(axis=0).argmin()
    return between(padded[index], padded[index - 1], padded[index + 1])


CLAIM = Claim(
    id="R1",
    statement=say(
        "The penalty λ|w|² on the sum of squares shrinks least squares along an eigenvector of "
        "XᵀX of eigenvalue s² by s²/(s² + λ). It finds the mode of the posterior for a Gaussian "
        "prior N(0, τ²) with λ = σ²/τ², which is also the λ of the least error on average over "
        "that prior."
    ),
    formula=r"\text{share kept} = \frac{s^2}{s^2 + \lambda}, \qquad "
    r"\lambda^* = \frac{\sigma^2}{\tau^2}, \qquad E|\hat w - w|^2 = "
    r"\sum_i \frac{\sigma^2 s_i^2 + \tau^2 \lambda^2}{(s_i^2 + \lambda)^2}",
    kind="expectation",
    source=(
        Reference(
            say(
                "Hastie, Tibshirani, Friedman, Elements of Statistical Learning, sec. 3.4.1 and "
                "exercise 3.6"
            ),
            say(
                "a published solution of exercise 3.6: the posterior's mean and mode is ridge "
                "with λ = σ² over the prior's variance; the section itself was not seen"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "round-off (1e-12); 4 standard errors of the mean of 4,000 replicates; for the best λ, "
        "its neighbours on a grid of factors of 2"
    ),
    fails_when=say(
        "the weights are not what the prior says: the best λ holds on average over the prior, "
        "and for true weights 3 times as long it is smaller. A loss that is a mean over n "
        "examples takes λ/(2n) in place of λ."
    ),
)
