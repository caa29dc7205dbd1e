"""What an experiment is: static configuration, traced numbers, and JSON both ways.

An :class:`Experiment` holds everything that determines a run. Its fields of shapes and code are
static (changing one compiles); the numbers in :class:`Hyper` are traced (moving one never does).
"""

import dataclasses
import functools
import json
from dataclasses import dataclass, field
from typing import Any

from reglab.config.checks import Range, check_name, check_number
from reglab.config.families import DISTRIBUTIONS, MODELS
from reglab.config.hyper import Hyper, check_hyper_value, checked_hyper
from reglab.config.models import MLPConfig
from reglab.config.search import CLIPPINGS, SCHEDULES, check_search, decay_in_force, left_behind
from reglab.words import say

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
L1_STEPS = ("subgradient", "proximal")
AUGMENTS = ("mixup", "translation", "flip", "rotation", "noise")
_MODEL_KIND, _CHANGES_STEP = say("model kind"), say("changes step")
_COUNTS = {
    "max_train": Range(1, 10_000_000),
    "batch_size": Range(1, 1_000_000),
    "num_steps": Range(1, 100_000_000),
    "eval_every": Range(1, 1_000_000),
    "seed": Range(0, 2**32 - 1),
    "draw": Range(0, 2**32 - 1),
}


_MODEL, _HYPER = MLPConfig(), Hyper()
_NOTES = ("own", "asked")  # no part of what an experiment is compared by, or keyed by in a store
OWN = ("distribution", "model", "optimizer")
# What JSON has always held. All else is left out at its default, so that experiments which make no
# use of it keep their keys in stores.
_ALWAYS = (
    *("distribution", "max_train", "model", "optimizer", "l1_step", "augment", "batch_size"),
    *("num_steps", "eval_every", "seed", "draw", "hyper", "changes", *_NOTES),
)
_ALWAYS_NUMBERS = (
    *("learning_rate", "momentum", "dropout_rate", "l1", "l2", "weight_decay", "label_smoothing"),
    *("input_noise", "augmentation", "noise", "label_noise", "num_train"),
)


@dataclass(frozen=True)
class Experiment:
    """All that determines a run. ``Experiment()`` is the default preset.

    Attributes:
        distribution: a name out of ``reglab.distributions.names()``.
        max_train: the most training examples that ``hyper.num_train`` may ask for.
        model: the hypothesis space: an ``MLPConfig``, a ``LinearConfig`` or another of ``MODELS``.
        optimizer: ``sgd, momentum, adam`` or ``adamw``.
        schedule: what ``hyper.learning_rate`` is multiplied by, as a function of the steps taken:
            ``constant``, nothing; ``cosine``, a rise from 0 in ``hyper.warmup_steps``, then half a
            cosine down to ``hyper.decay_end`` at step ``hyper.decay_steps``; ``step``, the factor
            ``hyper.decay_rate`` after each ``hyper.decay_steps``. Where ``decay_steps`` is 0 the
            schedule spans ``num_steps``. A run that is continued beyond its end keeps its schedule:
            ``cosine`` stays at its end and ``step`` goes on dropping (see :meth:`continued`).
        clipping: ``none``, or ``global_norm``: the gradient of a step, penalties included, is
            shortened to ``hyper.clip_norm`` before the optimizer sees it.
        l1_step: how the L1 penalty acts: by its ``subgradient``, which makes weights small, or by a
            ``proximal`` step after each update, which makes them exactly 0.
        augment: what ``hyper.augmentation`` is the strength of, one of ``AUGMENTS``.
        batch_size: examples in a step.
        num_steps: steps of the whole run.
        eval_every: steps from one row of the history (and one stored hypothesis) to the next.
        seed: of the initial weights, the batch order and every mask.
        draw: of the training sample S.
        hyper: the numbers at the first step.
        changes: ``(step, name, value)``: from that step on, ``hyper.name`` is ``value``.
        own: which of ``distribution``, ``model`` and ``optimizer`` were objects of the user's, so
            that they have to be handed in beside the experiment to run it again. Written by what
            runs it.
        asked: the numbers that somebody asked for, by :meth:`asking`, a twin or a grid. On objects
            of the user's a number that nobody asked for leaves theirs alone: the rate of their
            dropout layers, and their labels.

    Two experiments that differ in ``own`` or ``asked`` alone are equal.

    Raises:
        ValueError: one line that says what was expected and what came.

    >>> Experiment.from_json(Experiment(seed=3).to_json()) == Experiment(seed=3)
    True
    """

    distribution: str = "moons"
    max_train: int = 1000
    model: Any = _MODEL
    optimizer: str = "adam"
    l1_step: str = "subgradient"
    augment: str = "mixup"
    batch_size: int = 20
    num_steps: int = 1800
    eval_every: int = 6
    seed: int = 0
    draw: int = 5  # a typical sample: the true error falls for some epochs, then rises
    hyper: Hyper = _HYPER
    changes: tuple[tuple[int, str, float], ...] = ()
    schedule: str = "constant"
    clipping: str = "none"
    own: tuple[str, ...] = field(default=(), compare=False, repr=False)
    asked: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self):
        check_name("distribution", self.distribution, tuple(DISTRIBUTIONS))
        check_name("optimizer", self.optimizer, OPTIMIZERS)
        check_name("l1_step", self.l1_step, L1_STEPS)
        check_name("augment", self.augment, AUGMENTS)
        check_name("schedule", self.schedule, SCHEDULES)
        check_name("clipping", self.clipping, CLIPPINGS)
        if type(self.model) not in MODELS.values():
            allowed = ", ".join(config.__name__ for config in MODELS.values())
            values = {"name": "model", "allowed": allowed, "got": self.model}
            raise ValueError(say("{name}: expected one of {allowed}, got {got!r}", **values))
        for name, allowed in _COUNTS.items():
            value = check_number(name, getattr(self, name), allowed, integer=True)
            object.__setattr__(self, name, value)
        object.__setattr__(self, "hyper", checked_hyper(self.hyper))
        object.__setattr__(self, "changes", _checked_changes(self.changes))
        for note, names in zip(_NOTES, (OWN, Hyper._fields), strict=True):
            object.__setattr__(self, note, _checked_names(note, getattr(self, note), names))
        for value in (self.hyper.num_train, *(v for _, k, v in self.changes if k == "num_train")):
            if value > self.max_train:
                values = {"most": self.max_train, "got": value}
                raise ValueError(
                    say("num_train: expected at most max_train = {most}, got {got}", **values)
                )
        check_search(self)

    def replace(self, **fields: Any) -> "Experiment":
        """A copy with other values; names of :class:`Hyper` reach into ``hyper``.

        Where the schedule or the clipping is another one, numbers that it makes no use of go back
        to their defaults.

        >>> Experiment().replace(dropout_rate=0.5, seed=1).hyper.dropout_rate
        0.5
        """
        own = {f.name for f in dataclasses.fields(self)}
        for name in fields:
            check_name("field", name, (*sorted(own), *Hyper._fields))
        moved = {k: v for k, v in fields.items() if k in Hyper._fields}
        kept = {k: v for k, v in fields.items() if k in own}
        hyper = kept.get("hyper", left_behind(self, kept))
        if moved:
            hyper = checked_hyper(hyper)._replace(**moved)
            # Labels of the user's are flipped only where a twin or a grid says so, see asking.
            kept["asked"] = (*kept.get("asked", self.asked), *(moved.keys() - {"label_noise"}))
        return dataclasses.replace(self, **{**kept, "hyper": hyper})

    def asking(self, **fields: object) -> "Experiment":
        """As ``replace``, for a twin: its numbers hold on objects of the user's, whatever they are.

        >>> Experiment().asking(label_noise=0.0).asked
        ('label_noise',)
        """
        made = self.replace(**fields)
        asked = (*made.asked, *(name for name in fields if name in Hyper._fields))
        return dataclasses.replace(made, asked=asked)

    def started_at(self, step: int) -> "Experiment":
        """The experiment that starts with the numbers in force at a step, and moves none later.

        >>> Experiment(changes=((6, "l2", 0.1),)).started_at(6).hyper.l2
        0.1
        """
        asked = (*self.asked, *(name for at, name, _ in self.changes if at <= step))
        return dataclasses.replace(self, hyper=self.hyper_at(step), changes=(), asked=asked)

    def hyper_at(self, step: int) -> Hyper:
        """The numbers in force while step number ``step`` (from 0) is taken.

        >>> Experiment(schedule="cosine", num_steps=600).hyper_at(0).decay_steps
        600
        """
        hyper = self.hyper._replace(**{k: v for s, k, v in self.changes if s <= step})
        return decay_in_force(hyper, self.schedule, self.num_steps)

    def continued(self, num_steps: int) -> "Experiment":
        """The experiment with another number of steps, and the learning rates that it had.

        The length of its schedule, which came from ``num_steps``, becomes a number of ``hyper``.

        >>> Experiment(schedule="cosine", num_steps=600).continued(900).hyper.decay_steps
        600
        """
        length = decay_in_force(Hyper(), self.schedule, self.num_steps).decay_steps
        stands = [(s, k, length if k == "decay_steps" and not v else v) for s, k, v in self.changes]
        hyper = decay_in_force(self.hyper, self.schedule, self.num_steps)
        return dataclasses.replace(self, num_steps=num_steps, hyper=hyper, changes=tuple(stands))

    def to_json(self, *, indent: int | None = None) -> str:
        """JSON text that ``from_json`` reads back to an equal experiment."""
        fields, plain = fields_of(self), _plain()
        hyper = _without(fields["hyper"], plain["hyper"], _ALWAYS_NUMBERS)
        fields = _without({**fields, "hyper": hyper}, plain, _ALWAYS)
        return json.dumps(fields, indent=indent, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Experiment":
        """Reads what ``to_json`` wrote; fields left out take their defaults.

        Raises:
            ValueError: malformed JSON, an unknown field, or a value of the wrong kind.
        """
        try:
            fields = json.loads(text)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(say("experiment: expected JSON text, got {got}", got=error)) from None
        fields = _known("experiment", fields, [f.name for f in dataclasses.fields(cls)])
        if "model" in fields:
            fields["model"] = _model_from_json(fields["model"])
        if "hyper" in fields:
            fields["hyper"] = Hyper(**_known("hyper", fields["hyper"], Hyper._fields))
        return cls(**fields)


def fields_of(experiment: Experiment) -> dict[str, Any]:
    """All that ``to_json`` may write, by name, also what it leaves out at its default.

    >>> fields_of(Experiment())["schedule"]
    'constant'
    """
    fields = {f.name: getattr(experiment, f.name) for f in dataclasses.fields(experiment)}
    if not experiment.own:  # what is asked for matters on objects of the user's alone
        fields = {name: value for name, value in fields.items() if name not in _NOTES}
    kind = next((name for name, config in MODELS.items() if type(experiment.model) is config), None)
    model = experiment.model
    if kind is None:  # it was registered when the experiment was made
        raise ValueError(say("model: expected one that has a name, got {got!r}", got=model))
    fields["model"] = {"kind": kind, **dataclasses.asdict(model)}
    return {**fields, "hyper": experiment.hyper._asdict()}


@functools.cache
def _plain() -> dict[str, Any]:
    return fields_of(Experiment())


def _without(fields: dict[str, Any], plain: dict[str, Any], always: tuple[str, ...]) -> dict:
    """The fields but for those at their default that are not always written."""
    return {k: v for k, v in fields.items() if k in always or v != plain[k]}


def _named(what: str, fields: object) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise ValueError(
            say("{name}: expected an object with named fields, got {got!r}", name=what, got=fields)
        )
    return dict(fields)


def _known(what: str, fields: object, names) -> dict[str, Any]:
    fields = _named(what, fields)
    for name in fields:
        if name not in names:
            check_name(say("{name} field", name=what), name, tuple(names))
    return fields


def _model_from_json(fields: object) -> Any:
    fields = {"kind": "mlp", **_named("model", fields)}
    config = MODELS[check_name(_MODEL_KIND, fields.pop("kind"), tuple(MODELS))]
    return config(**_known("model", fields, [f.name for f in dataclasses.fields(config)]))


def _checked_names(what: str, names: object, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Names, each once and in the order of those that there are."""
    if isinstance(names, str) or not isinstance(names, (list, tuple)):
        raise ValueError(say("{name}: expected a list of names, got {got!r}", name=what, got=names))
    checked = {check_name(what, name, allowed) for name in names}
    return tuple(name for name in allowed if name in checked)


def _checked_changes(changes: Any) -> tuple[tuple[int, str, float], ...]:
    checked = []
    try:
        triples = [(step, name, value) for step, name, value in changes]
    except (TypeError, ValueError):
        raise ValueError(
            say("changes: expected (step, name, value) triples, got {got!r}", got=changes)
        ) from None
    for step, name, value in triples:
        step = check_number(_CHANGES_STEP, step, _COUNTS["num_steps"]._replace(low=0), integer=True)
        checked.append((step, name, check_hyper_value(name, value)))
    if (steps := [c[0] for c in checked]) != sorted(steps):
        raise ValueError(say("changes: expected steps in order, got {got}", got=steps))
    return tuple(checked)
