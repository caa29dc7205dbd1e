"""How the model of a plan is built, called and folded, and which numbers of ``Hyper`` reach it."""

import abc
from collections.abc import Mapping

import jax
from flax import nnx

from reglab import nn
from reglab.config import Experiment

ENDLESS = 2**31 - 1  # draws for a model that is called on shapes alone: nothing is allocated


class Modes(abc.ABC):
    """One model, as training and measuring deal with it; equal ones share compiled programs."""

    @property
    @abc.abstractmethod
    def is_own(self) -> bool:
        """Whether it is a module of the user's."""

    @property
    @abc.abstractmethod
    def is_affine(self) -> bool:
        """Whether every hypothesis is known to be an affine function of its inputs."""

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
    def written(self, model: nnx.Module, before: nn.Variables) -> nn.Variables:
        """The variables of a model after ``scores``, in the shapes and types of ``before``."""

    @abc.abstractmethod
    def hypothesis(self, model: nnx.Module) -> nnx.Module:
        """The network that predicts what ``model`` predicts: plain, where that is known."""

    def settled(self, experiment: Experiment) -> dict[str, float]:
        """Numbers that are in force in an experiment because the model says so."""
        return {}
