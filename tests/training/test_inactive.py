"""What cannot act is known, gives no run its name, and truly changes nothing."""

import dataclasses

import numpy as np
import pytest

from reglab import (
    AlexNetConfig,
    AttentionConfig,
    CNNConfig,
    Experiment,
    LinearConfig,
    MLPConfig,
    distributions,
    fit,
)
from reglab.config import MODELS, NEEDS
from reglab.training import Trainer, fit_population, name_of
from reglab.training.inactive import idle_numbers
from reglab.training.plan import plan_of

SIZES = [
    MLPConfig((4,)),
    MLPConfig(()),
    LinearConfig(),
    CNNConfig((2,)),
    CNNConfig((), widths=(3,)),
]
SIZES += [CNNConfig(()), AttentionConfig(features=4, num_heads=1), AlexNetConfig()]
IDLE = {  # a value that changes nothing, in which experiment
    "dropout_rate": (0.9, Experiment(model=LinearConfig())),
    "momentum": (0.1, Experiment(optimizer="sgd")),
    "augmentation": (1.0, Experiment(batch_size=1)),
    "label_smoothing": (0.5, Experiment("gaussian_linear", model=LinearConfig())),
    "label_noise": (0.4, Experiment("gaussian_linear", model=LinearConfig())),
    "batch_norm_momentum": (0.4, Experiment()),
    "noise": (0.4, Experiment("mnist1d", model=LinearConfig())),
}


def test_every_kind_of_model_is_known():
    assert {type(model) for model in SIZES} == set(MODELS.values())


@pytest.mark.parametrize("model", SIZES, ids=repr)
def test_hidden_layers_are_those_that_dropout_draws_for(model):
    name = "mnist5k" if isinstance(model, AlexNetConfig) else "mnist1d"
    plan = plan_of(Experiment(name, model=model), distributions.get(name))
    assert model.has_hidden == (plan.modes.num_masks(plan.batch_size) > 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", IDLE)
def test_what_cannot_act_changes_nothing_and_names_nothing(name):
    value, experiment = IDLE[name]
    plain = experiment.replace(num_steps=6, num_train=20)
    moved = plain.replace(**{name: value})
    assert name in Trainer(moved).inactive
    runs = [fit(plain), fit(moved), fit_population([moved])[0]]
    assert {run.name for run in runs} == {"plain"}
    assert name_of(moved) == "plain"
    for ours, theirs in zip(runs[0].history, runs[1].history, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_acts_keeps_its_name():
    assert set(idle_numbers(Experiment())) == {*NEEDS, "batch_norm_momentum"}
    norm, kinds = MLPConfig(batch_norm=True), {"schedule": "step", "clipping": "global_norm"}
    assert set(idle_numbers(Experiment(model=norm, **kinds))) == {"warmup_steps", "decay_end"}
    moved = Experiment().replace(dropout_rate=0.5, label_smoothing=0.1, augmentation=0.5)
    assert name_of(moved) == "dropout 0.5, label smoothing 0.1, mixup 0.5"
    assert name_of(Experiment(model=MLPConfig(batch_norm=True))) == "batch norm"
    assert name_of(Experiment(model=MLPConfig((), batch_norm=True))) == "plain"
    own = dataclasses.replace(Experiment(model=MLPConfig(batch_norm=True)), own=("model",))
    assert name_of(own.replace(dropout_rate=0.5)) == "dropout 0.5"
    assert name_of(own.replace(dropout_rate=0.5), {"dropout_rate": "why"}) == "plain"
