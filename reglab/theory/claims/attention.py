"""A4: attention looks values up softly, whatever the order of the tokens."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy.special import softmax

from reglab.nn import AttentionBlock, AttentionClassifier
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import at_most, exactly, expectation, identity, mean_of, too_low
from reglab.words import say

ROUND_OFF = 1e-12
LAYERS = ("query", "key", "value")


class Given(NamedTuple):
    """Tokens ``(m, d)``, and kernel ``(d, d)`` and bias ``(d,)`` of query, key and value.

    Attributes:
        alike: the tokens, one of them replaced so that two keys agree and their values do not.
        token: the one whose best key is best by the widest gap.
        pair: the two tokens of equal key that fit it best.
        order: a permutation of the tokens.
        temperatures: by which scores are divided.
        hot: a very high one, and ``cold`` a low one.
        sizes: entries of a query, for the variance of scores.
        spread: standard deviation of the tokens there.
        replicates: blocks with fresh weights for each size.
    """

    rng: np.random.Generator
    x: np.ndarray
    layers: tuple[tuple[np.ndarray, np.ndarray], ...]
    order: np.ndarray
    token: int = 0
    pair: tuple[int, int] = (0, 0)
    alike: Any = None
    temperatures: np.ndarray = np.array([0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0])
    hot: float = 1e7
    cold: float = 0.01
    sizes: tuple[int, ...] = (8, 16, 64)
    spread: float = 1.2
    replicates: int = 600


def setup(seed: int) -> Given:
    """Normal tokens and weights; keys do not see the first entry of a token."""
    rng = np.random.default_rng(seed)
    m, d = 12, 16
    layers = tuple((rng.standard_normal((d, d)) / d**0.5, rng.normal(size=d)) for _ in LAYERS)
    layers[1][0][0] = 0.0
    given = Given(rng, rng.standard_normal((m, d)), layers, rng.permutation(m))
    scores = _scores(given, given.x)
    token = int(np.argmax(_gap(scores)))
    best = int(np.argmax(scores[token]))
    other = next(place for place in range(m) if place not in (token, best))
    alike = given.x.copy()
    alike[other] = alike[best] + 2 * np.eye(d)[0]
    return given._replace(token=token, pair=(best, other), alike=alike)


# -- formulas -------------------------------------------------------------------------------------


def predict(given: Given):
    """The formulas."""
    values, sizes = _layer(given, given.x, 2), np.array(given.sizes)
    output = softmax(_scores(given, given.x), axis=1) @ values
    reach = _diameter(values) * (len(values) - 1)
    gap = _gap(_scores(given, given.x))[given.token]
    twins = _layer(given, given.alike, 2)[list(given.pair)]
    by_temperature = {"x": given.temperatures, "x_label": say("temperature T")}
    by_size = {"x": sizes, "x_label": say("entries d of a query")}
    return {
        say("output"): identity(output),
        say("output of reordered tokens"): identity(output[given.order]),
        say("reach of outputs beyond the values, 4,000 directions"): at_most(0.0),
        say("distance from the value of the best key"): at_most(
            reach * np.exp(-gap / given.temperatures), **by_temperature
        ),
        say("output at a high temperature"): identity(np.mean(values, axis=0)),
        say("output at a low temperature, two best keys alike"): identity(
            (twins[0] + twins[1]) / 2
        ),
        say("distance from one of their values, two best keys alike"): too_low(0.0),
        say("mean square of a query times a key"): expectation(sizes * given.spread**4, **by_size),
        say("half the mean squared difference of two scores"): expectation(
            sizes * given.spread**4 / np.sqrt(sizes) ** 2, **by_size
        ),
        say("change of a classifier's scores in another order, no positions"): at_most(0.0),
        say("change of a classifier's scores in another order, with positions"): too_low(0.0),
    }


def _layer(given: Given, x: np.ndarray, place: int) -> np.ndarray:
    kernel, bias = given.layers[place]
    return x @ kernel + bias


def _scores(given: Given, x: np.ndarray) -> np.ndarray:
    """Of queries (rows) and keys, ``(m, m)``."""
    return _layer(given, x, 0) @ _layer(given, x, 1).T / np.sqrt(x.shape[1])


def _gap(scores: np.ndarray, rank: int = 2) -> np.ndarray:
    """By how much the best score of each row exceeds the one of that rank."""
    ordered = np.sort(scores, axis=1)
    return ordered[:, -1] - ordered[:, -rank]


def _diameter(values: np.ndarray) -> float:
    return np.linalg.norm(values[:, None] - values, axis=-1).max()


# -- experiment -----------------------------------------------------------------------------------


def measure(given: Given):
    """The block of the package in float64, and fresh blocks in float32."""
    with jax.enable_x64(True):
        warm, reordered, hot, alike, cooled = _outputs(given)
        changes = [_change(given, positions) for positions in ("none", "sinusoidal")]
    best, token = _layer(given, given.x, 2)[given.pair[0]], given.token
    far = np.linalg.norm(cooled[:, token] - best, axis=1)
    at_hot, at_cold = _left(given)
    squares = [_squares(given, size) for size in given.sizes]
    products, scaled = (np.stack(part, axis=1) for part in zip(*squares, strict=True))
    return {
        "output": exactly(warm, ROUND_OFF),
        "output of reordered tokens": exactly(reordered, ROUND_OFF),
        "reach of outputs beyond the values, 4,000 directions": exactly(
            _beyond(given, warm), ROUND_OFF
        ),
        "distance from the value of the best key": exactly(far, ROUND_OFF),
        "output at a high temperature": exactly(hot[token], at_hot + ROUND_OFF),
        "output at a low temperature, two best keys alike": exactly(
            alike[token], at_cold + ROUND_OFF
        ),
        "distance from one of their values, two best keys alike": exactly(
            np.linalg.norm(alike[token] - best)
        ),
        "mean square of a query times a key": mean_of(products),
        "half the mean squared difference of two scores": mean_of(scaled),
        "change of a classifier's scores in another order, no positions": exactly(
            changes[0], ROUND_OFF
        ),
        "change of a classifier's scores in another order, with positions": exactly(changes[1]),
    }


def _left(given: Given) -> tuple[float, float]:
    """How far an output may be from the mean when hot, and from that of the pair when cold."""
    spread = np.ptp(_scores(given, given.x)[given.token])
    third = _gap(_scores(given, given.alike)[[given.token]], 3)[0]
    hot = _diameter(_layer(given, given.x, 2)) * np.expm1(spread / given.hot)
    others = _diameter(_layer(given, given.alike, 2)) * len(given.x)
    return hot, others * np.exp(-third / given.cold)


def _beyond(given: Given, output: np.ndarray) -> float:
    """By how much outputs exceed all values along some direction; negative inside of them."""
    values = _layer(given, given.x, 2)
    directions = given.rng.standard_normal((4000, values.shape[1]))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return (directions @ output.T - (directions @ values.T).max(axis=1)[:, None]).max()


def _outputs(given: Given) -> tuple[np.ndarray, ...]:
    """Of the block: as it is, reordered, hot, with two keys alike and cold, and cooled down."""
    options = {"dtype": jnp.float64, "param_dtype": jnp.float64, "feed_forward": 0}
    d = given.x.shape[1]
    block = nnx.eval_shape(lambda: AttentionBlock(d, residual=False, rngs=nnx.Rngs(0), **options))
    weights = (*given.layers, (np.eye(d), np.zeros(d)))
    for name, (kernel, bias) in zip((*LAYERS, "output"), weights, strict=True):
        getattr(block, name).kernel.set_value(jnp.asarray(kernel))
        getattr(block, name).bias.set_value(jnp.asarray(bias))
    graphdef, state = nnx.split(nnx.view(block, deterministic=True))

    @jit(is_wide=True)
    def run(state, x, temperature):
        block = nnx.merge(graphdef, state)
        query: Any = block.query
        for leaf in (query.kernel, query.bias):
            leaf.set_value(leaf[...] / temperature)
        return block(x[None])[0]

    def at(x: np.ndarray, temperature: float) -> np.ndarray:
        return np.asarray(run(state, x, temperature))

    cooled = np.stack([at(given.x, float(temperature)) for temperature in given.temperatures])
    reordered, hot = at(given.x[given.order], 1.0), at(given.x, given.hot)
    return at(given.x, 1.0), reordered, hot, at(given.alike, given.cold), cooled


def _change(given: Given, positions: str) -> float:
    """By how much a classifier's scores change when its tokens are reordered."""
    options = {"dtype": jnp.float64, "param_dtype": jnp.float64, "positions": positions}
    count = len(given.order)
    model = nnx.eval_shape(
        lambda: AttentionClassifier((2 * count,), 8, 3, patch=2, rngs=nnx.Rngs(0), **options)
    )
    graphdef, params, rest = nnx.split(nnx.view(model, deterministic=True), nnx.Param, ...)
    weights = jax.tree.map(lambda leaf: given.rng.normal(size=leaf.shape) / 3, params)
    rest = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), rest)
    x = given.rng.standard_normal((count, 2))
    both = np.stack([x.ravel(), x[given.order].ravel()])
    forward = jit(lambda weights, x: nnx.merge(graphdef, weights, rest)(x), is_wide=True)
    scores = forward(weights, both)
    return float(jnp.abs(scores[0] - scores[1]).max())


def _squares(given: Given, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Of products of queries and keys, and of scores less others, ``(replicates,)`` each."""

    @jit(is_wide=True)
    @jax.vmap
    def run(key, x):
        block = AttentionBlock(size, feed_forward=0, rngs=nnx.Rngs(key))
        attended = block.attend(x[None])
        half = x.shape[0] // 2  # queries of one half, keys of the other: independent tokens
        products = attended.query[0, 0, :half] @ attended.key[0, 0, half:].T
        logs = jnp.log(attended.weights[0, 0, :half, half:])
        return jnp.mean(products**2), jnp.mean(jnp.diff(logs, axis=1) ** 2) / 2

    shape = (given.replicates, 12, size)
    keys = jax.random.split(jax.random.key(given.rng.integers(2**31)), given.replicates)
    x = given.rng.normal(scale=given.spread, size=shape).astype(np.float32)
    products, scores = run(keys, x)
    return np.asarray(products), np.asarray(scores)


CLAIM = Claim(
    id="A4",
    statement=say(
        "Attention returns a mean of the values, weighted by softmax(q·k/(√d T)): the value of "
        "the best key as T → 0, the plain mean as T → ∞. Without positions, reordered tokens "
        "give the reordered outputs. Scores of tokens of unit variance have variance 1, and d "
        "without the division by √d."
    ),
    formula=r"\lVert y - v_{\max} \rVert \le \operatorname{diam}(V)\,(m - 1)\, e^{-\Delta / T}, "
    r"\qquad f(PX) = P f(X), \qquad \operatorname{E}(q \cdot k)^2 = d",
    kind="identity",
    source=(
        Reference(
            say("Vaswani et al., Attention is all you need, NeurIPS 2017, sec. 3.2.1"),
            say("its footnote on the variance d of q·k, as quoted on velog.io/@d4r6j/Transformer"),
        ),
        Reference(
            say("Lee et al., Set Transformer, ICML 2019 (permutation equivariance of the block)"),
            say(
                "arXiv abstract of 1810.00825: permutation invariance; the property of the block "
                "was not looked up"
            ),
        ),
        Reference(
            say("The bound at low temperature is elementary: 1 - w_max <= (m - 1) exp(-gap/T)")
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say(
        "round-off in float64, 1e-12; at high or low temperatures the bound on what is left; 4 "
        "standard errors of the mean of 600 blocks"
    ),
    fails_when=say(
        "two keys are alike: then the output is the mean of their values, at any temperature. "
        "Positions that are added to the tokens make the order count. The bound says nothing "
        "where T is near the gap Δ."
    ),
)
