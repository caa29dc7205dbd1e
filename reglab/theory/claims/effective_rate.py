"""B7: with batch norm behind them, what L2 does to weights is to set how fast they turn."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from reglab.config import Hyper
from reglab.nn import MLP
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import exactly, expectation, identity, mean_of, too_high
from reglab.training.losses import data_loss, penalty, targets
from reglab.training.optimizers import OPTIMIZERS
from reglab.words import say

INPUTS, BATCH, STEPS, BLOCKS = 20, 32, 12_000, 20
WARM_UP, EARLY = 2000, 400  # steps: until the length of the weights has settled, and long before
PLAIN = ((0.1, 0.01), (0.5, 0.01), (0.2, 0.05), (1.0, 0.01))  # learning rate, decay
MAPPED = ("learning_rate", "l2", "momentum")
AXES = Hyper._make(0 if name in MAPPED else None for name in Hyper._fields)


class Given(NamedTuple):
    """Runs of one hidden unit with batch norm on labels that are coins.

    The first four are plain. The others are the first one with the rate doubled, the decay halved
    and initial weights √2 times as long; with initial weights ten times as long; with momentum.
    """

    rate: np.ndarray
    decay: np.ndarray
    momentum: float
    weights: np.ndarray  # (runs, STEPS + 1, INPUTS), before each step and after the last


def setup(seed: int) -> Given:
    """Trains all of them on the same batches."""
    rng = np.random.default_rng(seed)
    first, momentum = PLAIN[0], 0.9
    settings = (*PLAIN, (2 * first[0], first[1] / 2), first, first)
    rate, decay = (np.array(column) for column in zip(*settings, strict=True))
    lengths = np.array([1, 1, 1, 1, np.sqrt(2), 10, 1])
    start = lengths[:, None] * rng.standard_normal((1, INPUTS))
    own = np.array([0, 0, 0, 0, 0, 0, momentum])
    weights = _trained(jax.random.key(seed), start, rate, decay, own)
    return Given(rate, decay, momentum, weights)


def predict(given: Given):
    """The formulas."""
    rate, decay, plain = given.rate[:4, None], given.decay[:4, None], given.weights[:4]
    shrink = 1 - rate * decay
    pushed = plain[:, 1:] - shrink[..., None] * plain[:, :-1]  # by rate times gradient
    turn = -2 * np.log(1 - given.rate[:4] * given.decay[:4])
    axis = {"x": given.rate[:4] * given.decay[:4], "x_label": say("rate times decay ηλ")}
    return {
        say("squared length, step by step"): identity(
            shrink**2 * (plain[:, :-1] ** 2).sum(axis=-1) + (pushed**2).sum(axis=-1)
        ),
        say("weights at the end, rate doubled, decay halved"): identity(np.sqrt(2) * plain[0, -1]),
        say("−2 ln cos of a step's turn"): expectation(turn, **axis),
        say("the same with momentum 0.9"): expectation(turn[0] / (1 + given.momentum)),
        say("the same in 400 steps, weights ten times as long"): too_high(turn[0]),
    }


def measure(given: Given):
    """What the runs came to."""
    squares = (given.weights[:4] ** 2).sum(axis=-1)
    settled = _turns(given.weights[:, WARM_UP:])
    return {
        "squared length, step by step": exactly(
            squares[:, 1:], 1e-12 * squares.max(axis=1, keepdims=True)
        ),
        "weights at the end, rate doubled, decay halved": exactly(given.weights[4, -1], 1e-9),
        "−2 ln cos of a step's turn": mean_of(settled[:4].T),
        "the same with momentum 0.9": mean_of(settled[6]),
        "the same in 400 steps, weights ten times as long": mean_of(
            _turns(given.weights[5:6, : EARLY + 1])[0]
        ),
    }


def _turns(weights: np.ndarray) -> np.ndarray:
    """-2 ln cos θ of each step, about θ², a mean over each of some blocks, ``(runs, BLOCKS)``."""
    unit = weights / np.linalg.norm(weights, axis=-1, keepdims=True)
    half = np.linalg.norm(unit[:, 1:] - unit[:, :-1], axis=-1) / 2  # sin(θ/2), exact for small θ
    turns = -2 * np.log1p(-2 * half**2)
    return turns.reshape(len(turns), BLOCKS, -1).mean(axis=-1)


def _trained(key: jax.Array, start, rate, decay, momentum) -> np.ndarray:
    """Runs of the package's optimizer and L2 penalty on the first weights alone, float64."""
    with jax.enable_x64(True):
        options: dict[str, Any] = {"activation": "tanh", "param_dtype": jnp.float64}
        model = MLP(INPUTS, (1,), 2, batch_norm=True, rngs=nnx.Rngs(0), **options)
        norm: Any = model.norms[0]
        norm.epsilon = 0.0
        layers: Any = model.linears
        layers[1].kernel.set_value(jnp.array([[1.0, -1.0]]))
        graph, state = nnx.split(nnx.view(model, deterministic=True, use_running_average=False))
        # l2 times the squared weights pulls at them by twice l2
        hyper = Hyper(learning_rate=rate, l2=decay / 2, momentum=momentum)
        return np.asarray(_runs(graph, state, key, jnp.asarray(start), hyper))


@jit(is_wide=True, static_argnames="graph")
def _runs(
    graph: nnx.GraphDef, state: nnx.State, key: jax.Array, start: jax.Array, hyper: Hyper
) -> jax.Array:
    run = functools.partial(_run, graph, state, key)
    return jax.vmap(run, in_axes=(0, AXES))(start, hyper)


def _run(
    graph: nnx.GraphDef, state: nnx.State, key: jax.Array, start: jax.Array, hyper: Hyper
) -> jax.Array:
    """Weights before each step and after the last, ``(STEPS + 1, INPUTS)``."""
    tx = OPTIMIZERS["momentum"](hyper)  # which without momentum is plain SGD

    def loss(params, x, y):
        model = nnx.merge(graph, state, copy=True)
        model.linears[0].kernel.set_value(params["kernel"])
        return data_loss(model(x), targets(y, 2, 0.0)) + penalty(params, hyper)

    def step(carry, number):
        params, opt_state = carry
        inputs, coins = jax.random.split(jax.random.fold_in(key, number))
        x = jax.random.normal(inputs, (BATCH, INPUTS))
        y = jax.random.bernoulli(coins, shape=(BATCH,)).astype(jnp.int32)
        updates, opt_state = tx.update(jax.grad(loss)(params, x, y), opt_state, params)
        return (optax.apply_updates(params, updates), opt_state), params["kernel"][:, 0]

    params = {"kernel": start[:, None]}
    scanned: Any = jax.lax.scan(step, (params, tx.init(params)), jnp.arange(STEPS))
    (last, _), path = scanned
    return jnp.concatenate([path, last["kernel"].T])


CLAIM = Claim(
    id="B7",
    statement=say(
        "In front of batch norm, L2 does not restrict what the network can compute: the length "
        "of the weights settles where the pull of the penalty and the push of the gradient "
        "balance, and each step then turns them by about √(2ηλ). Only the product of rate and "
        "decay counts."
    ),
    formula=r"\lVert w_{t+1} \rVert^2 = (1 - \eta\lambda)^2 \lVert w_t \rVert^2 "
    r"+ \eta^2 \lVert g_t \rVert^2, \qquad E(-\ln\cos\theta) = -\ln(1 - \eta\lambda) \approx "
    r"\eta\lambda, \quad "
    r"\text{with momentum } a \text{, to first order: } \frac{\eta\lambda}{1 + a}",
    kind="expectation",
    source=(
        Reference(
            say(
                "van Laarhoven, L2 Regularization versus Batch and Weight Normalization, 2017, "
                "arXiv 1706.05350"
            ),
            say(
                "abstract: L2 has no regularizing effect when combined with normalization; it "
                "sets the scale of the weights, and so the effective learning rate"
            ),
        ),
        Reference(
            say(
                "Wan, Zhu, Zhang, Sun, Spherical Motion Dynamics: Learning Dynamics of Neural "
                "Network with Normalization, Weight Decay, and SGD, 2020, arXiv 2006.08419"
            ),
            say("a published review that quotes the turn of √(2ηλ/(1 + α)) a step"),
        ),
        Reference(
            say("The exact form: the logarithm of the recursion above, in the mean; derived here")
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("round-off in float64; 4 standard errors over 20 blocks of 500 steps"),
    fails_when=say(
        "the length has not settled, which takes some 1/(ηλ) steps: weights that are too long "
        "turn more slowly, and those that are too short faster."
    ),
)
