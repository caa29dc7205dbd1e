"""Hypothesis spaces: the models that an experiment may name, and their sizes."""

from dataclasses import dataclass

from reglab.config.checks import Range, check_name, check_number

ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "leaky_relu", "identity")
SCALINGS = ("inverted", "classic")
ORDERS = ("before", "after")


@dataclass(frozen=True)
class MLPConfig:
    """A multilayer perceptron; see :class:`reglab.nn.MLP` for what the fields mean."""

    widths: tuple[int, ...] = (64, 64)
    activation: str = "relu"
    dropout_scaling: str = "inverted"
    batch_norm: bool = False
    order: str = "before"

    def __post_init__(self):
        try:
            widths = tuple(self.widths)
        except TypeError:
            raise ValueError(f"widths: expected a list of sizes, got {self.widths!r}") from None
        sizes = [check_number("widths", w, Range(1, 100_000), integer=True) for w in widths]
        object.__setattr__(self, "widths", tuple(sizes))
        check_name("activation", self.activation, ACTIVATIONS)
        check_name("dropout_scaling", self.dropout_scaling, SCALINGS)
        check_name("order", self.order, ORDERS)
        if not isinstance(self.batch_norm, bool):
            raise ValueError(f"batch_norm: expected true or false, got {self.batch_norm!r}")


@dataclass(frozen=True)
class LinearConfig:
    """A linear classifier; see :class:`reglab.nn.LinearClassifier`."""


MODELS: dict[str, type] = {"mlp": MLPConfig, "linear": LinearConfig}
