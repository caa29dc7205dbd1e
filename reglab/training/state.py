"""The state that training carries, and the data it trains and is judged on."""

from typing import Any, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from reglab import distributions, nn
from reglab.config import KNOBS, Experiment, Hyper, idle_in_search
from reglab.distributions import AnyDistribution
from reglab.precision import jit
from reglab.training.optimizers import optimizer
from reglab.training.plan import EVALUATION_POINTS, Plan


class TrainState(NamedTuple):
    """Everything that a step changes."""

    step: jax.Array  # () int32, steps taken
    params: nnx.State
    batch_stats: nnx.State
    other: nnx.State  # dropout rates, random streams, variables of a user's own kinds
    opt_state: Any


class Data(NamedTuple):
    """The training sample S and the points that stand for the whole distribution D.

    Inputs lie in one array, S first, so that one call of a hypothesis measures both errors.
    """

    inputs: jax.Array  # (max_train + num_points, *input_shape) float32
    y: jax.Array  # (max_train,) int32; of regression float32
    mass: jax.Array  # (num_points, num_classes) float32, sums to 1; of regression the mean of y
    bounds: jax.Array | None = None  # of errors over independent draws, see binomial_bounds
    noise: jax.Array | None = None  # () float32, of regression the deviation of y about its mean

    @property
    def x(self) -> jax.Array:
        """The inputs of S, ``(max_train, *input_shape)``."""
        return self.inputs[: len(self.y)]

    @property
    def points(self) -> jax.Array:
        """The points that stand for D, ``(num_points, *input_shape)``."""
        return self.inputs[len(self.y) :]


class Streams(NamedTuple):
    """Keys of a run: numbers depend on the seed and on the epoch or step alone."""

    weights: jax.Array
    order: jax.Array
    noise: jax.Array


def traced(plan: Plan, hyper: Hyper) -> Hyper:
    """As arrays of fixed types, so that no value recompiles; None where no step reads the number.

    What a plan makes no use of then costs its program nothing.
    """
    unread = [*idle_in_search(plan)]
    if not plan.modes.takes_momentum:
        unread.append("batch_norm_momentum")
    kinds: dict[str, Any] = {k.name: np.int32 if k.is_whole else np.float32 for k in KNOBS}
    numbers: dict[str, Any] = {name: kinds[name](value) for name, value in hyper._asdict().items()}
    numbers.update(dict.fromkeys(unread))
    return Hyper(**numbers)


@jit
def streams(seed: jax.Array) -> Streams:
    """The streams of random numbers of a seed."""
    return Streams(*jax.random.split(jax.random.key(seed), len(Streams._fields)))


def fresh_state(plan: Plan, weights: jax.Array, hyper: Hyper) -> TrainState:
    """The state before the first step, with weights drawn from the key ``weights``."""
    model = plan.modes.build(nnx.Rngs(weights))
    variables = nn.split(model)
    opt_state = optimizer(plan.optimizer, hyper, variables.params).init(variables.params)
    return TrainState(jnp.int32(0), *variables, opt_state)


# Runs once a run: compiling it costs more than running it unoptimised.
UNOPTIMISED: dict[str, Any] = {"xla_backend_optimization_level": 0}
initial_state = jit(fresh_state, static_argnames="plan", compiler_options=UNOPTIMISED)


def model_at(plan: Plan, state: TrainState, dropout_rate: float | jax.Array) -> nnx.Module:
    """The plan's model with the variables of a state, of which it holds copies."""
    variables = state.params, state.batch_stats, state.other
    model = nnx.merge(plan.modes.graph, *variables, copy=True)
    if plan.modes.takes_rate:
        nn.set_dropout_rate(model, dropout_rate)
    return model


def trained_model(plan: Plan, state: TrainState, hyper: Hyper) -> nnx.Module:
    """The plan's model as trained, its dropout and batch norm at the last numbers."""
    model = model_at(plan, state, hyper.dropout_rate)
    if plan.modes.takes_momentum:
        nn.set_momentum(model, float(hyper.batch_norm_momentum))
    return model


def data_of(distribution: AnyDistribution, draw: int, max_train: int) -> Data:
    """S and the evaluation set of a distribution.

    Both are functions of its numbers and of ``draw`` alone, so moving a knob moves the same points,
    and every run on a distribution is judged on the same set.
    """
    return joined(sample_of(distribution, draw, max_train), points_of(distribution))


def try_data(distribution: AnyDistribution, experiment: Experiment) -> Data:
    """S and the evaluation set at the first step: raises what only their whole size shows.

    Raises:
        ValueError: one line that says what was expected of a user's distribution, and what came.
    """
    distribution.check_num_train(experiment.max_train)
    at = distributions.with_numbers(distribution, **experiment.hyper_at(0).of_distribution)
    return data_of(at, experiment.draw, experiment.max_train)


class Points(NamedTuple):
    """The points that stand for D; fields as in :class:`Data`."""

    x: jax.Array  # (num_points, *input_shape) float32
    mass: jax.Array
    bounds: jax.Array | None = None
    noise: jax.Array | None = None


def sample_of(distribution: AnyDistribution, draw: int, max_train: int) -> distributions.Sample:
    """The first ``max_train`` examples of S, with their labels."""
    x, y = distributions.guarded(distribution).sample(jax.random.key(draw), max_train)
    return distributions.Sample(x, y)  # a user's may be any pair


def points_of(distribution: AnyDistribution) -> Points:
    """The evaluation set of a distribution, the same one for every run."""
    drawn = distributions.guarded(distribution)
    x, mass = drawn.evaluation(jax.random.key(0), EVALUATION_POINTS)
    if distributions.is_squared(distribution):
        noise = cast(distributions.OwnDistribution, distribution).noise  # or the lab's regression
        return Points(x, mass, noise=jnp.float32(noise))
    if distribution.method in distributions.SAMPLED:
        return Points(x, mass, bounds=jnp.asarray(distributions.binomial_bounds(len(x))))
    return Points(x, mass)


def joined(sample: distributions.Sample, points: Points) -> Data:
    """A sample and an evaluation set as one."""
    inputs = jnp.concatenate([sample.x, points.x])
    return Data(inputs, sample.y, points.mass, points.bounds, points.noise)
