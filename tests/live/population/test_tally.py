"""A tally that grows by batches counts what a recount of all runs gives."""

import numpy as np
import pytest

from reglab.live import Tally, varying
from reglab.live.population.density import MOST_DOTS, density
from reglab.mitchell import SCOPES, Verdict, frequencies, last_verdicts
from reglab.training import bands
from tests.live.population.populations import STEPS, member, population

RUNS = [*population(draws=6), member(0.1, 2, 9, diverged=True), member(0.5, 1, 9, steps=STEPS[:7])]


def grown(scope, size=4):
    """A tally that was looked at after each batch."""
    tally = Tally(scope=scope, at_least=0.02)
    for start in range(0, len(RUNS), size):
        tally.add(RUNS[start : start + size])
        tally.frequency(), tally.bands(), tally.plane()
    return tally


@pytest.mark.parametrize("scope", SCOPES)
def test_verdicts_are_those_of_a_recount(scope):
    np.testing.assert_equal(grown(scope).verdicts, last_verdicts(RUNS, scope=scope))


@pytest.mark.parametrize("scope", SCOPES)
def test_frequencies_are_those_of_a_recount(scope):
    view = grown(scope).frequency()
    found = frequencies(RUNS, "dropout_rate", scope=scope, at_least=0.02)
    for name in found._fields:
        np.testing.assert_equal(getattr(view, name), getattr(found, name), err_msg=name)
    assert view.varies == "dropout rate"


def test_bands_are_those_of_all_runs_at_a_value():
    for value, view in zip((0.0, 0.1, 0.5), grown("data").bands(), strict=True):
        own = [r.history for r in RUNS if r.experiment.hyper.dropout_rate == value]
        for column, prefix in (("train_error", "train"), ("true_error", "true")):
            found = bands(own, column)
            for name in ("low", "median", "high"):
                shown = getattr(view, f"{prefix}_{name}")
                np.testing.assert_allclose(shown, getattr(found, name), atol=1e-6)
        np.testing.assert_array_equal(view.num_runs, found.count)
        assert view.num_train == 60


def test_bands_of_many_runs_may_lag_until_they_are_final():
    tally = Tally()
    tally.add(population((0.0,), draws=200))
    (first,) = tally.bands()
    tally.add([member(0.0, 1000)])
    assert tally.bands(is_final=False)[0] is first
    assert tally.bands()[0].num_runs.max() == 201


def test_another_scope_or_field_is_a_recount_too():
    tally = grown("data")
    np.testing.assert_equal(tally.look(scope="run").verdicts, grown("run").verdicts)
    by_draw = tally.look(by="draw")
    np.testing.assert_equal(by_draw.frequency().num_runs, frequencies(RUNS, "draw").num_runs)
    assert by_draw.frequency().varies == "draw"


def test_the_plane_has_a_dot_for_each_run_that_was_judged():
    view = grown("data").plane()
    judged = [i for i, run in enumerate(RUNS) if not run.diverged]
    assert view.run.tolist() == judged
    for i, run in enumerate(judged):
        assert view.train_error[i] == RUNS[run].history.train_error[-1]
        assert view.true_error[i] == RUNS[run].history.true_error[-1]
        assert view.draw[i] == RUNS[run].experiment.draw
    found = last_verdicts(RUNS)
    counts = (found.verdict == Verdict.OVERFITS) & (np.nan_to_num(found.severity) >= 0.02)
    np.testing.assert_array_equal(view.counts, counts[judged])
    assert view.counts.any()
    assert not view.counts.all()
    assert view.density is None
    assert view.bayes_error == pytest.approx(RUNS[0].distribution.bayes_error().value)


def test_many_dots_become_a_density_that_counts_them_all():
    tally = Tally()
    tally.add(population(draws=700))
    view = tally.plane()
    assert len(view.run) == 2100 > MOST_DOTS
    left, right, low, high = view.region
    assert left <= view.train_error.min() <= view.train_error.max() <= right
    assert low <= view.true_error.min() <= view.true_error.max() <= high
    assert view.density.dtype == np.uint8
    assert view.density.max() == 255
    region, grid = density(np.array([0.1, 0.1, 0.1, 0.1, 0.3]), np.array([0.2] * 4 + [0.6]))
    assert region == pytest.approx((0.0, 0.4, 0.2, 0.6))
    assert (grid[0, 0], grid[-1, -1], (grid > 0).sum()) == (255, 128, 2)


def test_each_count_of_errors_has_a_column_to_itself():
    wrong = np.repeat(np.arange(25), 10)
    region, grid = density((wrong / 60).astype(np.float32), np.tile(np.linspace(0.2, 0.4, 10), 25))
    assert grid.shape == (54, 25)
    assert ((grid > 0).sum(axis=0) == 10).all()
    assert region[:2] == pytest.approx((-0.5 / 60, 24.5 / 60), abs=1e-5)
    assert density(np.random.default_rng(0).uniform(size=500), np.arange(500.0))[1].shape == (
        54,
        72,
    )


def test_the_nearest_run_is_found_in_the_plane():
    tally = grown("data")
    target = RUNS[7].history
    place = float(target.train_error[-1]), float(target.true_error[-1]) + 1e-6
    assert tally.nearest(*place) == 7
    assert Tally().nearest(0.1, 0.1) is None


@pytest.mark.parametrize("scope", SCOPES)
def test_sentences_are_about_the_same_pool_as_the_verdicts(scope):
    tally = grown(scope)
    found = tally.verdicts
    for index in np.flatnonzero(~np.isnan(found.severity)).tolist():
        code, sentence = tally.sentence(index)
        assert code == Verdict(int(found.verdict[index])).name
        if code == "OVERFITS" and scope == "run":
            assert f"step {found.witness[index]})" in sentence


def test_the_sentence_names_the_witness():
    tally = grown("data")
    index = int(np.flatnonzero(tally.verdicts.verdict == Verdict.OVERFITS)[0])
    code, sentence = tally.sentence(index)
    witness = RUNS[int(tally.verdicts.witness[index])]
    assert code == "OVERFITS"
    assert "overfits" in sentence
    assert witness.name in sentence
    diverged = next(i for i, run in enumerate(RUNS) if run.diverged)
    assert tally.sentence(diverged) == (
        "NONE",
        "This run diverged: it has no last hypothesis to judge.",
    )


def test_what_varies_is_found_and_an_unknown_field_refused():
    assert varying([run.experiment for run in RUNS]) == "dropout_rate"
    assert varying([member(0.0, draw).experiment for draw in range(3)]) == "draw"
    with pytest.raises(ValueError, match="by: expected a field"):
        Tally("colour")
    with pytest.raises(ValueError, match="scope: expected one of run, data"):
        Tally(scope="all")
