"""D2: classic dropout, which scales at prediction, against inverted, which scales in training."""

from typing import NamedTuple

import jax
import numpy as np

from reglab.config import Hyper
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import exactly, identity, shown, too_low
from reglab.theory.thinned import net, scores, trained
from reglab.training.losses import data_loss
from reglab.words import say


class Given(NamedTuple):
    """Data, initial weights of one hidden layer, and what is random in training.

    Attributes:
        x: ``(n, 8)``.
        y: targets ``(n, 3)``, one-hot.
        W: ``(8, 24)``; ``b`` is its bias.
        V: ``(24, 3)``, outgoing weights of the units that are dropped; ``c`` is its bias.
        batches: ``(steps, batch)``, indices of examples.
        draws: ``(steps, batch * 24)``, uniform numbers of the masks.
        keep: probability to keep a unit; no power of two, whose quotients are exact.
        hyper: of training with momentum 0.
        heavy: with momentum.
        adam: with Adam.
        seen: every how many steps the loss is compared.
    """

    x: np.ndarray
    y: np.ndarray
    W: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: np.ndarray
    batches: np.ndarray
    draws: np.ndarray
    keep: float = 0.7
    hyper: Hyper = Hyper(learning_rate=0.3, momentum=0.0, l2=0.003)
    heavy: Hyper = Hyper(learning_rate=0.05, momentum=0.9, l2=0.003)
    adam: Hyper = Hyper(learning_rate=0.01, momentum=0.9)
    seen: int = 20


def setup(seed: int) -> Given:
    """Random labels, so that there is something to fit until the end."""
    rng = np.random.default_rng(seed)
    steps, batch = 200, 20
    x, y = rng.standard_normal((60, 8)), np.eye(3)[rng.integers(3, size=60)]
    W, b, V, c = (rng.normal(0, 0.5, shape) for shape in ((8, 24), (24,), (24, 3), (3,)))
    batches = rng.integers(60, size=(steps, batch))
    return Given(x, y, W, b, V, c, batches, rng.random((steps, batch * 24), np.float32))


def predict(given: Given):
    """Classic dropout with everything scaled, whose outgoing weights are then scaled back."""
    q = given.keep
    plain, heavy = (
        _train(given, "classic", given.V / q, hyper, _scaled(hyper, q))
        for hyper in (given.hyper, given.heavy)
    )
    axis = {"x": _steps(given), "x_label": say("step")}
    return {
        say("outgoing weights, SGD"): identity(q * plain.outgoing),
        say("all other parameters, SGD"): identity(plain.others),
        say("training loss, SGD"): identity(plain.losses, **axis),
        say("scores at prediction, SGD"): identity(plain.scores),
        say("outgoing weights, momentum 0.9"): identity(q * heavy.outgoing),
        say("all other parameters, momentum 0.9"): identity(heavy.others),
        say("difference at equal learning rates, SGD"): too_low(0),
        say("difference by the rule of SGD, Adam"): too_low(0),
        say("difference at the learning rate over q, Adam"): shown(),
    }


def _scaled(hyper: Hyper, q: float) -> Hyper:
    """Numbers for the outgoing weights of classic dropout."""
    return hyper._replace(learning_rate=hyper.learning_rate / q**2, l2=q**2 * hyper.l2)


class Trained(NamedTuple):
    """A network after training, and the losses on the way."""

    outgoing: np.ndarray
    others: np.ndarray
    losses: np.ndarray
    scores: np.ndarray


def _train(given: Given, kind: str, V, hyper: Hyper, outgoing: Hyper, optimizer="momentum"):
    """Trains by the project's dropout, loss, penalty and optimizer."""
    parts = {part.shape: part for part in (given.W, given.b, V, given.c)}
    with jax.enable_x64(True):
        start = net(parts.__getitem__, (8, 24, 3), given.keep, dropout_scaling=kind)
        end, losses = trained(
            start,
            (given.x, given.y),
            given.batches,
            given.draws,
            hyper,
            outgoing,
            optimizer=optimizer,
            loss=data_loss,
        )
        W, b, V, c = end.parts
        others = np.concatenate([np.ravel(part) for part in (W, b, c)])
        return Trained(V, others, losses[_steps(given)], scores(end, given.x))


def _steps(given: Given) -> np.ndarray:
    """Steps at which losses are compared."""
    return np.arange(0, len(given.batches), given.seen)


def measure(given: Given):
    """Inverted dropout, and classic where the rule does not hold."""
    q, hyper, adam = given.keep, given.hyper, given.adam
    plain, heavy = (_train(given, "inverted", given.V, h, h) for h in (hyper, given.heavy))
    equal = _train(given, "classic", given.V / q, hyper, hyper)
    by_adam = _train(given, "inverted", given.V, adam, adam, "adam")
    rates = adam.learning_rate / q**2, adam.learning_rate / q
    ruled, own = (
        _train(given, "classic", given.V / q, adam, adam._replace(learning_rate=rate), "adam")
        for rate in rates
    )
    return {
        "outgoing weights, SGD": exactly(plain.outgoing, 1e-11),
        "all other parameters, SGD": exactly(plain.others, 1e-11),
        "training loss, SGD": exactly(plain.losses, 1e-11),
        "scores at prediction, SGD": exactly(plain.scores, 1e-11),
        "outgoing weights, momentum 0.9": exactly(heavy.outgoing, 1e-11),
        "all other parameters, momentum 0.9": exactly(heavy.others, 1e-11),
        "difference at equal learning rates, SGD": _difference(q * equal.outgoing, plain),
        "difference by the rule of SGD, Adam": _difference(q * ruled.outgoing, by_adam),
        "difference at the learning rate over q, Adam": _difference(q * own.outgoing, by_adam),
    }


def _difference(outgoing: np.ndarray, other: Trained):
    """Root mean square over the outgoing weights."""
    return exactly(np.sqrt(np.mean((outgoing - other.outgoing) ** 2)), 1e-11)


CLAIM = Claim(
    id="D2",
    statement=say(
        "Classic and inverted dropout are one method: with the same masks they train the same "
        "network by SGD, if outgoing weights of dropped units are over the keep probability q in "
        "the classic one, their learning rate over q² and their L2 penalty times q²."
    ),
    formula=r"v_c = \frac{v_i}{q}, \qquad \eta_c = \frac{\eta_i}{q^2}, \qquad "
    r"\lambda_c = q^2 \lambda_i",
    kind="identity",
    source=(
        Reference(
            say(
                "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout: A Simple Way "
                "to Prevent Neural Networks from Overfitting, JMLR 15, 2014, sec. 4"
            ),
            say(
                "a wiki's summary: units are kept with probability p, and at test time outputs "
                "are scaled by p. The rates are derived here, by the chain rule."
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("round-off of float64 over 200 steps"),
    fails_when=say(
        "the outgoing weights keep their learning rate, as when the one layer is put in place of "
        "the other: the two then train different networks. Adam does not see the scale of a "
        "gradient, so for it the learning rate is over q, and only up to its ε."
    ),
)
