"""The controls at the left of a lab: data, hypothesis space, remedies, search."""

import dataclasses
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from reglab import distributions
from reglab.config import ACTIVATIONS, OPTIMIZERS, Experiment, LinearConfig, MLPConfig
from reglab.panels.knobs import GROUPS, KNOBS, REMEDIES, KnobSlider

WIDTHS = {
    "none: linear": (),
    "8": (8,),
    "64": (64,),
    "16 · 16": (16, 16),
    "64 · 64": (64, 64),
    "256 · 256": (256, 256),
    "64 · 64 · 64": (64, 64, 64),
}
BATCH_NORM = {"off": None, "before": "before", "after": "after"}
BATCH_SIZES = (1, 5, 10, 20, 50, 100)
CHANGE, TWIN = "changes this run", "adds a twin"


class Controls:
    """Widgets that say what a person asked for, and show what is in force.

    Args:
        moved: called with ``(name, value)`` for a knob of ``Hyper``.
        twin: called with ``{name: value}`` where a twin is asked for instead.
        configured: called with a new ``Experiment`` for a static change.
        stop_early: called where early stopping is asked for.
    """

    def __init__(
        self,
        *,
        moved: Callable[[str, Any], None],
        twin: Callable[[dict], None],
        configured: Callable[[Experiment], None],
        stop_early: Callable[[], None],
    ):
        self._moved, self._twin, self._configured = moved, twin, configured
        self._experiment = Experiment()
        self._silent = False
        self.sliders = {knob.name: KnobSlider(knob, self._slid) for knob in KNOBS}
        self.thumbs = {name: self._thumb(name) for name in distributions.names()}
        self.mode = _pills("Moving a remedy", (CHANGE, TWIN), "What a moved remedy does.")
        self.widths = _select("hidden layers", tuple(WIDTHS), "Units of each hidden layer of H.")
        self.activation = _select("activation", ACTIVATIONS, "What each hidden unit computes.")
        self.batch_norm = _pills(
            "batch norm",
            tuple(BATCH_NORM),
            "Normalizes each hidden unit over the batch, before or after the activation.",
        )
        self.optimizer = _select("optimizer", OPTIMIZERS, "How the search takes its steps.")
        self.batch_size = _select("batch size", BATCH_SIZES, "Examples in each step.")
        self.seed = widgets.BoundedIntText(
            value=0, min=0, max=2**31 - 1, description="seed", tooltip="Initial weights and order."
        )
        self.stop_early = widgets.Button(
            description="Stop early",
            tooltip="Makes the hypothesis of this run with the least error over the whole "
            "distribution h: early stopping by an oracle.",
        )
        self.stop_early.on_click(lambda _: stop_early())
        for box in (self.widths, self.activation, self.optimizer, self.batch_size, self.seed):
            box.observe(self._static, "value")
        self.batch_norm.observe(self._normed, "value")
        self.widget = self._layout()

    def show(self, experiment: Experiment, hyper) -> None:
        """Shows the experiment and the numbers in force, without reporting a change."""
        self._experiment, self._silent = experiment.replace(hyper=hyper, changes=()), True
        try:
            for slider in self.sliders.values():
                slider.show(
                    hyper, experiment.max_train if slider.knob.name == "num_train" else None
                )
            has_noise = "noise" in distributions.get(experiment.distribution).ranges
            self.sliders["noise"].widget.disabled = not has_noise
            for name, thumb in self.thumbs.items():
                _mark(thumb, name == experiment.distribution)
            model = experiment.model
            is_mlp = isinstance(model, MLPConfig)
            _choose(self.widths, _width_words(model))
            if is_mlp:
                _choose(self.activation, model.activation)
                self.batch_norm.value = model.order if model.batch_norm else "off"
            for box in (self.activation, self.batch_norm, self.sliders["dropout_rate"].widget):
                box.disabled = not is_mlp
            _choose(self.optimizer, experiment.optimizer)
            _choose(self.batch_size, experiment.batch_size)
            self.seed.value = experiment.seed
        finally:
            self._silent = False

    # -- what a person did ---------------------------------------------------------------------

    def _slid(self, name: str, value: Any) -> None:
        if name in REMEDIES and self.mode.value == TWIN:
            self._twin({name: value})
        else:
            self._moved(name, value)

    def _normed(self, _) -> None:
        if self._silent:
            return
        order = BATCH_NORM[str(self.batch_norm.value)]
        values = {"batch_norm": order is not None, **({"order": order} if order else {})}
        if self.mode.value == TWIN:
            self._twin(values)
        else:
            model = dataclasses.replace(self._experiment.model, **values)
            self._configured(self._experiment.replace(model=model))

    def _static(self, _) -> None:
        if self._silent:
            return
        model = self._experiment.model
        widths = WIDTHS.get(str(self.widths.value), getattr(model, "widths", ()))
        if not widths:
            model = LinearConfig()
        else:
            kept = model if isinstance(model, MLPConfig) else MLPConfig()
            model = dataclasses.replace(kept, widths=widths, activation=self.activation.value)
        self._configured(
            self._experiment.replace(
                model=model,
                optimizer=self.optimizer.value,
                batch_size=self.batch_size.value,
                seed=self.seed.value,
            )
        )

    def _thumb(self, name: str) -> widgets.Button:
        thumb = widgets.Button(description=name, tooltip=f"Draw the examples from {name!r}.")
        try:
            distributions.get(name)
        except ValueError as error:  # a package that holds its data is missing
            thumb.disabled, thumb.tooltip = True, str(error)
        thumb.add_class("reglab-thumb")
        thumb.add_class(f"reglab-thumb-{name}")
        thumb.on_click(lambda _: self._configured(self._experiment.replace(distribution=name)))
        return thumb

    # -- layout --------------------------------------------------------------------------------

    def _layout(self) -> widgets.Box:
        sliders = {name: slider.widget for name, slider in self.sliders.items()}
        thumbs = _box(list(self.thumbs.values()), "reglab-thumbs")
        groups = [
            _group("Data", [thumbs, *(sliders[n] for n in GROUPS["Data"])]),
            _group("Hypothesis space H", [self.widths, self.activation]),
            _group(
                "Remedies",
                [
                    self.mode,
                    sliders["dropout_rate"],
                    self.batch_norm,
                    *(sliders[n] for n in GROUPS["Remedies"] if n != "dropout_rate"),
                    self.stop_early,
                ],
            ),
            _group(
                "Search",
                [sliders["learning_rate"], self.optimizer, self.batch_size, self.seed],
            ),
        ]
        return _box(groups, "reglab-side")


def _box(children: list, css_class: str) -> widgets.Box:
    box = widgets.Box(children)
    box.add_class(css_class)
    return box


def _group(title: str, children: list) -> widgets.Box:
    heading = widgets.HTML(f"<h3>{title}</h3>")
    heading.add_class("reglab-heading")
    return _box([heading, *children], "reglab-group")


def _select(label: str, options, tooltip: str) -> widgets.Dropdown:
    box = widgets.Dropdown(options=options, description=label, tooltip=tooltip)
    box.add_class("reglab-select")
    return box


def _pills(label: str, options, tooltip: str) -> widgets.ToggleButtons:
    box = widgets.ToggleButtons(
        options=options, description=label, tooltips=[tooltip] * len(options)
    )
    box.add_class("reglab-pills")
    return box


def _choose(box: widgets.Dropdown, value: Any) -> None:
    """Shows a value, as a further option where it is none."""
    if value not in box.options:
        box.options = (*box.options, value)
    if box.value != value:
        box.value = value


def _mark(thumb: widgets.Button, is_chosen: bool) -> None:
    if is_chosen:
        thumb.add_class("reglab-chosen")
    else:
        thumb.remove_class("reglab-chosen")


def _width_words(model: Any) -> str:
    widths = getattr(model, "widths", ())
    known = {value: words for words, value in WIDTHS.items()}
    return known.get(widths, " · ".join(map(str, widths)))
