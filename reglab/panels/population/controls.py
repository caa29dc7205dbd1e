"""The controls of a population: data, hypothesis space, what varies, and how it is judged."""

import dataclasses
import html
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import ipywidgets as widgets

from reglab import distributions
from reglab.config import KNOBS, Experiment, Hyper, MLPConfig
from reglab.config.knobs import BY_NAME, Spread
from reglab.panels.kit.knobs import words
from reglab.panels.kit.layout import box, mark, pills, select
from reglab.panels.kit.notes import Written
from reglab.panels.kit.spaces import sizes_in_populations
from reglab.panels.kit.speech import tell
from reglab.panels.kit.thumbnails import caption
from reglab.sweeps import Grid
from reglab.training import set_up
from reglab.words import say

ROWS = 60  # of each history, about
SCOPES: dict[str, str] = {say("same examples"): "data", say("own run"): "run"}
JUDGED = {"scope", "at_least"}  # controls of the verdict; the others make a population
FLIPPED = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
POINTS = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)  # severities, in points of error


class Varied(NamedTuple):
    """A field that may vary over the members of a population."""

    field: str
    label: str
    spread: Spread
    is_whole: bool = False


_WIDTHS = Varied(
    "model.widths", say("hidden units, each layer"), Spread(2, 64, in_ratios=True, place=8), True
)
_NUMBERS = [Varied(k.name, k.label, k.spread, k.is_whole) for k in KNOBS if k.spread is not None]
VARIED = tuple(sorted((*_NUMBERS, _WIDTHS), key=lambda varied: varied.spread.place))
BY_LABEL = {varied.label: varied for varied in VARIED}


def spread(varied: Varied, low: float, high: float, count: int) -> list[Any]:
    """Values from ``low`` to ``high``; in equal ratios, 0 stands for itself before the others.

    >>> spread(VARIED[0], 0, 0.5, 6)
    [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    >>> spread(BY_LABEL["L2 penalty"], 0, 0.1, 4)
    [0.0, 0.001, 0.01, 0.1]
    >>> spread(BY_LABEL["training examples"], 15, 480, 3)
    [15, 85, 480]
    """
    if not low < high or not math.isfinite(high) or not math.isfinite(low):
        raise ValueError(
            say(
                "{number}: expected to rise, got from {low:g} to {high:g}",
                number=varied.label,
                low=low,
                high=high,
            )
        )
    steps = max(1, count - 1)
    if not varied.spread.in_ratios:
        values = [low + (high - low) * i / steps for i in range(count)]
    elif low > 0:
        values = [low * (high / low) ** (i / steps) for i in range(count)]
    else:
        values = [0.0, *(high / 10.0 ** (steps - 1 - i) for i in range(steps))]
    digits = [round(v) if varied.is_whole else float(f"{v:.3g}") for v in values]
    return list(dict.fromkeys(digits))


class PopulationControls:
    """Widgets that say which population is wanted, and how it is judged.

    Args:
        judge: called with ``scope`` and ``at_least`` when one of them was moved.

    Attributes:
        by_name: the widgets of each control, by the names that rooms call them.
    """

    def __init__(self, judge: Callable[..., None]):
        self._name, self._silent = "moons", False
        self.thumbs = {name: self._thumb(name) for name in _classified()}
        self.caption = widgets.HTML(Written(html.escape, caption(self._name)))
        self.caption.add_class("reglab-caption")
        examples, flipped = BY_NAME["num_train"], BY_NAME["label_noise"]
        self.examples = _slider(
            examples.label,
            [(words(n), n) for n in examples.ladder],
            60,
            say("How many examples each run learns from."),
        )
        self.flipped = _slider(
            flipped.label,
            [(words(v, is_share=True), v) for v in FLIPPED],
            0.2,
            say("The share of labels that are another class by chance."),
        )
        space = say("Units of each layer: the space H.")
        self.sizes = select(say("hidden units"), tuple(sizes_in_populations()), space)
        self.sizes.value = "32 · 32"
        number = say("The number that varies over the runs.")
        self.varied = select(say("what"), tuple(BY_LABEL), number)
        low, high, count = _usual(VARIED[0])
        self.low = widgets.FloatText(
            value=low, description=say("from"), tooltip=say("The least value.")
        )
        self.high = widgets.FloatText(
            value=high, description=say("to"), tooltip=say("The largest value.")
        )
        self.count = _count(count, 20, say("values"), say("How many values."))
        self.draws = _count(10, 1000, say("draws"), say("Training sets at each value."))
        steps = [(words(n), n) for n in (100, 200, 300, 600, 900, 1800, 3600, 7200)]
        self.steps = _slider(say("steps"), steps, 900, say("Training steps of each run."))
        witnesses = say("Whose hypotheses may be the witness h′.")
        self.scope = pills(say("against"), tuple(SCOPES), witnesses)
        some = [(say("{points} points", points=f"{p:g}"), p / 100) for p in POINTS[1:]]
        severity = say("The severity from which a run counts as overfitting.")
        self.at_least = _slider(say("by at least"), [(say("any"), 0.0), *some], 0.03, severity)
        self.varied.observe(self._other_field, "value")
        for choice in (self.scope, self.at_least):
            choice.observe(
                lambda _: judge(scope=self.chosen_scope, at_least=self.at_least.value), "value"
            )
        self.by_name = self._named()

    @property
    def chosen_scope(self) -> str:
        """What a hypothesis is held against, ``run`` or ``data``."""
        return SCOPES[str(self.scope.value)]

    @property
    def by(self) -> str:
        """The field that varies."""
        return BY_LABEL[str(self.varied.value)].field

    def grid(self) -> Grid:
        """The population that is asked for.

        Raises:
            ValueError: one line that says what was expected and what came.
        """
        varied = BY_LABEL[str(self.varied.value)]
        values = spread(varied, float(self.low.value), float(self.high.value), self.count.value)
        num_train = max(values) if varied.field == "num_train" else self.examples.value
        model, steps = sizes_in_populations()[str(self.sizes.value)], int(self.steps.value)
        if varied.field == "model.widths":
            layers = max(1, len(getattr(model, "widths", ())))
            model = dataclasses.replace(MLPConfig(), widths=(1,) * layers)
            values = [(value,) * layers for value in values]
        distribution = distributions.get(self._name)
        is_planar = tuple(distribution.input_shape) == (2,)
        hyper = Hyper(num_train=int(num_train), learning_rate=0.01 if is_planar else 0.001)
        if "label_noise" in distribution.ranges:
            hyper = hyper._replace(label_noise=float(self.flipped.value))
        base = Experiment(
            distribution=self._name,
            max_train=int(num_train),
            model=model,
            num_steps=steps,
            eval_every=max(1, steps // ROWS),
            hyper=hyper,
        )
        if (why := set_up(base).inactive.get(varied.field)) is not None:
            raise ValueError(
                say(
                    "{number}: expected what can act on these runs; {why}",
                    number=varied.label,
                    why=why,
                )
            )
        return Grid(base, product={varied.field: values, "draw": range(self.draws.value)})

    def _other_field(self, _: object) -> None:
        usual = _usual(BY_LABEL[str(self.varied.value)])
        self.low.value, self.high.value, self.count.value = usual

    def _choose(self, name: str) -> None:
        self._name = name
        tell(self.caption, value=Written(html.escape, caption(name)))
        for other, thumb in self.thumbs.items():
            mark(thumb, other == name)
        self.flipped.disabled = "label_noise" not in distributions.get(name).ranges

    def _thumb(self, name: str) -> widgets.Button:
        told = say("{name}: {caption}", name=name, caption=caption(name))
        thumb = widgets.Button(description=name, tooltip=told)
        thumb.add_class("reglab-thumb")
        thumb.add_class(f"reglab-thumb-{name}")
        thumb.on_click(lambda _: self._choose(name))
        mark(thumb, name == self._name)
        return thumb

    def _named(self) -> dict[str, list[widgets.Widget]]:
        return {
            "varied": [self.varied],
            "values": [box([self.low, self.high], "reglab-pair")],
            "draws": [box([self.count, self.draws], "reglab-pair")],
            "scope": [self.scope],
            "at_least": [self.at_least],
            "data": [box(list(self.thumbs.values()), "reglab-thumbs"), self.caption],
            "num_train": [self.examples],
            "label_noise": [self.flipped],
            "sizes": [self.sizes],
            "num_steps": [self.steps],
        }


def _usual(varied: Varied) -> tuple[float, float, int]:
    """Where a field starts and ends, and in how many values, unless somebody says otherwise."""
    return float(varied.spread.low), float(varied.spread.high), varied.spread.num_values


def _slider(label: str, options: object, value: object, tooltip: str) -> widgets.SelectionSlider:
    slider = widgets.SelectionSlider(
        options=options,
        value=value,
        description=label,
        tooltip=tooltip,
        continuous_update=False,
    )
    slider.add_class("reglab-slider")
    return slider


def _count(value: int, most: int, label: str, tooltip: str) -> widgets.BoundedIntText:
    return widgets.BoundedIntText(value=value, min=1, max=most, description=label, tooltip=tooltip)


def _classified() -> list[str]:
    """Distributions of classes that are there, without the packages that hold some of them."""
    classified = []
    for name in distributions.names():
        try:
            distribution = distributions.get(name)
        except ValueError:  # a package that holds its data is missing
            continue
        if not distributions.is_squared(distribution):
            classified.append(name)
    return classified
