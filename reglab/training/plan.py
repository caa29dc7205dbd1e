"""What is compiled in: the static half of an experiment."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from reglab import nn
from reglab.config import AUGMENTS, Experiment
from reglab.distributions.transforms import check_kind
from reglab.precision import in_32_bits
from reglab.training.own_optimizer import OwnOptimizer

CHUNK_ROWS = 32  # rows that one call of the compiled program can record
EVALUATION_POINTS = 16_384  # of the set that every hypothesis of a run is judged on


@dataclass(frozen=True)
class Plan:
    """Static configuration; two experiments with equal plans share their compiled programs.

    Attributes:
        model: a config, or a module of the user's.
        input_shape: shape of one example.
        image_shape: height and width of the image that a flat example is; None where it is none.
        num_classes: number of classes.
        method: how errors over the distribution are taken, see ``ErrorEstimate``.
        net_coordinates: of the scrambled net that they are taken over; None where it is none.
        loss: ``zero-one`` or ``squared``, what an error is.
        optimizer: name of the optimizer, or one of the user's.
        schedule: kind of learning-rate schedule.
        clipping: kind of clipping.
        l1_step: ``subgradient`` or ``proximal``.
        augment: kind of augmentation.
        batch_size: examples a step.
        eval_every: steps a row.
        max_train: rows of the arrays that hold the training sample.
    """

    model: Any
    input_shape: tuple[int, ...]
    image_shape: tuple[int, ...] | None
    num_classes: int
    method: str
    net_coordinates: int | None
    loss: str
    optimizer: str | OwnOptimizer
    schedule: str
    clipping: str
    l1_step: str
    augment: str
    batch_size: int
    eval_every: int
    max_train: int

    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        """A new model, initialised from ``rngs``."""
        if isinstance(self.model, nn.OwnModel):
            return self.model.build(rngs)
        shape = self.image_shape or self.input_shape
        return nn.build(self.model, shape, self.num_classes, rngs=rngs)


Optimize = Callable[[Plan], OwnOptimizer]
Adapt = Callable[[tuple[int, ...], int, int], nn.OwnModel]  # of an input shape, classes, a batch


def plan_of(
    experiment: Experiment,
    distribution,
    adapt: Adapt | None = None,
    optimize: Optimize | None = None,
) -> Plan:
    """The plan of an experiment on a distribution, checked before anything is traced.

    Args:
        experiment: what is run.
        distribution: where.
        adapt: makes the module of the user's that takes the place of ``experiment.model``.
        optimize: makes the optimizer of the user's that takes the place of the experiment's.

    Raises:
        ValueError: a model or a kind of augmentation that does not suit the inputs, or more
            training examples than there are.
    """
    shape, num_classes = distribution.input_shape, distribution.num_classes
    plan = Plan(
        model=_model_of(experiment, shape, num_classes, adapt),
        input_shape=shape,
        image_shape=distribution.image_shape,
        num_classes=num_classes,
        method=distribution.method,
        net_coordinates=distribution.net_coordinates,
        loss=distribution.loss,
        optimizer=experiment.optimizer,
        schedule=experiment.schedule,
        clipping=experiment.clipping,
        l1_step=experiment.l1_step,
        augment=experiment.augment,
        batch_size=experiment.batch_size,
        eval_every=experiment.eval_every,
        max_train=experiment.max_train,
    )
    inputs = plan.input_shape, plan.image_shape, distribution.input_kind
    check_kind("augment", plan.augment, AUGMENTS, *inputs)
    distribution.check_num_train(plan.max_train)
    if is_ours(plan):
        _check_scores(plan)
    return plan if optimize is None else _with_optimizer(plan, experiment, optimize)


def _with_optimizer(plan: Plan, experiment: Experiment, optimize: Optimize) -> Plan:
    if experiment.optimizer != Experiment().optimizer:
        raise ValueError(
            "optimizer: expected Experiment's default beside an optimizer of your own, got "
            f"{experiment.optimizer!r}"
        )
    return dataclasses.replace(plan, optimizer=optimize(plan))


def own_optimizer(factory: Any, plan: Plan) -> OwnOptimizer:
    """An optimizer of the user's for the parameters of a plan's model."""
    params = in_32_bits(jax.eval_shape)(lambda: nn.split(plan.build(nnx.Rngs(0))).params)
    return OwnOptimizer(factory, params)


def _model_of(experiment: Experiment, shape: tuple[int, ...], num_classes: int, adapt) -> Any:
    if adapt is None:
        return experiment.model
    made = adapt(shape, num_classes, experiment.batch_size)
    if experiment.model != Experiment().model:
        raise ValueError(
            "model: expected Experiment's default beside a model of your own, which says its sizes "
            f"and layers itself, got {experiment.model!r}"
        )
    return made


@functools.lru_cache(maxsize=64)  # tracing a model takes longer than a short run
def _check_scores(plan: Plan) -> None:
    """Raises where a model of ours does not suit the inputs."""
    x = jax.ShapeDtypeStruct((2, *plan.input_shape), jnp.float32)
    try:
        module = nnx.eval_shape(lambda: plan.build(nnx.Rngs(0)))
        nnx.eval_shape(nn.fold, module)  # hypotheses are to lie in the space of plain networks
        nnx.eval_shape(lambda m, x: nn.inference(m)(x), module, x)
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        name = type(plan.model).__name__.removesuffix("Config")
        raise ValueError(
            f"model: {name} does not suit inputs of shape {plan.input_shape}: {said}"
        ) from error


def is_affine(plan: Plan) -> bool:
    """Whether every hypothesis of the plan is an affine function of its inputs."""
    return is_ours(plan) and plan.model.is_affine


def is_ours(plan: Plan) -> bool:
    """Whether the plan's model is one of ``reglab.nn``, whose dropout takes draws."""
    return not isinstance(plan.model, nn.OwnModel)


def inactive(plan: Plan) -> Mapping[str, str]:
    """Names of ``Hyper``, and fields of models, that cannot act in a run, each with the reason."""
    models: Mapping[str, str] = {} if is_ours(plan) else plan.model.inactive
    own = plan.optimizer.inactive if isinstance(plan.optimizer, OwnOptimizer) else {}
    if plan.l1_step == "proximal":  # whose threshold the learning rate is a factor of
        own = {name: reason for name, reason in own.items() if name != "learning_rate"}
    return {**models, **own}


def moves_rate(plan: Plan) -> bool:
    """Whether ``hyper.dropout_rate`` is the rate of the plan's dropout layers."""
    return is_ours(plan) or plan.model.dropout_rate is not None


def moves_momentum(plan: Plan) -> bool:
    """Whether ``hyper.batch_norm_momentum`` is the momentum of the plan's batch-norm layers."""
    if is_ours(plan):
        return getattr(plan.model, "batch_norm", False)
    return plan.model.batch_norm_momentum is not None


@functools.lru_cache(maxsize=64)
def num_dropout_draws(plan: Plan) -> int:
    """Uniform numbers that the dropout layers of the plan's model take in one step."""
    taken = []

    def forward():
        draws = nn.Draws(jnp.zeros(2**31 - 1))  # abstract: nothing is allocated
        model: Any = nn.training(plan.build(nnx.Rngs(0)))
        model(jnp.zeros((plan.batch_size, *plan.input_shape)), rngs=draws)
        taken.append(draws.taken)

    nnx.eval_shape(forward)
    return taken[0]


def graph_of(plan: Plan) -> Any:
    """Graph definition of the plan's model."""
    return _graphs(plan)[0] if is_ours(plan) else plan.model.graph


def network_of(plan: Plan) -> nn.Network:
    """The network that the hypotheses of the plan are."""
    return _graphs(plan)[1] if is_ours(plan) else plan.model.network


def hypothesis(plan: Plan, model: nnx.Module) -> Any:
    """The network that predicts what ``model`` predicts: plain, where that is known."""
    return nn.fold(model) if is_ours(plan) else plan.model.hypothesis(model)


@functools.lru_cache(maxsize=64)
def _graphs(plan: Plan) -> tuple[Any, nn.Network]:
    model = nnx.eval_shape(lambda: plan.build(nnx.Rngs(0)))
    folded = nnx.eval_shape(nn.fold, model)
    graph, plain = (nnx.graphdef(one, graph=True) for one in (model, folded))
    return graph, nn.Network(plain)
