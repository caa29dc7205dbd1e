"""B3: running statistics start from 0 and 1, and the statistics of a batch are noisy."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.nn import BatchNorm
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import expectation, mean_of, too_high, too_low
from reglab.words import say

CHAINS = 10_000  # features of one layer, independent of each other


class Given(NamedTuple):
    """Settings: normal inputs of mean mu and standard deviation sigma, in batches of B."""

    rng: np.random.Generator
    mu: float = 3.0
    sigma: float = 2.0
    batch_size: int = 8
    momentum: float = 0.9
    steps: tuple[int, ...] = (1, 2, 5, 10, 20, 40)
    slow: float = 0.99
    late: int = 100
    sizes: tuple[int, ...] = (2, 4, 8, 32)


def setup(seed: int) -> Given:
    """Independent normal inputs."""
    return Given(np.random.default_rng(seed))


def predict(given: Given):
    """The formulas."""
    mu, variance, size, m = given.mu, given.sigma**2, given.batch_size, given.momentum
    t, sizes = np.array(given.steps), np.array(given.sizes)
    steps = {"x": t, "x_label": say("step t")}
    batches = {"x": sizes, "x_label": say("examples B of a batch")}
    biased = variance * (size - 1) / size
    left = given.slow**given.late
    flat, rectified = (_spread_of_variance(sizes, *moments) for moments in ((1, 0), _rectified()))
    return {
        say("running mean"): expectation((1 - m**t) * mu, **steps),
        say("running variance"): expectation(m**t + (1 - m**t) * biased, **steps),
        say("squared spread of the running mean"): expectation(
            variance / size * (1 - m) / (1 + m) * (1 - m ** (2 * t)), **steps
        ),
        say("running mean, momentum 0.99, step 100"): expectation((1 - left) * mu),
        say("running variance, momentum 0.99, step 100"): expectation(left + (1 - left) * biased),
        say("squared spread of the batch mean"): expectation(variance / sizes, **batches),
        say("squared spread of the batch variance, normal inputs"): expectation(
            variance**2 * flat, **batches
        ),
        say("squared spread of the batch variance, ReLU inputs"): expectation(rectified, **batches),
        say("the same by the formula for normal inputs, B = 32"): too_low(
            _rectified()[0] ** 2 * flat[-1]
        ),
        say("running mean, momentum 0.99, step 100, by the true mean"): too_high(mu),
        say("running variance, step 40, by the true variance"): too_high(variance),
    }


def _spread_of_variance(size: np.ndarray, variance: float, kurtosis: float) -> np.ndarray:
    """Variance of the biased variance of a batch, where inputs have this excess kurtosis."""
    return ((size - 1) / size * variance) ** 2 * (2 / (size - 1) + kurtosis / size)


def _rectified() -> tuple[float, float]:
    """Variance and excess kurtosis of max(z, 0), z standard normal."""
    first, second, third, fourth = 1 / np.sqrt(2 * np.pi), 1 / 2, 2 / np.sqrt(2 * np.pi), 3 / 2
    variance = second - first**2
    central = fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
    return variance, central / variance**2 - 3


def measure(given: Given):
    """Statistics that the package's layer keeps, one chain a feature."""
    means, variances = _chains(given, given.momentum, given.steps)
    late_mean, late_variance = (part[:, 0] for part in _chains(given, given.slow, (given.late,)))
    batch_means, spread = _of_one_batch(given, lambda z: given.mu + given.sigma * z)
    _, relu_spread = _of_one_batch(given, lambda z: np.maximum(z, 0))
    return {
        "running mean": mean_of(means),
        "running variance": mean_of(variances),
        "squared spread of the running mean": mean_of(_squares(means)),
        "running mean, momentum 0.99, step 100": mean_of(late_mean),
        "running variance, momentum 0.99, step 100": mean_of(late_variance),
        "squared spread of the batch mean": mean_of(batch_means),
        "squared spread of the batch variance, normal inputs": mean_of(spread),
        "squared spread of the batch variance, ReLU inputs": mean_of(relu_spread),
        "the same by the formula for normal inputs, B = 32": mean_of(relu_spread[:, -1]),
        "running mean, momentum 0.99, step 100, by the true mean": mean_of(late_mean),
        "running variance, step 40, by the true variance": mean_of(variances[:, -1]),
    }


def _chains(given: Given, momentum: float, steps: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Running means and variances after these steps, ``(CHAINS, len(steps))`` each."""
    shape = (steps[-1], given.batch_size, CHAINS)
    x = given.mu + given.sigma * given.rng.standard_normal(shape, np.float32)
    graph, state = nnx.split(BatchNorm(CHAINS, momentum=momentum, rngs=nnx.Rngs(0)))
    kept = np.asarray(_statistics(graph, state, jnp.asarray(x)), float)
    mean, variance = kept[np.array(steps) - 1].transpose(1, 2, 0)
    return mean, variance


@jit(is_wide=True, static_argnames="graph")
def _statistics(graph: nnx.GraphDef, state: nnx.State, x: jax.Array) -> jax.Array:
    """Running mean and variance after each batch, ``(t, 2, features)``."""

    def step(state, batch):
        layer = nnx.merge(graph, state, copy=True)
        layer(batch)
        return nnx.state(layer), jnp.stack([layer.mean[...], layer.var[...]])

    return jax.lax.scan(step, state, x)[1]


def _of_one_batch(given: Given, make) -> tuple[np.ndarray, np.ndarray]:
    """Squared deviations of the mean and of the variance of a batch, ``(replicates, sizes)``."""
    of_mean, of_variance = [], []
    for size in given.sizes:
        x = make(given.rng.standard_normal((size, 4 * CHAINS), np.float32))
        layer = BatchNorm(4 * CHAINS, momentum=0.0, rngs=nnx.Rngs(0))  # keeps the last batch alone
        layer(jnp.asarray(x))
        of_mean.append(_squares(np.asarray(layer.mean[...], float)))
        of_variance.append(_squares(np.asarray(layer.var[...], float)))
    return np.stack(of_mean, axis=1), np.stack(of_variance, axis=1)


def _squares(values: np.ndarray) -> np.ndarray:
    """Squared deviations from the mean over the first axis, whose mean is the variance."""
    count = len(values)
    return (values - values.mean(axis=0)) ** 2 * count / (count - 1)


CLAIM = Claim(
    id="B3",
    statement=say(
        "After t steps at momentum m, running statistics still hold the share mᵗ of their "
        "initial 0 and 1, and the running variance tends to σ²(B − 1)/B, that of a batch of B "
        "divided by B. A batch's own mean and variance spread about theirs by a known amount."
    ),
    formula=r"E\,\bar\mu_t = (1 - m^t)\mu, \qquad "
    r"E\,\bar v_t = m^t + (1 - m^t)\,\sigma^2 \tfrac{B - 1}{B}, \qquad "
    r"\operatorname{Var} \bar\mu_t = \frac{\sigma^2}{B} \frac{1 - m}{1 + m} (1 - m^{2t}), \qquad "
    r"\operatorname{Var} v_B = \left(\tfrac{B - 1}{B}\right)^2 \sigma^4 "
    r"\left(\frac{2}{B - 1} + \frac{\kappa}{B}\right)",
    kind="expectation",
    source=(
        Reference(
            say("The running average as a geometric series: derived here"),
            say("the update rule in the source of flax.nnx.BatchNorm, which this layer extends"),
        ),
        Reference(
            say(
                "Mood, Graybill, Boes, Introduction to the Theory of Statistics, 3rd ed., 1974, "
                "p. 229"
            ),
            say(
                "quoted at stats.stackexchange.com/questions/29905: the variance of a sample "
                "variance"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("4 standard errors of the mean of 10,000 chains, or of 40,000 batches"),
    fails_when=say(
        "the running statistics are taken for those of the data: at momentum 0.99, after 100 "
        "steps, 37 % of the initial values are left; and the formula for the spread of a batch's "
        "variance holds for normal inputs only, those behind a ReLU have heavier tails."
    ),
)
