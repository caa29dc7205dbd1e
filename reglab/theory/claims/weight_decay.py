"""R3: where weight decay is an L2 penalty, and where it is not."""

from typing import NamedTuple

import numpy as np

from reglab.config import Hyper
from reglab.theory.base import Claim, Reference
from reglab.theory.descent import descend
from reglab.theory.rows import exactly, identity, shown, too_low
from reglab.words import say


class Given(NamedTuple):
    """A sample with features of unlike scales, and numbers of the optimizers."""

    x: np.ndarray
    y: np.ndarray
    l2: float = 0.2
    decay: float = 0.4
    strong: float = 2.0
    learning_rate: float = 0.05
    momentum: float = 0.9
    early: tuple[int, ...] = (10, 100)
    late: int = 4000
    very_late: int = 40_000


def setup(seed: int) -> Given:
    """Least squares on 60 examples, all true weights 1."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((60, 5)) * np.geomspace(0.3, 3, 5)
    return Given(x, x.sum(axis=1, keepdims=True) + rng.standard_normal((60, 1)))


def predict(given: Given):
    """The formulas."""
    penalised = _ridge(given, 2 * given.l2)
    return {
        say("weights early, sgd, L2"): identity(_early(given, 2 * given.l2)),
        say("weights early, sgd, decay"): identity(_early(given, 2 * given.l2)),
        say("weights at last, momentum, L2"): identity(penalised),
        say("weights at last, momentum, decay"): identity(
            _ridge(given, (1 - given.momentum) * given.decay)
        ),
        say("weights at last, Adam, L2"): identity(penalised),
        say("weights at last, Adam, decay"): identity(_ridge(given, 0.0)),
        say("largest weight, Adam, strong decay"): shown(1 / given.strong),
        say("distance from the L2 solution, momentum, decay"): too_low(0.0),
        say("distance from the L2 solution, Adam, decay"): too_low(0.0),
        say("distance from the L2 solution, Adam, decay, 4,000 steps"): too_low(0.0),
    }


def _ridge(given: Given, decay):
    """Where the slope of the squared error and the decay cancel."""
    n, p = given.x.shape
    return np.linalg.solve(given.x.T @ given.x / n + decay * np.eye(p), given.x.T @ given.y / n)


def _early(given: Given, decay):
    """Gradient descent from 0, after each number of steps."""
    n, p = given.x.shape
    curvature = given.x.T @ given.x / n + decay * np.eye(p)
    step = np.eye(p) - given.learning_rate * curvature
    powers = np.stack([np.linalg.matrix_power(step, steps) for steps in given.early])
    return (np.eye(p) - powers) @ _ridge(given, decay)


def measure(given: Given):
    """The optimizers of training, with L2 in the loss and with decay."""
    l2, decay = {"l2": given.l2}, {"weight_decay": given.decay}
    late, very_late = given.late, given.very_late
    penalised = _trained(given, "momentum", late, **l2)
    momentum = _trained(given, "momentum", late, **decay)
    adam, adam_l2 = _trained(given, "adam", very_late, **decay), _trained(given, "adam", late, **l2)
    strong = _trained(given, "adam", very_late, weight_decay=given.strong)
    halfway = _trained(given, "adam", late, **decay)
    return {
        "weights early, sgd, L2": exactly(_path(given, **l2), 1e-12),
        "weights early, sgd, decay": exactly(_path(given, **decay), 1e-12),
        "weights at last, momentum, L2": exactly(penalised, 1e-12),
        "weights at last, momentum, decay": exactly(momentum, 1e-12),
        "weights at last, Adam, L2": exactly(adam_l2, _error(given, adam_l2, given.l2)),
        "weights at last, Adam, decay": exactly(adam, _error(given, adam, 0.0)),
        "largest weight, Adam, strong decay": exactly(abs(strong).max()),
        "distance from the L2 solution, momentum, decay": _distance(momentum, penalised),
        "distance from the L2 solution, Adam, decay": _distance(adam, penalised),
        "distance from the L2 solution, Adam, decay, 4,000 steps": _distance(halfway, penalised),
    }


def _path(given: Given, **strength: float) -> np.ndarray:
    hyper = Hyper(learning_rate=given.learning_rate)._replace(**strength)
    return descend(given.x, given.y, hyper, given.early)


def _trained(given: Given, optimizer: str, num_steps: int, **strength: float) -> np.ndarray:
    """Weights ``(p, 1)``; Adam takes shorter steps, since its last ones jump about."""
    rate = given.learning_rate / 25 if optimizer == "adam" else given.learning_rate
    hyper = Hyper(learning_rate=rate, momentum=given.momentum)._replace(**strength)
    return descend(given.x, given.y, hyper, [num_steps], optimizer=optimizer)[0]


def _error(given: Given, weights: np.ndarray, l2: float) -> float:
    """How far from the minimum such a slope can be: its length over the least curvature."""
    n, p = given.x.shape
    curvature = given.x.T @ given.x / n + 2 * l2 * np.eye(p)
    slope = curvature @ weights - given.x.T @ given.y / n
    return float(np.linalg.norm(slope) / np.linalg.eigvalsh(curvature)[0]) + 1e-12


def _distance(a: np.ndarray, b: np.ndarray):
    return exactly(np.linalg.norm(a - b), 1e-6)


CLAIM = Claim(
    id="R3",
    statement=say(
        "For plain gradient descent, decay by a share η·2λ of the weights a step is the penalty "
        "λ|w|² in the loss, at every step. With momentum μ decay is a penalty as well, 1 − μ "
        "times as strong. With Adam it is none: on whole batches Adam with decay ends at the "
        "least squares solution, as if there were no decay, while each weight there is below "
        "1/decay."
    ),
    formula=r"\text{decay } \delta:\quad \text{SGD: } \lambda = \tfrac{\delta}{2}, \qquad "
    r"\text{momentum: } \lambda = (1 - \mu)\tfrac{\delta}{2}, \qquad "
    r"\text{Adam: } \arg\min_{|w|_\infty \le 1/\delta} |y - Xw|^2",
    kind="identity",
    source=(
        Reference(
            say(
                "Loshchilov, Hutter, Decoupled weight decay regularization, ICLR 2019, arXiv "
                "1711.05101"
            ),
            say(
                "abstract: L2 and weight decay are equivalent for standard SGD when rescaled by "
                "the learning rate, and not for Adam; the propositions themselves were not seen"
            ),
        ),
        Reference(
            say(
                "Xie, Li, Implicit bias of AdamW: l-infinity norm constrained optimization, ICML "
                "2024, arXiv 2404.04454"
            ),
            say(
                "abstract: on full batches AdamW, if it converges, does so to a KKT point of the "
                "loss under a bound of the largest weight, the inverse of the decay"
            ),
        ),
        Reference(say("The factor 1 − μ follows from the fixed point of the update")),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "round-off (1e-12); for Adam, the length of the slope over the least curvature, which "
        "bounds the distance from the minimum"
    ),
    fails_when=say(
        "the optimizer is not plain gradient descent. With momentum and with Adam equal numbers "
        "for decay and penalty end at different weights. How far Adam's decay shrinks in a "
        "shorter run depends on the number of steps."
    ),
)
