"""Ensembles of runs and of hypotheses."""

import dataclasses
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy.special import softmax

from reglab import distributions, find_witness, fit
from reglab.mitchell import pool_of
from reglab.training import ensemble, ensemble_error, errors_of
from tests import small
from tests.own import changed

SHORT = small.SMALL.replace(distribution="digits", num_steps=40, label_noise=0.1)


@pytest.fixture(scope="module")
def runs():
    """The first two share their training sample."""
    return [fit(SHORT.replace(seed=seed, draw=draw)) for seed, draw in ((0, 0), (1, 0), (2, 5))]


@pytest.fixture(scope="module")
def sample(runs):
    return runs[0].distribution.sample(jax.random.key(9), 200)


def test_probabilities_are_the_mean_of_the_members(runs, sample):
    probabilities = np.asarray(ensemble(runs)(sample.x))
    every = [softmax(np.asarray(run.hypotheses[-1](sample.x)), axis=1) for run in runs]
    np.testing.assert_allclose(probabilities, np.mean(every, axis=0), atol=1e-6)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


def test_identical_members_equal_the_member(runs, sample):
    h = runs[0].hypotheses[-1]
    alone, four = ensemble([h]), ensemble([h] * 4)
    np.testing.assert_array_equal(alone(sample.x), jax.nn.softmax(h(sample.x)))
    np.testing.assert_array_equal(four(sample.x), alone(sample.x))
    assert errors_of(four, runs[0]) == errors_of(h, runs[0])
    both = ensemble_error([runs[0], runs[0]])
    assert both.train_error == both.mean_train_error
    assert both.true_error.value == both.mean_true_error


def test_hypotheses_of_one_run_and_plain_functions(runs, sample):
    snapshots = runs[0].hypotheses[-2:]
    expected = np.mean([softmax(np.asarray(h(sample.x)), axis=1) for h in snapshots], axis=0)
    np.testing.assert_allclose(ensemble(snapshots)(sample.x), expected, atol=1e-6)
    half = ensemble([lambda x: jnp.zeros((len(x), 2)), lambda x: np.zeros((len(x), 2))])
    assert (half(sample.x) == 0.5).all()


@pytest.mark.parametrize("rows", [3, [1, 2, -1]])
def test_rows(runs, sample, rows):
    chosen = [rows] * 3 if isinstance(rows, int) else rows
    members = [run.hypotheses[row] for run, row in zip(runs, chosen, strict=True)]
    np.testing.assert_array_equal(ensemble(runs, rows=rows)(sample.x), ensemble(members)(sample.x))
    found = ensemble_error(runs, rows=rows)
    for run, row, train, true in zip(
        runs, chosen, found.member_train_errors, found.member_true_errors, strict=True
    ):
        assert train == pytest.approx(run.history.train_error[row], abs=1e-6)
        assert true == pytest.approx(run.history.true_error[row], abs=1e-6)


def test_errors_beside_those_of_the_members(runs):
    found = ensemble_error(runs)
    assert found.mean_train_error == found.member_train_errors.mean()
    assert found.mean_true_error == found.member_true_errors.mean()
    each = [errors_of(ensemble(runs), run) for run in runs]
    assert each[0].train_error == each[1].train_error  # the same training examples
    assert found.train_error == np.mean([errors.train_error for errors in each])
    assert found.true_error == each[0].true_error


def test_cross_entropy_is_at_most_the_mean_of_the_members(runs, sample):
    loss = optax.softmax_cross_entropy_with_integer_labels
    alone = [float(loss(run.hypotheses[-1](sample.x), sample.y).mean()) for run in runs]
    together = float(loss(jnp.log(ensemble(runs)(sample.x)), sample.y).mean())
    assert together < np.mean(alone)


def own(seed):
    rng = np.random.default_rng(seed)
    data = distributions.arrays(rng.normal(size=(90, 2)), np.arange(90) % 2)
    experiment = dataclasses.replace(SHORT, num_steps=8, max_train=40)
    return fit(experiment, distribution=data)


@pytest.mark.slow
def test_runs_on_two_data_sets_are_refused_as_find_witness_refuses_them():
    one, two = own(0), own(1)
    assert ensemble_error([one, one]).mean_true_error > 0
    with pytest.raises(ValueError, match=r"^runs: expected the same examples in all, got 63 \+ 27"):
        ensemble_error([one, two])
    with pytest.raises(ValueError, match=r"^runs: expected the same examples in all of a pool"):
        find_witness(one, two)
    drawn = [SimpleNamespace(**vars(one)) for _ in range(2)]
    for run, by in zip(drawn, (0.0, 1.0), strict=True):
        run.distribution = changed(x=lambda x, by=by: x + by)
    for refused in (ensemble_error, pool_of):
        with pytest.raises(ValueError, match=r"^runs: expected the same draws in all"):
            refused(drawn)


def on_xor(run):
    return dataclasses.replace(run, experiment=SHORT.replace(distribution="xor"))


BAD = {
    "members: expected at least one, got none": lambda runs: ensemble([]),
    "members: expected several, got one Run": lambda runs: ensemble(runs[0]),
    "members: expected runs or hypotheses, got int": lambda runs: ensemble([3]),
    "row: expected a whole number from -6 to 5, got 6": lambda runs: ensemble(runs, rows=6),
    "rows: expected one, or one for each of 3, got 2": lambda runs: ensemble(runs, rows=[1, 2]),
    "runs: expected at least one, got none": lambda runs: ensemble_error([]),
    "runs: expected what fit returns, got function": lambda runs: ensemble_error([lambda x: x]),
    "runs: expected the same label_noise in all, got 0.1 in run 1 and 0.2 in run 2": (
        lambda runs: ensemble_error([runs[0], fit(SHORT.replace(label_noise=0.2))])
    ),
    "runs: expected the same distribution in all, got 'digits' in run 1 and 'xor' in run 2": (
        lambda runs: ensemble_error([runs[0], on_xor(runs[0])])
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_inputs_are_named_in_one_line(runs, message):
    with pytest.raises(ValueError, match=f"^{message}") as raised:
        BAD[message](runs)
    assert "\n" not in str(raised.value)
