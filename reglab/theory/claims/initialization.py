"""A1: what random weights do to signals and gradients, layer by layer."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy.special import expit, ndtr

from reglab.config import Experiment, Hyper, MLPConfig
from reglab.nn import MLP, cost
from reglab.nn.hidden import hidden_outputs
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import (
    Measured,
    between,
    expectation,
    higher_than,
    mean_of,
    share_of,
    too_high,
    too_low,
)
from reglab.training import fit
from reglab.words import say


class Given(NamedTuple):
    """Settings; a gain multiplies weights of variance 1 over the number of inputs.

    Attributes:
        width: units of each of ``depth`` layers of ReLU nets.
        replicates: their number.
        gains: squares of their gains; 2 is He's.
        wide: units of each of ``layers`` layers of tanh nets, of gain ``tanh_gain``.
        few: number of tanh nets, half the number of sigmoid nets.
        examples: how many a unit may be dead for.
        units: of one layer, with ``features`` inputs, whose dead and saturated units are counted.
        bias: of these units, to show what it does.
        saturated: size from which on a tanh counts as saturated.
        slopes: gains at which it is counted.
    """

    rng: np.random.Generator
    width: int = 64
    depth: int = 10
    replicates: int = 500
    gains: tuple[float, ...] = (1.0, 2.0, 3.0)
    wide: int = 256
    layers: int = 5
    tanh_gain: float = 1.5
    few: int = 64
    features: int = 256
    units: int = 20_000
    examples: tuple[int, ...] = (2, 5, 10, 20, 50)
    bias: float = -1.0
    saturated: float = 0.95
    slopes: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0)


def setup(seed: int) -> Given:
    """Inputs of mean square 1 and the weights of the package."""
    return Given(np.random.default_rng(seed))


# -- formulas -------------------------------------------------------------------------------------


def predict(given: Given):
    """The formulas."""
    layer, n = 1 + np.arange(given.depth), np.array(given.examples)
    by_layer = {"x": layer, "x_label": say("layer")}
    by_few = {"x": 1 + np.arange(given.layers), "x_label": say("layer")}
    by_examples = {"x": n, "x_label": say("examples n")}
    slopes = np.array(given.slopes)
    names = {g: say("log2 of the mean square, ReLU, g² = {gain:g}", gain=g) for g in given.gains}
    return {
        **{names[g]: expectation(layer * np.log2(g / 2), **by_layer) for g in given.gains},
        say("mean log2 of the square, ReLU, g² = 2"): expectation(
            -5 * layer / (2 * given.width * np.log(2)), **by_layer
        ),
        say("mean log2 of the square, ReLU, g² = 2, layer 10"): too_high(0.0),
        say("mean square, tanh, g = 1.5"): expectation(_tanh(given), **by_few),
        say("log2 of the squared gradient of the biases, sigmoid"): expectation(
            np.log2(_sigmoid(given)), **by_layer
        ),
        say("share of dead units, cosine 1/2"): expectation(1 / (n + 1), **by_examples),
        say("share of dead units, orthogonal"): expectation(0.5**n, **by_examples),
        say("share of dead units, orthogonal, bias -1"): expectation(
            ndtr(-given.bias) ** n, **by_examples
        ),
        say("share of dead units, cosine 1/2, n = 50"): too_low(0.5 ** n[-1]),
        say("share of saturated tanh units"): expectation(
            2 * ndtr(-np.arctanh(given.saturated) / slopes), slopes, say("gain")
        ),
        say("more dead units after SGD at rate 10 than at 0.1"): higher_than(0.0),
    }


def _tanh(given: Given) -> np.ndarray:
    """Mean squares of units, layer after layer."""
    squares = [1.0]
    for _ in range(given.layers):
        variance = given.tanh_gain**2 * squares[-1]
        squares.append(_normal_mean(lambda z: np.tanh(z) ** 2, variance))
    return np.array(squares[1:])


def _sigmoid(given: Given) -> np.ndarray:
    """Squared lengths of the gradient of a score in the biases, from the first layer on."""
    variance, factors = 1.0, []
    for _ in range(given.depth):
        factors.append(_normal_mean(lambda z: (expit(z) * (1 - expit(z))) ** 2, variance))
        variance = _normal_mean(lambda z: expit(z) ** 2, variance)
    return np.cumprod(factors[::-1])[::-1]


def _normal_mean(f: Callable[[np.ndarray], np.ndarray], variance: float) -> float:
    """The mean of f over normal numbers, by the trapezoidal rule."""
    z = np.linspace(-10, 10, 401)
    density = np.exp(-(z**2) / 2)
    return np.sum(density * f(np.sqrt(variance) * z)) / np.sum(density)


# -- experiment -----------------------------------------------------------------------------------


def measure(given: Given):
    """Nets of the package, as they are initialised."""
    squares = _squares(given, "relu", given.width, given.depth, given.replicates, given.gains)
    (tanh,) = _squares(given, "tanh", given.wide, given.layers, given.few, (given.tanh_gain**2,))
    he = np.log2(squares[given.gains.index(2.0)])
    layer, settings = _layer(given, "relu"), ((0.5, 0.0), (0.0, 0.0), (0.0, given.bias))
    dead, orthogonal, biased = (_dead(given, layer, *setting) for setting in settings)
    by_gain = zip(given.gains, squares, strict=True)
    return {
        **{f"log2 of the mean square, ReLU, g² = {g:g}": _log2(mean_of(s)) for g, s in by_gain},
        "mean log2 of the square, ReLU, g² = 2": mean_of(he),
        "mean log2 of the square, ReLU, g² = 2, layer 10": mean_of(he[:, -1]),
        "mean square, tanh, g = 1.5": mean_of(tanh),
        "log2 of the squared gradient of the biases, sigmoid": _log2(mean_of(_gradients(given))),
        "share of dead units, cosine 1/2": share_of(dead, given.units),
        "share of dead units, orthogonal": share_of(orthogonal, given.units),
        "share of dead units, orthogonal, bias -1": share_of(biased, given.units),
        "share of dead units, cosine 1/2, n = 50": share_of(dead[-1], given.units),
        "share of saturated tanh units": share_of(_saturated(given), given.units),
        "more dead units after SGD at rate 10 than at 0.1": mean_of(_trained(given)),
    }


def _log2(mean: Measured) -> Measured:
    return between(*(np.log2(np.maximum(part, 1e-30)) for part in mean))


def _keys(given: Given, count: int) -> jax.Array:
    return jax.random.split(jax.random.key(given.rng.integers(2**31)), count)


def _net(key: jax.Array, activation: str, width: int, depth: int, gain: Any = 1.0) -> MLP:
    """A net with fresh weights, multiplied by the gain, in prediction mode."""
    model = MLP(width, (width,) * depth, 1, activation=activation, rngs=nnx.Rngs(key))
    for linear in model.linears:
        linear.kernel.set_value(gain * linear.kernel[...])
    return nnx.view(model, deterministic=True)


def _inputs(given: Given, *shape: int) -> np.ndarray:
    """Of mean square 1 each, ``shape``."""
    x = given.rng.standard_normal(shape)
    return (x / np.sqrt((x**2).mean(axis=-1, keepdims=True))).astype(np.float32)


def _squares(
    given: Given, activation: str, width: int, depth: int, count: int, gains: tuple[float, ...]
) -> np.ndarray:
    """Mean squares of units by gain, net and layer."""

    def squares(key, x, gain):
        hidden = hidden_outputs(_net(key, activation, width, depth, jnp.sqrt(gain)), x)
        return jnp.stack([jnp.mean(units**2) for units in hidden])

    over_gains = jax.vmap(squares, (None, None, 0))
    run = jit(jax.vmap(over_gains, (0, 0, None), out_axes=1), is_wide=True)
    x, gains_of = _inputs(given, count, 1, width), np.array(gains, np.float32)
    return np.asarray(run(_keys(given, count), x, gains_of), float)


def _gradients(given: Given) -> np.ndarray:
    """Squared lengths of the gradient of the score in the biases, by net and layer."""
    width, depth = 2 * given.width, given.depth

    def squares(key, x):
        graphdef, state = nnx.split(_net(key, "sigmoid", width, depth))
        slope = jax.grad(lambda state: nnx.merge(graphdef, state)(x)[0, 0])(state)
        biases = [slope["linears"][i]["bias"][...] for i in range(depth)]
        return jnp.stack([jnp.sum(bias**2) for bias in biases])

    count = 2 * given.few
    run = jit(jax.vmap(squares), is_wide=True)
    return np.asarray(run(_keys(given, count), _inputs(given, count, 1, width)), float)


def _layer(given: Given, activation: str) -> MLP:
    """One layer of many units."""
    seed = int(given.rng.integers(2**31))
    model = MLP(given.features, (given.units,), 1, activation=activation, rngs=nnx.Rngs(seed))
    return nnx.view(model, deterministic=True)


def _dead(given: Given, model: MLP, cosine: float, bias: float) -> np.ndarray:
    """Numbers of dead units for the first 2, 5, ... of inputs with one cosine between them."""
    most = max(given.examples)
    shape = (given.features, most + 1)
    basis = np.linalg.qr(given.rng.standard_normal(shape))[0].T * np.sqrt(given.features)
    x = np.sqrt(1 - cosine) * basis[:most] + np.sqrt(cosine) * basis[most]
    linear: Any = model.linears[0]
    linear.bias.set_value(jnp.full(given.units, bias, jnp.float32))
    first = [x[np.arange(most) % n].astype(np.float32) for n in given.examples]  # one shape for all
    costs: list[Any] = [cost(model, (given.features,), x=x, xla=False) for x in first]
    return np.array([round(counted.dead_units * given.units) for counted in costs])


def _saturated(given: Given) -> np.ndarray:
    """Numbers of saturated units for one input, by gain."""
    model, x = _layer(given, "tanh"), _inputs(given, 1, given.features)
    linear: Any = model.linears[0]
    kernel, counts = linear.kernel[...], []
    for gain in given.slopes:
        linear.kernel.set_value(gain * kernel)
        counts.append(int((jnp.abs(hidden_outputs(model, x)[0]) > given.saturated).sum()))
    return np.array(counts)


def _trained(given: Given) -> np.ndarray:
    """By how much the share of dead units differs between two learning rates, on digits."""
    dead = []
    for seed in given.rng.integers(2**31, size=4).tolist():
        options = {"seed": seed, "draw": seed, "num_steps": 200, "eval_every": 200}
        for rate in (10.0, 0.1):
            hyper = Hyper(learning_rate=rate, label_noise=0.0, num_train=500)
            run = fit(Experiment("digits", 1000, MLPConfig((64,)), "sgd", hyper=hyper, **options))
            images = run.distribution.population()[0]
            dead.append(cost(run.hypotheses[-1], (64,), x=images, xla=False).dead_units)
    return np.array(dead[::2]) - np.array(dead[1::2])


CLAIM = Claim(
    id="A1",
    statement=say(
        "With weights of variance g² over the number of inputs a ReLU layer multiplies the mean "
        "square of its units by g²/2, which He's g² = 2 keeps; a sigmoid layer divides squared "
        "gradients by about 18. A ReLU unit without bias is dead for n examples with probability "
        "2⁻ⁿ if they are orthogonal, but 1/(n + 1) if they have a cosine of 1/2."
    ),
    formula=r"\operatorname{E} h_l^2 = \left(\tfrac{g^2}{2}\right)^l, \quad "
    r"\operatorname{E} \ln h_l^2 \approx -\tfrac{5 l}{2 w} \; (g^2 = 2), \quad "
    r"q_{l+1} = \operatorname{E} \tanh^2(g \sqrt{q_l}\, z), \quad "
    r"P(\text{dead}) = 2^{-n}, \; \tfrac{1}{n + 1}, \; \Phi(-b)^n, \quad "
    r"P(|\tanh| > s) = 2 \Phi(-\operatorname{artanh}(s) / g)",
    kind="expectation",
    source=(
        Reference(
            say("He, Zhang, Ren, Sun, Delving deep into rectifiers, ICCV 2015, eqs. (10) and (14)"),
            say(
                "numbers of the equations in pull request 778 of Atcold/NYU-DLSP20; the "
                "derivation in appendix E of the lecture notes 4C16 (frcs.github.io)"
            ),
        ),
        Reference(
            say(
                "Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli, Exponential expressivity in deep "
                "neural networks through transient chaos, NIPS 2016 (recursion of q)"
            ),
            say("arXiv abstract of 1606.05340; a summary on sciencestack.ai names the length map"),
        ),
        Reference(
            say(
                "Share of dead units: that n + 1 exchangeable normal numbers have one of them "
                "largest"
            )
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "4 standard errors of the mean of 500 ReLU, 64 tanh and 128 sigmoid nets; exact binomial "
        "bounds at 99.99 % for shares of 20,000 units; 4 standard errors of 4 pairs of training "
        "runs (a tendency)"
    ),
    fails_when=say(
        "one looks at one net: the mean is kept by a few large ones, the typical net of finite "
        "width shrinks. Counting a coin for each example underrates dead units of inputs that "
        "are alike. The recursions of tanh and sigmoid hold for wide layers. Training changes it "
        "all: at a high rate most units die."
    ),
)
