"""What is compiled in: the static half of an experiment."""

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from reglab import nn
from reglab.config import AUGMENTS, MODELS, Experiment, LinearConfig, MLPConfig
from reglab.distributions import loss_of
from reglab.distributions.shift_base import input_kind_of
from reglab.distributions.transforms import check_kind

CHUNK_ROWS = 32  # rows that one call of the compiled program can record
EVALUATION_POINTS = 16_384  # of the set that every hypothesis of a run is judged on


@dataclass(frozen=True)
class Plan:
    """Static configuration; two experiments with equal plans share their compiled programs.

    Attributes:
        model: a config, or a factory ``(rngs) -> nnx.Module`` of the user's.
        input_shape: shape of one example.
        image_shape: height and width of the image that a flat example is; None where it is none.
        num_classes: number of classes.
        method: how errors over the distribution are taken, see ``ErrorEstimate``.
        loss: ``zero-one`` or ``squared``, what an error is.
        optimizer: name of the optimizer.
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
    loss: str
    optimizer: str
    l1_step: str
    augment: str
    batch_size: int
    eval_every: int
    max_train: int

    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        """A new model, initialised from ``rngs``."""
        if is_ours(self):
            shape = self.image_shape or self.input_shape
            return nn.build(self.model, shape, self.num_classes, rngs=rngs)
        return self.model(rngs)


def plan_of(experiment: Experiment, distribution, model: Callable | None = None) -> Plan:
    """The plan of an experiment on a distribution, checked before anything is traced.

    Raises:
        ValueError: a model or a kind of augmentation that does not suit the inputs, or more
            training examples than there are.
    """
    if model is not None and not callable(model):
        raise ValueError(f"model: expected a factory (rngs) -> nnx.Module, got {model!r}")
    plan = Plan(
        model=experiment.model if model is None else model,
        input_shape=tuple(distribution.input_shape),
        image_shape=_image_shape(distribution),
        num_classes=int(distribution.num_classes),
        method=str(getattr(distribution, "method", "quadrature")),
        loss=loss_of(distribution),
        optimizer=experiment.optimizer,
        l1_step=experiment.l1_step,
        augment=experiment.augment,
        batch_size=experiment.batch_size,
        eval_every=experiment.eval_every,
        max_train=experiment.max_train,
    )
    inputs = plan.input_shape, plan.image_shape, input_kind_of(distribution)
    check_kind("augment", plan.augment, AUGMENTS, *inputs)
    if hasattr(distribution, "check_num_train"):  # data of which there are only so many
        distribution.check_num_train(plan.max_train)
    _check_scores(plan)
    return plan


def _image_shape(distribution) -> tuple[int, ...] | None:
    shape = getattr(distribution, "image_shape", None)
    return None if shape is None else tuple(int(size) for size in shape)


@functools.lru_cache(maxsize=64)  # tracing a model takes longer than a short run
def _check_scores(plan: Plan) -> None:
    module = _tried(plan, lambda: nnx.eval_shape(lambda: plan.build(nnx.Rngs(0))))
    if not isinstance(module, nnx.Module):
        raise ValueError(f"model: expected a factory (rngs) -> nnx.Module, got {module!r}")
    if is_ours(plan):  # its hypotheses are to lie in the space of plain networks
        nnx.eval_shape(nn.fold, module)
    x = jax.ShapeDtypeStruct((2, *plan.input_shape), jnp.float32)
    scores = _tried(plan, lambda: nnx.eval_shape(lambda m, x: inference(m)(x), module, x))
    if scores.shape != (2, plan.num_classes):
        raise ValueError(
            f"model: expected scores of shape (n, {plan.num_classes}) for inputs of shape "
            f"(n, {', '.join(map(str, plan.input_shape))}), got {scores.shape}"
        )


def _tried(plan: Plan, make: Callable[[], Any]) -> Any:
    """What ``make`` makes of the plan's model; whatever that raises becomes one line."""
    try:
        return make()
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        if not is_ours(plan):  # of the user's, which may raise anything
            shape = f"(n, {', '.join(map(str, plan.input_shape))})"
            raise ValueError(
                f"model: expected one for inputs of shape {shape}, got {type(error).__name__}: "
                f"{said}"
            ) from error
        name = type(plan.model).__name__.removesuffix("Config")
        raise ValueError(
            f"model: {name} does not suit inputs of shape {plan.input_shape}: {said}"
        ) from error


def inference(model: nnx.Module) -> nnx.Module:
    """A view of the model that predicts: no dropout, running statistics."""
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)


def training(model: nnx.Module) -> nnx.Module:
    """A view of the model that trains: dropout drawn, statistics of the batch."""
    return nnx.view(model, deterministic=False, use_running_average=False, raise_if_not_found=False)


def is_affine(plan: Plan) -> bool:
    """Whether every hypothesis of the plan is an affine function of its inputs."""
    model = plan.model
    return isinstance(model, LinearConfig) or (
        isinstance(model, MLPConfig) and model.activation == "identity"
    )


def is_ours(plan: Plan) -> bool:
    """Whether the plan's model is one of ``reglab.nn``, whose dropout takes draws."""
    return type(plan.model) in MODELS.values()


def inactive(plan: Plan) -> dict[str, str]:
    """Names of ``Hyper``, and fields of models, that cannot act in a run, each with the reason."""
    if is_ours(plan):
        return {}
    fields = {field.name for config in MODELS.values() for field in dataclasses.fields(config)}
    return dict.fromkeys(sorted(fields), "The model is your own, which says this itself.")


def hypothesis(model: nnx.Module) -> nnx.Module:
    """The plain network that predicts what ``model`` predicts; the model where there is none."""
    try:
        return nn.fold(model)
    except ValueError:  # a module of the user's that fold does not know
        return inference(model)


@functools.lru_cache(maxsize=64)
def num_dropout_draws(plan: Plan) -> int:
    """Uniform numbers that the dropout layers of the plan's model take in one step."""
    taken = []

    def forward():
        draws = nn.Draws(jnp.zeros(2**31 - 1))  # abstract: nothing is allocated
        model = training(plan.build(nnx.Rngs(0)))
        model(jnp.zeros((plan.batch_size, *plan.input_shape)), rngs=draws)
        taken.append(draws.taken)

    nnx.eval_shape(forward)
    return taken[0]


@functools.lru_cache(maxsize=64)
def graphs(plan: Plan) -> tuple[Any, Any]:
    """Graph definitions of the plan's model and of its hypotheses."""
    model = nnx.eval_shape(lambda: plan.build(nnx.Rngs(0)))
    folded = nnx.eval_shape(hypothesis, model)
    return nnx.graphdef(model), nnx.graphdef(folded)
