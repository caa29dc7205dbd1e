"""The state that training carries, and the data it trains and is judged on."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from reglab import distributions
from reglab.config import Hyper
from reglab.training.optimizers import OPTIMIZERS
from reglab.training.plan import EVALUATION_POINTS, Plan

_WEIGHTS, _ORDER, _NOISE = range(3)  # streams of random numbers, all out of the seed


class TrainState(NamedTuple):
    """Everything that a step changes."""

    step: jax.Array  # () int32, steps taken
    params: Any
    batch_stats: Any
    other: Any  # variables that no step changes: dropout rates, random streams
    opt_state: Any


class Data(NamedTuple):
    """The training sample S and the points that stand for the whole distribution D.

    Inputs lie in one array, S first, so that one call of a hypothesis measures both errors.
    """

    inputs: jax.Array  # (max_train + num_points, *input_shape) float32
    y: jax.Array  # (max_train,) int32
    mass: jax.Array  # (num_points, num_classes) float32, sums to 1

    @property
    def x(self) -> jax.Array:
        """The inputs of S, ``(max_train, *input_shape)``."""
        return self.inputs[: len(self.y)]

    @property
    def points(self) -> jax.Array:
        """The points that stand for D, ``(num_points, *input_shape)``."""
        return self.inputs[len(self.y) :]


def stream(seed: jax.Array, which: int) -> jax.Array:
    """The key of one stream of random numbers."""
    return jax.random.fold_in(jax.random.key(seed), which)


class Streams(NamedTuple):
    """Keys of a run: numbers depend on the seed and on the epoch or step alone."""

    order: jax.Array
    noise: jax.Array

    @classmethod
    def of(cls, seed: jax.Array) -> "Streams":
        """The streams of a seed."""
        return cls(stream(seed, _ORDER), stream(seed, _NOISE))


# Runs once a run: compiling it costs more than running it unoptimised.
@functools.partial(
    jax.jit, static_argnames="plan", compiler_options={"xla_backend_optimization_level": 0}
)
def initial_state(plan: Plan, seed: jax.Array, hyper: Hyper) -> TrainState:
    """The state before the first step."""
    model = plan.build(nnx.Rngs(stream(seed, _WEIGHTS)))
    _, params, batch_stats, other = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    opt_state = OPTIMIZERS[plan.optimizer](hyper).init(params)
    return TrainState(jnp.int32(0), params, batch_stats, other, opt_state)


def data_of(distribution, hyper: Hyper, draw: int, max_train: int) -> Data:
    """S and the evaluation set of the distribution at the noise that ``hyper`` asks for.

    Both are functions of the numbers and of ``draw`` alone, so moving a knob moves the same points.
    """
    at = distributions.with_numbers(
        distribution, noise=hyper.noise, label_noise=hyper.label_noise
    )
    make = _data if jax.tree.leaves(at) != [at] else _data.__wrapped__
    return make(at, jax.random.key(draw), max_train)


@functools.partial(jax.jit, static_argnames="max_train")
def _data(distribution, key: jax.Array, max_train: int) -> Data:
    sample = distribution.sample(key, max_train)
    points, mass = distribution.evaluation(jax.random.key(0), EVALUATION_POINTS)
    return Data(jnp.concatenate([sample.x, points]), sample.y, mass)
