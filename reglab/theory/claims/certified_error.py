"""E2: true errors with a guarantee, from a quadtree or from independent draws."""

from typing import NamedTuple

import jax
import numpy as np
from scipy.special import ndtr, ndtri

from reglab.distributions import Gauss, clopper_pearson
from reglab.mitchell.certificate import Layer, layers_from
from reglab.theory.base import Claim, Reference
from reglab.theory.levels import Certified, certified
from reglab.theory.networks import mlp, scores_of
from reglab.theory.quadrature import true_error_of
from reglab.theory.rows import (
    Measured,
    at_least,
    at_most,
    between,
    exactly,
    expectation,
    identity,
    mean_of,
    share_of,
    shown,
    too_high,
)
from reglab.words import say

CENTRE = 2.0  # of class 1 of gauss, along both axes; class 0 is at −2
FIRST = 6  # size of cells that is looked at; larger ones decide nearly nothing


class Given(NamedTuple):
    """Settings and the weights of a network.

    Attributes:
        layers: kernels and biases of a ReLU network with two scores.
        rule: ``(w1, w2, b)`` of a linear one.
        noise: of the package's ``gauss``.
        corner: of the square that is split, the least coordinate along both axes.
        side: of that square; after ``levels`` sizes the cells have side ``side / 2^(levels - 1)``.
        offsets: how often the linear rule's cells are laid, each time elsewhere.
        level: one minus the coverage that an interval of draws should have.
        n: number of draws; ``shares`` of hits, of which those below ``rare`` are few.
        sizes: numbers of draws without a hit.
    """

    rng: np.random.Generator
    key: jax.Array
    layers: list[tuple[np.ndarray, np.ndarray]]
    rule: np.ndarray
    shares: np.ndarray
    noise: float = 0.3
    corner: float = -16.0
    side: float = 32.0
    levels: int = 11
    offsets: int = 48
    level: float = 0.05
    n: int = 200
    rare: tuple[float, ...] = (0.001, 0.002, 0.005, 0.01, 0.02)
    sizes: tuple[int, ...] = (10, 30, 100, 300, 1000)
    draws: int = 2**18


def setup(seed: int) -> Given:
    """A random network of 2-32-32-2 units, a random line, and random shares."""
    rng = np.random.default_rng(seed)
    sizes = ((2, 32), (32, 32), (32, 2))
    layers = [(rng.normal(0, (2 / m) ** 0.5, (m, n)), rng.normal(0, 0.5, n)) for m, n in sizes]
    rule = rng.standard_normal(3).astype(np.float32).astype(float)
    return Given(rng, jax.random.key(seed), layers, rule, np.sort(rng.random(300)))


def predict(given: Given):
    """The formulas, and the coverage that was promised."""
    (w1, w2, b), level, v = given.rule, given.level, 0.5 + 7 * given.noise
    length = (w1**2 + w2**2) ** 0.5
    centre, threshold = CENTRE * (w1 + w2) / length, b / length
    sides = given.side / 2.0 ** np.arange(FIRST, given.levels)
    cut = (abs(w1) + abs(w2)) / length  # of a cell's side, across the line
    smeared = v + sides**2 * (1 + cut**2) / 12
    error = (ndtr((-centre - threshold) / v**0.5) + ndtr((threshold - centre) / v**0.5)) / 2
    sizes, promised = np.array(given.sizes), np.full(len(given.shares), 1 - level)
    network = {"x": sides, "x_label": say("side of the cells")}
    return {
        say("line, certified error"): expectation(error),
        say("line, undecided mass"): expectation(
            sides * cut * _density(threshold, centre, smeared), **network
        ),
        say("network, certified upper end minus error"): at_least(np.zeros(len(sides)), **network),
        say("network, error minus certified lower end"): at_least(np.zeros(len(sides)), **network),
        say("network, upper end minus share of draws"): at_least(0.0),
        say("network, share of draws minus lower end"): at_least(0.0),
        say("network, width of the interval"): shown(np.full(len(sides), np.nan), **network),
        say("coverage of exact intervals"): at_least(promised, given.shares, say("true share")),
        say("upper end after no hit"): identity(
            1 - (level / 2) ** (1 / sizes), sizes, say("draws n")
        ),
        say("one-sided upper end after no hit"): at_most(3 / sizes, sizes, say("draws n")),
        say("coverage of Wald's interval, few hits"): too_high(
            np.full(len(given.rare), 1 - level), np.array(given.rare), say("true share")
        ),
        say("least coverage of Wilson's interval"): too_high(1 - level),
    }


def _density(threshold: float, centre: float, v: np.ndarray) -> np.ndarray:
    """Of two Gaussians of variance v at ±centre, at a threshold."""
    near, far = ((threshold + side * centre) ** 2 for side in (1, -1))
    return (np.exp(-near / (2 * v)) + np.exp(-far / (2 * v))) / (2 * (2 * np.pi * v) ** 0.5)


def measure(given: Given):
    """Splits the plane, and compares with the package's own estimates."""
    gauss, network = Gauss(noise=given.noise), scores_of(mlp(given.layers))
    levels = _split(given, _rounded(given.layers), np.zeros(2))[FIRST:]
    lower, upper = np.array([each.ends for each in levels]).T
    error = true_error_of(gauss, network, given.key)
    x, y = gauss.sample(given.key, given.draws)
    wrong = np.count_nonzero(np.asarray(network(x)).argmax(axis=1) != np.asarray(y))
    drawn = share_of(wrong, given.draws)
    line, undecided = _line(given)
    few, exact = np.array(given.rare), clopper_pearson(np.arange(given.n + 1), given.n, given.level)
    sizes = np.array(given.sizes)
    none = [clopper_pearson(np.array([0]), n, given.level)[1, 0] for n in sizes]
    one_sided = [clopper_pearson(np.array([0]), n, 2 * given.level)[1, 0] for n in sizes]
    return {
        "line, certified error": line,
        "line, undecided mass": undecided,
        "network, certified upper end minus error": _minus(upper, error),
        "network, error minus certified lower end": _less(error, lower),
        "network, upper end minus share of draws": _minus(upper[-1], drawn),
        "network, share of draws minus lower end": _less(drawn, lower[-1]),
        "network, width of the interval": exactly(upper - lower),
        "coverage of exact intervals": _coverage(given, exact, given.shares),
        "upper end after no hit": exactly(none, 1e-12),
        "one-sided upper end after no hit": exactly(one_sided, 1e-12),
        "coverage of Wald's interval, few hits": _coverage(given, _wald(given), few),
        "least coverage of Wilson's interval": _least(
            _coverage(given, _wilson(given), given.shares)
        ),
    }


def _minus(ends: np.ndarray, error: Measured) -> Measured:
    return between(ends - error.value, ends - error.high, ends - error.low)


def _less(error: Measured, ends: np.ndarray) -> Measured:
    return between(error.value - ends, error.low - ends, error.high - ends)


def _rounded(layers: list) -> list[Layer]:
    """Layers, with the weights in float32 as the network has them."""
    return layers_from([[part.astype(np.float32) for part in layer] for layer in layers])


def _split(given: Given, layers: list[Layer], offset: np.ndarray) -> list[Certified]:
    """What a quadtree over ``gauss`` finds for cells of each size."""
    mass = Gauss(noise=given.noise).cell_masses
    return list(certified(layers, mass, given.corner + offset, given.side, given.levels))


def _line(given: Given) -> tuple[Measured, Measured]:
    """The interval of a linear rule, and the mass of the cells that its line cuts."""
    kernel, bias = (np.stack([0 * part, part], axis=-1) for part in (given.rule[:2], given.rule[2]))
    cell = given.side / 2**FIRST
    offsets = given.rng.uniform(-cell / 2, cell / 2, (given.offsets, 2))
    splits = [_split(given, _rounded([(kernel, bias)]), offset) for offset in offsets]
    low, high = splits[0][-1].ends
    undecided = [[level.undecided for level in levels[FIRST:]] for levels in splits]
    return between((low + high) / 2, low, high), mean_of(undecided)


def _coverage(given: Given, ends: np.ndarray, shares: np.ndarray) -> Measured:
    """Exact probabilities that the interval of a count, ``ends[:, count]``, holds the share."""
    from scipy.stats import binom

    counts, shares = np.arange(given.n + 1)[:, None], shares[None]
    holds = (ends[0, :, None] <= shares) & (shares <= ends[1, :, None])
    return exactly((binom.pmf(counts, given.n, shares) * holds).sum(axis=0), 1e-12)


def _wald(given: Given) -> np.ndarray:
    """The share of each count, with normal quantiles of its estimated standard error."""
    share = np.arange(given.n + 1) / given.n
    reach = ndtri(1 - given.level / 2) * np.sqrt(share * (1 - share) / given.n)
    return np.stack([share - reach, share + reach])


def _wilson(given: Given) -> np.ndarray:
    """The shares that the normal score test does not reject, for each count."""
    n, z, share = given.n, ndtri(1 - given.level / 2), np.arange(given.n + 1) / given.n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.stack([middle - reach, middle + reach])


def _least(coverage: Measured) -> Measured:
    return Measured(*(part.min() for part in coverage))


CLAIM = Claim(
    id="E2",
    statement=say(
        "The true error of a network on the plane can be bounded with certainty: cells in which "
        "an interval bound shows one answer are settled, and the mass of the others falls in "
        "proportion to their side. From n draws, Clopper and Pearson's interval covers the true "
        "error with a probability of at least 1 − α, whatever it is."
    ),
    formula=r"R \in [\text{wrong},\ \text{wrong} + \text{undecided} + \text{tail}], \qquad "
    r"\text{undecided} \approx h\,\frac{|w_1| + |w_2|}{\lVert w \rVert}\,"
    r"p_{w \cdot x}(\text{line}), \qquad "
    r"P(p \in [L, U]) \ge 1 - \alpha, \quad U(0) = 1 - (\alpha / 2)^{1/n} \text{, one-sided }"
    r" 1 - \alpha^{1/n} \le \tfrac3n",
    kind="bound",
    source=(
        Reference(
            say(
                "C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits "
                "illustrated in the case of the binomial, Biometrika 26 (1934)"
            )
        ),
        Reference(
            say(
                "L. D. Brown, T. T. Cai, A. DasGupta, Interval estimation for a binomial "
                "proportion, Statistical Science 16 (2001)"
            ),
            say(
                "abstract and section 1: the coverage of Wald's interval is erratic, and poor "
                "for p near 0 or 1"
            ),
        ),
        Reference(
            say(
                "R. E. Moore, Interval Analysis, 1966 (interval arithmetic and the mean-value form)"
            ),
            say(
                "the centered form as documented by the ALIAS library of INRIA: the value at the "
                "centre plus an interval of the gradient times the box"
            ),
        ),
        Reference(
            say(
                "J. A. Hanley, A. Lippman-Hand, If nothing goes wrong, is everything all right?, "
                "JAMA 249 (1983) (the rule of three)"
            ),
            say("encyclopedia articles on the rule of three: 1 − 0.05^(1/n) is nearly 3/n"),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "the certified interval itself; 4 standard errors over 48 places of the cells; the "
        "package's quadrature at 99.99 %; coverage is summed exactly, to 1e-12"
    ),
    fails_when=say(
        "the interval of draws is Wald's or Wilson's: they cover less than they promise, Wald's "
        "far less for small errors. Cells cost 2^d for each halving in d dimensions: beyond the "
        "plane, or finite populations, there are only draws."
    ),
)
