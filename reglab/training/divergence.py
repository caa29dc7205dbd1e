"""When training has left every reasonable range, and what made it do so."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from reglab.config import DATA_KNOBS, Experiment, Hyper
from reglab.config.knobs import BY_NAME

LOSS = 100.0  # nats; no cross-entropy of a network that still learns is near it
LOSS_FOR_LONG = 10.0  # nats; labels moved under a sure network cost more, but not for long
LONG = 10  # rows
TOO_LARGE = 10.0  # for a learning rate, by itself
LOUD = 10.0  # times the inputs, from which on noise rules the size of the gradient


def diverged_at(train_loss: np.ndarray) -> int | None:
    """The first row at which a run counts as diverged, or None.

    That is where the loss is no number or 100 nats, or where its mean over ten rows is 10 nats: a
    learning rate far too large may kill all hidden units, and the biases then swing for ever.

    Args:
        train_loss: of all rows so far, nats.

    >>> diverged_at(np.array([0.7, 0.5, np.nan])), diverged_at(np.full(20, 24.0))
    (2, 9)
    >>> diverged_at(np.array([0.7, 40.0, 0.5]))
    """
    bad = ~(train_loss < LOSS)
    sums = np.cumsum(np.concatenate([[0.0], np.where(bad, LOSS, train_loss)]))
    bad[LONG - 1 :] |= sums[LONG:] - sums[:-LONG] >= LONG * LOSS_FOR_LONG
    return int(bad.argmax()) if bad.any() else None


class Cause(NamedTuple):
    """What made a run diverge.

    Attributes:
        knob: the number to blame; empty where the loss was out of range before the first step.
        partner: a second number, whose product with the first is too large; empty where there is
            none.
        change: the change ``(step, name, value)`` that set one of them, or None where both are as
            they were from the start.
    """

    knob: str
    partner: str = ""
    change: tuple[int, str, float] | None = None


def cause_of(experiment: Experiment, steps: np.ndarray, scale: float) -> Cause:
    """What made a run diverge, as far as its numbers tell.

    Decoupled weight decay multiplies a weight by ``1 - learning_rate * weight_decay`` in each step,
    so it blows up where the product is above 2; an L2 penalty does under gradient descent from
    ``learning_rate * l2`` of 1 on (1 + momentum with momentum), and never under Adam, whose steps
    do not grow with the gradient. Nor do they with an L1 penalty or with input noise. Where none of
    these is to blame, a number that was raised is, and the learning rate otherwise.

    Args:
        experiment: of the run.
        steps: of the rows before it diverged.
        scale: root mean square of the inputs.

    >>> cause_of(Experiment().replace(weight_decay=300.0), np.array([0, 6]), 1.0)
    Cause(knob='weight_decay', partner='learning_rate', change=None)
    """
    if not len(steps):
        return Cause("")
    last, every = int(steps[-1]), experiment.eval_every
    end = min((last // every + 1) * every, experiment.num_steps)
    reached = [change for change in experiment.changes if change[0] < end]
    hyper = experiment.hyper_at(end - 1)
    for name, partner in _unstable(experiment, hyper, scale):
        own = [change for change in reached if change[1] in (name, partner)]
        change = own[-1] if own else None
        if change is not None and change[1] == partner:
            name, partner = partner, name
        return Cause(name, partner, change)
    raised = [change for change in reached if _is_raised(experiment, change)]
    steps_of = [change for change in raised if BY_NAME[change[1]].risk == "step"]
    is_calm = hyper.learning_rate < TOO_LARGE  # so that S or D may have moved under the weights
    recent = [c for c in reached if is_calm and c[0] >= last > 0 and c[1] in DATA_KNOBS]
    for suspects in (steps_of, raised, recent):
        if suspects:
            _, name, _ = suspects[-1]
            return Cause(name, "", suspects[-1])
    return Cause("learning_rate")


def _unstable(experiment: Experiment, hyper: Hyper, scale: float) -> Iterator[tuple[str, str]]:
    """Pairs of numbers whose product no weights can bear."""
    rate, is_adam = hyper.learning_rate, experiment.optimizer in ("adam", "adamw")
    beta = hyper.momentum if experiment.optimizer == "momentum" else 0.0
    if rate >= TOO_LARGE:  # whatever else there is
        return
    if rate * hyper.weight_decay > 2:
        yield "weight_decay", "learning_rate"
    if is_adam:
        return
    if rate * hyper.l2 > 1 + beta:
        yield "l2", "learning_rate"
    if experiment.l1_step == "subgradient" and rate * hyper.l1 > 1 - beta:  # a step of 1 and more
        yield "l1", "learning_rate"
    is_loud = hyper.input_noise > LOUD * scale
    if is_loud and rate * hyper.input_noise**2 > LOUD * (1 - beta):
        yield "input_noise", ""


def _is_raised(experiment: Experiment, change: tuple[int, str, float]) -> bool:
    step, name, value = change
    before = experiment.hyper_at(step - 1) if step else experiment.hyper
    return BY_NAME[name].risk != "none" and value > getattr(before, name)
