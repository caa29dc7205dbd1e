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
from tests.small import acting
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
    moved = {"num_train": 59, "momentum": 0.8, "warmup_steps": 5, "decay_steps": 7}
    for name in Hyper._fields:
        yield acting(name).replace(**{name: moved.get(name, 0.125)})
    for name in ("max_train", "batch_size", "num_steps", "eval_every", "seed", "draw"):
        yield Experiment(**{name: 77})
    for name, value in {
        "distribution": "xor",
        "optimizer": "sgd",
        "l1_step": "proximal",
        "augment": "noise",
        "schedule": "step",
        "clipping": "global_norm",
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


NUMBERS = Hyper(
    *(0.1, 0.8, 0.5, 1e-4, 1e-3, 0.1),
    label_smoothing=0.1,
    input_noise=0.2,
    augmentation=0.3,
    noise=0.1,
    label_noise=0.05,
    num_train=100,
)
MOVED = ((6, "l2", 0.1), (12, "num_train", 80), (12, "learning_rate", 0.001))
STORED = {  # keys in stores that there are: another one would train everything again
    "bc8caf492e6f8bd4128f81fe75041781": Experiment(),
    "810497339af0642b3a44c877698d2aa1": Experiment(seed=3, draw=7, hyper=NUMBERS),
    "41c080ca4d4f650ed2858d0578e258b1": Experiment(
        *("digits", 500, MLPConfig(), "sgd", "proximal", "translation"),
        batch_size=32,
        num_steps=600,
        eval_every=20,
    ),
    "8e5e2031d668b2df835361d6786ef658": Experiment(
        model=MLPConfig(widths=(8,), batch_norm=True, order="after")
    ),
    "04671802291fae7a7e6fbf9c8c093a37": Experiment(
        "gaussian_linear", model=LinearConfig(), optimizer="momentum"
    ),
    "bd2f408cb174159bc1125bdf71dbcd52": Experiment(
        "mnist5k", model=CNNConfig(channels=(4, 8), batch_norm=True), optimizer="adamw"
    ),
    "4757fdac565b3a01ccb784a8133e7955": Experiment("mnist1d", model=AttentionConfig()),
    "62d91540d430e3f2fd4c1333af130acf": Experiment("digits", model=AlexNetConfig()),
    "ca984b6d2133a5dd84b4a34927721817": Experiment(changes=MOVED),
    "407f66b076bb6d5fe8dbf9d78a9b9732": dataclasses.replace(
        Experiment().replace(dropout_rate=0.5), own=("model",)
    ),
}


@pytest.mark.parametrize("key", STORED)
def test_keys_of_experiments_stay_what_they_were(key):
    assert key_of(STORED[key]) == key
    assert key_of(Experiment.from_json(STORED[key].to_json())) == key


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
    # Each field at another value than its default, which may be left out.
    cosine, step = (
        Experiment(schedule=kind, clipping="global_norm").replace(**numbers)
        for kind, numbers in {
            "cosine": {"warmup_steps": 5, "decay_steps": 7, "decay_end": 0.5, "clip_norm": 2},
            "step": {"decay_rate": 0.5, "batch_norm_momentum": 0.5},
        }.items()
    )
    fields, others = (json.loads(canonical(one)) for one in (cosine, step))
    names = [field.name for field in dataclasses.fields(Experiment) if field.compare]
    assert list(fields) == sorted(names)
    assert set(fields["hyper"]) | set(others["hyper"]) == set(Hyper._fields)
