"""A8: the linear classifier: its gradient, how to check one, and the perceptron's mistakes."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy.special import softmax

from reglab.config import Hyper
from reglab.nn import LinearClassifier
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import Measured, at_most, between, exactly, identity, too_high, too_low
from reglab.training.losses import data_loss, penalty, targets
from reglab.words import say

ROUND_OFF = 1e-12
THIRD = 1 / (6 * np.sqrt(3))  # the largest p (1 - p) (1 - 2p)
FIFTH = 2 * THIRD  # at least the largest p (1 - p) (1 - 2p) (1 - 12 p (1 - p))
PASSES = 300


class Given(NamedTuple):
    """Examples ``(n, d)``, soft targets ``(n, K)``, kernel ``(d, K)`` and bias ``(K,)``.

    Attributes:
        long_steps: of differences, where the error of the formula rules.
        steps: also where round-off rules.
        single: a step for float32.
        weight: and ``across``: a weight and a larger step for the penalty ``l1`` times its size.
        points: ``(m, 20)``; a hyperplane with this ``normal`` ``(20,)`` separates them.
        margins: by which the points are moved away from the hyperplane.
    """

    x: np.ndarray
    target: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray
    points: np.ndarray
    normal: np.ndarray
    long_steps: np.ndarray = 10.0 ** np.arange(-3, -0.5, 0.5)
    steps: np.ndarray = 10.0 ** np.arange(-12, -0.5)
    single: float = 1e-5
    weight: float = 1e-4
    across: float = 1e-3
    l1: float = 0.5
    margins: tuple[float, ...] = (0.1, 0.2, 0.3, 0.5, 1.0)


def setup(seed: int) -> Given:
    """Normal examples and weights; labels at random."""
    rng = np.random.default_rng(seed)
    x, kernel, bias = (rng.standard_normal(shape) for shape in ((30, 6), (6, 4), 4))
    bias[0] = -1.0  # a rare class: the third derivative along its bias is not near zero
    with jax.enable_x64(True):
        target = np.asarray(targets(jnp.asarray(rng.integers(4, size=30)), 4, 0.1))
    points, normal = rng.standard_normal((500, 20)), rng.standard_normal(20)
    return Given(x, target, kernel / np.sqrt(6), bias, points, normal / np.linalg.norm(normal))


# -- formulas -------------------------------------------------------------------------------------


def predict(given: Given):
    """The formulas."""
    x, target = given.x, given.target
    wrong = softmax(x @ given.kernel + given.bias, axis=1) - target
    p = softmax(x @ given.kernel + given.bias, axis=1)[:, 0]
    second, third = np.mean(p * (1 - p)), np.mean(p * (1 - p) * (1 - 2 * p))
    long, steps = given.long_steps, given.steps
    by_long = {"x": np.log10(long), "x_label": say("log10 of the step h")}
    by_step = {"x": np.log10(steps), "x_label": say("log10 of the step h")}
    by_margin = {"x": np.array(given.margins), "x_label": say("margin")}
    bound = _mistakes(given, given.margins)
    return {
        say("gradient of the kernel"): identity(x.T @ wrong / len(x)),
        say("gradient of the bias"): identity(np.sum(wrong, axis=0) / len(x)),
        say("log10 error of the central difference"): identity(
            np.log10(long**2 * third / 6), **by_long
        ),
        say("log10 error of the forward difference"): identity(
            np.log10(long * second / 2), **by_long
        ),
        say("log10 error of the central difference, all steps"): at_most(
            np.log10(steps**2 * THIRD / 6 + _round_off(given) / steps), **by_step
        ),
        say("log10 error of the central difference, float32, h = 1e-5"): too_low(
            np.log10(given.single**2 * third / 6)
        ),
        say("difference of the L1 penalty across its kink"): identity(
            given.l1 * given.weight / given.across
        ),
        say("gradient of the L1 penalty, measured across its kink"): too_high(given.l1),
        say("mistakes of the perceptron"): at_most(bound, **by_margin),
        say("mistakes of the perceptron, one label wrong"): too_low(bound[-1]),
    }


def _round_off(given: Given) -> float:
    """What rounding may add to a loss: one unit for each operation in a row."""
    operations = sum(given.x.shape) + sum(given.kernel.shape)
    return operations * np.finfo(float).eps * (1 + np.abs(given.x @ given.kernel).max())


def _mistakes(given: Given, margins: Any) -> np.ndarray:
    """The square of radius over margin."""
    radii = [np.linalg.norm(_apart(given, margin)[0], axis=1).max() for margin in margins]
    return (np.array(radii) / np.array(margins)) ** 2


def _apart(given: Given, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Points with at least this margin, and their sides, 1 or -1."""
    side = np.where(given.points @ given.normal > 0, 1, -1)
    return given.points + np.outer(side, margin * given.normal), side


# -- experiment -----------------------------------------------------------------------------------


def measure(given: Given):
    """Gradients of JAX, differences of the loss, and a perceptron."""
    with jax.enable_x64(True):
        kernel, bias, central, _ = _differences(given, given.steps, jnp.float64)
        _, _, long_central, long_forward = _differences(given, given.long_steps, jnp.float64)
        kink = _kink(given)
    single = _differences(given, np.array([given.single]), jnp.float32, bias[0])[2]
    h, noise = given.long_steps, _round_off(given) / given.long_steps
    last, side = _apart(given, given.margins[-1])
    flipped = np.where(np.arange(len(side)) == np.argmax(side * (last @ given.normal)), -side, side)
    return {
        "gradient of the kernel": exactly(kernel, ROUND_OFF),
        "gradient of the bias": exactly(bias, ROUND_OFF),
        "log10 error of the central difference": _log(long_central, h**4 * FIFTH / 120 + noise),
        "log10 error of the forward difference": _log(long_forward, h**2 * THIRD / 6 + 2 * noise),
        "log10 error of the central difference, all steps": _log(np.abs(central), 0.0),
        "log10 error of the central difference, float32, h = 1e-5": _log(abs(single[0]), 0.0),
        "difference of the L1 penalty across its kink": exactly(kink, ROUND_OFF),
        "gradient of the L1 penalty, measured across its kink": exactly(kink, ROUND_OFF),
        "mistakes of the perceptron": exactly(
            [_perceptron(*_apart(given, margin)) for margin in given.margins]
        ),
        "mistakes of the perceptron, one label wrong": exactly(_perceptron(last, flipped)),
    }


def _log(value: Any, tolerance: Any) -> Measured:
    parts = (np.maximum(part, 1e-300) for part in (value, value - tolerance, value + tolerance))
    return between(*(np.log10(part) for part in parts))


def _differences(given: Given, steps: np.ndarray, dtype: Any, slope: Any = None):
    """Gradients, and by how much differences along the first bias are off, ``(steps,)`` each."""
    options = {"dtype": dtype, "param_dtype": dtype}
    shape = given.kernel.shape
    model = nnx.eval_shape(lambda: LinearClassifier(*shape, rngs=nnx.Rngs(0), **options))
    linear: Any = model.linear
    linear.kernel.set_value(jnp.asarray(given.kernel, dtype))
    linear.bias.set_value(jnp.asarray(given.bias, dtype))
    graphdef, state = nnx.split(model)
    x, target = jnp.asarray(given.x, dtype), jnp.asarray(given.target, dtype)

    def loss(state, x, target, shift):
        model = nnx.merge(graphdef, state, copy=True)
        bias: Any = model.linear.bias
        bias.set_value(bias[...].at[0].add(shift))
        return data_loss(model(x), target)

    @jit(is_wide=True)
    def run(state, x, target, shifts):
        losses = jax.lax.map(lambda shift: loss(state, x, target, shift), shifts)
        return jax.grad(loss)(state, x, target, 0.0), losses

    shifts = jnp.asarray(np.concatenate([steps, -steps, [0.0]]), dtype)
    gradient, losses = run(state, x, target, shifts)
    kernel, bias = (np.asarray(gradient["linear"][name][...], float) for name in ("kernel", "bias"))
    slope = bias[0] if slope is None else slope
    losses = np.asarray(losses, float)
    ahead, behind, here = losses[: len(steps)], losses[len(steps) : -1], losses[-1]
    return kernel, bias, (ahead - behind) / (2 * steps) - slope, (ahead - here) / steps - slope


def _kink(given: Given) -> float:
    """The central difference of the penalty of the package, of one weight."""
    hyper = Hyper(l1=given.l1)
    ahead, behind = (
        penalty({"kernel": jnp.full((1, 1), given.weight + step)}, hyper)
        for step in (given.across, -given.across)
    )
    return float(ahead - behind) / (2 * given.across)


def _perceptron(points: np.ndarray, side: np.ndarray) -> int:
    """Mistakes until all points are right, or in that many passes."""
    weights, mistakes, place, ahead = np.zeros(points.shape[1]), 0, 0, PASSES
    while ahead:
        wrong = np.flatnonzero(side * (points @ weights) <= 0)
        if not len(wrong):
            break
        later = wrong[wrong >= place]
        if len(later):
            weights = weights + side[later[0]] * points[later[0]]
            mistakes, place = mistakes + 1, later[0] + 1
        else:
            place, ahead = 0, ahead - 1
    return mistakes


CLAIM = Claim(
    id="A8",
    statement=say(
        "The cross-entropy of a linear classifier has the gradient Xᵀ(P − Y)/n. The error of a "
        "central difference falls with h², that of a forward difference with h, until round-off, "
        "which grows with 1/h, takes over. A perceptron makes at most (R/γ)² mistakes on points "
        "of norm at most R that a hyperplane through the origin separates with margin γ."
    ),
    formula=r"\nabla_W = \tfrac1n X^\top (P - Y), \quad "
    r"\tfrac{f(h) - f(-h)}{2h} - f'(0) \approx \tfrac{h^2}{6} f''', \quad "
    r"\tfrac{f(h) - f(0)}{h} - f'(0) \approx \tfrac{h}{2} f'', \quad "
    r"\text{mistakes} \le \left(\tfrac{R}{\gamma}\right)^2",
    kind="identity",
    source=(
        Reference(
            say("Karpathy and others, CS231n notes, Neural networks part 3, Gradient checks"),
            say(
                "cs231n.github.io, neural-networks-3.md: errors O(h) and O(h²), kinks, a step "
                "that is too small"
            ),
        ),
        Reference(
            say("Novikoff, On convergence proofs on perceptrons, 1962"),
            say(
                "the bound k ≤ R²/γ² with its proof on bnaskrecki.faculty.wmi.amu.edu.pl (applet "
                "on convergence); the paper itself was not looked up"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "round-off in float64, 1e-12; for differences the next term of Taylor's series, with the "
        "largest value that its derivative can take, and a unit of rounding for each operation"
    ),
    fails_when=say(
        "the step is too short for the precision (1e-5 is, in float32), or longer than the "
        "distance to a kink; or the points cannot be separated: then the perceptron never ends."
    ),
)
