"""B2: what batch norm makes of a batch, and why the size of the weights before it is lost."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from scipy.special import logsumexp

from reglab.nn import MLP, BatchNorm
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import at_most, exactly, identity, too_low
from reglab.training.losses import data_loss, targets
from reglab.words import say

SIZES = 10, 8, 3  # inputs, hidden units, classes
ROUND_OFF = 1e-12
IN_FLOAT32 = 3e-6  # of a mean of squares near 1, after a mean was taken off that is as exact


class Given(NamedTuple):
    """A batch, batch norm's scale and bias, and a network in front of which weights are scaled."""

    batch: np.ndarray
    scale: np.ndarray
    bias: np.ndarray
    shifted: np.ndarray
    x: np.ndarray
    y: np.ndarray
    kernel: np.ndarray
    out: np.ndarray
    gradient: np.ndarray
    factors: np.ndarray
    epsilon: float = 1e-5
    sizes: tuple[int, ...] = (2, 4, 16, 64)


def setup(seed: int) -> Given:
    """Five features of very different sizes; a network of one hidden layer, float64."""
    rng = np.random.default_rng(seed)
    batch = 3 + rng.standard_normal((64, 5)) * 10.0 ** np.arange(-3, 2)
    inputs, hidden, classes = SIZES
    x, y = rng.standard_normal((50, inputs)), rng.integers(0, classes, 50)
    kernel, out = rng.standard_normal((inputs, hidden)), rng.standard_normal((hidden, classes))
    shifted = (3000 + rng.standard_normal((256, 1))).astype(np.float32)
    scale, bias = rng.uniform(0.5, 2, 5), rng.standard_normal(5)
    gradient = _loss_and_gradient(x, y, kernel, out, epsilon=0.0)[1]
    factors = 10.0 ** rng.uniform(-2, 2, hidden)
    return Given(batch, scale, bias, shifted, x, y, kernel, out, gradient, factors)


def predict(given: Given):
    """The formulas."""
    variance = given.batch.var(axis=0)
    hidden = given.x @ given.kernel
    units = np.maximum((hidden - hidden.mean(axis=0)) / hidden.std(axis=0), 0)
    scores = units @ given.out
    right = scores[np.arange(len(given.y)), given.y]
    axis = {"x": np.array(given.sizes), "x_label": say("examples B of a batch")}
    shifted_variance = given.shifted.astype(float).var()
    return {
        say("output"): identity(
            given.scale
            * (given.batch - given.batch.mean(axis=0))
            / np.sqrt(variance + given.epsilon)
            + given.bias
        ),
        say("output variance"): identity(given.scale**2 * variance / (variance + given.epsilon)),
        say("largest output, one example off"): identity(
            np.sqrt(np.array(given.sizes) - 1), **axis
        ),
        say("loss, each unit's weights times its own factor"): identity(
            (logsumexp(scores, axis=1) - right).mean()
        ),
        say("gradient at the scaled weights"): identity(given.gradient / given.factors),
        say("cosine of weights and gradient"): at_most(ROUND_OFF),
        say("the same with ε = 1e-5, weights / 1000"): too_low(ROUND_OFF),
        say("output variance in float32, mean 3000"): identity(
            shifted_variance / (shifted_variance + given.epsilon)
        ),
        say("its error by mean of squares less square of mean"): too_low(IN_FLOAT32),
    }


def measure(given: Given):
    """The package's layer, and its MLP with batch norm before the activation."""
    y = _normalized(given.batch, scale=given.scale, bias=given.bias)
    largest = []
    for size in given.sizes:
        batch = np.zeros((size, 1))
        batch[0] = 1.0
        largest.append(_normalized(batch, epsilon=0.0).max())
    loss, gradient = _loss_and_gradient(
        given.x, given.y, given.kernel * given.factors, given.out, epsilon=0.0
    )
    small = given.kernel / 1000
    _, with_epsilon = _loss_and_gradient(given.x, given.y, small, given.out, epsilon=given.epsilon)
    two_pass, one_pass = (_variance_in_float32(given.shifted, fast) for fast in (False, True))
    size = np.abs(given.gradient).max() / given.factors
    return {
        "output": exactly(y, 1e-9),  # a mean near 3 is 3,000 of the smallest deviations
        "output variance": exactly(y.var(axis=0), 1e-10),
        "largest output, one example off": exactly(np.array(largest), ROUND_OFF),
        "loss, each unit's weights times its own factor": exactly(loss, ROUND_OFF),
        "gradient at the scaled weights": exactly(gradient, ROUND_OFF * np.maximum(size, 1)),
        "cosine of weights and gradient": exactly(_cosine(given.kernel, given.gradient)),
        "the same with ε = 1e-5, weights / 1000": exactly(_cosine(small, with_epsilon)),
        "output variance in float32, mean 3000": exactly(two_pass, IN_FLOAT32),
        "its error by mean of squares less square of mean": exactly(abs(one_pass - 1)),
    }


def _normalized(batch: np.ndarray, epsilon: float = 1e-5, **values: np.ndarray) -> np.ndarray:
    """What the layer makes of a batch while training, float64."""
    with jax.enable_x64(True):
        layer = BatchNorm(
            batch.shape[1], epsilon=epsilon, param_dtype=jnp.float64, rngs=nnx.Rngs(0)
        )
        for name, value in values.items():
            getattr(layer, name).set_value(jnp.asarray(value))
        return np.asarray(layer(jnp.asarray(batch)))


def _variance_in_float32(batch: np.ndarray, fast: bool) -> float:
    layer = BatchNorm(1, use_fast_variance=fast, rngs=nnx.Rngs(0))
    return float(np.asarray(layer(jnp.asarray(batch)), float).var())


def _loss_and_gradient(x, y, kernel, out, *, epsilon: float) -> tuple[float, np.ndarray]:
    """Loss of the network and its gradient by the first kernel, float64."""
    with jax.enable_x64(True):
        inputs, hidden, classes = SIZES
        options: dict[str, Any] = {"batch_norm": True, "param_dtype": jnp.float64}
        model = MLP(inputs, (hidden,), classes, rngs=nnx.Rngs(0), **options)
        model.norms[0].epsilon = epsilon
        layers: Any = model.linears
        layers[0].kernel.set_value(jnp.asarray(kernel))
        layers[1].kernel.set_value(jnp.asarray(out))
        view = nnx.view(model, deterministic=True, use_running_average=False)
        graph, params, rest = nnx.split(view, nnx.Param, ...)

        def loss(params):
            scores = nnx.merge(graph, params, rest, copy=True)(jnp.asarray(x))
            return data_loss(scores, targets(jnp.asarray(y), classes, 0.0))

        value, gradient = jax.value_and_grad(loss)(params)
        return float(value), np.asarray(gradient["linears"][0]["kernel"][...])


def _cosine(kernel: np.ndarray, gradient: np.ndarray) -> float:
    """The largest cosine, in size, of the weights of a unit and their gradient."""
    lengths = np.linalg.norm(kernel, axis=0) * np.linalg.norm(gradient, axis=0)
    return float(np.abs((kernel * gradient).sum(axis=0) / lengths).max())


CLAIM = Claim(
    id="B2",
    statement=say(
        "Batch norm gives each feature the mean β and the variance γ²s²/(s² + ε), no output "
        "beyond √(B − 1) in a batch of B; the loss does not depend on the size of the weights in "
        "front of it, and their gradient is at right angles to them and falls as their size "
        "grows."
    ),
    formula=r"\operatorname{Var} y = \gamma^2 \frac{s^2}{s^2 + \varepsilon}, \qquad "
    r"|\hat x| \le \sqrt{B - 1}, \qquad L(a w) = L(w), \quad w^\top \nabla L(w) = 0, \quad "
    r"\nabla L(a w) = \nabla L(w) / a",
    kind="identity",
    source=(
        Reference(
            say(
                "Ioffe, Szegedy, Batch Normalization: Accelerating Deep Network Training by "
                "Reducing Internal Covariate Shift, ICML 2015, Algorithm 1 and section 3.3"
            ),
            say(
                "section 3.3 as copied in public repositories: BN(Wu) = BN((aW)u), and gradients "
                "by aW are 1/a times those by W"
            ),
        ),
        Reference(
            say(
                "van Laarhoven, L2 Regularization versus Batch and Weight Normalization, 2017, "
                "arXiv 1706.05350"
            ),
            say(
                "abstract, and a reader's published summary of its theory: the loss does not "
                "change with the scale of the weights, and gradients shrink as that scale grows"
            ),
        ),
        Reference(
            say(
                "Samuelson, How Deviant Can You Be?, Journal of the American Statistical "
                "Association 63, 1968"
            ),
            say(
                "Wikipedia, 'Samuelson's inequality': the bound, and that it is met by one value "
                "that is apart from all others"
            ),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("round-off in float64: 1e-12, and 1e-9 where a mean is 3,000 times the spread"),
    fails_when=say(
        "ε counts: with weights so small that s² is not far above it, gradient and weights are "
        "no longer at right angles, and a feature of small spread comes out smaller than γ. In "
        "float32 the variance as mean of squares less square of the mean is lost when the mean "
        "is large; two passes keep it."
    ),
)
