"""What is compiled in: the static half of an experiment."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax
from flax import nnx

from reglab import nn
from reglab.config import AUGMENTS, Experiment
from reglab.distributions.transforms import check_kind
from reglab.precision import in_32_bits
from reglab.training.modes import Modes, modes_of
from reglab.training.own_optimizer import OwnOptimizer
from reglab.words import say

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
        modes: how the model is built and called; the other fields decide it.
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

    modes: Modes = field(init=False, compare=False, repr=False)

    def __post_init__(self):
        shapes = self.input_shape, self.image_shape, self.num_classes
        object.__setattr__(self, "modes", modes_of(self.model, *shapes))

    @property
    def inactive(self) -> Mapping[str, str]:
        """Names of ``Hyper``, and fields of models, that cannot act in a run, each with why."""
        own = self.optimizer.inactive if isinstance(self.optimizer, OwnOptimizer) else {}
        if self.l1_step == "proximal":  # whose threshold the learning rate is a factor of
            own = {name: reason for name, reason in own.items() if name != "learning_rate"}
        return {**self.modes.inactive, **own}


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
    plan.modes.check()
    return plan if optimize is None else _with_optimizer(plan, experiment, optimize)


def _with_optimizer(plan: Plan, experiment: Experiment, optimize: Optimize) -> Plan:
    if experiment.optimizer != Experiment().optimizer:
        raise ValueError(
            say(
                "optimizer: expected Experiment's default beside an optimizer of your own, "
                "got {got!r}",
                got=experiment.optimizer,
            )
        )
    return dataclasses.replace(plan, optimizer=optimize(plan))


def own_optimizer(factory: object, plan: Plan) -> OwnOptimizer:
    """An optimizer of the user's for the parameters of a plan's model."""
    params = in_32_bits(jax.eval_shape)(lambda: nn.split(plan.modes.build(nnx.Rngs(0))).params)
    return OwnOptimizer(factory, params)


def _model_of(experiment: Experiment, shape: tuple[int, ...], num_classes: int, adapt) -> Any:
    if adapt is None:
        return experiment.model
    made = adapt(shape, num_classes, experiment.batch_size)
    if experiment.model != Experiment().model:
        raise ValueError(
            say(
                "model: expected Experiment's default beside a model of your own, which says "
                "its sizes and layers itself, got {got!r}",
                got=experiment.model,
            )
        )
    return made
