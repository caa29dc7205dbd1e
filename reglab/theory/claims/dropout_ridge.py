"""D1: dropout on the inputs of least squares, against ridge regression."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy.special import expit

from reglab.config import Hyper
from reglab.nn import Draws, Dropout
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import exactly, expectation, identity, mean_of, too_low
from reglab.theory.thinned import all_masks, chances, numbers
from reglab.training import OPTIMIZERS
from reglab.training.losses import data_loss
from reglab.words import say


class Given(NamedTuple):
    """Settings and data.

    Attributes:
        rng: of the keys of masks.
        x: inputs ``(n, d)``, of unequal scales and correlated.
        y: targets ``(n,)``.
        w: weights at which losses are compared.
        keeps: probabilities to keep an input; fits and descents use ``keep``.
        rate: step size on the mean squared error.
        steps: numbers of steps after which descent is looked at.
        sure: weights of a logit that is far from 0 at most examples.
    """

    rng: np.random.Generator
    x: np.ndarray
    y: np.ndarray
    w: np.ndarray
    sure: np.ndarray
    keeps: tuple[float, ...] = (0.3, 0.5, 0.8, 0.95)
    keep: float = 0.8
    rate: float = 0.03
    steps: tuple[int, ...] = (1, 3, 10, 30, 100)
    replicates: int = 500


def setup(seed: int) -> Given:
    """A linear model with noise."""
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal((40, 6)) + rng.standard_normal((40, 1))) * np.linspace(0.4, 1.6, 6)
    y = x @ rng.standard_normal(6) + rng.standard_normal(40)
    return Given(rng, x, y, rng.standard_normal(6), 2 * np.linalg.svd(x)[2][0])


def predict(given: Given):
    """The formulas."""
    x, y, w, q = given.x, given.y, given.w, given.keep
    gram, squares = x.T @ x / len(x), (x**2).mean(axis=0)

    def loss(w):
        return np.mean((y - x @ w) ** 2)

    ridge = np.linalg.solve(gram + (1 - q) / q * np.diag(squares), x.T @ y / len(x))
    contraction = np.eye(len(w)) - 2 * given.rate * (gram + (1 - q) / q * np.diag(squares))
    left = np.stack([np.linalg.matrix_power(contraction, t) @ ridge for t in given.steps])
    logit = x @ given.sure
    curved = expit(logit) * expit(-logit) * (x**2 @ given.sure**2)
    axis = {"x": np.array(given.keeps), "x_label": say("keep probability q")}
    steps = {"x": np.array(given.steps), "x_label": say("steps")}
    return {
        say("loss over all masks, inverted"): identity(
            np.array([loss(w) + (1 - q) / q * squares @ w**2 for q in given.keeps]), **axis
        ),
        say("loss over all masks, classic"): identity(
            np.array([loss(q * w) + q * (1 - q) * squares @ w**2 for q in given.keeps]), **axis
        ),
        say("best weights, inverted, q = 0.8"): identity(ridge),
        say("best weights, classic, q = 0.8"): identity(ridge / q),
        say("last weight in the mean, while descending"): expectation(
            (ridge - left)[:, -1], **steps
        ),
        say("all weights in the mean, while descending"): expectation(ridge - left),
        say("squared distance from ridge, after 100 steps"): too_low(np.sum(left[-1] ** 2)),
        say("best weights, distance from plain ridge"): too_low(0),
        say("penalty of logistic loss, to second order"): too_low(
            (1 - q) / q * np.mean(curved) / 2
        ),
    }


def measure(given: Given):
    """Dropout with every mask, and descent with random ones."""
    data = given.x, given.y
    with jax.enable_x64(True):
        inverted, classic = (
            np.array([_loss(given.w, q, data, *_masks(q), kind) for q in given.keeps])
            for kind in ("inverted", "classic")
        )
        best = np.array(
            [
                _minimum(given.keep, data, *_masks(given.keep), kind)
                for kind in ("inverted", "classic")
            ]
        )
        seeds = given.rng.integers(2**32, size=given.replicates, dtype=np.uint32)
        path = np.asarray(_descents(seeds, given.keep, Hyper(given.rate), data, given.steps[-1]))
        raised = _raised(given.sure, given.keep, given.x)
    seen = path[:, np.array(given.steps) - 1]
    return {
        "loss over all masks, inverted": exactly(inverted, 1e-12 * inverted),
        "loss over all masks, classic": exactly(classic, 1e-12 * classic),
        "best weights, inverted, q = 0.8": exactly(best[0], 1e-11),
        "best weights, classic, q = 0.8": exactly(best[1], 1e-11),
        "last weight in the mean, while descending": mean_of(seen[:, :, -1]),
        "all weights in the mean, while descending": mean_of(seen),
        "squared distance from ridge, after 100 steps": mean_of(
            np.sum((seen[:, -1] - best[0]) ** 2, axis=1)
        ),
        "best weights, distance from plain ridge": exactly(_off_plain(given, best[0]), 1e-11),
        "penalty of logistic loss, to second order": exactly(raised, 1e-12),
    }


def _off_plain(given: Given, best: np.ndarray) -> np.floating:
    """Largest distance of a weight from ridge with the mean of the penalties for all weights."""
    gram, odds = given.x.T @ given.x, (1 - given.keep) / given.keep
    equal = odds * np.mean(np.diag(gram)) * np.eye(len(gram))
    return np.max(np.abs(best - np.linalg.solve(gram + equal, given.x.T @ given.y)))


def _masks(keep: float) -> tuple[np.ndarray, np.ndarray]:
    """Uniform numbers that make every mask of 6 inputs, and the chances of the masks."""
    masks = all_masks(6)
    return numbers(masks), chances(masks, keep)


def _dropped(x, keep, uniform, kind):
    """The project's dropout of inputs, under one mask for all examples."""
    layer = Dropout(1 - keep, scaling=kind)
    return jax.vmap(lambda example: layer(example, rngs=Draws(uniform)))(x)


@jit(is_wide=True, static_argnums=5)
def _loss(w, keep, data, uniform, chance, kind):
    """Mean squared error; one mask for all examples has the same mean as one for each."""
    x, y = data
    losses = jax.vmap(lambda draw: jnp.mean((y - _dropped(x, keep, draw, kind) @ w) ** 2))(uniform)
    return losses @ chance


@jit(is_wide=True, static_argnums=4)
def _minimum(keep, data, uniform, chance, kind):
    """One step of Newton's method, which is exact for a quadratic loss."""

    def loss(w):
        return _loss(w, keep, data, uniform, chance, kind)

    w = jnp.zeros(data[0].shape[1])
    return -jnp.linalg.solve(jax.hessian(loss)(w), jax.grad(loss)(w))


@jit(is_wide=True, static_argnums=4)
def _descents(seeds, keep, hyper, data, steps):
    """Weights after each step, ``(replicates, steps, d)``, with new masks at every step."""
    (x, y), tx, layer = data, OPTIMIZERS["sgd"](hyper), Dropout(1 - keep)

    def descent(seed):
        def loss(w, key):
            return jnp.mean((y - layer(x, rngs=key) @ w) ** 2)

        def step(carry, key):
            w, state = carry
            updates, state = tx.update(jax.grad(loss)(w, key), state, w)
            w = optax.apply_updates(w, updates)
            return (w, state), w

        w = jnp.zeros(x.shape[1])
        return jax.lax.scan(step, (w, tx.init(w)), jax.random.split(jax.random.key(seed), steps))[1]

    return jax.vmap(descent)(seeds)


def _raised(w: np.ndarray, keep: float, x: np.ndarray) -> np.ndarray:
    """By how much dropout raises the mean cross-entropy, over labels that the model expects."""
    logits = np.stack([0 * w, w], axis=1)
    targets = np.stack([expit(-x @ w), expit(x @ w)], axis=1)
    return np.asarray(_cross_entropy(logits, targets, keep, x, *_masks(keep)))


@jit(is_wide=True)
def _cross_entropy(kernel, targets, keep, x, uniform, chance):
    def loss(inputs):
        return data_loss(inputs @ kernel, targets)

    losses = jax.vmap(lambda draw: loss(_dropped(x, keep, draw, "inverted")))(uniform)
    return losses @ chance - loss(x)


CLAIM = Claim(
    id="D1",
    statement=say(
        "Least squares with dropout on its inputs is ridge regression, in the mean over masks: "
        "with inverted dropout and keep probability q the penalty of weight wⱼ is (1 − q)/q "
        "times the mean square of its input, times wⱼ². Classic dropout finds the same weights "
        "over q."
    ),
    formula=r"\mathrm{E}_m \tfrac1n \lVert y - (X \odot m / q) w \rVert^2 = "
    r"\tfrac1n \lVert y - X w \rVert^2 + \frac{1 - q}{q} \sum_j \tfrac1n \lVert X_j \rVert^2 w_j^2"
    r", \qquad \mathrm{E}\, w_t = w^* - (I - \eta H)^t w^*, \; "
    r"H = \tfrac2n \left( X^\top X + \tfrac{1 - q}{q} \operatorname{diag} X^\top X \right)",
    kind="identity",
    source=(
        Reference(
            say(
                "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout: A Simple Way "
                "to Prevent Neural Networks from Overfitting, JMLR 15, 2014, sec. 9.1"
            ),
            say(
                "a question and its answer that quote the classic form from the paper, and "
                "derive it"
            ),
        ),
        Reference(
            say(
                "Wager, Wang, Liang, Dropout Training as Adaptive Regularization, NIPS 2013, "
                "arXiv 1307.1493"
            ),
            say(
                "abstract: for generalized linear models equal to an L2 penalty to first order only"
            ),
        ),
        Reference(
            say(
                "Clara, Langer, Schmidt-Hieber, Dropout Regularization Versus l2-Penalization in "
                "the Linear Model, JMLR 25, 2024, arXiv 2306.10529"
            ),
            say("abstract and introduction: descent with dropout has variance beyond the L2 link"),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("round-off where every mask is counted, and 4 standard errors over 500 descents"),
    fails_when=say(
        "one descent at a constant step size is looked at: its weights keep moving about the "
        "ridge weights, and only their mean settles. With logistic loss the penalty is not "
        "quadratic, and the formula of second order is below it where the model is sure of its "
        "classes. It is plain ridge only where all inputs have one mean square."
    ),
)
