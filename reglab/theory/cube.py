"""A population small enough to count: all points of {-1, 1}^10, each as likely as any other."""

from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from reglab.config import Experiment, MLPConfig, Range
from reglab.distributions import Distribution, ErrorEstimate, Sample
from reglab.distributions.base import pytree
from reglab.training import Run, fit

BITS = 10
SIZE = 2**BITS
MOST = 1920  # training examples; one number for all, so that all runs share a compiled program


def corners() -> np.ndarray:
    """All points, ``(SIZE, BITS)`` float32."""
    bits = np.arange(SIZE)[:, None] >> np.arange(BITS) & 1
    return (2 * bits - 1).astype(np.float32)


@pytree
@dataclass(frozen=True, kw_only=True)
class Cube(Distribution):
    """A uniform point with the label of a fixed function, flipped at times: errors are counts.

    Attributes:
        labels: of all corners before any is flipped, ``(SIZE,)`` int32.
    """

    input_shape: ClassVar[tuple[int, ...]] = (BITS,)
    num_classes: ClassVar[int] = 2
    method: ClassVar[str] = "enumeration"
    ranges: ClassVar[dict[str, Range]] = {"label_noise": Range(0, 0.5)}
    num_coordinates: ClassVar[int] = 1

    labels: Array

    def place(self, words: Array) -> Sample:
        """The corners that the leading bits of one word each pick."""
        index = (words[:, 0] >> (32 - BITS)).astype(jnp.int32)
        return Sample(jnp.asarray(corners())[index], self.labels[index])

    def clean_evaluation(self, key: Array, num_points: int) -> tuple[Array, Array]:
        """All corners, whatever ``num_points`` is."""
        del key, num_points
        return jnp.asarray(corners()), jax.nn.one_hot(self.labels, 2) / SIZE

    def clean_bayes_error(self) -> ErrorEstimate:
        """The function errs nowhere."""
        return ErrorEstimate(0.0, 0.0, 0.0, SIZE, self.method)


def line(rng: np.random.Generator) -> np.ndarray:
    """A random weight for each bit; the corners on one side of it make a class."""
    return rng.standard_normal(BITS)


def sides(weights: np.ndarray) -> np.ndarray:
    """Classes of all corners, ``(SIZE,)`` int32."""
    return (corners() @ weights > 0).astype(np.int32)


def trained(labels: np.ndarray, *, flips: float, n: int, seed: int, draw: int) -> Run:
    """A run of a 10-32-32-2 MLP on ``n`` examples.

    Args:
        labels: of all corners.
        flips: label noise.
        n: number of examples, up to ``MOST``.
        seed: of the weights and batches.
        draw: of the examples; the first n of N are the same for every N.
    """
    experiment = Experiment(
        model=MLPConfig(widths=(32, 32)),
        max_train=MOST,
        batch_size=16,
        num_steps=400,
        eval_every=16,
        seed=seed,
        draw=draw,
    ).replace(num_train=n, label_noise=flips, learning_rate=0.01)
    return fit(experiment, distribution=Cube(labels=jnp.asarray(labels)))
