"""How the learning rate runs over the steps and how gradients are clipped: kinds and numbers."""

from typing import TYPE_CHECKING, Any, NamedTuple

from reglab.config.hyper import Hyper
from reglab.words import Message, either, say

if TYPE_CHECKING:
    from reglab.config.experiment import Experiment

SCHEDULES = ("constant", "cosine", "step")
CLIPPINGS = ("none", "global_norm")


class Need(NamedTuple):
    """What a number of ``Hyper`` acts with: a field of ``Experiment`` that is one of some kinds."""

    field: str
    kinds: tuple[str, ...]

    def in_words(self) -> Message:
        """The need as a sentence about the number."""
        kinds = either([repr(kind) for kind in self.kinds])
        return say("It acts with {field} {kinds} alone.", field=self.field, kinds=kinds)


NEEDS: dict[str, Need] = {
    "warmup_steps": Need("schedule", ("cosine",)),
    "decay_steps": Need("schedule", ("cosine", "step")),
    "decay_end": Need("schedule", ("cosine",)),
    "decay_rate": Need("schedule", ("step",)),
    "clip_norm": Need("clipping", ("global_norm",)),
}
_SAID = {name: need.in_words() for name, need in NEEDS.items()}
_STEP_DROPS = 3  # in a run, the start included: the rate drops after each third of it


def idle_in_search(kinds: object) -> dict[str, str]:
    """The numbers that some kinds make no use of, each with the reason.

    Args:
        kinds: an experiment, or what else has a ``schedule`` and a ``clipping``.
    """
    return {
        name: _SAID[name]
        for name, need in NEEDS.items()
        if getattr(kinds, need.field) not in need.kinds
    }


def left_behind(experiment: "Experiment", fields: dict[str, Any]) -> Hyper:
    """The numbers of an experiment where those that lose their use to new kinds are defaults again.

    Args:
        experiment: whose kinds some numbers act with.
        fields: new values of its fields, kinds perhaps among them.
    """
    lost = [
        name
        for name, need in NEEDS.items()
        if need.field in fields and fields[need.field] not in need.kinds
    ]
    plain = Hyper()
    return experiment.hyper._replace(**{name: getattr(plain, name) for name in lost})


def decay_in_force(hyper: Hyper, schedule: str, num_steps: int) -> Hyper:
    """The numbers with the ``decay_steps`` that their 0 stands for in a run of ``num_steps``.

    >>> decay_in_force(Hyper(), "step", 90).decay_steps
    30
    """
    if schedule == "constant" or hyper.decay_steps:
        return hyper
    parts = _STEP_DROPS if schedule == "step" else 1
    return hyper._replace(decay_steps=-(-num_steps // parts))


def check_search(experiment: "Experiment") -> None:
    """Refuses numbers that an experiment's kinds make no use of, or that contradict each other.

    Raises:
        ValueError: one line that says what was expected and what came.
    """
    idle, plain = idle_in_search(experiment), Hyper()
    for step in dict.fromkeys((0, *(step for step, _, _ in experiment.changes))):
        hyper = experiment.hyper_at(step)
        for name in idle:
            if getattr(hyper, name) != getattr(plain, name):
                field = NEEDS[name].field
                raise ValueError(
                    say(
                        "{name}: expected {default} with {field} {kind!r}, got {got}. {why}",
                        name=name,
                        default=getattr(plain, name),
                        field=field,
                        kind=getattr(experiment, field),
                        got=getattr(hyper, name),
                        why=idle[name],
                    )
                )
        if hyper.warmup_steps and hyper.warmup_steps >= hyper.decay_steps:
            raise ValueError(
                say(
                    "warmup_steps: expected fewer than the {num_steps} steps of the schedule, "
                    "got {got}; choose fewer, more num_steps or another decay_steps",
                    num_steps=hyper.decay_steps,
                    got=hyper.warmup_steps,
                )
            )
