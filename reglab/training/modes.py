"""How the model of a plan is built, called and folded, and which numbers of ``Hyper`` reach it.

A model of ``reglab.nn`` and a module of the user's differ here and nowhere else in training.
"""

import abc
import functools
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from reglab import nn
from reglab.config import Experiment, Hyper

ENDLESS = 2**31 - 1  # draws for a model that is called on shapes alone: nothing is allocated


class Modes(abc.ABC):
    """One model, as training and measuring deal with it; equal ones share compiled programs."""

    @property
    @abc.abstractmethod
    def is_own(self) -> bool:
        """Whether it is a module of the user's."""

    @property
    @abc.abstractmethod
    def takes_rate(self) -> bool:
        """Whether ``hyper.dropout_rate`` is the rate of its dropout layers."""

    @property
    @abc.abstractmethod
    def takes_momentum(self) -> bool:
        """Whether ``hyper.batch_norm_momentum`` is the momentum of its batch-norm layers."""

    @property
    @abc.abstractmethod
    def inactive(self) -> Mapping[str, str]:
        """Numbers of ``Hyper``, and fields of models, that it says cannot act, with why."""

    @property
    @abc.abstractmethod
    def graph(self) -> nnx.GraphDef:
        """Graph definition of the model."""

    @property
    @abc.abstractmethod
    def network(self) -> nn.Network:
        """The network that its hypotheses are."""

    @abc.abstractmethod
    def check(self) -> None:
        """Raises ``ValueError``, one line, where the model does not suit the inputs."""

    @abc.abstractmethod
    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        """A new model, initialised from ``rngs``."""

    @abc.abstractmethod
    def num_masks(self, batch_size: int) -> int:
        """Uniform numbers that its dropout layers take in one step."""

    @abc.abstractmethod
    def scores(
        self,
        model: nnx.Module,
        x: jax.Array,
        key: jax.Array,
        masks: jax.Array,
        momentum: float | jax.Array | None,
    ) -> jax.Array:
        """Scores ``(n, num_classes)`` in training; writes the model's variables.

        Args:
            model: as ``build`` made it.
            x: inputs ``(n, *input_shape)``.
            key: of this step, for whatever draws by itself.
            masks: uniform numbers ``(num_masks,)`` of this step, for the lab's dropout layers.
            momentum: of batch-norm layers; not read where ``takes_momentum`` is false.
        """

    @abc.abstractmethod
    def written(self, model: nnx.Module, before: nn.Parts) -> nn.Parts:
        """The variables of a model after ``scores``, in the shapes and types of ``before``."""

    @abc.abstractmethod
    def hypothesis(self, model: nnx.Module) -> nnx.Module:
        """The network that predicts what ``model`` predicts: plain, where that is known."""

    def settled(self, experiment: Experiment) -> dict[str, float]:
        """Numbers that are in force in an experiment because the model says so."""
        return {}


def modes_of(
    model: Hashable,
    input_shape: tuple[int, ...],
    image_shape: tuple[int, ...] | None,
    num_classes: int,
) -> Modes:
    """The modes of a configured model, or of a module of the user's."""
    if isinstance(model, nn.OwnModel):
        return OwnModes(model)
    return LabModes(model, input_shape, image_shape, num_classes)


@dataclass(frozen=True)
class LabModes(Modes):
    """Of a model of ``reglab.nn``: its dropout takes draws, and ``fold`` knows its plain network.

    Attributes:
        config: of the model.
        input_shape: shape of one example.
        image_shape: height and width of the image that a flat example is; None where it is none.
        num_classes: number of classes.
    """

    config: Hashable
    input_shape: tuple[int, ...]
    image_shape: tuple[int, ...] | None
    num_classes: int

    @property
    def is_own(self) -> bool:
        """False."""
        return False

    @property
    def takes_rate(self) -> bool:
        """True: every dropout layer of the lab's has an array rate."""
        return True

    @property
    def inactive(self) -> Mapping[str, str]:
        """Empty: the configuration tells it, see ``idle_numbers``."""
        return {}

    @property
    def takes_momentum(self) -> bool:
        """Whether the model has batch-norm layers."""
        return getattr(self.config, "batch_norm", False)

    @property
    def graph(self) -> nnx.GraphDef:
        """Graph definition of the model."""
        return _graphs(self)[0]

    @property
    def network(self) -> nn.Network:
        """The plain network."""
        return _graphs(self)[1]

    def check(self) -> None:
        """Raises where the model does not suit the inputs."""
        _check_scores(self)

    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        """A new model."""
        shape = self.image_shape or self.input_shape
        return nn.build(self.config, shape, self.num_classes, rngs=rngs)

    def num_masks(self, batch_size: int) -> int:
        """Uniform numbers that its dropout layers take in one step."""
        return _num_masks(self, batch_size)

    def scores(
        self,
        model: nnx.Module,
        x: jax.Array,
        key: jax.Array,
        masks: jax.Array,
        momentum: float | jax.Array | None,
    ) -> jax.Array:
        """Scores in training, by masks that were drawn for many steps at once."""
        view: Any = nn.training(model)  # callable, as all models of reglab.nn are
        if self.takes_momentum and momentum is not None:
            nn.set_momentum(view, momentum)
        # Made here, within the loss: NNX lets no counter of an outer trace move.
        return view(x, rngs=nn.Draws(masks))

    def written(self, model: nnx.Module, before: nn.Parts) -> nn.Parts:
        """The variables after a call: running statistics are all that the lab's layers write."""
        return before._replace(batch_stats=nnx.state(model, nnx.BatchStat, graph=True))

    def hypothesis(self, model: nnx.Module) -> nnx.Module:
        """The plain network that predicts what ``model`` predicts."""
        return nn.fold(model)


@dataclass(frozen=True)
class OwnModes(Modes):
    """Of a module of the user's, which :class:`reglab.nn.OwnModel` has found out and checked.

    Attributes:
        model: the module's adapter.
    """

    model: nn.OwnModel

    @property
    def is_own(self) -> bool:
        """True."""
        return True

    @property
    def takes_rate(self) -> bool:
        """Whether its dropout layers have one rate, which can be moved."""
        return self.model.dropout_rate is not None

    @property
    def takes_momentum(self) -> bool:
        """Whether its batch-norm layers have one momentum, which can be moved."""
        return self.model.batch_norm_momentum is not None

    @property
    def inactive(self) -> Mapping[str, str]:
        """Numbers, and fields of the lab's models, that cannot act."""
        return self.model.inactive

    @property
    def graph(self) -> nnx.GraphDef:
        """Graph definition of the module."""
        return self.model.graph

    @property
    def network(self) -> nn.Network:
        """The plain network, or the module in inference mode."""
        return self.model.network

    def check(self) -> None:
        """Nothing is left to check: the adapter has called the module on shapes."""

    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        """A new module."""
        return self.model.build(rngs)

    def num_masks(self, batch_size: int) -> int:
        """None: the layers of a user's module draw by themselves."""
        return 0

    def scores(
        self,
        model: nnx.Module,
        x: jax.Array,
        key: jax.Array,
        masks: jax.Array,
        momentum: float | jax.Array | None,
    ) -> jax.Array:
        """Scores in training, with streams of random numbers that derive from ``key``."""
        return self.model.scores(model, x, key, momentum if self.takes_momentum else None)

    def written(self, model: nnx.Module, before: nn.Parts) -> nn.Parts:
        """All variables after a call, of whatever kind: nobody knows what a module writes."""
        return nn.carried(model, before)

    def hypothesis(self, model: nnx.Module) -> nnx.Module:
        """What predicts as the module does."""
        return self.model.hypothesis(model)

    def settled(self, experiment: Experiment) -> dict[str, float]:
        """The module's own rate and momentum, until somebody asks for others."""
        own = {
            "dropout_rate": self.model.dropout_rate,
            "batch_norm_momentum": self.model.batch_norm_momentum,
        }
        asked, plain = experiment.asked, Hyper()
        return {
            name: value
            for name, value in own.items()
            if value is not None
            and name not in asked
            and getattr(experiment.hyper, name) == getattr(plain, name)
        }


@functools.lru_cache(maxsize=64)
def _graphs(modes: LabModes) -> tuple[nnx.GraphDef, nn.Network]:
    model = nnx.eval_shape(lambda: modes.build(nnx.Rngs(0)))
    folded = nnx.eval_shape(nn.fold, model)
    graph, plain = (nnx.graphdef(module, graph=True) for module in (model, folded))
    return graph, nn.Network(plain)


@functools.lru_cache(maxsize=64)
def _num_masks(modes: LabModes, batch_size: int) -> int:
    taken = []

    def forward() -> None:
        draws = nn.Draws(jnp.zeros(ENDLESS))
        model: Any = nn.training(modes.build(nnx.Rngs(0)))
        model(jnp.zeros((batch_size, *modes.input_shape)), rngs=draws)
        taken.append(draws.taken)

    nnx.eval_shape(forward)
    return taken[0]


@functools.lru_cache(maxsize=64)  # tracing a model takes longer than a short run
def _check_scores(modes: LabModes) -> None:
    x = jax.ShapeDtypeStruct((2, *modes.input_shape), jnp.float32)
    try:
        module = nnx.eval_shape(lambda: modes.build(nnx.Rngs(0)))
        nnx.eval_shape(nn.fold, module)  # hypotheses are to lie in the space of plain networks
        nnx.eval_shape(lambda m, x: nn.inference(m)(x), module, x)
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        name = type(modes.config).__name__.removesuffix("Config")
        raise ValueError(
            f"model: {name} does not suit inputs of shape {modes.input_shape}: {said}"
        ) from error
