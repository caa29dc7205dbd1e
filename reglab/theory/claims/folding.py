"""M5: networks with batch norm and dropout predict as plain networks of the same sizes."""

from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.nn import CNN, MLP, ConvBlock, ConvSpec, fold
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.networks import blank, mlp, put, scores_of
from reglab.theory.rows import at_most, exactly, identity, shown, too_low
from reglab.words import say

EPSILON = 1e-5  # of batch norm


class Norm(NamedTuple):
    """A batch norm after training, ``(features,)`` each."""

    scale: np.ndarray
    bias: np.ndarray
    mean: np.ndarray
    var: np.ndarray


class Given(NamedTuple):
    """Inputs and weights.

    Attributes:
        x: ``(n, 8)``.
        kernels: of an MLP with two hidden layers; ``biases`` and ``norms`` likewise.
        keep: probability to keep a hidden unit.
        signals: ``(n, positions)``, inputs of two convolutions.
        windows: ``(taps, in, out)``, their kernels; ``shifts`` and ``batch_norms`` likewise.
    """

    x: np.ndarray
    kernels: list[np.ndarray]
    biases: list[np.ndarray]
    norms: list[Norm]
    signals: np.ndarray
    windows: list[np.ndarray]
    shifts: list[np.ndarray]
    batch_norms: list[Norm]
    keep: float = 0.7


def setup(seed: int) -> Given:
    """Everything at random, statistics and scales as well, as after some training."""
    rng = np.random.default_rng(seed)

    def kernel(*shape):
        return rng.standard_normal(shape) / np.prod(shape[:-1]) ** 0.5

    def norm(size):
        scale, bias, mean = rng.normal([[1], [0], [0]], 0.5, (3, size))
        return Norm(scale, bias, mean, rng.uniform(0.2, 2, size))

    sizes, channels = (8, 16, 16, 3), (1, 4, 5)
    return Given(
        x=rng.standard_normal((256, 8)),
        kernels=[kernel(m, n) for m, n in pairwise(sizes)],
        biases=[rng.normal(0, 0.5, size) for size in sizes[1:]],
        norms=[norm(size) for size in sizes[1:-1]],
        signals=rng.standard_normal((32, 12)),
        windows=[kernel(3, m, n) for m, n in pairwise(channels)],
        shifts=[rng.normal(0, 0.5, size) for size in channels[1:]],
        batch_norms=[norm(size) for size in channels[1:]],
    )


def predict(given: Given):
    """The plain networks."""
    (W1, W2, W3), (b1, b2, b3), q = given.kernels, given.biases, given.keep
    (s1, t1), (s2, t2) = (_affine(norm) for norm in given.norms)
    (K1, K2), (u1, v1), (u2, v2) = given.windows, *(_affine(n) for n in given.batch_norms)
    before = [(W1 * s1, t1), (W2 * s2, t2), (W3, b3)]
    classic = [(W1, b1), (q * W2, b2), (q * W3, b3)]
    second, third = q * s1[:, None] * W2, q * s2[:, None] * W3
    after = [(W1, b1), (second, b2 + q * t1 @ W2), (third, b3 + q * t2 @ W3)]
    hidden = np.maximum(_convolved(given.signals[:, :, None], K1 * u1) + v1, 0)
    border = np.zeros((given.signals.shape[1], K2.shape[-1]))
    border[0], border[-1] = v1 @ K2[0], v1 @ K2[-1]  # the taps that see zeros
    return {
        say("batch norm before the activation"): _twice(_plain(given.x, before)),
        say("classic dropout"): _twice(_plain(given.x, classic)),
        say("batch norm after it, classic dropout"): _twice(_plain(given.x, after)),
        say("kernel behind batch norm and dropout"): identity(second),
        say("convolutions with batch norm"): _twice(
            np.maximum(_convolved(hidden, K2 * u2) + v2, 0)
        ),
        say("batch norm in front of padded zeros, error"): identity(border),
        say("float32, largest difference"): at_most(_rounding(given)),
        say("float32, answers that differ"): shown(0.0),
        say("bias scaled as well, largest error"): too_low(0.0),
        say("training mode, largest error"): too_low(0.0),
    }


def _twice(values: np.ndarray):
    """What the network as trained and the folded one both compute."""
    return identity(np.stack([values, values]))


def _affine(norm: Norm) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift of a batch norm that predicts."""
    scale = norm.scale / (norm.var + EPSILON) ** 0.5
    return scale, norm.bias - norm.mean * scale


def _plain(x: np.ndarray, layers) -> np.ndarray:
    """Scores of a plain network."""
    for W, b in layers[:-1]:
        x = np.maximum(x @ W + b, 0)
    return x @ layers[-1][0] + layers[-1][1]


def _convolved(x: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Three taps over ``(n, positions, in)``, with a zero at both ends."""
    x = np.pad(x, ((0, 0), (1, 1), (0, 0)))
    return x[:, :-2] @ window[0] + x[:, 1:-1] @ window[1] + x[:, 2:] @ window[2]


def _rounding(given: Given) -> float:
    """Bound of what float32 may change: the operations of a path, all rounded the worst way."""
    x, steps = np.abs(given.x), 0
    for W, norm in zip(given.kernels[:-1], given.norms, strict=True):
        scale = np.abs(norm.scale) / (norm.var + EPSILON) ** 0.5
        x = (x @ np.abs(W) + np.abs(norm.mean)) * scale + np.abs(norm.bias)
        steps = steps + len(W) + 10
    x = x @ np.abs(given.kernels[-1]) + np.abs(given.biases[-1])
    return 2 * (steps + len(given.kernels[-1])) * 2**-24 * x.max()


def measure(given: Given):
    """The package's layers, as trained and folded."""
    after = {"batch_norm": True, "order": "after", "dropout_scaling": "classic"}
    with jax.enable_x64(True):
        before, _, training = _run(_mlp(given, batch_norm=True), given.x)
        classic, *_ = _run(_mlp(given, dropout_scaling="classic"), given.x)
        behind, kernels, _ = _run(_mlp(given, **after), given.x)
        scaled, *_ = _run(_mlp(_scaled(given)), given.x)
        convolved, border = _convolutions(given), _border(given)
    narrow, *_ = _run(_mlp(given, batch_norm=True), given.x)
    answers = narrow.argmax(axis=2)
    return {
        "batch norm before the activation": exactly(before, 1e-12),
        "classic dropout": exactly(classic, 1e-12),
        "batch norm after it, classic dropout": exactly(behind, 1e-12),
        "kernel behind batch norm and dropout": exactly(kernels[1], 1e-12),
        "convolutions with batch norm": exactly(convolved, 1e-12),
        "batch norm in front of padded zeros, error": exactly(border, 1e-12),
        "float32, largest difference": exactly(np.abs(narrow[0] - narrow[1]).max()),
        "float32, answers that differ": exactly(np.count_nonzero(answers[0] != answers[1])),
        "bias scaled as well, largest error": exactly(np.abs(scaled - classic).max(), 1e-12),
        "training mode, largest error": exactly(np.abs(training - before[1]).max(), 1e-12),
    }


def _scaled(given: Given) -> Given:
    """A plain network for classic dropout as it should not be made: the biases scaled as well."""
    (W1, *kernels), (b1, *biases), q = given.kernels, given.biases, given.keep
    return given._replace(
        kernels=[W1, *(q * W for W in kernels)], biases=[b1, *(q * b for b in biases)], keep=1.0
    )


def _mlp(given: Given, **options: object) -> MLP:
    """The package's MLP with the given weights, in float64 or float32."""
    layers = list(zip(given.kernels, given.biases, strict=True))
    model = mlp(layers, param_dtype=jnp.result_type(float), **options)
    for norm, values in zip(model.norms, given.norms, strict=False):
        put(norm, **values._asdict())
    for dropout in model.dropouts:
        put(dropout, rate=1 - given.keep)
    return model


def _convolutions(given: Given) -> np.ndarray:
    """What the package's convolutional network hands to its head, as trained and as folded."""
    shape, channels = given.signals.shape[1:], [len(shift) for shift in given.shifts]
    options = {"batch_norm": True, "param_dtype": jnp.float64}
    model = blank(lambda: CNN(shape, channels, 2, **options, rngs=nnx.Rngs(0)))
    for block, kernel, norm in zip(model.blocks, given.windows, given.batch_norms, strict=True):
        put(block.conv, kernel=kernel)
        put(block.norm, **norm._asdict())
    return np.asarray(_features(*nnx.split(model), jnp.asarray(given.signals)))


def _border(given: Given) -> np.ndarray:
    """Error of a batch norm that is folded into a convolution behind it, which pads zeros."""
    (K1, K2), (b1, b2), x = given.windows, given.shifts, jnp.asarray(given.signals[:, :, None])
    scale, shift = _affine(given.batch_norms[0])
    right = _applied(x, K1, b1, given.batch_norms[0])
    right = _applied(right, K2, b2, activation="identity")
    wrong = _applied(x, K1, b1)
    K2, b2 = scale[:, None] * K2, b2 + shift @ K2.sum(axis=0)
    wrong = _applied(wrong, K2, b2, activation="identity")
    return np.asarray(wrong - right).mean(axis=0)


def _applied(x: jax.Array, kernel, bias, norm: Norm | None = None, **options: Any) -> jax.Array:
    """What the package's convolutional block makes of ``x``."""
    options |= {"batch_norm": norm is not None, "order": "after", "param_dtype": jnp.float64}
    spec = ConvSpec(len(bias))
    block = blank(lambda: ConvBlock(x.shape[1:], spec, **options, rngs=nnx.Rngs(0)))
    put(block.conv, kernel=kernel, bias=bias)
    if norm is not None:
        put(block.norm, **norm._asdict())
    return scores_of(block)(x)


def _run(model: MLP, x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Scores as trained and as folded, the folded kernels, and the scores in training mode."""
    x = np.asarray(x, model.param_dtype)
    return jax.tree.map(np.asarray, _scores(*nnx.split(model), x))


@jit(is_wide=True, static_argnames="graph")
def _scores(graph: nnx.GraphDef, state: nnx.State, x: jax.Array):
    model = nnx.merge(graph, state)
    folded = fold(model)
    kernels = [linear.kernel[...] for linear in folded.linears]
    training = _view(model, use_running_average=False)
    return jnp.stack([_view(model)(x), folded(x)]), kernels, training(x)


@jit(is_wide=True, static_argnames="graph")
def _features(graph: nnx.GraphDef, state: nnx.State, x: jax.Array) -> jax.Array:
    model = nnx.merge(graph, state)
    return jnp.stack([_view(model).features(x), fold(model).features(x)])


def _view(model: nnx.Module, use_running_average: bool = True) -> Any:
    modes = {"deterministic": True, "use_running_average": use_running_average}
    return nnx.view(model, raise_if_not_found=False, **modes)


CLAIM = Claim(
    id="M5",
    statement=say(
        "A network with batch norm and dropout predicts exactly as some plain network of the "
        "same sizes: h and h' lie in one hypothesis space. Batch norm behind a linear layer goes "
        "into its weights and bias; classic dropout, which keeps units with probability q, goes "
        "into the next layer's weights alone; inverted dropout needs nothing."
    ),
    formula=r"W' = W\,\mathrm{diag}(s), \quad b' = (b - m) s + \beta, \quad "
    r"s = \frac{\gamma}{\sqrt{v + \varepsilon}}; \qquad "
    r"\text{classic dropout:}\quad W'_{\text{next}} = q\,W_{\text{next}}, \quad "
    r"b'_{\text{next}} = b_{\text{next}}",
    kind="identity",
    source=(
        Reference(
            say(
                "S. Ioffe, C. Szegedy, Batch normalization: accelerating deep network training "
                "by reducing internal covariate shift, ICML 2015 (arXiv:1502.03167), algorithm 2"
            ),
            say(
                "reading notes that copy algorithm 2: its last lines replace the transform by "
                "one with fixed statistics"
            ),
        ),
        Reference(
            say(
                "N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, "
                "Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 "
                "(2014), figure 2"
            ),
            say(
                "the sentence on figure 2, quoted at "
                "datascience.stackexchange.com/questions/38874: a unit kept with probability p "
                "has its outgoing weights multiplied by p at test time"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("1e-12 in float64; in float32 a bound of the rounding errors of all operations"),
    fails_when=say(
        "batch norm is in training mode, where an output depends on its batch; the bias is "
        "scaled together with the weights; or batch norm stands in front of a convolution that "
        "pads zeros: these do not take its shift, and the border comes out wrong. A network of "
        "other widths or depth is not in the space."
    ),
)
