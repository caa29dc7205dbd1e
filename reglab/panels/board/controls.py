"""The controls at the left of a lab: data, hypothesis space, remedies, search."""

import dataclasses
import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from reglab import distributions
from reglab.config import (
    ACTIVATIONS,
    AUGMENTS,
    DISTRIBUTION_NUMBERS,
    KNOBS,
    L1_STEPS,
    OPTIMIZERS,
    Experiment,
    Hyper,
)
from reglab.distributions.transforms import fitting
from reglab.panels.board.remedy_controls import RemedyControls
from reglab.panels.board.shift_controls import ShiftControls
from reglab.panels.kit.knobs import KnobSlider
from reglab.panels.kit.layout import box, mark, pills, select, switch
from reglab.panels.kit.notes import Written
from reglab.panels.kit.spaces import kind_of, like, rows_every, size_of, spaces
from reglab.panels.kit.speech import offer, tell
from reglab.panels.kit.thumbnails import caption, own_caption
from reglab.training.inactive import NO_NUMBER, idle_numbers
from reglab.words import reason, say

OWN = say("of your own")
OWN_MODEL = say("The model is your own: what it is made of is said where it is made.")
NO_LAYERS = say("This model has no hidden layers.")
TOOLTIPS = {
    "activation": say("What each hidden unit computes."),
    "batch_norm": say(
        "Normalizes each hidden unit over the batch, before or after the activation."
    ),
}
BATCH_NORM: dict[str, str | None] = {
    say("off"): None,
    say("before"): "before",
    say("after"): "after",
}
BATCH_SIZES = (1, 5, 10, 20, 50, 100)
CHANGE, TWIN = say("this run"), say("a new twin")
CHOICES = {"dropout_rate": "batch_norm", "l1": "l1_step", "augmentation": "augment"}


class Controls:
    """Widgets that say what a person asked for, and show what is in force.

    Args:
        set: called with ``name=value`` for a knob of ``Hyper``.
        add_twin: called with ``name=value`` where a twin is asked for instead.
        configure: called with a new ``Experiment`` for a static change.
        apply_remedy: called with one of ``reglab.live.REMEDIES``, for the trained run.
        shift: called with the kind and the strength of a shift, the kind None for no shift.
        distribution: the user's own instead of the named ones, which then are not on offer.
        model: the user's own instead of those on offer.

    Attributes:
        by_name: the widgets of each control, by the names that rooms call them; knobs, and choices
            that are fields of experiments and models, are called as these.
    """

    def __init__(
        self,
        *,
        set: Callable[..., None],
        add_twin: Callable[..., None],
        configure: Callable[[Experiment], None],
        apply_remedy: Callable[[str], None],
        shift: Callable[[str | None, float], None],
        distribution: object = None,
        model: object = None,
    ):
        own = None if distribution is None else distributions.adapted(distribution)
        self._distribution, self._has_own_model = own, model is not None
        self._set, self._add_twin, self._configure = set, add_twin, configure
        self._experiment = Experiment()
        self._silent = False
        self.sliders = {knob.name: KnobSlider(knob, self._set_here) for knob in KNOBS if knob.group}
        self.thumbs = {name: self._thumb(name) for name in distributions.names()}
        self.caption = widgets.HTML()
        self.caption.add_class("reglab-caption")
        moves = say("What it changes to move a remedy.")
        self.mode = pills(say("changes"), (CHANGE, TWIN), moves)
        kinds = say("What computes h: the kind of network.")
        self.kind = select(say("model"), tuple(spaces()), kinds)
        units = say("Units or channels of each layer.")
        self.sizes = select(say("sizes"), tuple(spaces()["MLP"]), units)
        self.activation = select(say("activation"), ACTIVATIONS, TOOLTIPS["activation"])
        self.batch_norm = pills(say("batch norm"), tuple(BATCH_NORM), TOOLTIPS["batch_norm"])
        steps = say("How the search takes its steps.")
        self.optimizer = select(say("optimizer"), OPTIMIZERS, steps)
        self.batch_size = select(say("batch size"), BATCH_SIZES, say("Examples in each step."))
        self.seed = widgets.BoundedIntText(
            value=0,
            min=0,
            max=2**31 - 1,
            description=say("seed"),
            tooltip=say("Initial weights and order."),
        )
        proximal = say("A proximal step makes weights exactly 0.")
        self.l1_step = select(say("L1 acts by"), L1_STEPS, proximal)
        done = say("What is done to each batch.")
        self.augment = select(say("augmentation by"), AUGMENTS, done)
        self.remedy, self.shift = RemedyControls(apply_remedy), ShiftControls(shift)
        self.kind.observe(self._other_kind, "value")
        static = (self.sizes, self.activation, self.optimizer, self.batch_size, self.seed)
        for choice in (*static, self.l1_step, self.augment):
            choice.observe(self._static, "value")
        self.batch_norm.observe(self._normed, "value")
        self.by_name = self._named()

    def show(
        self, experiment: Experiment, hyper: Hyper, inactive: Mapping[str, str] | None = None
    ) -> None:
        """Shows the experiment and the numbers in force, without reporting a change.

        Args:
            experiment: of the current run.
            hyper: the numbers in force.
            inactive: numbers, and fields of models, that cannot act in the run, each with the
                reason, which their controls then tell; found in the experiment where left out.
        """
        reasons = idle_numbers(experiment) if inactive is None else inactive
        self._experiment, self._silent = experiment.replace(hyper=hyper, changes=()), True
        try:
            self._show_data(experiment)
            numbers = self._data(experiment.distribution).ranges
            for name, slider in self.sliders.items():
                lacks = name in DISTRIBUTION_NUMBERS and name not in numbers
                slider.switch(reasons.get(name, NO_NUMBER if lacks else None))
                slider.show(hyper, experiment.max_train if name == "num_train" else None)
            self._show_model(experiment.model, reasons)
            _choose(self.optimizer, experiment.optimizer)
            _choose(self.batch_size, experiment.batch_size)
            _choose(self.l1_step, experiment.l1_step)
            _offer(self.augment, self._augments(experiment.distribution), experiment.augment)
            self.seed.value = experiment.seed
        finally:
            self._silent = False

    def _show_model(self, model: Any, reasons: Mapping[str, str]) -> None:
        if self._has_own_model:  # the experiment's model is not in force
            for choice in (self.kind, self.sizes, self.activation, self.batch_norm):
                if choice.options != (OWN,):
                    offer(choice, (OWN,))
                choice.value = OWN
                switch(choice, OWN_MODEL, "")
            return
        _choose(self.kind, kind_of(model))
        if (sizes := tuple(spaces()[kind_of(model)])) != self.sizes.options:
            offer(self.sizes, sizes)
        _choose(self.sizes, size_of(model))
        if hasattr(model, "activation"):
            _choose(self.activation, model.activation)
        if hasattr(model, "batch_norm"):
            self.batch_norm.value = model.order if model.batch_norm else "off"
        for name, choice in {"activation": self.activation, "batch_norm": self.batch_norm}.items():
            lacks = None if hasattr(model, name) else NO_LAYERS
            switch(choice, reasons.get(name, lacks), TOOLTIPS[name])

    def _show_data(self, experiment: Experiment) -> None:
        own = self._distribution
        for name, thumb in self.thumbs.items():
            mark(thumb, own is None and name == experiment.distribution)
            thumb.disabled = thumb.disabled or own is not None
        told = caption(experiment.distribution) if own is None else own_caption(own)
        tell(self.caption, value=Written(html.escape, told))
        self.shift.show(self._data(experiment.distribution))

    def _data(self, name: str) -> Any:
        """The distribution on show: the user's own, or the one of a name."""
        return distributions.get(name) if self._distribution is None else self._distribution

    def _augments(self, name: str) -> tuple[str, ...]:
        """The kinds of augmentation that suit the inputs."""
        shown = self._data(name)
        inputs = shown.input_shape, shown.image_shape, shown.input_kind
        return fitting(AUGMENTS, *inputs)

    def _named(self) -> dict[str, list[widgets.Widget]]:
        return {
            "data": [box(list(self.thumbs.values()), "reglab-thumbs"), self.caption],
            "model": [self.kind],
            "sizes": [self.sizes],
            "activation": [self.activation],
            "batch_norm": [self.batch_norm],
            "changes": [self.mode],
            "optimizer": [self.optimizer],
            "batch_size": [self.batch_size],
            "seed": [self.seed],
            "l1_step": [self.l1_step],
            "augment": [self.augment],
            "remedy": self.remedy.children,
            "shift": self.shift.children,
            **{name: [slider.widget] for name, slider in self.sliders.items()},
        }

    # -- what a person did ---------------------------------------------------------------------

    def _set_here(self, **values: object) -> None:
        """Sets a knob of this run, or of a new twin where that is chosen and it is a remedy."""
        is_remedy = all(self.sliders[name].knob.group == "Remedies" for name in values)
        set = self._add_twin if is_remedy and self.mode.value == TWIN else self._set
        set(**values)

    def _normed(self, _) -> None:
        if self._silent:
            return
        order = BATCH_NORM[str(self.batch_norm.value)]
        values = {"batch_norm": order is not None, **({"order": order} if order else {})}
        if self.mode.value == TWIN:
            self._add_twin(**values)
        else:
            model = dataclasses.replace(self._experiment.model, **values)
            self._configure(self._experiment.replace(model=model))

    def _static(self, _) -> None:
        if self._silent:
            return
        model = self._experiment.model
        chosen = spaces().get(str(self.kind.value), {}).get(str(self.sizes.value))
        if chosen is not None:  # otherwise the sizes, or the model, are somebody's own
            model = like(chosen, model)
        if hasattr(model, "activation") and not self._has_own_model:
            model = dataclasses.replace(model, activation=self.activation.value)
        self._configure(
            self._experiment.replace(
                model=model,
                optimizer=self.optimizer.value,
                batch_size=self.batch_size.value,
                l1_step=self.l1_step.value,
                augment=self.augment.value,
                seed=self.seed.value,
            )
        )

    def _other_kind(self, _) -> None:
        if self._silent:
            return
        usual = type(next(iter(spaces()[str(self.kind.value)].values())))()
        model, every = like(usual, self._experiment.model), self._experiment.eval_every
        self._configure(self._experiment.replace(model=model, eval_every=rows_every(model, every)))

    def _other_data(self, name: str) -> None:
        fields = {"distribution": name}
        augments = self._augments(name)
        if not self._experiment.hyper.augmentation and self._experiment.augment not in augments:
            fields["augment"] = augments[0]  # not in force, and not to stand in the way
        self._configure(self._experiment.replace(**fields))

    def _thumb(self, name: str) -> widgets.Button:
        told = say("{name}: {caption}", name=name, caption=caption(name))
        thumb = widgets.Button(description=name, tooltip=told)
        try:
            distributions.get(name)
        except ValueError as error:  # a package that holds its data is missing
            thumb.disabled, thumb.tooltip = True, reason(error)
        thumb.add_class("reglab-thumb")
        thumb.add_class(f"reglab-thumb-{name}")
        thumb.on_click(lambda _: self._other_data(name))
        return thumb


def numbers(title: str) -> tuple[str, ...]:
    """The knobs of a group by name, each before the choice that belongs to it.

    >>> numbers("Data")
    ('num_train', 'noise', 'label_noise')
    """
    names = [knob.name for knob in KNOBS if knob.group == title]
    return tuple(part for name in names for part in (name, CHOICES.get(name)) if part)


def _offer(box: widgets.Dropdown, options: tuple, value: object) -> None:
    """Offers these options, and the value in force as well, and shows it."""
    options = options if value in options else (*options, value)
    if box.options != options:
        offer(box, options)
    _choose(box, value)


def _choose(box: widgets.Dropdown, value: object) -> None:
    """Shows a value, as a further option where it is none."""
    if value not in box.options:
        offer(box, (*box.options, value))
    if box.value != value:
        box.value = value
