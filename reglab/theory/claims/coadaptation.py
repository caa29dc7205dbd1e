"""D6: how dropout shares weight among units that say the same, and what their loss then costs."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from reglab.config import Hyper
from reglab.distributions import Digits
from reglab.nn import Draws, Dropout
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import exactly, expectation, higher_than, identity, mean_of, shown, too_low
from reglab.theory.thinned import (
    Net,
    all_masks,
    chances,
    net,
    numbers,
    scaled_normal,
    thinned_scores,
    trained_each,
)
from reglab.training import OPTIMIZERS
from reglab.training.losses import data_loss
from reglab.words import say

MOST = 8  # copies


class Given(NamedTuple):
    """Settings, and a feature whose mean square is 1.

    Attributes:
        rng: of everything else that is random.
        feature: ``(n,)``, also the target.
        copies: numbers of copies of it among the inputs.
        keep: probability to keep an input, or a unit of a network.
        sigma: standard deviation of weights at the start.
        starts: of descents without dropout.
        removed: shares of the units of a network that are taken away.
        networks: pairs of them, with dropout and without.
        steps: of their training.
    """

    rng: np.random.Generator
    feature: np.ndarray
    copies: tuple[int, ...] = (1, 2, 3, 5, 8)
    keep: float = 0.6
    sigma: float = 0.7
    starts: int = 1000
    removed: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75)
    networks: int = 8
    steps: int = 600


def setup(seed: int) -> Given:
    """Draws the feature."""
    rng = np.random.default_rng(seed)
    feature = rng.standard_normal(50)
    return Given(rng, feature / np.sqrt(np.mean(feature**2)))


def predict(given: Given):
    """The formulas; networks have none."""
    q, k, variance = given.keep, np.array(given.copies), given.sigma**2
    odds = (1 - q) / q
    shares, fewer = np.array(given.removed), np.array(given.removed[1:])
    axis, size = (
        {"x": k, "x_label": say("copies k")},
        {"x": shares, "x_label": say("share removed")},
    )
    return {
        say("weight of a copy"): identity(1 / (k + odds), **axis),
        say("weights of all 8 copies"): identity(np.full(MOST, 1 / (MOST + odds))),
        say("cost of removing a copy"): identity((2 * odds + 1) / (k + odds) ** 2, **axis),
        say("cost without dropout, random start"): expectation(
            (1 / k**2 + variance * (1 - 1 / k))[1:], x=k[1:], x_label=say("copies k")
        ),
        say("accuracy with units removed, dropout minus none"): higher_than(
            np.zeros(len(fewer)), x=fewer, x_label=say("share removed")
        ),
        say("cost where copies drop together"): too_low(
            ((2 * odds + 1) / (k + odds) ** 2)[1:], x=k[1:], x_label=say("copies k")
        ),
        say("similarity of incoming weights, dropout minus none"): shown(),
        say("correlation of units, dropout minus none"): shown(),
        say("accuracy, dropout"): shown(np.full(len(shares), np.nan), **size),
        say("accuracy, no dropout"): shown(np.full(len(shares), np.nan), **size),
    }


def measure(given: Given):
    """Least squares with copies, and networks on digits."""
    with jax.enable_x64(True):
        rows = _of_copies(given)
    return rows | _of_networks(given)


# -- copies of one feature ------------------------------------------------------------------------


def _of_copies(given: Given):
    f, masks = given.feature, all_masks(MOST)
    q, chance, without = given.keep, chances(masks, given.keep), numbers(1 - np.eye(MOST)[0])
    starts = given.rng.normal(0, given.sigma, (given.starts, MOST))
    weights, costs, plain, grouped = [], [], [], []
    everything, nothing = numbers(np.ones((1, MOST))), numbers(np.zeros((1, MOST)))
    none, together = (
        (1.0, everything, np.ones(1)),
        (q, np.concatenate([everything, nothing]), np.array([q, 1 - q])),
    )
    for k in given.copies:
        x = np.where(np.arange(MOST) < k, f[:, None], 0)
        w = np.asarray(_best(x, f, (q, numbers(masks), chance)))
        weights.append(w)
        costs.append(_cost(w, x, f, without))
        for way, removals in ((none, plain), (together, grouped)):
            ends = _descended(starts, x, f, way, Hyper(learning_rate=way[0] * 0.25 / k))
            removals.append(jax.vmap(_cost, (0, None, None, None))(ends, x, f, without))
    return {
        "weight of a copy": exactly([w[0] for w in weights], 1e-12),
        "weights of all 8 copies": exactly(weights[-1], 1e-12),
        "cost of removing a copy": exactly(costs, 1e-12),
        "cost without dropout, random start": mean_of(np.stack(plain[1:], axis=1)),
        "cost where copies drop together": mean_of(np.stack(grouped[1:], axis=1)),
    }


def _dropped(x, keep, uniform, kind="inverted"):
    layer = Dropout(1 - keep, scaling=kind)
    return jax.vmap(lambda example: layer(example, rngs=Draws(uniform)))(x)


def _loss(w, x, f, way):
    """Mean squared error over masks; ``way`` is keep probability, masks and their chances."""
    keep, uniform, chance = way
    each = jax.vmap(lambda draw: jnp.mean((f - _dropped(x, keep, draw) @ w) ** 2))
    return each(uniform) @ chance


@jit(is_wide=True)
def _best(x, f, way):
    """The weights of least norm that minimise the mean loss, by one step of Newton's method."""
    w = jnp.zeros(x.shape[1])
    hessian, gradient = jax.hessian(_loss)(w, x, f, way), jax.grad(_loss)(w, x, f, way)
    return -jnp.linalg.pinv(hessian, hermitian=True) @ gradient


@jit(is_wide=True)
def _cost(w, x, f, uniform):
    """By how much the mean squared error grows as classic dropout takes inputs away."""
    left = _dropped(x, 0.5, uniform, "classic")
    return jnp.mean((f - left @ w) ** 2) - jnp.mean((f - x @ w) ** 2)


@jit(is_wide=True)
def _descended(starts, x, f, way, hyper):
    """Weights after descent on the mean loss, which halves their error at each step."""
    tx = OPTIMIZERS["sgd"](hyper)

    def step(carry, _):
        w, state = carry
        updates, state = tx.update(jax.grad(_loss)(w, x, f, way), state, w)
        return (optax.apply_updates(w, updates), state), None

    return jax.vmap(lambda w: jax.lax.scan(step, (w, tx.init(w)), length=40)[0][0])(starts)


# -- networks on digits ---------------------------------------------------------------------------


def _of_networks(given: Given):
    rng, (images, labels) = given.rng, Digits.population()
    order = rng.permutation(len(labels))
    fitted, test = order[:600], order[600:1000]
    nets = _trained_pairs(given, images[fitted], labels[fitted])
    right = np.stack([_accuracy(given, nets, images[test], labels[test], s) for s in given.removed])
    plain, dropped = right[..., 0].T, right[..., 1].T  # (networks, shares)
    alike = np.array([_alike(network, images[test]) for network in nets]).reshape(-1, 2, 2)
    change = alike[:, 1] - alike[:, 0]
    return {
        "accuracy with units removed, dropout minus none": mean_of((dropped - plain)[:, 1:]),
        "similarity of incoming weights, dropout minus none": mean_of(change[:, 0]),
        "correlation of units, dropout minus none": mean_of(change[:, 1]),
        "accuracy, dropout": mean_of(dropped),
        "accuracy, no dropout": mean_of(plain),
    }


def _trained_pairs(given: Given, x: np.ndarray, y: np.ndarray) -> list[Net]:
    """Networks without and with dropout in turn; a pair shares its start and its batches."""
    rng, shape = given.rng, (given.networks, given.steps)
    nets = []
    for _ in range(given.networks):
        network = net(scaled_normal(rng), (64, 64, 10), 1.0)
        nets += [network, network.at_rate(0.5)]
    batches = np.repeat(rng.integers(len(y), size=(*shape, 50)), 2, axis=0)
    seeds = rng.integers(2**32, size=(2 * given.networks, given.steps), dtype=np.uint32)
    data, hyper = (x, np.eye(10, dtype=np.float32)[y]), Hyper(learning_rate=0.01)
    return trained_each(nets, data, batches, seeds, hyper, optimizer="adam", loss=data_loss)


def _accuracy(given: Given, nets: list[Net], x, labels, share: float) -> np.ndarray:
    """``(networks, 2)``: the mean over 20 random choices of the units that are left."""
    order = given.rng.permuted(np.tile(np.arange(64), (20, 1)), axis=1)
    masks = (order >= 64 * share).astype(float)
    right = []
    for network in nets:
        scores = thinned_scores(network.at_rate(share), x, masks)  # what is left is over 1 - share
        right.append(np.mean(scores.argmax(axis=2) == labels))
    return np.reshape(right, (-1, 2))


def _alike(network: Net, x: np.ndarray) -> tuple[np.floating, np.floating]:
    """Mean absolute cosine of incoming weights, and correlation of active units, in pairs."""
    W, b = network.parts[:2]
    hidden = np.maximum(x @ W + b, 0)
    hidden = hidden[:, hidden.std(axis=0) > 0]
    W = W / np.linalg.norm(W, axis=0)
    return _off_diagonal(W.T @ W), _off_diagonal(np.corrcoef(hidden.T))


def _off_diagonal(matrix: np.ndarray) -> np.floating:
    return np.mean(np.abs(matrix[np.triu_indices(len(matrix), 1)]))


CLAIM = Claim(
    id="D6",
    statement=say(
        "Dropout gives k inputs that say the same equal weights 1/(k + (1 − q)/q), so that the "
        "loss of one costs little; without dropout weights stay as uneven as they began. Trained "
        "networks keep more of their accuracy as units are removed."
    ),
    formula=r"w_j = \frac{1}{k + \lambda}, \quad \lambda = \frac{1 - q}{q}, \qquad "
    r"\text{cost} = \frac{2 \lambda + 1}{(k + \lambda)^2}, \qquad "
    r"\mathrm{E}\, \text{cost without dropout} = \frac{1}{k^2} + \sigma^2 "
    r"\left( 1 - \frac1k \right)",
    kind="identity",
    source=(
        Reference(
            say(
                "Hinton, Srivastava, Krizhevsky, Sutskever, Salakhutdinov, Improving neural "
                "networks by preventing co-adaptation of feature detectors, arXiv 1207.0580"
            ),
            say("abstract: the idea; the formulas are derived here"),
        ),
        Reference(
            say(
                "Mianjy, Arora, Vidal, On the Implicit Bias of Dropout, ICML 2018, arXiv 1806.09777"
            ),
            say(
                "abstract: in linear networks of one hidden layer, dropout tends to equal norms "
                "of the weights of hidden nodes"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "round-off where every mask is counted; 4 standard errors over 1,000 starts, and over 8 "
        "pairs of networks for the tendency, which has no formula"
    ),
    fails_when=say(
        "the copies are dropped together, as whole channels are: nothing then spreads their "
        "weight, and the loss of one costs more than the formula says. With all units in place "
        "the two networks are about equally accurate; whether their units differ more depends on "
        "the measure."
    ),
)
