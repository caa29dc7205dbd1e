"""Frequencies against Mitchell's definition, written as two loops."""

import numpy as np
import pytest
from scipy.stats import binomtest

from reglab import Experiment, MLPConfig, fit_population
from reglab.mitchell import Verdict, frequencies, last_verdicts, value_of
from tests import small

SMALL = small.SMALL.replace(num_steps=160)


@pytest.fixture(scope="module")
def population():
    return fit_population(
        [
            SMALL.replace(dropout_rate=rate, draw=draw, label_noise=0.2)
            for rate in (0.5, 0.0)
            for draw in range(6)
        ]
    )


def rows_of(runs, at, scope):
    """Rows that the last hypothesis of run ``at`` is held against."""
    one = runs[at].experiment
    for index, run in enumerate(runs):
        is_own = index == at
        if is_own or (scope == "data" and run.experiment.draw == one.draw):
            yield from (
                (index, *row)
                for row in zip(
                    run.history.step,
                    np.rint(run.history.train_error * 40) / 40,
                    run.history.true_error,
                    run.history.true_low,
                    run.history.true_high,
                    strict=True,
                )
            )


@pytest.mark.parametrize("scope", ["run", "data"])
def test_last_verdicts_are_the_definition(population, scope):
    verdicts = last_verdicts(population, scope=scope)
    seen = set()
    for at, run in enumerate(population):
        last = [column[-1] for column in run.history]
        train = np.rint(last[3] * 40) / 40
        true, low = last[4], last[5]
        witnesses = [
            row for row in rows_of(population, at, scope) if row[2] > train and row[5] < low
        ]
        overfits = verdicts.verdict[at] == Verdict.OVERFITS
        assert overfits == bool(witnesses)
        seen.add(bool(overfits))
        if witnesses:
            best = min(witnesses, key=lambda row: row[3])
            assert verdicts.severity[at] == pytest.approx(true - best[3], abs=1e-7)
            assert verdicts.witness[at] == (best[0] if scope == "data" else best[1])
        else:
            assert verdicts.witness[at] == -1
            assert verdicts.severity[at] == 0
    assert seen == {True, False} or scope == "data"


@pytest.mark.parametrize("at_least", [0.0, 0.02])
def test_frequencies_count_and_have_exact_intervals(population, at_least):
    found = frequencies(population, "dropout_rate", scope="run", at_least=at_least)
    verdicts = last_verdicts(population, scope="run")
    assert found.values.tolist() == [0.0, 0.5]
    assert found.num_runs.tolist() == [6, 6]
    for place, members in enumerate((slice(6, 12), slice(0, 6))):
        own = [column[members] for column in verdicts]
        hits = int(((own[0] == Verdict.OVERFITS) & (own[2] >= at_least)).sum())
        open_ = int((own[0] == Verdict.UNDECIDED).sum())
        assert found.num_overfit[place] == hits
        assert found.num_undecided[place] == open_
        assert found.share[place] == hits / 6
        assert found.low[place] == pytest.approx(binomtest(hits, 6).proportion_ci().low)
        assert found.high[place] == pytest.approx(binomtest(hits + open_, 6).proportion_ci().high)
        assert found.severity[place] == np.median(own[2])


@pytest.mark.slow
def test_a_diverged_run_counts_as_no_draw():
    calm = SMALL.replace(num_steps=32)
    wild = calm.replace(learning_rate=1000.0, optimizer="sgd", l2=10.0, draw=1)
    runs = fit_population([calm, wild])
    assert runs[1].diverged
    found = frequencies(runs, "seed")
    assert found.num_runs.tolist() == [1]
    found = frequencies(runs, "learning_rate")
    assert found.num_runs.tolist() == [1, 0]
    assert np.isnan(found.share[1])
    assert np.isnan(found.low[1])
    assert np.isnan(found.severity[1])


def test_values_of_fields():
    experiment = Experiment(model=MLPConfig((8, 24)), seed=3).replace(l2=0.5)
    named = {"seed": 3, "l2": 0.5, "hyper.l2": 0.5, "model.widths": 32, "num_train": 60}
    assert {name: value_of(experiment, name) for name in named} == named
    for wrong in ("model.depth", "colour", "distribution", "model"):
        with pytest.raises(ValueError, match="by: expected a field of Experiment"):
            value_of(experiment, wrong)


def test_errors_at_the_boundary(population):
    with pytest.raises(ValueError, match="scope"):
        frequencies(population, scope="everything")
    with pytest.raises(ValueError, match="at_least: expected a share from 0 to 1, got 2"):
        frequencies(population, at_least=2)
    assert frequencies([]).values.size == 0
