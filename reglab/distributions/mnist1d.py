"""MNIST-1D as a distribution: ten templates, each padded, stretched, moved, sheared, disturbed."""

import functools
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.ndimage import gaussian_filter1d

from reglab.config import Range
from reglab.distributions.base import Distribution, Sample, base_draws, pytree
from reglab.distributions.pictograms import SIGNAL, Pictogram, drawn_lines
from reglab.distributions.sequences import normal, unit
from reglab.words import say

# One stroke a digit, drawn with twelve heights.
STROKES = (
    (5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5),
    (5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5),
    (5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5),
    (5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5),
    (5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5),
    (5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5),
    (5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5),
    (5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5),
)
STROKE, LENGTH, FINAL = 12, 72, 40  # entries of a template, of a signal, and of what is seen of it
PADDING = (36, 60)
NUM_SHIFTS = 48
SCALE, SHEAR = 0.4, 0.75
CORRELATED_NOISE, NOISE = 0.25, 0.02
SMOOTHING = 2  # entries; standard deviation of the filter that correlates the noise
# Of an entry of the signal, over all classes and positions; a test derives both exactly.
MEAN, DEVIATION = -0.006050608247, 0.154694133392
EVALUATION = 2**31 + 1  # folded into the key: evaluation sets are no samples of the same key


@pytree
@dataclass(frozen=True, kw_only=True)
class Mnist1d(Distribution):
    """Signals of 40 points in ten classes, drawn afresh by the generator of the package mnist1d.

    The package standardises each data set by its own mean and deviation. Here both are those of
    the distribution, so that one example does not depend on the others. Errors are taken over
    fresh draws, with an exact binomial interval, and the Bayes error is not known. Neither the
    package nor a download is needed.

    References:
        Greydanus and Kobak, *Scaling Down Deep Learning with MNIST-1D*, ICML 2024; the package's
        ``make_dataset`` with its default arguments.

    >>> Mnist1d().sample(jax.random.key(0), 3).x.shape
    (3, 40)
    """

    input_shape: ClassVar[tuple[int, ...]] = (FINAL,)
    num_classes: ClassVar[int] = 10
    method: ClassVar[str] = "monte-carlo"
    ranges: ClassVar[dict[str, Range]] = {"label_noise": Range(0, 0.9)}
    caption: ClassVar[str] = say("MNIST-1D: signals drawn afresh")
    num_coordinates: ClassVar[int] = 5 + 2 * LENGTH

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Four strokes as lines."""
        return signals(np.arange(SIGNAL))

    def place(self, words: Array) -> Sample:
        """Signals out of class, padding, shift, scale and shear, and two noises."""
        label, padding, shift = (
            (words[:, i] % jnp.uint32(n)).astype(jnp.int32)
            for i, n in enumerate((len(STROKES), PADDING[1] - PADDING[0] + 1, NUM_SHIFTS))
        )
        scale, shear = unit(words[:, 3]) - 0.5, unit(words[:, 4]) - 0.5
        noises = normal(unit(words[:, 5:])).reshape(-1, 2, LENGTH)
        signal, is_stroke = _drawn(label, PADDING[0] + padding, shift)
        signal = signal * (1 + SCALE * scale[:, None])
        correlated = CORRELATED_NOISE * _smooth(noises[:, 0])
        signal = jnp.where(is_stroke, signal, correlated) + NOISE * noises[:, 1]
        signal = signal - SHEAR * shear[:, None] * jnp.linspace(-0.5, 0.5, LENGTH)[None]
        return Sample((_short(signal) - MEAN) / DEVIATION, label)

    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """What ``evaluation`` returns, without label noise: fresh draws of equal mass."""
        words, _ = base_draws(self, jax.random.fold_in(key, EVALUATION), num_points)
        x, y = self.place(words)
        return x, jax.nn.one_hot(y, self.num_classes) / num_points

    def bayes_error(self) -> None:
        """Not known."""


def templates() -> np.ndarray:
    """The strokes as the generator takes them, ``(10, 12)`` float64."""
    strokes = np.array(STROKES)
    strokes = strokes - strokes.mean(axis=1, keepdims=True)
    strokes = strokes / strokes.std(axis=1, keepdims=True)
    return (strokes - strokes[:, :1]) / 6


def signals(order: np.ndarray, count: int = 4) -> Pictogram:
    """A pictogram of some strokes, their ``SIGNAL`` positions in this order."""
    at = np.linspace(0, 1, SIGNAL)
    strokes = templates()[[3, 7, 6, 4][:count]]
    lines = np.stack([np.interp(at, np.linspace(0.1, 0.9, 12), stroke) for stroke in strokes])
    images = drawn_lines(0.5 + 1.2 * lines[:, order], SIGNAL) / 255
    return {"size": SIGNAL, "images": images.reshape(count, -1).round(2).tolist()}


# The Gaussian that correlates noise, cut at four deviations as scipy.ndimage does: 17 weights.
FILTER = gaussian_filter1d(np.eye(8 * SMOOTHING + 1)[4 * SMOOTHING], SMOOTHING, mode="constant")
PADDED = np.pad(templates(), ((0, 0), (0, 2))).astype(np.float32)


def _smooth(noise: Array) -> Array:
    # Sums in a fixed order: a matrix product rounds otherwise for another number of rows.
    reach = len(FILTER) // 2
    wide = jnp.pad(noise, ((0, 0), (reach, reach)), mode="symmetric")
    parts = [float(weight) * wide[:, i : i + LENGTH] for i, weight in enumerate(FILTER)]
    return functools.reduce(jnp.add, parts)


def _short(signal: Array) -> Array:
    """Linear interpolation ``(n, 40)`` of signals ``(n, 72)``."""
    at = np.linspace(0, LENGTH - 1, FINAL)
    entry = np.minimum(at.astype(int), LENGTH - 2)
    part = jnp.asarray(at - entry, signal.dtype)[None]
    before, after = signal[:, entry], signal[:, entry + 1]
    return before + part * (after - before)


def _drawn(label: Array, padding: Array, shift: Array) -> tuple[Array, Array]:
    """The stretched and moved stroke, ``(n, 72)``, and where it is; zero elsewhere."""
    place = (jnp.arange(LENGTH)[None] - shift[:, None]) % LENGTH
    steps = place * (STROKE - 1 + padding[:, None])  # LENGTH - 1 of them are one entry
    entry, part = steps // (LENGTH - 1), steps % (LENGTH - 1)
    is_stroke = entry < STROKE
    entry = jnp.minimum(entry, STROKE)
    heights = jnp.asarray(PADDED)[label]
    before, after = (jnp.take_along_axis(heights, entry + k, axis=1) for k in (0, 1))
    return before + part / (LENGTH - 1) * (after - before), is_stroke
