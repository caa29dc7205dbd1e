"""The modes of a module of the user's."""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
from flax import nnx

from reglab import nn
from reglab.config import Experiment, Hyper
from reglab.training.modes.base import Modes


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
    def is_affine(self) -> bool:
        """False: nobody knows what it computes."""
        return False

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

    def written(self, model: nnx.Module, before: nn.Variables) -> nn.Variables:
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
