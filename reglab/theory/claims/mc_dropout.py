"""D4: means over networks thinned in several layers, and what their spread says."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import softmax

from reglab.config import Hyper
from reglab.distributions import Digits
from reglab.nn import Draws, Dropout
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import (
    exactly,
    expectation,
    lower_than,
    mean_of,
    shown,
    too_low,
)
from reglab.theory.thinned import (
    Net,
    all_masks,
    chances,
    net,
    scaled_normal,
    scores,
    thinned_scores,
    trained,
)
from reglab.training import dropout_samples, mc_dropout
from reglab.training.losses import data_loss
from reglab.words import say


class Given(NamedTuple):
    """A trained network, all that it is thinned to, and settings.

    Attributes:
        rng: of masks, and of examples of the linear model.
        net: on digits, with two dropped layers of 5 units each.
        x: test images ``(n, 64)``; ``labels`` are theirs.
        probabilities: of the 1,024 thinned networks, ``(1024, n, 10)``; ``chance`` is theirs.
        W: ``(4, 8)``, and ``V`` ``(8, 3)``: weights of a network that is not trained.
        inputs: ``(m, 4)``, its inputs.
        weights: of a linear model with noise of variance 1; ``point`` is where it is asked.
        keep: probability to keep a unit, except where several are compared.
    """

    rng: np.random.Generator
    net: Net
    x: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray
    chance: np.ndarray
    W: np.ndarray
    V: np.ndarray
    inputs: np.ndarray
    weights: np.ndarray
    point: np.ndarray
    keep: float = 0.8
    samples: tuple[int, ...] = (1, 8, 64)
    keeps: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 0.95)
    examples: tuple[int, ...] = (30, 300, 3000, 100_000)
    replicates: int = 200
    masks: int = 4000


def setup(seed: int) -> Given:
    """Trains on 600 digits, and draws the weights of the other two."""
    rng = np.random.default_rng(seed)
    images, labels = Digits.population()
    order, y = rng.permutation(len(labels)), np.eye(10)[labels]
    fitted, test = order[:600], order[600:900]
    hyper, seeds = Hyper(learning_rate=0.01), rng.integers(2**32, size=2000, dtype=np.uint32)
    with jax.enable_x64(True):
        start = net(scaled_normal(rng), (64, 5, 5, 10), 0.8, activation="tanh")
        data = images[fitted].astype(float), y[fitted]
        batches = rng.integers(600, size=(2000, 50))
        draws = jax.vmap(jax.random.key)(seeds)
        end, _ = trained(
            start, data, batches, draws, hyper, hyper, optimizer="adam", loss=data_loss
        )
        x = images[test].astype(float)
        probabilities = softmax(thinned_scores(end, x, all_masks(10)), axis=2)
    W, V = rng.standard_normal((4, 8)), rng.standard_normal((8, 3))
    drawn = rng.standard_normal((10, 4)), rng.uniform(1, 3, 5), rng.uniform(0.5, 1.5, 5)
    chance = chances(all_masks(10), 0.8)
    return Given(rng, end, x, labels[test], probabilities, chance, W, V, *drawn)


def predict(given: Given):
    """The formulas."""
    q, chance, thinned = given.keep, given.chance[:, None, None], given.probabilities
    mean = np.sum(chance * thinned, axis=0)
    spread = np.mean(np.sum(chance * (thinned - mean) ** 2, axis=0))
    T, keeps, n = np.array(given.samples), np.array(given.keeps), np.array(given.examples)
    parts = np.mean(np.maximum(given.inputs @ given.W, 0) ** 2 @ given.V**2)
    end = np.sum(given.point**2 * given.weights**2)
    axis, size = (
        {"x": keeps, "x_label": say("keep probability q")},
        {"x": n, "x_label": say("examples")},
    )
    return {
        say("squared error of T networks"): expectation(spread / T, x=T, x_label=say("networks T")),
        say("variance of scores, inverted"): expectation((1 - keeps) / keeps * parts, **axis),
        say("variance of scores, classic"): expectation(keeps * (1 - keeps) * parts, **axis),
        say("spread after 100,000 examples"): expectation(q * (1 - q) * end),
        say("spread, as variance of a posterior"): too_low(np.sum(given.point**2) / n, **size),
        say("all units, distance from the geometric mean"): too_low(0),
        say("all units, distance from the arithmetic mean"): too_low(0),
        say("accuracy of a thinned network, minus all units"): lower_than(0),
        say("accuracy of all units"): shown(),
        say("accuracy of the geometric mean"): shown(),
        say("accuracy of the arithmetic mean"): shown(),
    }


def measure(given: Given):
    """Monte Carlo dropout as the project does it, and every thinned network."""
    with jax.enable_x64(True):
        return _of_means(given) | _of_scores(given) | _of_spread(given)


def _of_means(given: Given):
    """The trained network."""
    thinned, chance, labels = given.probabilities, given.chance, given.labels
    mean = np.tensordot(chance, thinned, axes=1)
    logs = np.tensordot(chance, np.log(thinned), axes=1)
    whole, geometric = softmax(scores(given.net, given.x), axis=1), softmax(logs, axis=1)
    keys = given.rng.integers(2**32, size=given.replicates, dtype=np.uint32)
    errors = []
    for count in given.samples:
        means = jax.vmap(
            lambda seed, count=count: mc_dropout(
                given.net.model, given.x, num_samples=count, key=jax.random.key(seed)
            )
        )(keys)
        errors.append(np.mean((np.asarray(means) - mean) ** 2, axis=(1, 2)))
    is_right = chance @ (thinned.argmax(axis=2) == labels)
    accuracy = {"all units": whole, "the geometric mean": geometric, "the arithmetic mean": mean}
    rights = {f"accuracy of {name}": p.argmax(axis=1) == labels for name, p in accuracy.items()}
    return {
        "squared error of T networks": mean_of(np.stack(errors, axis=1)),
        "all units, distance from the geometric mean": _distance(whole, geometric),
        "all units, distance from the arithmetic mean": _distance(whole, mean),
        "accuracy of a thinned network, minus all units": mean_of(
            is_right - rights["accuracy of all units"]
        ),
        **{name: mean_of(right) for name, right in rights.items()},
    }


def _distance(a: np.ndarray, b: np.ndarray):
    """Mean absolute difference."""
    return exactly(np.mean(np.abs(a - b)), 1e-12)


def _of_scores(given: Given):
    """A linear read-out of one dropped layer."""
    parts = {part.shape: part for part in (given.W, np.zeros(8), given.V, np.zeros(3))}
    rows = {}
    for kind in ("inverted", "classic"):
        variances = []
        for keep in given.keeps:
            network = net(parts.__getitem__, (4, 8, 3), keep, dropout_scaling=kind)
            key = jax.random.key(given.rng.integers(2**32, dtype=np.uint32))
            drawn = dropout_samples(network.model, given.inputs, num_samples=given.masks, key=key)
            squares = (np.asarray(drawn) - scores(network, given.inputs)) ** 2
            variances.append(squares.mean(axis=(1, 2)))
        rows[f"variance of scores, {kind}"] = mean_of(np.stack(variances, axis=1))
    return rows


def _of_spread(given: Given):
    """Least squares with dropout of the inputs, by its exact minimum, for more and more data."""
    d, q = len(given.point), given.keep
    uniform = given.rng.random(given.masks * d, np.float32)
    layer = Dropout(1 - q)
    copies = np.tile(given.point, (given.masks, 1))
    dropped, spreads = np.asarray(layer(copies, rngs=Draws(jnp.asarray(uniform)))), []
    for n in given.examples:
        x = given.rng.standard_normal((n, d))
        y = x @ given.weights + given.rng.standard_normal(n)
        gram = x.T @ x
        w = np.linalg.solve(gram + (1 - q) / q * np.diag(np.diag(gram)), x.T @ y)
        spreads.append(((dropped - given.point) @ w) ** 2)
    return {
        "spread after 100,000 examples": mean_of(spreads[-1]),
        "spread, as variance of a posterior": mean_of(np.stack(spreads, axis=1)),
    }


CLAIM = Claim(
    id="D4",
    statement=say(
        "Monte Carlo dropout, the mean over T networks thinned at random, comes to the mean over "
        "all of them as 1/√T. The variance of a linear score is (1 − q)/q Σ (wⱼhⱼ)² with "
        "inverted dropout, q(1 − q) Σ (wⱼhⱼ)² with classic. It is the spread of the masks and no "
        "posterior."
    ),
    formula=r"\mathrm{E} \left( \tfrac1T \sum_t p_{m_t} - \bar p \right)^2 = "
    r"\frac{\mathrm{Var}_m\, p_m}{T}, \qquad "
    r"\mathrm{Var}\, s = \frac{1 - q}{q} \sum_j (w_j h_j)^2, \qquad "
    r"\lim_{n \to \infty} \mathrm{Var}\, \hat y(x) = q (1 - q) \sum_j x_j^2 \beta_j^2",
    kind="expectation",
    source=(
        Reference(
            say("Gal, Ghahramani, Dropout as a Bayesian Approximation, ICML 2016"),
            say("abstract: dropout as approximate Bayesian inference in deep Gaussian processes"),
        ),
        Reference(
            say(
                "Osband, Risk versus Uncertainty in Deep Learning: Bayes, Bootstrap and the "
                "Dangers of Dropout, NIPS workshop on Bayesian Deep Learning, 2016"
            ),
        ),
        Reference(
            say(
                "Warde-Farley, Goodfellow, Courville, Bengio, An empirical analysis of dropout "
                "in piecewise linear networks, ICLR 2014, arXiv 1312.6197"
            ),
            say(
                "abstract: the geometric average taken exactly in small models, and compared "
                "with the arithmetic one"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "4 standard errors over 200 repetitions of Monte Carlo dropout, or 4,000 masks; all "
        "1,024 networks are counted where a distance is exact"
    ),
    fails_when=say(
        "more than one layer is dropped: the network with all units is then neither the "
        "geometric nor the arithmetic mean of the thinned ones. With the rate held, the spread "
        "stays as examples grow in number, where the variance of a posterior falls as 1/n."
    ),
)
