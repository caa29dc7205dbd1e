"""R7: soft labels bound the scores, hard ones let them grow as the logarithm of time."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from reglab.config import Hyper
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.descent import in_float64
from reglab.theory.rows import Measured, between, exactly, identity, too_high
from reglab.training.losses import data_loss, targets
from reglab.training.optimizers import OPTIMIZERS
from reglab.words import say


class Given(NamedTuple):
    """Settings: one example a class, of a length, at right angles to the others."""

    length: float
    classes: int = 5
    rate: float = 0.02
    times: np.ndarray = np.array([5, 20, 80, 320, 1280])
    smoothings: np.ndarray = np.array([0.05, 0.1, 0.2, 0.4])
    wrong: float = 0.2
    copies: int = 20
    num_steps: int = 3000


def setup(seed: int) -> Given:
    """The length alone is drawn."""
    return Given(np.random.default_rng(seed).uniform(1.5, 2.5))


def predict(given: Given):
    """The formulas; time is the step size times the number of steps."""
    k, soft, wrong = given.classes, given.smoothings, given.wrong
    right, other = 1 - soft + soft / k, soft / k
    gap = _gap(given)
    axis = {"x": soft, "x_label": say("label smoothing ε")}
    time = {"x": given.times, "x_label": say("step size × steps")}
    return {
        say("gap of scores, soft labels"): identity(np.log(k * (1 - soft) / soft + 1), **axis),
        say("least loss, soft labels"): identity(
            -right * np.log(right) - (k - 1) * other * np.log(other), **axis
        ),
        say("gap of scores, hard labels"): identity(gap, **time),
        say("length of the weights, hard labels"): identity(
            np.sqrt(k - 1) * gap / given.length, **time
        ),
        say("gap of scores, one hard label in five wrong"): identity(
            np.log((1 - wrong) * (k - 1) / wrong)
        ),
        say("the same, as if none were wrong"): too_high(gap[-1]),
    }


def _gap(given: Given):
    """Gradient flow from 0 until each time: the root of an equation that grows."""
    from scipy.optimize import brentq

    def at(time):
        right = 1 + given.length**2 * time
        return brentq(lambda u: np.exp(u) + (given.classes - 1) * u - right, 0, 50, xtol=1e-13)

    return np.array([at(time) for time in given.times])


def measure(given: Given):
    """A linear model by gradient descent on the cross-entropy of training."""
    soft = [_ends(given, 1, [given.num_steps], 1.0, share) for share in given.smoothings]
    loss = [end.loss[0] for end in soft]
    hard = _ends(given, 1, np.rint(given.times / given.rate).astype(int), given.rate, 0.0)
    mixed = _ends(given, given.copies, [given.num_steps], 1.0, 0.0).gap[0]
    return {
        "gap of scores, soft labels": exactly([end.gap[0] for end in soft], 1e-10),
        "least loss, soft labels": exactly(loss, 1e-10),
        "gap of scores, hard labels": _behind(given, hard.gap, 1.0),
        "length of the weights, hard labels": _behind(
            given, hard.size, np.sqrt(given.classes - 1) / given.length
        ),
        "gap of scores, one hard label in five wrong": exactly(mixed, 1e-10),
        "the same, as if none were wrong": exactly(mixed, 1e-10),
    }


def _behind(given: Given, value: np.ndarray, scale: float) -> Measured:
    """Steps run ahead of the flow, by the length of the first one at most, as the slope falls."""
    first = given.rate * given.length**2 / given.classes
    return between(value, value - scale * first - 1e-9, value + 1e-9)


class Ends(NamedTuple):
    """After each number of steps: gap of the scores, length of the weights and loss, ``(k,)``."""

    gap: np.ndarray
    size: np.ndarray
    loss: np.ndarray


def _ends(given: Given, copies: int, steps, rate: float, smoothing: float) -> Ends:
    x, labels = _examples(given, copies)
    with jax.enable_x64(True):
        hyper = in_float64(Hyper(learning_rate=rate, label_smoothing=smoothing))
        kernels, loss = _trained(x, labels, hyper, jnp.asarray(steps, jnp.int64), given.classes)
    scores = given.length * np.asarray(kernels)  # of the one example of each class
    diagonal = np.einsum("kii->ki", scores)
    others = (scores.sum(axis=2) - diagonal) / (given.classes - 1)
    size = np.sqrt(np.square(kernels).sum(axis=(1, 2)))
    return Ends((diagonal - others).mean(axis=1), size, np.asarray(loss))


def _examples(given: Given, copies: int) -> tuple[np.ndarray, np.ndarray]:
    """Copies of each example; where there are several, some bear each of the other labels."""
    k = given.classes
    shift = np.zeros(copies, int)
    if copies > 1:
        wrong = np.rint(given.wrong * copies).astype(int)
        shift[:wrong] = 1 + np.arange(wrong) % (k - 1)
    labels = (np.arange(k)[:, None] + shift) % k
    return np.repeat(given.length * np.eye(k), copies, axis=0), labels.reshape(-1)


@jit(is_wide=True, static_argnames="num_classes")
def _trained(x, labels, hyper, ends, num_classes):
    tx, target = OPTIMIZERS["sgd"](hyper), targets(labels, num_classes, hyper.label_smoothing)

    def loss(params):
        return data_loss(x @ params["kernel"], target)

    def step(_, carry):
        params, opt_state = carry
        updates, opt_state = tx.update(jax.grad(loss)(params), opt_state, params)
        return optax.apply_updates(params, updates), opt_state

    def until(carry, end):
        first, state = carry
        state = jax.lax.fori_loop(first, end, step, state)
        return (end, state), (state[0]["kernel"], loss(state[0]))

    params = {"kernel": jnp.zeros((x.shape[1], num_classes))}
    return jax.lax.scan(until, (jnp.zeros_like(ends[0]), (params, tx.init(params))), ends)[1]


CLAIM = Claim(
    id="R7",
    statement=say(
        "With labels smoothed by ε over K classes the score of the right class exceeds the "
        "others by log(K(1 − ε)/ε + 1) where the loss is least. With hard labels that can be "
        "told apart there is no such end: scores and weights grow as the logarithm of training "
        "time."
    ),
    formula=r"\text{gap} = \log\left(\frac{K(1 - \varepsilon)}{\varepsilon} + 1\right), \qquad "
    r"\text{hard labels: } e^{\text{gap}} + (K - 1)\,\text{gap} = 1 + |x|^2 t",
    kind="identity",
    source=(
        Reference(
            say(
                "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, Rethinking the Inception architecture "
                "for computer vision, CVPR 2016, sec. 7"
            ),
            say(
                "a summary of section 7: targets (1 − ε) one-hot + ε/K; the gap follows by "
                "setting the slope to 0"
            ),
        ),
        Reference(
            say(
                "Soudry, Hoffer, Nacson, Gunasekar, Srebro, The implicit bias of gradient "
                "descent on separable data, JMLR 19 (2018), arXiv 1710.10345"
            ),
            say(
                "abstract and introduction: on separable data the weights grow without bound, "
                "and their direction converges logarithmically slowly; the equation for examples "
                "at right angles is an own derivation"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "round-off (1e-10); with hard labels the first step, by which steps of a finite length "
        "run ahead of the gradient flow at most"
    ),
    fails_when=say(
        "hard labels contradict each other: with one in five wrong the gap ends at log(4(K − "
        "1)), no larger than smoothing would leave it."
    ),
)
