"""Experiments: JSON both ways, every bad input, hashability, knobs that move."""

import json
import math

import numpy as np
import pytest

from reglab import (
    AlexNetConfig,
    AttentionConfig,
    CNNConfig,
    Experiment,
    Hyper,
    LinearConfig,
    MLPConfig,
)
from reglab.config import (
    ACTIVATIONS,
    AUGMENTS,
    DISTRIBUTIONS,
    KNOBS,
    L1_STEPS,
    MODELS,
    OPTIMIZERS,
    ORDERS,
    RANGES,
    SCALINGS,
    SCHEDULES,
)
from tests.small import acting

CHANGES = ((0, "noise", 0.3), (10, "dropout_rate", 0.5), (10, "num_train", 80), (20, "l2", 0.01))

EXPERIMENTS = [
    Experiment(),
    *(Experiment(distribution=name) for name in DISTRIBUTIONS),
    *(Experiment(optimizer=name) for name in OPTIMIZERS),
    *(Experiment(l1_step=name) for name in L1_STEPS),
    *(Experiment(augment=name) for name in AUGMENTS),
    *(Experiment(schedule=name) for name in SCHEDULES),
    *(acting(name).replace(**{name: 0.5}) for name in ("decay_end", "decay_rate", "clip_norm")),
    acting("warmup_steps").replace(warmup_steps=5, decay_steps=50, batch_norm_momentum=0.5),
    *(Experiment(model=config()) for config in MODELS.values()),
    *(Experiment(model=MLPConfig(activation=name)) for name in ACTIVATIONS),
    *(Experiment(model=MLPConfig(dropout_scaling=name)) for name in SCALINGS),
    *(Experiment(model=MLPConfig(order=name, batch_norm=True)) for name in ORDERS),
    Experiment(model=MLPConfig(widths=())),
    Experiment(model=CNNConfig(channels=[4], kernel_size=[5], padding=[1], stride=2, pool=1)),
    Experiment(model=CNNConfig((4, 8), padding=("valid", 2), widths=(3,), residual=True)),
    Experiment(seed=2**32 - 1, draw=7, num_steps=1, eval_every=1, batch_size=1),
    Experiment(hyper=Hyper(learning_rate=1e-9, noise=0.1 + 0.2, num_train=1000), changes=CHANGES),
]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=range(len(EXPERIMENTS)))
@pytest.mark.parametrize("indent", [None, 2])
def test_json_round_trip(experiment, indent):
    text = experiment.to_json(indent=indent)
    again = Experiment.from_json(text)
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert again.to_json(indent=indent) == text
    assert ("\n" in text) == (indent is not None)


def test_json_holds_plain_values_under_their_names():
    fields = json.loads(Experiment(model=MLPConfig(widths=(8,)), changes=CHANGES).to_json())
    assert fields["model"] == {
        "kind": "mlp",
        "widths": [8],
        "activation": "relu",
        "dropout_scaling": "inverted",
        "batch_norm": False,
        "order": "before",
        "residual": False,
    }
    assert Hyper(**fields["hyper"]) == Hyper()
    assert fields["changes"] == [list(change) for change in CHANGES]


def test_fields_left_out_of_json_take_their_defaults():
    assert Experiment.from_json("{}") == Experiment()
    text = '{"model": {"widths": [3]}, "hyper": {"l1": 1}}'
    assert Experiment.from_json(text) == Experiment(model=MLPConfig((3,)), hyper=Hyper(l1=1.0))


def test_json_from_before_a_field_still_loads():
    fields = json.loads(Experiment(seed=3, hyper=Hyper(augmentation=0.5)).to_json())
    assert fields.pop("augment") == "mixup"
    again = Experiment.from_json(json.dumps(fields))
    assert again == Experiment(seed=3, hyper=Hyper(augmentation=0.5))


def test_equal_experiments_are_one_dictionary_key():
    different = {Experiment(seed=s, hyper=Hyper(l2=v)) for s in range(3) for v in (0, 0.5)}
    assert len(different | {Experiment(seed=2.0, hyper=Hyper(l2=np.float64(0.5)))}) == 6
    lists = Experiment(model=MLPConfig(widths=[4, 4]), changes=[[5, "l1", 1]])
    assert hash(lists) == hash(Experiment(model=MLPConfig((4, 4)), changes=((5, "l1", 1.0),)))


def test_an_experiment_cannot_be_changed_in_place():
    with pytest.raises(AttributeError):
        Experiment().seed = 1
    with pytest.raises(AttributeError):
        MLPConfig().widths = (1,)


@pytest.mark.parametrize("value", [np.float32(0.5), np.float64(0.5), np.array(0.5), 0.5])
def test_array_scalars_become_python_numbers(value):
    experiment = Experiment(hyper=Hyper(dropout_rate=value), seed=np.int64(3))
    assert type(experiment.hyper.dropout_rate) is float
    assert experiment.hyper.dropout_rate == 0.5
    assert type(experiment.seed) is int


def test_hyper_at_follows_the_changes():
    hyper = Hyper(dropout_rate=0.1)
    moved = ((5, "dropout_rate", 0.5), (5, "l1", 2), (9, "dropout_rate", 0.2), (9, "num_train", 70))
    experiment = Experiment(hyper=hyper, changes=moved)
    assert experiment.hyper_at(0) == experiment.hyper_at(4) == hyper
    assert (
        experiment.hyper_at(5) == experiment.hyper_at(8) == hyper._replace(dropout_rate=0.5, l1=2)
    )
    last = hyper._replace(dropout_rate=0.2, l1=2, num_train=70)
    assert experiment.hyper_at(9) == experiment.hyper_at(10**9) == last
    assert type(experiment.hyper_at(9).num_train) is int


def test_of_two_changes_at_a_step_the_later_holds():
    experiment = Experiment(changes=((3, "l1", 1), (3, "l1", 2)))
    assert experiment.hyper_at(3).l1 == 2


def test_replace_reaches_into_hyper():
    experiment = Experiment(seed=4, hyper=Hyper(l1=0.5))
    moved = experiment.replace(dropout_rate=0.3, draw=2, model=LinearConfig())
    hyper = Hyper(l1=0.5, dropout_rate=0.3)
    assert moved == Experiment(seed=4, draw=2, model=LinearConfig(), hyper=hyper)
    assert experiment == Experiment(seed=4, hyper=Hyper(l1=0.5))
    assert experiment.replace(hyper=Hyper(l2=1), l1=2).hyper == Hyper(l1=2, l2=1)
    assert experiment.replace() == experiment


def ends(allowed):
    """The last good and first bad value at both ends of a range."""
    for bound, is_open, outward in (
        (allowed.low, allowed.open_low, -math.inf),
        (allowed.high, allowed.open_high, math.inf),
    ):
        inside, outside = math.nextafter(bound, -outward), math.nextafter(bound, outward)
        yield (inside, bound) if is_open else (bound, outside)


@pytest.mark.parametrize("name", [knob.name for knob in KNOBS if not knob.is_whole])
def test_every_number_is_held_to_its_range(name):
    for good, bad in ends(RANGES[name]):
        assert getattr(acting(name).replace(**{name: good}).hyper, name) == good
        with pytest.raises(ValueError, match=rf"^{name}: expected a number .*, got {bad!r}$"):
            acting(name).replace(**{name: bad})
    for bad in (math.nan, math.inf, -math.inf, "0.1", None, True, [0.1], 1j):
        with pytest.raises(ValueError, match=rf"^{name}: expected a number"):
            Experiment(hyper=Hyper(**{name: bad}))
        with pytest.raises(ValueError, match=rf"^{name}: expected a number"):
            Experiment(changes=((0, name, bad),))


def test_ranges_name_every_number():
    assert tuple(RANGES) == Hyper._fields
    assert all(value in RANGES[name] for name, value in Hyper()._asdict().items())


WHOLE = {
    "max_train": (1, 10_000_000),
    "batch_size": (1, 1_000_000),
    "num_steps": (1, 100_000_000),
    "eval_every": (1, 1_000_000),
    "seed": (0, 2**32 - 1),
    "draw": (0, 2**32 - 1),
}


@pytest.mark.parametrize(("name", "low", "high"), [(k, *v) for k, v in WHOLE.items()])
def test_every_count_is_a_whole_number_in_its_range(name, low, high):
    hyper = Hyper(num_train=1)
    for good in (low, high, float(low)):
        assert getattr(Experiment(hyper=hyper, **{name: good}), name) == good
    for bad in (low - 1, high + 1, low + 0.5, math.nan, math.inf, str(low), None, True):
        with pytest.raises(ValueError, match=rf"^{name}: expected a whole number from {low} to"):
            Experiment(hyper=hyper, **{name: bad})


BAD_FIELDS = [
    ({"distribution": "moon"}, "distribution: expected one of gauss, xor, .*, got 'moon'"),
    ({"distribution": None}, "distribution: expected one of"),
    ({"distribution": ["moons"]}, "distribution: expected one of"),
    ({"optimizer": "Adam"}, "optimizer: expected one of sgd, .*, got 'Adam'"),
    ({"augment": "crop"}, "augment: expected one of mixup, translation, .*, got 'crop'"),
    ({"augment": None}, "augment: expected one of"),
    ({"model": "mlp"}, "model: expected one of MLPConfig, LinearConfig, .*, got 'mlp'"),
    ({"model": MLPConfig}, "model: expected one of MLPConfig"),
    ({"model": None}, "model: expected one of MLPConfig, LinearConfig, .*, got None"),
    ({"hyper": {"l1": 0.1}}, "hyper: expected a Hyper, got {'l1': 0.1}"),
    ({"hyper": tuple(Hyper())}, "hyper: expected a Hyper"),
    ({"hyper": Hyper(num_train=1001)}, "num_train: expected at most max_train = 1000, got 1001"),
    ({"hyper": Hyper(num_train=0)}, "num_train: expected a whole number from 1 to"),
    ({"hyper": Hyper(num_train=60.5)}, "num_train: expected a whole number .*, got 60.5"),
    ({"max_train": 59}, "num_train: expected at most max_train = 59, got 60"),
    ({"changes": ((0, "num_train", 2000),)}, "num_train: expected at most max_train = 1000"),
    ({"changes": 3}, r"changes: expected \(step, name, value\) triples, got 3"),
    ({"changes": ((1, "l1"),)}, r"changes: expected \(step, name, value\) triples"),
    ({"changes": (1, "l1", 0.1)}, r"changes: expected \(step, name, value\) triples"),
    ({"changes": ((1, "l3", 0.1),)}, "hyper: expected one of learning_rate, .*, got 'l3'"),
    ({"changes": ((1, 0, 0.1),)}, "hyper: expected one of"),
    ({"changes": ((-1, "l1", 0.1),)}, "changes step: expected a whole number from 0"),
    ({"changes": ((1.5, "l1", 0.1),)}, "changes step: expected a whole number"),
    ({"changes": ((2, "l1", 0), (1, "l1", 1))}, r"changes: expected steps in order, got \[2, 1\]"),
]


@pytest.mark.parametrize(("fields", "message"), BAD_FIELDS, ids=range(len(BAD_FIELDS)))
def test_a_bad_field_is_one_line(fields, message):
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        Experiment(**fields)
    assert "\n" not in str(caught.value)


BAD_MODELS = [
    (CNNConfig, {"channels": 16}, "channels: expected a list of sizes, got 16"),
    (CNNConfig, {"kernel_size": 0}, "kernel_size: expected a whole number from 1 .*, got 0"),
    (CNNConfig, {"kernel_size": (3, "5")}, "kernel_size: expected a whole number .*, got '5'"),
    (CNNConfig, {"padding": "full"}, "padding: expected one of same, valid, got 'full'"),
    (CNNConfig, {"padding": ("same", -1)}, "padding: expected a whole number from 0"),
    (CNNConfig, {"pooling": "min"}, "pooling: expected one of max, average, got 'min'"),
    (CNNConfig, {"residual": None}, "residual: expected true or false, got None"),
    (AttentionConfig, {"features": 2.5}, "features: expected a whole number .*, got 2.5"),
    (AttentionConfig, {"positions": None}, "positions: expected one of learned, sinusoidal, none"),
    (AlexNetConfig, {"variant": "2014"}, "variant: expected one of 2012, one-tower, small"),
    (MLPConfig, {"widths": 64}, "widths: expected a list of sizes, got 64"),
    (MLPConfig, {"widths": None}, "widths: expected a list of sizes"),
    (MLPConfig, {"widths": (64, 0)}, "widths: expected a whole number from 1 .*, got 0"),
    (MLPConfig, {"widths": (2.5,)}, "widths: expected a whole number .*, got 2.5"),
    (MLPConfig, {"widths": "64"}, "widths: expected a whole number .*, got '6'"),
    (MLPConfig, {"widths": ((64,),)}, "widths: expected a whole number"),
    (MLPConfig, {"activation": "softplus"}, "activation: expected one of relu, .*, got 'softplus'"),
    (MLPConfig, {"activation": math.tanh}, "activation: expected one of"),
    (MLPConfig, {"dropout_scaling": "none"}, "dropout_scaling: expected one of inverted, classic"),
    (MLPConfig, {"order": True}, "order: expected one of before, after, got True"),
    (MLPConfig, {"batch_norm": 1}, "batch_norm: expected true or false, got 1"),
]


@pytest.mark.parametrize(("config", "fields", "message"), BAD_MODELS, ids=range(len(BAD_MODELS)))
def test_a_bad_model_is_one_line(config, fields, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        config(**fields)


BAD_JSON = [
    ("", "experiment: expected JSON text"),
    ("{", "experiment: expected JSON text"),
    (None, "experiment: expected JSON text"),
    ("[]", r"experiment: expected an object with named fields, got \[\]"),
    ("3", "experiment: expected an object"),
    ('{"sed": 1}', "experiment field: expected one of distribution, .*, got 'sed'"),
    ('{"seed": NaN}', "seed: expected a whole number .*, got nan"),
    ('{"seed": "1"}', "seed: expected a whole number .*, got '1'"),
    (f'{{"seed": 1{"0" * 400}}}', "seed: expected a whole number from 0 to"),
    ("[" * 100_000, "experiment: expected JSON text"),
    ('{"hyper": []}', "hyper: expected an object"),
    (f'{{"hyper": {{"l1": 1{"0" * 400}}}}}', "l1: expected a number from 0 to"),
    ('{"hyper": {"l3": 1}}', "hyper field: expected one of .*, got 'l3'"),
    ('{"hyper": {"l1": Infinity}}', "l1: expected a number .*, got inf"),
    ('{"hyper": {"l1": 1e999}}', "l1: expected a number .*, got inf"),
    ('{"model": "mlp"}', "model: expected an object with named fields, got 'mlp'"),
    ('{"model": {"kind": "rnn"}}', "model kind: expected one of mlp, linear, .*, got 'rnn'"),
    ('{"model": {"kind": ["mlp"]}}', "model kind: expected one of"),
    ('{"model": {"kind": "linear", "widths": []}}', "model field: expected one of"),
    ('{"model": {"batch_norm": "yes"}}', "batch_norm: expected true or false, got 'yes'"),
    ('{"changes": [[1, "l1"]]}', r"changes: expected \(step, name, value\) triples"),
    ('{"changes": [[1, ["l1"], 0]]}', "hyper: expected one of"),
]


@pytest.mark.parametrize(("text", "message"), BAD_JSON, ids=range(len(BAD_JSON)))
def test_bad_json_is_one_line(text, message):
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        Experiment.from_json(text)
    assert "\n" not in str(caught.value)


def test_replace_checks_a_hyper_before_it_reaches_into_it():
    with pytest.raises(ValueError, match=r"^hyper: expected a Hyper, got None$"):
        Experiment().replace(hyper=None, l1=1)


def test_replace_names_an_unknown_field():
    with pytest.raises(ValueError, match=r"^field: expected one of .*, got 'dropout'$"):
        Experiment().replace(dropout=0.5)
