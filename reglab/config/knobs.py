"""One record a number of ``Hyper``: its words, its range, and how a panel and a grid move it.

A further number takes a field of :class:`reglab.Hyper` and a record here; sliders, what a
population may vary, range checks, messages and names of twins read them.
"""

from typing import Literal, NamedTuple

from reglab.config.checks import Range


class Spread(NamedTuple):
    """How a number varies over the members of a population, unless somebody says otherwise.

    Attributes:
        low: the least value.
        high: the largest value.
        num_values: how many values.
        in_ratios: equal ratios from value to value instead of equal steps.
        place: where the number stands among those that may vary, the least first.
    """

    low: float
    high: float
    num_values: int = 6
    in_ratios: bool = False
    place: int = 100


class Knob(NamedTuple):
    """What is known of one number of :class:`reglab.Hyper`.

    Attributes:
        name: of the field.
        label: the number in words.
        range: values that it may take.
        group: of controls in which its slider stands; None where it has no slider.
        ladder: values that its slider offers, ascending.
        help: what its slider says of it.
        spread: how a population varies it; None where it may not.
        short: its word in the name of a twin, for remedies alone; empty where it is the label.
        kind: the field of ``Experiment`` that says in which way it acts; empty where there is one.
        moves: whether moving it moves the distribution (``D``), the sample alone (``S``) or none.
        risk: of divergence where it is raised: ``step``, it scales each step, so it is suspected
            first; ``size``, what it adds may grow without bound; or ``none``.
        is_share: told in percent.
        is_whole: a whole number, which counts something.
    """

    name: str
    label: str
    range: Range
    group: Literal["Data", "Remedies", "Search"] | None = None
    ladder: tuple[float, ...] = ()
    help: str = ""
    spread: Spread | None = None
    short: str = ""
    kind: str = ""
    moves: Literal["", "D", "S"] = ""
    risk: Literal["none", "step", "size"] = "none"
    is_share: bool = False
    is_whole: bool = False


_PENALTY = (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
KNOBS = (  # in the order of the sliders
    Knob(
        name="num_train",
        label="training examples",
        range=Range(1, 10_000_000),
        group="Data",
        ladder=(10, 20, 30, 60, 100, 200, 300, 600, 1000),
        help="How many examples h learns from. More of them is the surest remedy.",
        spread=Spread(15, 480, in_ratios=True, place=7),
        moves="S",
        is_whole=True,
    ),
    Knob(
        name="noise",
        label="noise",
        range=Range(0, 1),
        group="Data",
        ladder=(0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
        help="How far the distribution scatters its points; it decides the Bayes error.",
        moves="D",
    ),
    Knob(
        name="label_noise",
        label="labels flipped",
        range=Range(0, 1, open_high=True),
        group="Data",
        ladder=(0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
        help="The share of labels that are another class by chance, in training and in the "
        "distribution alike.",
        spread=Spread(0.0, 0.4, num_values=5, place=6),
        moves="D",
        is_share=True,
    ),
    Knob(
        name="dropout_rate",
        label="dropout rate",
        range=Range(0, 1, open_high=True),
        group="Remedies",
        ladder=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
        help="The probability to drop each hidden unit in each training step.",
        spread=Spread(0.0, 0.5, place=0),
        short="dropout",
        risk="size",
    ),
    Knob(
        name="l2",
        label="L2 penalty",
        range=Range(0, 1000),
        group="Remedies",
        ladder=_PENALTY,
        help="Adds this times the sum of squared weights to the loss.",
        spread=Spread(0.0, 0.1, in_ratios=True, place=1),
        short="L2",
        risk="size",
    ),
    Knob(
        name="l1",
        label="L1 penalty",
        range=Range(0, 1000),
        group="Remedies",
        ladder=_PENALTY,
        help="Adds this times the sum of absolute weights to the loss.",
        spread=Spread(0.0, 0.03, in_ratios=True, place=2),
        short="L1",
        risk="size",
    ),
    Knob(
        name="weight_decay",
        label="weight decay",
        range=Range(0, 1000),
        group="Remedies",
        ladder=(0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        help="Takes the learning rate times this off each weight in every step, apart from the "
        "loss.",
        spread=Spread(0.0, 3.0, in_ratios=True, place=3),
        risk="size",
    ),
    Knob(
        name="label_smoothing",
        label="label smoothing",
        range=Range(0, 1, open_high=True),
        group="Remedies",
        ladder=(0.0, 0.05, 0.1, 0.2, 0.3, 0.5),
        help="The share of each training target that is spread over all classes.",
        spread=Spread(0.0, 0.5, place=5),
    ),
    Knob(
        name="input_noise",
        label="input noise",
        range=Range(0, 1000),
        group="Remedies",
        ladder=(0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0),
        help="Gaussian noise added to the inputs of each batch, anew each time.",
        spread=Spread(0.0, 0.5, place=4),
        risk="size",
    ),
    Knob(
        name="augmentation",
        label="augmentation",
        range=Range(0, 1),
        group="Remedies",
        ladder=(0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
        help="How strongly each batch is changed at random, in the way chosen below. Not every way "
        "keeps what an input means: a flipped 2 is no 2.",
        kind="augment",
        risk="size",
    ),
    Knob(
        name="learning_rate",
        label="learning rate",
        range=Range(0, 1000, open_low=True),
        group="Search",
        ladder=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0),
        help="The step size of the optimizer.",
        spread=Spread(0.0003, 0.1, in_ratios=True, place=9),
        risk="step",
    ),
    Knob(
        name="momentum",
        label="momentum",
        range=Range(0, 1, open_high=True),
        risk="step",
    ),
    Knob(
        name="warmup_steps",
        label="warm-up steps",
        range=Range(0, 100_000_000),
        is_whole=True,
    ),
    Knob(
        name="decay_steps",
        label="steps of the schedule",
        range=Range(0, 100_000_000),
        is_whole=True,
    ),
    Knob(name="decay_end", label="end of the schedule", range=Range(0, 1)),
    Knob(name="decay_rate", label="factor at each drop", range=Range(0, 1, open_low=True)),
    Knob(name="clip_norm", label="longest gradient", range=Range(0, 1_000_000, open_low=True)),
    Knob(name="batch_norm_momentum", label="momentum of batch norm", range=Range(0, 1)),
)
BY_NAME = {knob.name: knob for knob in KNOBS}
DISTRIBUTION_NUMBERS = tuple(knob.name for knob in KNOBS if knob.moves == "D")
DATA_KNOBS = (*DISTRIBUTION_NUMBERS, *(knob.name for knob in KNOBS if knob.moves == "S"))
