"""The modes of a model of ``reglab.nn``."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from reglab import nn
from reglab.config.models import ModelConfig
from reglab.training.modes.base import ENDLESS, Modes
from reglab.words import line_of, say


@dataclass(frozen=True)
class LabModes(Modes):
    """Of a model of ``reglab.nn``: its dropout takes draws, and ``fold`` knows its plain network.

    Attributes:
        config: of the model.
        input_shape: shape of one example.
        image_shape: height and width of the image that a flat example is; None where it is none.
        num_classes: number of classes.
    """

    config: ModelConfig
    input_shape: tuple[int, ...]
    image_shape: tuple[int, ...] | None
    num_classes: int

    @property
    def is_own(self) -> bool:
        """False."""
        return False

    @property
    def is_affine(self) -> bool:
        """Whether the configuration says so."""
        return self.config.is_affine

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

    def written(self, model: nnx.Module, before: nn.Variables) -> nn.Variables:
        """The variables after a call: running statistics are all that the lab's layers write."""
        return before._replace(batch_stats=nnx.state(model, nnx.BatchStat, graph=True))

    def hypothesis(self, model: nnx.Module) -> nnx.Module:
        """The plain network that predicts what ``model`` predicts."""
        return nn.fold(model)


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
    except Exception as error:  # layers, JAX and Flax raise what they like; it is raised on
        name = type(modes.config).__name__.removesuffix("Config")
        raise ValueError(
            say(
                "model: {name} does not suit inputs of shape {shape}: {why}",
                name=name,
                shape=modes.input_shape,
                why=line_of(error),
            )
        ) from error
