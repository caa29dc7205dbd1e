"""Keys of experiments, and results as plain data."""

import dataclasses
import hashlib
import json
import math
import pickle

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
from reglab.sweeps import Result, key_of, versions
from reglab.sweeps.result import canonical
from tests.sweeps.helpers import assert_same_rows, result

EQUAL = {
    "whole numbers": (Experiment(seed=1), Experiment(seed=1.0)),
    "whole numbers where any is allowed": (
        Experiment(hyper=Hyper(learning_rate=1)),
        Experiment(hyper=Hyper(learning_rate=1.0)),
    ),
    "minus zero": (Experiment(hyper=Hyper(l2=-0.0)), Experiment()),
    "minus zero in changes": (
        Experiment(changes=((6, "l1", -0.0),)),
        Experiment(changes=[[6, "l1", 0]]),
    ),
    "lists": (
        Experiment(model=MLPConfig(widths=[8, 8])),
        Experiment(model=MLPConfig(widths=(8, 8))),
    ),
    "NumPy": (Experiment(draw=np.int64(3)), Experiment(draw=3)),
    "NumPy's numbers": (
        Experiment().replace(dropout_rate=np.float64(0.1)),
        Experiment().replace(dropout_rate=0.1),
    ),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_experiments_have_equal_keys(name):
    one, other = EQUAL[name]
    assert one == other
    assert key_of(one) == key_of(other)


def variants():
    """Experiments of which any two differ, each in one field from the default."""
    models = [
        *(MLPConfig(), MLPConfig(widths=(64,)), MLPConfig(widths=(64, 64, 1)), LinearConfig()),
        *(MLPConfig(batch_norm=True), CNNConfig(), CNNConfig(pool=(2,)), CNNConfig(padding=1)),
        *(AttentionConfig(), AlexNetConfig()),
    ]
    yield from (Experiment(model=model) for model in models)
    moved = {"num_train": 59, "momentum": 0.8}
    for name in Hyper._fields:
        yield Experiment().replace(**{name: moved.get(name, 0.125)})
    for name in ("max_train", "batch_size", "num_steps", "eval_every", "seed", "draw"):
        yield Experiment(**{name: 77})
    for name, value in {
        "distribution": "xor",
        "optimizer": "sgd",
        "l1_step": "proximal",
        "augment": "noise",
        "changes": ((6, "l1", 0.0),),
    }.items():
        yield Experiment(**{name: value})
    yield Experiment().replace(learning_rate=math.nextafter(0.01, 1))


def test_different_experiments_have_different_keys():
    made = list(variants())
    assert len(made) > 30
    assert len({key_of(experiment) for experiment in made}) == len(set(made)) == len(made)


def test_the_key_is_the_hash_of_sorted_json():
    experiment = Experiment(model=CNNConfig(padding=((1, 2), 0)), changes=((6, "l1", 0.1),))
    text = json.dumps(json.loads(experiment.to_json()), sort_keys=True, separators=(",", ":"))
    assert canonical(experiment) == text
    assert key_of(experiment) == hashlib.sha256(text.encode()).hexdigest()[:32]
    assert Experiment.from_json(text) == experiment


def test_the_key_of_the_default_preset_stays_what_it_was():
    # Another key here would make every store that there is train everything again.
    assert key_of(Experiment()) == "bc8caf492e6f8bd4128f81fe75041781"


@pytest.mark.parametrize("wrong", [None, "{}", Experiment().to_json(), 3])
def test_what_is_no_experiment_has_no_key(wrong):
    with pytest.raises(ValueError, match=r"^experiment: expected an Experiment, got"):
        key_of(wrong)


def test_results_pickle():
    one = result(Experiment())
    other = pickle.loads(pickle.dumps(one))
    assert other.experiment == one.experiment
    assert_same_rows(other.history, one.history)
    assert other[2:] == one[2:]


def test_a_result_failed_where_it_has_no_history():
    assert not result(Experiment()).is_failed
    assert Result(Experiment(), None, None, error="no").is_failed


def test_versions_are_those_of_the_packages():
    import flax
    import jax

    import reglab

    assert versions() == (
        ("flax", flax.__version__),
        ("jax", jax.__version__),
        ("reglab", reglab.__version__),
    )


def test_every_field_of_an_experiment_is_in_its_key():
    fields = json.loads(canonical(Experiment()))
    names = [field.name for field in dataclasses.fields(Experiment) if field.compare]
    assert list(fields) == sorted(names)
    assert list(fields["hyper"]) == sorted(Hyper._fields)
