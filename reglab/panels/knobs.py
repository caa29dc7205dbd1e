"""The knobs of a panel: words, ladders of values, and the sliders made of them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import ipywidgets as widgets

from reglab.config import Hyper
from reglab.panels.parts import switch


class Knob(NamedTuple):
    """A number of ``Hyper`` as a slider."""

    name: str
    label: str
    ladder: tuple[float, ...]
    tooltip: str
    unit: str = ""  # "%" shows a share in percent


_PENALTY = (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
KNOBS = (
    Knob(
        "num_train",
        "training examples",
        (10, 20, 30, 60, 100, 200, 300, 600, 1000),
        "How many examples h learns from. More of them is the surest remedy.",
    ),
    Knob(
        "noise",
        "noise",
        (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
        "How far the distribution scatters its points; it decides the Bayes error.",
    ),
    Knob(
        "label_noise",
        "labels flipped",
        (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
        "The share of labels that are another class by chance, in training and in the "
        "distribution alike.",
        "%",
    ),
    Knob(
        "dropout_rate",
        "dropout rate",
        (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
        "The probability to drop each hidden unit in each training step.",
    ),
    Knob("l2", "L2 penalty", _PENALTY, "Adds this times the sum of squared weights to the loss."),
    Knob("l1", "L1 penalty", _PENALTY, "Adds this times the sum of absolute weights to the loss."),
    Knob(
        "input_noise",
        "input noise",
        (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0),
        "Gaussian noise added to the inputs of each batch, anew each time.",
    ),
    Knob(
        "weight_decay",
        "weight decay",
        (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        "Takes the learning rate times this off each weight in every step, apart from the loss.",
    ),
    Knob(
        "label_smoothing",
        "label smoothing",
        (0.0, 0.05, 0.1, 0.2, 0.3, 0.5),
        "The share of each training target that is spread over all classes.",
    ),
    Knob(
        "augmentation",
        "augmentation",
        (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
        "How strongly each batch is changed at random, in the way chosen below. Not every way "
        "keeps what an input means: a flipped 2 is no 2.",
    ),
    Knob(
        "learning_rate",
        "learning rate",
        (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0),
        "The step size of the optimizer.",
    ),
)
GROUPS = {
    "Data": ("num_train", "noise", "label_noise"),
    "Remedies": (
        *("dropout_rate", "l2", "l1", "weight_decay", "label_smoothing"),
        *("input_noise", "augmentation"),
    ),
    "Search": ("learning_rate",),
}
REMEDIES = GROUPS["Remedies"]


def words(value: float, unit: str = "") -> str:
    """A value as the slider shows it.

    >>> words(0.15, "%"), words(0.0003), words(1000)
    ('15 %', '0.0003', '1 000')
    """
    if unit == "%":
        return f"{100 * value:.3g} %"
    if value >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.6f}".rstrip("0").rstrip(".") if value < 1 else f"{value:g}"


class KnobSlider:
    """One slider; values that are not on the ladder join it.

    Args:
        knob: what it moves.
        moved: called with ``(name, value)`` when a person moved it.
    """

    def __init__(self, knob: Knob, moved: Callable[[str, Any], None]):
        self.knob, self._moved, self._silent = knob, moved, False
        self._is_off = False  # then no value is in force, and none is shown
        self.widget = widgets.SelectionSlider(
            options=self._options(knob.ladder),
            description=knob.label,
            tooltip=knob.tooltip,
            continuous_update=False,
        )
        self.widget.add_class("reglab-slider")
        self.widget.observe(self._changed, "value")

    def _options(self, ladder) -> list[tuple[str, float]]:
        return [("–" if self._is_off else words(value, self.knob.unit), value) for value in ladder]

    def _changed(self, change) -> None:
        if not self._silent:
            self._moved(self.knob.name, change["new"])

    def switch(self, reason: str | None) -> None:
        """Lets the slider be moved, or not where there is a reason, which it then tells."""
        self._is_off = reason is not None
        switch(self.widget, reason, self.knob.tooltip)

    def show(self, hyper: Hyper, most: float | None = None) -> None:
        """Shows the value in force, without reporting it as moved."""
        value = getattr(hyper, self.knob.name)
        ladder = [v for v in self.knob.ladder if most is None or v <= most]
        ladder = sorted({*ladder, value})
        self._silent = True
        try:
            if list(self.widget.options) != (options := self._options(ladder)):
                with self.widget.hold_sync():  # the options' first is never seen
                    self.widget.options = options
                    self.widget.value = value
            elif self.widget.value != value:
                self.widget.value = value
        finally:
            self._silent = False
