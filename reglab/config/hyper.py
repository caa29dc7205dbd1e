"""The numbers of a run that may move while it trains."""

from typing import Any, NamedTuple

from reglab.config.checks import Range, check_name, check_number
from reglab.config.knobs import BY_NAME, DISTRIBUTION_NUMBERS
from reglab.words import say


class Hyper(NamedTuple):
    """The numbers of a run that may move while it trains; all are traced.

    What else is known of each stands in its record, see :class:`reglab.config.knobs.Knob`.

    Attributes:
        learning_rate: step size of the optimizer.
        momentum: decay of the velocity (``momentum``) or of the first moment (``adam, adamw``).
        dropout_rate: probability to *drop* a hidden unit. At 0 a module of the user's keeps the
            rate of its own dropout layers, unless the 0 was asked for (see ``Experiment.asked``).
        l1: weight of the sum of absolute kernel entries, added to the loss.
        l2: weight of the sum of squared kernel entries, added to the loss.
        weight_decay: decoupled decay, each step takes ``learning_rate * weight_decay`` of a kernel.
        label_smoothing: share of the target moved from the label to all classes, uniformly.
        input_noise: standard deviation of Gaussian noise added to the inputs of each batch.
        augmentation: strength s of the kind that ``Experiment.augment`` names; 0 changes nothing.
            ``mixup``: each example is mixed with another of its batch by a share drawn uniformly
            from 0 to s/2 (1 is mixup with Beta(1, 1)). ``translation``: moved by up to s/4 of the
            size (points: s units) along each axis. ``flip``: mirrored with probability s/2.
            ``rotation``: turned by up to 180 s degrees. ``noise``: plus Gaussian noise of standard
            deviation s.
        noise: the distribution's own noise; a distribution without such a number ignores it.
        label_noise: probability that a label is another class, uniformly; part of the distribution.
            Labels of the user's are left alone unless it was asked for.
        num_train: number of training examples.
        warmup_steps: steps in which the learning rate rises evenly from 0, with
            ``Experiment.schedule`` ``cosine``.
        decay_steps: of ``cosine``, the steps from the first to the end of the fall, warm-up
            included; of ``step``, those from one drop to the next. 0 stands for
            ``Experiment.num_steps``, and with ``step`` for a third of them.
        decay_end: share of the learning rate that ``cosine`` ends at, and stays at.
        decay_rate: factor of the learning rate at each drop of ``step``.
        clip_norm: the longest that the gradient of a step may be, over all weights together, with
            ``Experiment.clipping`` ``global_norm``; a longer one is made that long.
        batch_norm_momentum: share that the running statistics of batch norm keep in each step. A
            module of the user's keeps that of its own layers, unless another value than the
            default is given or one was asked for (see ``Experiment.asked``).
    """

    learning_rate: float = 0.01
    momentum: float = 0.9
    dropout_rate: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    input_noise: float = 0.0
    augmentation: float = 0.0
    noise: float = 0.2
    label_noise: float = 0.2
    num_train: int = 60
    warmup_steps: int = 0
    decay_steps: int = 0
    decay_end: float = 0.0
    decay_rate: float = 0.1
    clip_norm: float = 1.0
    batch_norm_momentum: float = 0.9

    @property
    def of_distribution(self) -> dict[str, float]:
        """The numbers of the distribution.

        >>> Hyper().of_distribution
        {'noise': 0.2, 'label_noise': 0.2}
        """
        return {name: getattr(self, name) for name in DISTRIBUTION_NUMBERS}


RANGES: dict[str, Range] = {name: BY_NAME[name].range for name in Hyper._fields}


def check_hyper_value(name: str, value: object) -> Any:
    """Returns one value of :class:`Hyper` as a Python number, or raises a ``ValueError``."""
    check_name("hyper", name, Hyper._fields)
    return check_number(name, value, RANGES[name], integer=BY_NAME[name].is_whole)


def checked_hyper(hyper: object) -> Hyper:
    """Returns a :class:`Hyper` of Python numbers in their ranges, or raises a ``ValueError``."""
    if not isinstance(hyper, Hyper):
        raise ValueError(say("hyper: expected a Hyper, got {got!r}", got=hyper))
    return Hyper(**{name: check_hyper_value(name, v) for name, v in hyper._asdict().items()})
