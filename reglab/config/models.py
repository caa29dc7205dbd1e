"""Hypothesis spaces: how the models of reglab are configured.

The models themselves are in ``reglab.nn``. Their configurations stand here, below it: the default
experiment has one, and an experiment is checked and read without a network.
"""

from dataclasses import dataclass
from typing import Any

from reglab.config.checks import Range, check_name, check_number
from reglab.words import say

ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "leaky_relu", "identity")
SCALINGS = ("inverted", "classic")
ORDERS = ("before", "after")
POOLINGS = ("max", "average")
POSITIONS = ("learned", "sinusoidal", "none")
VARIANTS = ("2012", "one-tower", "small")

_CHOICES = {
    "activation": ACTIVATIONS,
    "dropout_scaling": SCALINGS,
    "order": ORDERS,
    "pooling": POOLINGS,
    "positions": POSITIONS,
    "variant": VARIANTS,
}
_SIZE, _SIZE_OR_NONE = Range(1, 100_000), Range(0, 100_000)
_SIZES = {
    "features": _SIZE,
    "num_heads": _SIZE,
    "num_layers": _SIZE,
    "patch": _SIZE_OR_NONE,
    "feed_forward": _SIZE_OR_NONE,
}
_LISTS = ("widths", "channels")  # of sizes, of any length
_PER_LAYER = ("kernel_size", "stride", "pool")  # one size, or a list of sizes
_FLAGS = ("batch_norm", "residual", "response_norm")


class ModelConfig:
    """What all configurations of models share; base of those of other packages too.

    A configuration is a frozen dataclass of static settings, all with defaults. Fields of the names
    that reglab's own have are checked as theirs; a list of any other name becomes a tuple.
    """

    def __post_init__(self):
        for name in vars(self):
            object.__setattr__(self, name, _checked(name, getattr(self, name)))

    @property
    def has_hidden(self) -> bool:
        """Whether there are hidden layers: these carry dropout and batch norm."""
        return True

    @property
    def is_affine(self) -> bool:
        """Whether every hypothesis is an affine function of its inputs."""
        return False


def _checked(name: str, value: object) -> Any:
    if name in _CHOICES:
        return check_name(name, value, _CHOICES[name])
    if name in _SIZES:
        return check_number(name, value, _SIZES[name], integer=True)
    if name in _LISTS or (name in _PER_LAYER and isinstance(value, (list, tuple))):
        return _sizes(name, value)
    if name in _PER_LAYER:
        return check_number(name, value, _SIZE, integer=True)
    if name in _FLAGS and not isinstance(value, bool):
        raise ValueError(say("{name}: expected true or false, got {got!r}", name=name, got=value))
    return _padding(name, value) if name == "padding" else _tuples(value)


def _sizes(name: str, values: Any) -> tuple[int, ...]:
    try:
        sizes = tuple(values)
    except TypeError:
        raise ValueError(
            say("{name}: expected a list of sizes, got {got!r}", name=name, got=values)
        ) from None
    return tuple(check_number(name, size, _SIZE, integer=True) for size in sizes)


def _padding(name: str, value: object) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_padding(name, part) for part in value)
    if isinstance(value, str):
        return check_name(name, value, ("same", "valid"))
    return check_number(name, value, _SIZE_OR_NONE, integer=True)


def _tuples(value: object) -> Any:
    """JSON has lists where a configuration, which is hashed, has tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@dataclass(frozen=True)
class MLPConfig(ModelConfig):
    """A multilayer perceptron; see :class:`reglab.nn.MLP` for what the fields mean."""

    widths: tuple[int, ...] = (64, 64)
    activation: str = "relu"
    dropout_scaling: str = "inverted"
    batch_norm: bool = False
    order: str = "before"
    residual: bool = False

    @property
    def has_hidden(self) -> bool:
        """Whether there are hidden layers."""
        return bool(self.widths)

    @property
    def is_affine(self) -> bool:
        """Whether the activation is the identity."""
        return self.activation == "identity"


@dataclass(frozen=True)
class LinearConfig(ModelConfig):
    """A linear classifier; see :class:`reglab.nn.LinearClassifier`."""

    @property
    def has_hidden(self) -> bool:
        """There are none."""
        return False

    @property
    def is_affine(self) -> bool:
        """They all are."""
        return True


@dataclass(frozen=True)
class CNNConfig(ModelConfig):
    """A convolutional network; see :class:`reglab.nn.CNN` for what the fields mean."""

    channels: tuple[int, ...] = (16, 32)
    kernel_size: int | tuple[int, ...] = 3
    stride: int | tuple[int, ...] = 1
    padding: int | str | tuple[int | str, ...] = "same"
    pool: int | tuple[int, ...] = 2
    pooling: str = "max"
    widths: tuple[int, ...] = ()
    activation: str = "relu"
    dropout_scaling: str = "inverted"
    batch_norm: bool = False
    order: str = "before"
    residual: bool = False

    @property
    def has_hidden(self) -> bool:
        """Whether there are hidden layers."""
        return bool(self.channels or self.widths)


@dataclass(frozen=True)
class AttentionConfig(ModelConfig):
    """Self-attention; see :class:`reglab.nn.AttentionClassifier` for what the fields mean.

    ``patch`` 0 stands for the smallest patch that leaves at most 16 tokens, if there is one.
    """

    features: int = 32
    num_heads: int = 2
    num_layers: int = 1
    patch: int = 0
    positions: str = "learned"
    feed_forward: int = 64
    widths: tuple[int, ...] = ()
    activation: str = "relu"
    dropout_scaling: str = "inverted"
    batch_norm: bool = False
    order: str = "before"
    residual: bool = True


@dataclass(frozen=True)
class AlexNetConfig(ModelConfig):
    """The network of 2012, by default scaled to 28x28; see :class:`reglab.nn.AlexNet`."""

    variant: str = "small"
    response_norm: bool = False
    activation: str = "relu"
    dropout_scaling: str = "inverted"
    batch_norm: bool = False
    order: str = "before"
