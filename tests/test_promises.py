"""What the front page promises of the presets, over twenty seeds."""

import dataclasses

import pytest

from reglab import Experiment, Hyper, Verdict, find_witness, fit, twins
from reglab.live import PRESETS

SEEDS = 20


def overfits(run, *others):
    bayes = run.distribution.bayes_error().value
    return find_witness(run, *others, bayes=bayes)


@pytest.mark.slow
def test_the_default_preset_overfits_over_its_own_path():
    found = [overfits(fit(Experiment(seed=seed, draw=seed))) for seed in range(SEEDS)]
    severe = [f for f in found if f.verdict == Verdict.OVERFITS and f.severity > 0.01]
    assert len(severe) >= 19, [(f.verdict.name, round(f.severity, 4)) for f in found]


@pytest.mark.slow
def test_digits_with_flipped_labels_overfit_with_regularized_twins_in_the_pool():
    preset = PRESETS["digits-50"].experiment
    assert (preset.hyper.num_train, preset.hyper.label_noise) == (50, 0.2)
    found = []
    for seed in range(SEEDS):
        plain = dataclasses.replace(preset, seed=seed, draw=seed)
        pool = [fit(twin) for twin in twins(plain, dropout_rate=0.5, input_noise=0.5)]
        found.append(overfits(fit(plain), *pool))
    severe = [f for f in found if f.verdict == Verdict.OVERFITS]
    assert len(severe) >= 18, [(f.verdict.name, round(f.severity, 4)) for f in found]


def test_the_default_preset_is_the_default_experiment():
    assert next(iter(PRESETS.values())).experiment == Experiment()
    assert Experiment().hyper == Hyper()
