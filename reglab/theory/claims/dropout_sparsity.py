"""D7: whether dropout makes the activations of hidden units sparse."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from reglab.config import Hyper
from reglab.distributions import Digits
from reglab.nn import activation
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import exactly, identity, lower_than, mean_of, shown, too_low
from reglab.theory.thinned import Net, net, scaled_normal, scores, trained_each
from reglab.words import say


class Given(NamedTuple):
    """Settings, and a network that is not trained.

    Attributes:
        rng: of autoencoders.
        x: ``(n, 8)``.
        W: ``(8, 32)``, incoming weights of hidden units.
        V: ``(32, 5)``, outgoing weights.
        scales: factors of ``W``, by which ``V`` is divided.
        networks: pairs of autoencoders, with dropout and without.
        units: hidden ones of each.
        steps: of training.
    """

    rng: np.random.Generator
    x: np.ndarray
    W: np.ndarray
    V: np.ndarray
    scales: tuple[float, ...] = (0.25, 0.5, 2.0, 4.0)
    networks: int = 8
    units: int = 128
    steps: int = 800


def setup(seed: int) -> Given:
    """Draws inputs and weights."""
    rng = np.random.default_rng(seed)
    x, W, V = (rng.standard_normal(shape) for shape in ((100, 8), (8, 32), (32, 5)))
    return Given(rng, x, W, V)


def predict(given: Given):
    """Of autoencoders the signs alone; of one function at several scales everything."""
    a, hidden = np.array(given.scales), np.maximum(given.x @ given.W, 0)
    density = np.mean(hidden.sum(axis=1) ** 2 / (hidden.shape[1] * (hidden**2).sum(axis=1)))
    axis = {"x": a, "x_label": say("factor of the incoming weights")}
    return {
        say("mean activation, dropout over none"): lower_than(1),
        say("active share, dropout minus none"): lower_than(0),
        say("density, dropout minus none"): lower_than(0),
        say("test error of the reconstruction, dropout minus none"): too_low(0),
        say("mean activation of one function"): identity(a * np.mean(hidden), **axis),
        say("density of one function"): identity(np.full(len(a), density), **axis),
        say("scores of one function, factor 4"): identity(4 * hidden @ (given.V / 4)),
        say("mean activation, dropout"): shown(),
        say("mean activation, no dropout"): shown(),
        say("density, dropout"): shown(),
        say("density, no dropout"): shown(),
    }


class Sparsity(NamedTuple):
    """Three measures of the activations of hidden units.

    Attributes:
        mean: over units and examples, in units of the activation.
        active: share above 0.
        density: mean over examples of ``(sum h)^2 / (k sum h^2)``, from 1 / k where one of k units
            is active to 1 where all are so equally; no scale changes it.
    """

    mean: np.floating
    active: np.floating
    density: np.floating


def sparsity(net: Net, x: np.ndarray) -> Sparsity:
    """Of the hidden units of a network, none dropped, over inputs ``(n, in)``."""
    W, b = net.parts[:2]
    hidden = np.asarray(activation(net.model.activation)(jnp.asarray(x @ W + b)))
    density = hidden.mean(axis=1) ** 2 / (hidden**2).mean(axis=1)
    return Sparsity(hidden.mean(), np.mean(hidden > 0), density.mean())


def measure(given: Given):
    """Pairs of autoencoders of digits, and the network at all scales."""
    with jax.enable_x64(True):
        rows = _of_scales(given)
    return rows | _of_autoencoders(given)


def _of_scales(given: Given):
    nets = []
    for a in given.scales:
        parts = a * given.W, np.zeros(32), given.V / a, np.zeros(5)
        nets.append(net({part.shape: part for part in parts}.__getitem__, (8, 32, 5), 0.5))
    sparsities = [sparsity(network, given.x) for network in nets]
    return {
        "mean activation of one function": exactly([each.mean for each in sparsities], 1e-12),
        "density of one function": exactly([each.density for each in sparsities], 1e-12),
        "scores of one function, factor 4": exactly(scores(nets[-1], given.x), 1e-12),
    }


def _of_autoencoders(given: Given):
    images, _ = Digits.population()
    order = given.rng.permutation(len(images))
    fitted, test = images[order[:1000]], images[order[1000:1500]]
    nets = _trained_pairs(given, fitted)
    pairs = np.array([sparsity(network, test) for network in nets]).reshape(-1, 2, 3)
    plain, dropped, change = pairs[:, 0].T, pairs[:, 1].T, pairs[:, 1] - pairs[:, 0]
    errors = np.array([np.mean((scores(network, test) - test) ** 2) for network in nets]).reshape(
        -1, 2
    )
    return {
        "mean activation, dropout over none": mean_of(dropped[0] / plain[0]),
        "active share, dropout minus none": mean_of(change[:, 1]),
        "density, dropout minus none": mean_of(change[:, 2]),
        "test error of the reconstruction, dropout minus none": mean_of(
            errors[:, 1] - errors[:, 0]
        ),
        "mean activation, dropout": mean_of(dropped[0]),
        "mean activation, no dropout": mean_of(plain[0]),
        "density, dropout": mean_of(dropped[2]),
        "density, no dropout": mean_of(plain[2]),
    }


def _trained_pairs(given: Given, x: np.ndarray) -> list[Net]:
    """Networks without and with classic dropout in turn; pairs share their start and batches."""
    rng, nets = given.rng, []
    for _ in range(given.networks):
        network = net(scaled_normal(rng), (64, given.units, 64), 1.0, dropout_scaling="classic")
        nets += [network, network.at_rate(0.5)]
    shape = given.networks, given.steps
    batches = np.repeat(rng.integers(len(x), size=(*shape, 50)), 2, axis=0)
    seeds = rng.integers(2**32, size=(2 * given.networks, given.steps), dtype=np.uint32)
    hyper = Hyper(learning_rate=0.003)
    return trained_each(nets, (x, x), batches, seeds, hyper, optimizer="adam", loss=_squared_error)


def _squared_error(reconstruction, x):
    return jnp.mean((reconstruction - x) ** 2)


CLAIM = Claim(
    id="D7",
    statement=say(
        "Autoencoders that are trained with dropout have sparser hidden activations: a lower "
        "mean, fewer active units and a lower density (Σh)²/(k Σh²). The mean alone says little: "
        "incoming weights times a and outgoing ones over a make the same function, with a times "
        "the mean."
    ),
    formula=r"\bar h(aW, V/a) = a\, \bar h(W, V), \qquad "
    r"\text{density} = \frac{(\sum_j h_j)^2}{k \sum_j h_j^2} \text{ unchanged}",
    kind="tendency",
    source=(
        Reference(
            say(
                "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout: A Simple Way "
                "to Prevent Neural Networks from Overfitting, JMLR 15, 2014, sec. 7.2, fig. 8"
            ),
            say(
                "a reader's summary: mean activation 0.7 with dropout and 2 without, in an "
                "autoencoder of MNIST"
            ),
        ),
        Reference(
            say(
                "Willmore, Tolhurst, Characterizing the sparseness of neural codes, Network 12, "
                "2001"
            ),
            say("abstract: the Treves-Rolls measure as one of the sparseness of a population"),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "4 standard errors over 8 pairs of autoencoders that share start and batches; round-off "
        "for one function at several scales"
    ),
    fails_when=say(
        "sparsity is taken for a better code: with all units in place the autoencoder with "
        "dropout reconstructs test images worse. The mean activation depends on a convention of "
        "scale."
    ),
)
