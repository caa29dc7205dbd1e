"""B6: dropout in front of batch norm changes the variance between training and prediction."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.nn import MLP, Dropout
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import Measured, between, expectation, mean_of, too_low
from reglab.words import say

GROUPS, EXAMPLES = 400, 500  # independent samples, and inputs in each


class Given(NamedTuple):
    """Settings: keep probabilities q, means c of inputs of variance v, d correlated inputs."""

    rng: np.random.Generator
    keep: tuple[float, ...] = (0.3, 0.5, 0.7, 0.9)
    q: float = 0.5
    mean: float = 1.0
    variance: float = 1.5
    correlation: float = 0.3
    sizes: tuple[int, ...] = (1, 4, 16, 64, 256)


def setup(seed: int) -> Given:
    """Normal inputs; the weights behind them are all equal, or alternate in sign."""
    return Given(np.random.default_rng(seed))


def predict(given: Given):
    """The formulas."""
    q, v, c, rho = given.q, given.variance, given.mean, given.correlation
    keep, d = np.array(given.keep), np.array(given.sizes)
    rates = {"x": keep, "x_label": say("keep probability q")}
    widths = {"x": d, "x_label": say("inputs d of a unit")}
    noisy = v / q
    return {
        say("variance while training, mean 0"): expectation(v / keep, **rates),
        say("variance while training, mean 1"): expectation((c**2 + v) / keep - c**2, **rates),
        say("ratio of variances, mean 1"): expectation(v / ((c**2 + v) / keep - c**2), **rates),
        say("ratio behind equal weights, correlated inputs"): expectation(
            (v + rho * v * (d - 1)) / (noisy + rho * v * (d - 1)), **widths
        ),
        say("ratio behind equal weights, independent inputs"): expectation(
            v / noisy * np.ones(len(d)), **widths
        ),
        say("ratio behind weights of both signs, correlated inputs, d = 256"): expectation(
            (v - rho * v) / (noisy - rho * v)
        ),
        say("the same by q alone, equal weights, d = 256"): too_low(q),
        say("ratio with dropout behind batch norm"): too_low(q),
    }


def measure(given: Given):
    """The package's dropout, in training and in prediction."""
    rng, v, q = given.rng, given.variance, given.q
    normal = np.sqrt(v) * rng.standard_normal((GROUPS, EXAMPLES, 1), np.float32)
    centred = [_variances(given, normal, keep) for keep in given.keep]
    moved = [_variances(given, normal + np.float32(given.mean), keep) for keep in given.keep]
    equal, apart, alike = [], [], []
    for size in given.sizes:
        own = rng.standard_normal((GROUPS, EXAMPLES // 10, size), np.float32)
        shared = rng.standard_normal((GROUPS, EXAMPLES // 10, 1), np.float32)
        rho = given.correlation
        alike.append(np.sqrt(v) * (np.sqrt(rho) * shared + np.sqrt(1 - rho) * own))
        equal.append(_variances(given, alike[-1], q))
        apart.append(_variances(given, np.sqrt(v) * own, q))
    signs = np.where(np.arange(given.sizes[-1]) % 2, 1.0, -1.0)
    both = _variances(given, alike[-1], q, signs)
    return {
        "variance while training, mean 0": mean_of(np.stack([a for a, _ in centred], axis=1)),
        "variance while training, mean 1": mean_of(np.stack([a for a, _ in moved], axis=1)),
        "ratio of variances, mean 1": _joined([_ratio(*pair) for pair in moved]),
        "ratio behind equal weights, correlated inputs": _joined([_ratio(*p) for p in equal]),
        "ratio behind equal weights, independent inputs": _joined([_ratio(*p) for p in apart]),
        "ratio behind weights of both signs, correlated inputs, d = 256": _ratio(*both),
        "the same by q alone, equal weights, d = 256": _ratio(*equal[-1]),
        "ratio with dropout behind batch norm": _behind(given, normal[0]),
    }


def _variances(
    given: Given, x: np.ndarray, keep: float, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Variance of a unit in each group, ``(GROUPS,)``, in training and in prediction."""
    weights = np.ones(x.shape[-1]) if weights is None else weights
    layer = Dropout(1 - keep)
    key = jax.random.key(int(given.rng.integers(2**31)))
    trained = layer(jnp.asarray(x, jnp.float32), rngs=nnx.Rngs(dropout=key))
    predicted = layer(jnp.asarray(x, jnp.float32), deterministic=True)
    sums = (
        np.asarray(out, float) @ (weights / np.sqrt(len(weights))) for out in (trained, predicted)
    )
    trained, predicted = (out.var(axis=1, ddof=1) for out in sums)
    return trained, predicted


def _ratio(trained: np.ndarray, predicted: np.ndarray) -> Measured:
    """Of the mean variance in prediction to that in training, with 4 standard errors of it."""
    ratio = predicted.mean() / trained.mean()
    # the linear part of the ratio's error, of which both means are made
    half = 4 * (predicted - ratio * trained).std(ddof=1) / np.sqrt(len(trained)) / trained.mean()
    return between(ratio, ratio - half, ratio + half)


def _joined(parts: list[Measured]) -> Measured:
    return Measured(*(np.array(column) for column in zip(*parts, strict=True)))


def _behind(given: Given, x: np.ndarray) -> Measured:
    """The ratio in front of the one batch norm of an MLP whose dropout comes after it."""
    model = MLP(1, (1,), 2, batch_norm=True, dropout_rate=1 - given.q, rngs=nnx.Rngs(0))
    model.norms[0].momentum = 0.0  # keeps the last batch alone
    variances = []
    for deterministic in (False, True):
        view = nnx.view(model, deterministic=deterministic, use_running_average=False)
        view(jnp.asarray(x), rngs=nnx.Rngs(dropout=1))
        variances.append(float(model.norms[0].var[...][0]))
    trained, predicted = variances
    return between(predicted / trained, predicted / trained, predicted / trained)


CLAIM = Claim(
    id="B6",
    statement=say(
        "Dropout in front of batch norm makes the variance while training larger than it is at "
        "prediction: by 1/q for inputs of mean 0, by more for others. Many inputs of a unit make "
        "up for it only if they are correlated and its weights do not cancel."
    ),
    formula=r"\frac{v_{\text{predict}}}{v_{\text{train}}} = "
    r"\frac{v}{(c^2 + v)/q - c^2}, \qquad \text{behind } d \text{ inputs of correlation } \rho: \; "
    r"\frac{v + \rho v (d \cos^2 - 1)}{v/q + \rho v (d \cos^2 - 1)}, \quad "
    r"d \cos^2 = \frac{(\sum w)^2}{\sum w^2}",
    kind="expectation",
    source=(
        Reference(
            say(
                "Li, Chen, Hu, Yang, Understanding the Disharmony between Dropout and Batch "
                "Normalization by Variance Shift, CVPR 2019, arXiv 1801.05134"
            ),
            say(
                "abstract of the CVPR version, and figure 1 of the first one: dropout shifts the "
                "variance of a unit from training to test, batch norm keeps it, and many "
                "features reduce the shift"
            ),
        ),
        Reference(say("Inputs of a mean other than 0, and of equal correlation: derived here")),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("4 standard errors over 400 independent groups of inputs"),
    fails_when=say(
        "width is counted on: for independent inputs the ratio is q at any width. And it does "
        "not happen where dropout comes after the last batch norm."
    ),
)
