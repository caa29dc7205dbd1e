"""G6: fitting random labels: how many a linear rule can, and a network that fits any."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy import special

from reglab.config import Experiment, MLPConfig
from reglab.nn import MLP
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import (
    exactly,
    expectation,
    higher_than,
    identity,
    lower_than,
    share_of,
    too_high,
    too_low,
)
from reglab.training import fit
from reglab.training.run import RunLike
from reglab.words import say

IMAGES = Experiment(
    distribution="digits",
    max_train=200,
    model=MLPConfig(widths=(128,)),
    batch_size=50,
    num_steps=800,
    eval_every=800,
).replace(learning_rate=0.005, num_train=200)
SINGLE = float(np.finfo(np.float32).eps)


class Given(NamedTuple):
    """Settings: d inputs, numbers n of examples, and the examples that a network memorises."""

    rng: np.random.Generator
    x: np.ndarray
    coins: np.ndarray
    d: int = 10
    sizes: tuple[int, ...] = (10, 15, 20, 25, 30)
    n: int = 20  # where the setting is changed
    flat: int = 5  # dimensions of the subspace that all inputs lie in
    replicates: int = 500
    num_classes: int = 10


def setup(seed: int) -> Given:
    """Gaussian inputs, and coins for labels."""
    rng = np.random.default_rng(seed)
    return Given(rng, rng.standard_normal((200, 10)), rng.integers(0, 2, 200))


def predict(given: Given):
    """The formulas."""
    n, d = given.n, given.d
    return {
        say("separable share, d = 10"): expectation(
            _separable_share(np.array(given.sizes), d), given.sizes, say("examples n")
        ),
        say("separable share with a bias, n = 20"): expectation(_separable_share(n, d + 1)),
        say("separable share with a bias, by the count without"): too_low(_separable_share(n, d)),
        say("separable share, inputs in 5 of 10 dimensions"): too_high(_separable_share(n, d)),
        say("outputs of the memorising network"): identity(2 * given.coins - 1),
        say("its weights"): identity(2 * len(given.x) + d),
        say("its largest error in float32"): too_low(SINGLE),
        say("true error, trained on random labels"): identity(1 - 1 / given.num_classes),
        say("true error, the same network on true labels"): lower_than(0.2),
        say("excess over the least training error, random labels"): lower_than(0.02),
        say("training error, images repeated with other labels"): too_low(0.0),
        say("gap on random labels less gap on true ones"): higher_than(0.0),
    }


def _separable_share(n: object, d: int) -> np.ndarray:
    """Probability that coin labels of n points in general position agree with a plane through 0."""
    n = np.asarray(n, float)[..., None]
    return (2.0 ** (1 - n) * special.binom(n - 1, np.arange(d))).sum(axis=-1)


def measure(given: Given):
    """Linear programs; a network with weights solved for; networks that ``fit`` trains."""
    rng, n, d = given.rng, given.n, given.d
    shape = (given.replicates, n)
    counts = [_num_separable(rng, rng.standard_normal((shape[0], m, d))) for m in given.sizes]
    with_bias = rng.standard_normal((*shape, d + 1))
    with_bias[..., -1] = 1
    map_up = rng.standard_normal((given.replicates, given.flat, d))
    flat = rng.standard_normal((*shape, given.flat)) @ map_up
    with_bias_share = share_of(_num_separable(rng, with_bias), given.replicates)
    return {
        "separable share, d = 10": share_of(np.array(counts), given.replicates),
        "separable share with a bias, n = 20": with_bias_share,
        "separable share with a bias, by the count without": with_bias_share,
        "separable share, inputs in 5 of 10 dimensions": share_of(
            _num_separable(rng, flat), given.replicates
        ),
        **_memorised(given),
        **_trained(given),
    }


def _num_separable(rng: np.random.Generator, x: np.ndarray) -> int:
    """How many of the samples ``(replicates, n, d)`` a plane through 0 splits by their coins.

    One linear program for all: w of each sample and a margin t from 0 to 1, y (w x) at least t.
    The largest t is 1 where a plane splits the sample, and 0 where none does.
    """
    from scipy.optimize import linprog
    from scipy.sparse import block_diag, eye_array, hstack, kron

    replicates, n, d = x.shape
    signed = x * rng.choice([-1.0, 1.0], (replicates, n, 1))
    margins = kron(eye_array(replicates), np.ones((n, 1)))
    unequal = hstack([block_diag(list(-signed)), margins]).tocsr()
    costs = np.concatenate([np.zeros(replicates * d), -np.ones(replicates)])
    bounds = [(None, None)] * (replicates * d) + [(0, 1)] * replicates
    solution = linprog(costs, A_ub=unequal, b_ub=np.zeros(replicates * n), bounds=bounds)
    return int((solution.x[replicates * d :] > 0.5).sum())


def _memorised(given: Given):
    """A network whose hidden units see one projection of x each past another example."""
    from scipy.linalg import solve_triangular

    x, y, n = given.x, 2.0 * given.coins - 1, len(given.x)
    direction = given.rng.standard_normal(given.d)
    order = np.argsort(x @ direction)
    z = (x @ direction)[order]
    knots = np.concatenate([[2 * z[0] - z[1]], (z[:-1] + z[1:]) / 2])  # one below each example
    hidden = np.maximum(z[:, None] - knots, 0)
    out = solve_triangular(hidden, y[order], lower=True)
    kernel = np.tile(direction[:, None], n)
    outputs, model = _outputs("float64", kernel, -knots, out, x)
    single, _ = _outputs("float32", kernel, -knots, out, x)
    # Round-off of d + n terms a sum, with the sizes of all that is summed.
    size = (np.abs(x) @ np.abs(direction))[:, None] + np.abs(knots)
    round_off = (n + given.d) * np.finfo(float).eps * (size @ np.abs(out))
    layers: Any = model.linears
    shared = np.unique(np.asarray(layers[0].kernel[...]), axis=1)  # every unit has this kernel
    own = layers[0].bias[...].size + layers[1].kernel[...].size
    return {
        "outputs of the memorising network": exactly(outputs, round_off),
        "its weights": exactly(shared.size + own),
        "its largest error in float32": exactly(np.abs(single - y).max()),
    }


def _outputs(dtype: str, kernel, bias, out, x) -> tuple[np.ndarray, MLP]:
    """What the package's network with these weights says of x, ``(n,)``, and the network."""
    with jax.enable_x64(True):
        sizes = {"in_features": len(kernel), "widths": (len(bias),), "out_features": 1}
        model = MLP(**sizes, dtype=dtype, param_dtype=dtype, rngs=nnx.Rngs(0))
        layers: Any = model.linears
        for layer, *values in zip(layers, (kernel, out[:, None]), (bias, np.zeros(1)), strict=True):
            for param, value in zip((layer.kernel, layer.bias), values, strict=True):
                param.set_value(jnp.asarray(value, dtype))
        predict = nnx.view(model, deterministic=True)
        return np.asarray(predict(jnp.asarray(x, dtype)), float)[:, 0], model


def _trained(given: Given):
    """The same network trained on labels at random, and on the right ones."""
    draw = int(given.rng.integers(2**31))
    own = IMAGES.replace(draw=draw, seed=draw)
    chance = 1 - 1 / given.num_classes
    random, right = (fit(own.replace(label_noise=noise)) for noise in (chance, 0.0))
    errors = [(run.history.train_error[-1], run.history.true_error[-1]) for run in (random, right)]
    (random_train, random_true), (right_train, right_true) = np.asarray(errors, float)
    return {
        "true error, trained on random labels": exactly(random_true, 8 * SINGLE),
        "true error, the same network on true labels": exactly(right_true),
        "excess over the least training error, random labels": exactly(
            random_train - _least_training_error(random)
        ),
        "training error, images repeated with other labels": exactly(random_train),
        "gap on random labels less gap on true ones": exactly(
            (random_true - random_train) - (right_true - right_train)
        ),
    }


def _least_training_error(run: RunLike) -> float:
    """What every network gets wrong: S draws some images twice, with labels that differ."""
    experiment = run.experiment
    x, y = run.distribution.sample(jax.random.key(experiment.draw), experiment.max_train)
    _, image = np.unique(np.asarray(x), axis=0, return_inverse=True)
    counts = np.zeros((image.max() + 1, run.distribution.num_classes))
    np.add.at(counts, (image, np.asarray(y)), 1)
    return 1 - counts.max(axis=1).sum() / experiment.max_train


CLAIM = Claim(
    id="G6",
    statement=say(
        "Random labels can be fitted. A plane through 0 separates those of n points in d "
        "dimensions with an exact probability, 1/2 at n = 2d; a ReLU network with 2n + d weights "
        "fits any labels of n distinct points; and training gets there."
    ),
    formula=r"P(\text{separable}) = 2^{1-n} \sum_{k=0}^{d-1} \binom{n-1}{k}, \qquad "
    r"f(x) = \sum_{j=1}^{n} w_j \max(a^\top x - b_j, 0), \quad f(x_i) = y_i",
    kind="expectation",
    source=(
        Reference(
            say(
                "Cover, Geometrical and Statistical Properties of Systems of Linear Inequalities "
                "with Applications in Pattern Recognition, IEEE Transactions on Electronic "
                "Computers EC-14(3), 1965, p. 326"
            ),
            say(
                "abstract and first page (docslib.org): capacity 2d, planes through the origin, "
                "general position; the count itself in Wikipedia, 'Cover's theorem'"
            ),
        ),
        Reference(
            say(
                "Zhang, Bengio, Hardt, Recht, Vinyals, Understanding Deep Learning Requires "
                "Rethinking Generalization, ICLR 2017, Theorem 1"
            ),
            say(
                "a blog post that quotes the theorem and varies its proof (mirkoklukas.com, "
                "finite-sample expressivity): 2n + d weights, distinct points"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "exact binomial intervals at 99.99 % of 500 linear programs; a bound of the round-off in "
        "float64 and float32"
    ),
    fails_when=say(
        "the points are not in general position, or the plane has a bias (then d + 1 counts); "
        "the network is computed in float32; the same input comes with two labels. Fitting "
        "random labels shows what a network can do, not that it overfits on true ones."
    ),
)
