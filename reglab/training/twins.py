"""Twins: experiments that share data, initial weights and batch order, and differ in one value."""

from collections.abc import Collection

import numpy as np

from reglab.config import Experiment, Hyper, Knob, check_name
from reglab.config.knobs import BY_NAME
from reglab.training.inactive import idle_numbers
from reglab.words import commas, say


def twins(experiment: Experiment, **values: object) -> tuple[Experiment, ...]:
    """The experiments that differ from ``experiment`` in one number each.

    Args:
        experiment: the first twin; it is not part of the result.
        **values: for a field of ``Hyper``, one value or several.

    >>> [t.hyper.l2 for t in twins(Experiment(), l2=[0.001, 0.01])]
    [0.001, 0.01]
    """
    made = []
    for name, chosen in values.items():
        check_name("twin", name, Hyper._fields)
        for value in np.atleast_1d(np.asarray(chosen)):
            made.append(experiment.asking(**{name: value.item()}))
    return tuple(made)


def name_of(experiment: Experiment, inactive: Collection[str] = ()) -> str:
    """The remedies of an experiment, in words, without those that change nothing.

    Args:
        experiment: what is run.
        inactive: numbers, and fields of the model, that are known not to act; those of which the
            experiment itself tells are left out in any case.

    >>> name_of(Experiment()), name_of(Experiment().replace(dropout_rate=0.5))
    ('plain', 'dropout 0.5')
    >>> from reglab.config import LinearConfig
    >>> name_of(Experiment(model=LinearConfig()).replace(dropout_rate=0.5))
    'plain'
    >>> name_of(Experiment(augment="translation").replace(augmentation=0.5))
    'translation 0.5'
    >>> name_of(Experiment(schedule="cosine", clipping="global_norm"))
    'cosine schedule, clipped at 1'
    """
    last, idle = experiment.hyper_at(experiment.num_steps), {*idle_numbers(experiment), *inactive}
    remedies = [knob for name in Hyper._fields if (knob := BY_NAME[name]).group == "Remedies"]
    moved = [(knob, getattr(last, knob.name)) for knob in remedies if knob.name not in idle]
    parts = [
        say("{remedy} {value:g}", remedy=_word(knob, experiment), value=value)
        for knob, value in moved
        if value
    ]
    has_norm = "batch_norm" not in idle and getattr(experiment.model, "batch_norm", False)
    if has_norm and "model" not in experiment.own:
        parts.insert(0, say("batch norm"))
    if experiment.schedule != "constant":
        parts.append(say("{name} schedule", name=experiment.schedule))
    if experiment.clipping != "none":
        parts.append(say("clipped at {norm:g}", norm=last.clip_norm))
    return commas(parts) if parts else say("plain")


def _word(knob: Knob, experiment: Experiment) -> str:
    """What a remedy of an experiment is called beside a number."""
    if not knob.kind:
        return knob.short or knob.label
    kind = getattr(experiment, knob.kind)
    # "noise 0.5" alone would be the distribution's
    return say("{kind} {label}", kind=kind, label=knob.label) if kind in BY_NAME else kind
