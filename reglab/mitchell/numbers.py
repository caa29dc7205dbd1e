"""Numbers of ``Hyper``, and their values, in words."""

from reglab.config import Experiment
from reglab.config.knobs import BY_NAME
from reglab.mitchell.words import plain
from reglab.words import say


def number_words(name: str, experiment: Experiment | None = None) -> str:
    """A number of ``Hyper`` in words.

    Args:
        name: of the number.
        experiment: whose kind of it is named too, where there is more than one.

    >>> from reglab.config import Experiment
    >>> number_words("l2"), number_words("augmentation", Experiment(augment="flip"))
    ('L2 penalty', 'augmentation (flip)')
    """
    knob = BY_NAME[name]
    if experiment is None or not knob.kind:
        return knob.label
    return say("{knob} ({kind})", knob=knob.label, kind=getattr(experiment, knob.kind))


def value_words(name: str, value: float) -> str:
    """A value of a number of ``Hyper`` in words.

    >>> value_words("dropout_rate", 0.1), value_words("label_noise", 0.2)
    ('0.1', '20 %')
    """
    return plain(value, is_share=BY_NAME[name].is_share)
