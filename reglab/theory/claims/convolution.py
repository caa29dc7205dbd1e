"""A5: convolution as a matrix, and where it commutes with shifts."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab.nn import ConvBlock, ConvSpec
from reglab.precision import jit
from reglab.theory.base import Claim, Reference
from reglab.theory.rows import exactly, identity, too_low
from reglab.words import say

ROUND_OFF = 1e-12
APART = 1e-9  # of numbers of order one: far above round-off, far below what differs


class Given(NamedTuple):
    """A signal ``(n,)``, the kernel ``(k,)`` and bias of a block, and a direction ``(n - k + 1,)``.

    Attributes:
        shift: positions by which the signal with zero padding is rolled.
    """

    x: np.ndarray
    kernel: np.ndarray
    bias: float
    direction: np.ndarray
    shift: int = 3


def setup(seed: int) -> Given:
    """Normal numbers, in float64."""
    rng = np.random.default_rng(seed)
    x, kernel = rng.standard_normal(32), rng.standard_normal(5)
    return Given(x, kernel, rng.normal(), rng.standard_normal(len(x) - len(kernel) + 1))


# -- formulas -------------------------------------------------------------------------------------


def predict(given: Given):
    """The formulas."""
    x, kernel, bias = given.x, given.kernel, given.bias
    n, k = len(x), len(kernel)
    radius, frequency, position = (k - 1) / 2, np.arange(n), np.arange(n)
    lag = np.arange(k) - radius
    gain = np.exp(2j * np.pi * frequency[:, None] * lag / n) @ kernel
    wrapped = _circulant(kernel, n) @ x + bias
    broken = _near(position, n, radius) | _near((position - given.shift) % n, n, radius)
    by_frequency = {"x": frequency, "x_label": say("frequency")}
    return {
        say("output, no padding"): identity(_toeplitz(kernel, n) @ x + bias),
        say("gradient, no padding"): identity(_toeplitz(kernel, n).T @ given.direction),
        say("output, zero padding"): identity(_padded(kernel, n) @ x + bias),
        say("real part of the gain, wrapped signal"): identity(np.real(gain), **by_frequency),
        say("imaginary part of the gain, wrapped signal"): identity(np.imag(gain), **by_frequency),
        say("outputs of all shifts, wrapped signal"): identity(
            np.stack([np.roll(wrapped, shift) for shift in range(n)])
        ),
        say("where a shift by 3 is missed, zero padding"): identity(
            broken.astype(float), position, say("position")
        ),
        say("output of a shift by 2, stride 2"): identity(np.roll(wrapped[::2], 1)),
        say("distance from every shifted output, shift by 1, stride 2"): too_low(0.0),
        say("distance from every shifted output, shift by 1, max-pooling"): too_low(0.0),
        say("distance from the convolution with a mirrored kernel"): too_low(0.0),
    }


def _toeplitz(kernel: np.ndarray, n: int) -> np.ndarray:
    """Entry (t, j) is ``kernel[j - t]``: ``(n - k + 1, n)``."""
    k = len(kernel)
    tap = np.arange(n) - np.arange(n - k + 1)[:, None]
    return np.where((tap >= 0) & (tap < k), kernel[tap % k], 0)


def _padded(kernel: np.ndarray, n: int) -> np.ndarray:
    """The same with (k - 1)/2 zeros on both sides of the signal, whose columns do not count."""
    around = len(kernel) // 2
    return _toeplitz(kernel, n + 2 * around)[:, around : around + n]


def _circulant(kernel: np.ndarray, n: int) -> np.ndarray:
    """The same with the signal wrapped round, ``(n, n)``."""
    tap = (np.arange(n) - np.arange(n)[:, None] + len(kernel) // 2) % n
    return np.where(tap < len(kernel), kernel[tap % len(kernel)], 0)


def _near(position: np.ndarray, n: int, radius: float) -> np.ndarray:
    """Whether a window there reaches beyond an end."""
    return (position < radius) | (position > n - 1 - radius)


# -- experiment -----------------------------------------------------------------------------------


def measure(given: Given):
    """The block of the package, without activation and in float64."""
    with jax.enable_x64(True):
        return {name: exactly(value, ROUND_OFF) for name, value in _measured(given).items()}


def _measured(given: Given) -> dict[str, Any]:
    x, n, half = given.x, len(given.x), len(given.kernel) // 2
    shifts = np.stack([np.roll(x, shift) for shift in range(n)])

    def wrap(x):
        return np.pad(x, ((0, 0), (half, half)), mode="wrap")

    valid, gradient = _run(given, ConvSpec(1, len(given.kernel), padding="valid"), x[None])
    same, _ = _run(given, ConvSpec(1, len(given.kernel)), shifts[[0, given.shift]])
    wrapped, _ = _run(given, ConvSpec(1, len(given.kernel), padding="valid"), wrap(shifts))
    stride = ConvSpec(1, len(given.kernel), 2, "valid")
    strided, _ = _run(given, stride, wrap(shifts[:3]))
    pooled, _ = _run(given, ConvSpec(1, len(given.kernel), 1, "valid", 2), wrap(shifts[:2]))
    gain = np.fft.fft(wrapped[0] - given.bias) / np.fft.fft(x)
    missed = np.abs(same[1] - np.roll(same[0], given.shift)) > APART
    mirrored = np.convolve(x, given.kernel, "valid") + given.bias
    return {
        "output, no padding": valid[0],
        "gradient, no padding": gradient,
        "output, zero padding": same[0],
        "real part of the gain, wrapped signal": gain.real,
        "imaginary part of the gain, wrapped signal": gain.imag,
        "outputs of all shifts, wrapped signal": wrapped,
        "where a shift by 3 is missed, zero padding": missed,
        "output of a shift by 2, stride 2": strided[2],
        "distance from every shifted output, shift by 1, stride 2": _apart(*strided[:2]),
        "distance from every shifted output, shift by 1, max-pooling": _apart(*pooled),
        "distance from the convolution with a mirrored kernel": np.abs(valid - mirrored).max(),
    }


def _run(given: Given, spec: ConvSpec, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Outputs ``(m, positions)`` of signals ``(m, n)``, and the gradient along the direction."""
    options = {"activation": "identity", "dtype": jnp.float64, "param_dtype": jnp.float64}
    shape = (x.shape[1], 1)
    block = nnx.eval_shape(lambda: ConvBlock(shape, spec, rngs=nnx.Rngs(0), **options))
    conv: Any = block.conv
    conv.kernel.set_value(jnp.asarray(given.kernel[:, None, None]))
    conv.bias.set_value(jnp.asarray([given.bias]))
    graphdef, state = nnx.split(nnx.view(block, deterministic=True))

    def run(state, x, direction):
        y, pull = jax.vjp(lambda x: nnx.merge(graphdef, state)(x)[..., 0], x[..., None])
        along = jnp.zeros_like(y).at[:, : len(direction)].set(direction[None, : y.shape[1]])
        return y, pull(along)[0][0, :, 0]

    y, gradient = jit(run, is_wide=True)(state, x, given.direction)
    return np.asarray(y), np.asarray(gradient)


def _apart(y: np.ndarray, original: np.ndarray) -> float:
    """The largest difference from the best of all shifts of the original."""
    shifted = [np.roll(original, shift) for shift in range(len(original))]
    return np.abs(np.stack(shifted) - y).max(axis=1).min()


CLAIM = Claim(
    id="A5",
    statement=say(
        "A convolution of one channel is the product with a Toeplitz matrix, its gradient that "
        "with the transpose. Round a circle it commutes with every shift and multiplies each "
        "frequency by a gain; with zero padding it misses a shift only where a window reaches "
        "beyond an end or beyond the seam."
    ),
    formula=r"y = T x + b, \quad T_{tj} = w_{j-t}, \quad \nabla_x = T^\top u, \quad "
    r"\hat y_f = \hat x_f \sum_i w_i\, e^{2\pi \mathrm{i} f (i - (k-1)/2)/n}",
    kind="identity",
    source=(
        Reference(
            say(
                "Goodfellow, Bengio, Courville, Deep Learning, 2016, ch. 9 (sec. 9.1: Toeplitz "
                "and circulant matrices, cross-correlation)"
            ),
            say(
                "quoted on Toeplitz matrices in question 40555 of Data Science Stack Exchange, "
                "on cross-correlation in the notes facaiy/book_notes; the book was not looked up"
            ),
        ),
        Reference(
            say("Zhang, Making convolutional networks shift-invariant again, ICML 2019"),
            say("abstract on icml.cc: max-pooling and strides break shift equivariance"),
        ),
    ),
    setup=setup,
    predict=predict,
    measure=measure,
    tolerance=say("round-off in float64, 1e-12"),
    fails_when=say(
        "windows move by more than one position: a stride or a pooling of 2 matches shifts by "
        "multiples of 2 only. What libraries call convolution is correlation: the kernel is not "
        "mirrored."
    ),
)
