"""G3: what p fitted parameters cost, in the training sample and outside of it."""

from functools import partial
from typing import NamedTuple

import numpy as np

from reglab.theory.base import Claim, Reference
from reglab.theory.rows import expectation, mean_of, too_low
from reglab.words import say


class Given(NamedTuple):
    """Settings: n examples, standard deviation of the noise, numbers of parameters."""

    rng: np.random.Generator
    n: int = 50
    sigma: float = 1.5  # not 1: a wrong power would not show
    sizes: tuple[int, ...] = (5, 10, 20, 30, 40)
    replicates: int = 3000
    heavy_tail: int = 3


def setup(seed: int) -> Given:
    """Gaussian noise and inputs; the weights do not matter."""
    return Given(np.random.default_rng(seed))


def predict(given: Given):
    """The formulas."""
    n, variance, p = given.n, given.sigma**2, np.array(given.sizes)
    axis = {"x": p, "x_label": say("fitted parameters p")}
    return {
        say("error on the training examples"): expectation(variance * (1 - p / n), **axis),
        say("error at the same inputs"): expectation(variance * (1 + p / n), **axis),
        say("optimism"): expectation(2 * variance * p / n, **axis),
        say("excess over new inputs"): expectation(variance * p / (n - p - 1), **axis),
        say("excess, heavy-tailed inputs, p = 20"): too_low(variance * 20 / (n - 20 - 1)),
    }


def measure(given: Given):
    """Least squares on fresh noise, and on fresh inputs."""
    training, same = zip(*(_fixed_design(given, p) for p in given.sizes), strict=True)
    training, same = np.stack(training, axis=1), np.stack(same, axis=1)
    fresh = [_random_design(given, p, given.rng.standard_normal) for p in given.sizes]
    heavy = _random_design(given, 20, partial(_student, given))
    return {
        "error on the training examples": mean_of(training),
        "error at the same inputs": mean_of(same),
        "optimism": mean_of(same - training),
        "excess over new inputs": mean_of(np.stack(fresh, axis=1)),
        "excess, heavy-tailed inputs, p = 20": mean_of(heavy),
    }


def _fixed_design(given: Given, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared errors on the noise that was fitted and on new noise, ``(replicates,)`` each."""
    basis = np.linalg.qr(given.rng.standard_normal((given.n, p)))[0]
    old, new = given.rng.normal(scale=given.sigma, size=(2, given.replicates, given.n))
    fitted = old @ basis @ basis.T
    return ((old - fitted) ** 2).mean(axis=1), ((new - fitted) ** 2).mean(axis=1)


def _random_design(given: Given, p: int, draw) -> np.ndarray:
    """Excess over all inputs of unit variance, ``(replicates,)``."""
    x = draw((given.replicates, given.n, p))
    noise = given.rng.normal(scale=given.sigma, size=(given.replicates, given.n, 1))
    gram = np.swapaxes(x, 1, 2) @ x
    weights = np.linalg.solve(gram, np.swapaxes(x, 1, 2) @ noise)
    return (weights**2).sum(axis=(1, 2))


def _student(given: Given, size: tuple[int, ...]) -> np.ndarray:
    """Student's t, scaled to unit variance."""
    degrees = given.heavy_tail
    return given.rng.standard_t(degrees, size) * np.sqrt((degrees - 2) / degrees)


CLAIM = Claim(
    id="G3",
    statement=say(
        "Least squares with p parameters looks better on its n training examples than it is: by "
        "2σ²p/n at the same inputs, and over new Gaussian inputs it errs by σ²p/(n − p − 1) more "
        "than the noise."
    ),
    formula=r"\text{optimism} = \frac{2\sigma^2 p}{n}, \qquad "
    r"\text{excess} = \frac{\sigma^2 p}{n - p - 1}",
    kind="expectation",
    source=(
        Reference(
            say(
                "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd "
                "edition, 2009, sec. 7.4, eqs. (7.21) to (7.24), p. 229"
            ),
            say(
                "a public summary of sec. 7.4 (briansmlee.com) and a quotation of p. 229 on "
                "Stack Exchange: optimism 2 d σ²/N of a linear fit with d inputs. Not the book "
                "itself."
            ),
        ),
        Reference(
            say(
                "Rosset, Tibshirani, From Fixed-X to Random-X Regression, Journal of the "
                "American Statistical Association 115, 2020, p. 138, arXiv 1704.08160"
            ),
            say("abstract: with normal inputs all terms of the random-X error are explicit"),
        ),
        Reference(
            say(
                "Belkin, Hsu, Xu, Two Models of Double Descent for Weak Features, SIAM Journal "
                "on Mathematics of Data Science 2(4), 2020, p. 1167, Gaussian model, p ≤ n − 2"
            ),
            say(
                "a reader's public notes on the paper: risk σ² (1 + p/(n − p − 1)) where all "
                "features are fitted. Not the paper's own text."
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("4 standard errors of the mean of 3,000 replicates"),
    fails_when=say(
        "the inputs are not Gaussian: with Student's t of 3 degrees of freedom the excess is "
        "larger. The error at the same inputs is not the error over new ones."
    ),
)
