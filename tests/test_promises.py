"""What the front page promises of the presets, over twenty seeds."""

import dataclasses

import numpy as np
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


def ends(name):
    """Last errors of the runs of a preset, on S and over D: two arrays, the plain run first."""
    preset = PRESETS[name]
    more = [twin for values in preset.twins for twin in twins(preset.experiment, **values)]
    histories = [fit(experiment).history for experiment in (preset.experiment, *more)]
    return np.array([(h.train_error[-1], h.true_error[-1]) for h in histories]).T


@pytest.mark.slow
def test_the_default_preset_falls_first_and_rises_then():
    history = fit(Experiment()).history
    lowest = history.true_error.argmin()
    assert 50 < history.step[lowest] < 500
    assert history.train_error[-1] == 0
    assert history.true_error[-1] > history.true_error[lowest] + 0.03


@pytest.mark.slow
def test_dropout_rescues_where_the_preset_says_so():
    train, true = ends("dropout-rescues")
    assert train[1] > train[0]
    assert true[1] < true[0] - 0.02


@pytest.mark.slow
def test_too_much_l2_underfits_and_some_helps():
    train, true = ends("too-much-l2")
    assert true[1] < true[0] < true[2]
    assert train[0] < train[1] < train[2]


def test_the_default_preset_is_the_default_experiment():
    assert next(iter(PRESETS.values())).experiment == Experiment()
    assert Experiment().hyper == Hyper()
