"""D3: the network with all its units, against the mean of the networks that dropout thins."""

from typing import Any, NamedTuple

import jax
import numpy as np
from scipy.special import log_softmax, softmax

from reglab.nn import fold
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import at_least, exactly, identity, too_low
from reglab.theory.thinned import Net, all_masks, chances, net, scores, thinned_scores
from reglab.words import say


class Given(NamedTuple):
    """Inputs and weights of one hidden layer of 10 units in front of a softmax.

    Attributes:
        x: ``(n, 6)``.
        W: ``(6, 10)``; ``b`` is its bias.
        V: ``(10, 4)``; ``c`` is its bias.
        keeps: probabilities to keep a hidden unit.
    """

    x: np.ndarray
    W: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: np.ndarray
    keeps: tuple[float, ...] = (0.3, 0.5, 0.8, 0.95)


def setup(seed: int) -> Given:
    """Everything at random, the output bias as well."""
    rng = np.random.default_rng(seed)
    shapes = (50, 6), (6, 10), (10,), (10, 4), (4,)
    x, W, b, V, c = (rng.standard_normal(shape) for shape in shapes)
    return Given(x, W, b, V, c)


def predict(given: Given):
    """Probabilities with outgoing weights, but not biases, times the keep probability."""
    hidden = np.maximum(given.x @ given.W + given.b, 0)
    half, most = (softmax(q * hidden @ given.V + given.c, axis=1) for q in (0.5, 0.8))
    whole, nothing = softmax(hidden @ given.V + given.c, axis=1), np.zeros(len(given.keeps))
    axis = {"x": np.array(given.keeps), "x_label": say("keep probability q")}
    return {
        say("geometric mean of 1,024 networks, classic, q = 0.5"): identity(half),
        say("geometric mean of 1,024 networks, classic, q = 0.8"): identity(most),
        say("geometric mean of 1,024 networks, inverted, q = 0.8"): identity(whole),
        say("all units, classic, q = 0.8"): identity(most),
        say("folded network, classic, q = 0.8"): identity(most),
        say("least gain in log-probability over the mean network"): at_least(nothing, **axis),
        say("distance from the arithmetic mean"): too_low(nothing, **axis),
        say("distance from the geometric mean, biases scaled too"): too_low(nothing, **axis),
    }


def measure(given: Given):
    """Every thinned network of the project's own MLP, and its predictions."""
    with jax.enable_x64(True):
        classic = {q: _Ensemble(given, q, "classic") for q in given.keeps}
        inverted = _Ensemble(given, 0.8, "inverted")
        folded = np.asarray(fold(classic[0.8].net.model)(given.x))
    several = classic.values()
    return {
        "geometric mean of 1,024 networks, classic, q = 0.5": exactly(classic[0.5].mean, 1e-12),
        "geometric mean of 1,024 networks, classic, q = 0.8": exactly(classic[0.8].mean, 1e-12),
        "geometric mean of 1,024 networks, inverted, q = 0.8": exactly(inverted.mean, 1e-12),
        "all units, classic, q = 0.8": exactly(softmax(classic[0.8].whole, axis=1), 1e-12),
        "folded network, classic, q = 0.8": exactly(softmax(folded, axis=1), 1e-12),
        "least gain in log-probability over the mean network": exactly(
            [each.gain for each in several], 1e-12
        ),
        "distance from the arithmetic mean": exactly([each.off_mean for each in several], 1e-12),
        "distance from the geometric mean, biases scaled too": exactly(
            [each.off_biases for each in several], 1e-12
        ),
    }


class _Ensemble:
    """All networks that dropout thins a network to, with their chances, under ``enable_x64``.

    Attributes:
        net: the network.
        whole: its scores with all units, ``(n, 4)``.
        mean: normalised geometric mean of the probabilities of the thinned ones, ``(n, 4)``.
        gain: least difference of a log-probability of the whole and its mean over the thinned.
        off_mean: mean distance of a probability of the whole from the arithmetic mean.
        off_biases: mean distance from ``mean`` where the output bias is scaled as the weights.
    """

    def __init__(self, given: Given, keep: float, kind: str):
        shapes = {part.shape: part for part in (given.W, given.b, given.V, given.c)}
        self.net: Net = net(shapes.__getitem__, (6, 10, 4), keep, dropout_scaling=kind)
        masks = all_masks(10)
        thinned, chance = thinned_scores(self.net, given.x, masks), chances(masks, keep)
        self.whole = scores(self.net, given.x)
        logs = _mean(chance, log_softmax(thinned, axis=2))
        self.mean = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
        self.gain = np.min(log_softmax(self.whole, axis=1) - logs)
        average = _mean(chance, softmax(thinned, axis=2))
        self.off_mean = np.mean(np.abs(softmax(self.whole, axis=1) - average))
        scaled = self.whole - (1 - keep) * given.c
        self.off_biases = np.mean(np.abs(softmax(scaled, axis=1) - self.mean))


def _mean(chance: np.ndarray, values: np.ndarray) -> Any:
    """Over the first axis."""
    return np.tensordot(chance, values, axes=1)


CLAIM = Claim(
    id="D3",
    statement=say(
        "With one dropped layer in front of a softmax, the network with all its units and its "
        "outgoing weights times the keep probability q is the normalised geometric mean of all "
        "2ᵏ thinned networks, and gives no class a lower log-probability than they do in the "
        "mean."
    ),
    formula=r"\operatorname{softmax}(q V^\top h + c)_y = \frac{\prod_m p_m(y)^{P(m)}}"
    r"{\sum_{y'} \prod_m p_m(y')^{P(m)}}, \qquad P(m) = q^{|m|} (1 - q)^{k - |m|}, \qquad "
    r"\log p(y) \ge \mathrm{E}_m \log p_m(y)",
    kind="identity",
    source=(
        Reference(
            say("Goodfellow, Bengio, Courville, Deep Learning, 2016, sec. 7.12, eq. 7.56 to 7.66"),
            say("a reader's notes on that page: eq. 7.56 to 7.59 and that weights are halved"),
        ),
        Reference(
            say("Baldi, Sadowski, Understanding Dropout, NIPS 2013"),
            say(
                "abstract, and that of their paper in Artificial Intelligence, 2014: normalized "
                "geometric means of logistic functions are the logistic of the mean, exactly; "
                "expectations are approximated by them"
            ),
        ),
        Reference(
            say(
                "Hinton, Srivastava, Krizhevsky, Sutskever, Salakhutdinov, Improving neural "
                "networks by preventing co-adaptation of feature detectors, arXiv 1207.0580"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("round-off of float64; every one of the 1,024 networks is counted"),
    fails_when=say(
        "the mean is the arithmetic one, as of an ensemble: that is another prediction. Scaling "
        "the biases with the weights breaks it, and so does a second dropped layer (see D4)."
    ),
)
