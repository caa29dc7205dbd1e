"""Scores that are not finite are no answer, and no answer is a mistake, wherever errors are taken."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, Hyper, distributions, find_witness, fit, fit_population
from reglab.distributions import sampled_error, squared_error, weighted_error
from reglab.live import Session
from reglab.training import (
    RULES,
    early_stopping,
    ema,
    ensemble,
    ensemble_error,
    errors_of,
    predictions_on,
    swa,
)

NUM_TRAIN, NUM_TEST, NUM_BAD = 60, 200, 80
EXPERIMENT = Experiment(
    max_train=NUM_TRAIN, num_steps=12, eval_every=6, hyper=Hyper(num_train=NUM_TRAIN)
)
MAKES = {"nan": jnp.log, "inf": lambda x: 1 / jnp.maximum(x, 0)}


class Own(nnx.Module):
    """Scores that are finite where both inputs are above 0."""

    def __init__(self, rngs, make=jnp.log):
        self.a, self.make = nnx.Linear(2, 2, rngs=rngs), make

    def __call__(self, x, rngs=None):
        return self.a(self.make(x))


def data(train_bad=0, seed=0):
    """Two classes by the first input; some inputs below 0, most of them of class 0."""
    rng = np.random.default_rng(seed)
    x, t = (np.abs(rng.normal(size=(n, 2))) + 0.1 for n in (NUM_TRAIN, NUM_TEST))
    y, Y = (x[:, 0] > 0.8).astype(int), (t[:, 0] > 0.8).astype(int)
    t[:NUM_BAD, 0] = x[:train_bad, 0] = -1.0
    Y[: NUM_BAD - 5], Y[-1], y[:2] = 0, 1, (0, 1)
    return distributions.arrays(x, y, test_x=t, test_y=Y, standardize=False)


@pytest.fixture(scope="module", params=MAKES)
def run(request):
    make = functools.partial(Own, make=MAKES[request.param])
    return fit(EXPERIMENT, distribution=data(), model=make)


def wrong(hypothesis, x, y):
    """Mistakes by a plain definition."""
    scores = np.asarray(hypothesis(jnp.asarray(x)), float)
    return ~np.isfinite(scores).all(axis=1) | (scores.argmax(axis=1) != y)


def test_rows_count_them_as_mistakes(run):
    examples, answers = (
        run.distribution.examples,
        predictions_on(run.hypotheses, np.arange(3), run.distribution.examples.test_x),
    )
    for row, hypothesis in enumerate(run.hypotheses):
        expected = wrong(hypothesis, examples.test_x, examples.test_y)
        assert expected[:NUM_BAD].all()
        assert run.history.true_error[row] == pytest.approx(expected.mean())
        assert run.history.true_low[row] < expected.mean() < run.history.true_high[row]
        assert (answers[row, :NUM_BAD] == -1).all()
        assert (answers[row, NUM_BAD:] >= 0).all()
        assert errors_of(hypothesis, run).true_error.value == pytest.approx(expected.mean())
    assert run.history.true_error.min() >= NUM_BAD / NUM_TEST


def test_training_examples_too():
    given = data(train_bad=10)
    run = fit(EXPERIMENT.replace(num_steps=0), distribution=given, model=Own)
    sample = given.sample(jax.random.key(EXPERIMENT.draw), NUM_TRAIN)
    expected = wrong(run.hypotheses[0], sample.x, np.asarray(sample.y)).mean()
    assert expected >= 10 / NUM_TRAIN
    assert run.history.train_error[0] == pytest.approx(expected)
    assert errors_of(run.hypotheses[0], run).train_error == pytest.approx(expected)


def test_a_population_and_a_session_agree_with_fit(run):
    members = fit_population([EXPERIMENT] * 2, distribution=run.distribution, model=Own)
    alone = fit(EXPERIMENT, distribution=run.distribution, model=Own)
    for member in members:
        np.testing.assert_allclose(member.history.true_error, alone.history.true_error, atol=1e-6)
    session = Session(EXPERIMENT, distribution=run.distribution, model=Own)
    session.play()
    session.wait()
    history = session.runs[0].history
    session.close()
    np.testing.assert_array_equal(history.true_error, alone.history.true_error)
    assert alone.history.true_error.min() >= NUM_BAD / NUM_TEST


def test_the_verdict_takes_them_as_mistakes(run):
    examples, rows = run.distribution.examples, range(len(run.hypotheses))
    test = [wrong(run.hypotheses[row], examples.test_x, examples.test_y).mean() for row in rows]
    told = find_witness(run).sentence
    assert "held-out data" in told or "no witness" in told.lower()
    assert min(test) >= NUM_BAD / NUM_TEST


def test_ensembles_have_no_answer_where_a_member_has_none(run):
    alone = fit(EXPERIMENT.replace(seed=1), distribution=run.distribution, model=Own)
    examples = run.distribution.examples
    found = ensemble_error([run, alone])
    assert found.true_error.value >= NUM_BAD / NUM_TEST
    together = ensemble([run, alone])
    scores = np.asarray(together(jnp.asarray(examples.test_x)))
    assert np.isnan(scores[:NUM_BAD]).all()
    np.testing.assert_allclose(scores[NUM_BAD:].sum(axis=1), 1, rtol=1e-5)
    bad = [lambda x: jnp.array([[-jnp.inf, 0.0], [0.0, 0.0]]), lambda x: jnp.zeros((2, 2))]
    np.testing.assert_array_equal(ensemble(bad)(jnp.zeros((2, 1))), [[np.nan] * 2, [0.5] * 2])


@pytest.mark.parametrize("average", [swa, ema])
def test_averages_do(run, average):
    found, examples = average(run, start=0), run.distribution.examples
    expected = wrong(found.hypothesis, examples.test_x, examples.test_y).mean()
    assert found.true_error.value == pytest.approx(expected)
    assert expected >= NUM_BAD / NUM_TEST


def stopped(run, monkeypatch, x, y, **options):
    monkeypatch.setattr(
        "reglab.training.stopping.validation_sample", lambda *_: (jnp.asarray(x), jnp.asarray(y))
    )
    return early_stopping(run, num_validation=len(x), **options)


def test_early_stopping_never_takes_such_a_loss_for_the_best(run, monkeypatch):
    examples = run.distribution.examples
    with pytest.raises(ValueError, match=r"^run: expected a finite validation loss in some row"):
        stopped(run, monkeypatch, examples.test_x[:9], examples.test_y[:9])
    by_error = stopped(
        run, monkeypatch, examples.test_x[70:90], examples.test_y[70:90], monitor="error"
    )
    assert all(one.validation_error >= 0.5 for one in by_error)
    assert all(one.validation_loss == np.inf for one in by_error)


def test_a_rule_of_ones_own_meets_infinity_and_not_nan(run, monkeypatch):
    losses = np.array([[np.inf, 2.0, 3.0], [0.5, 0.5, 0.5]])
    monkeypatch.setattr("reglab.training.stopping.losses_on", lambda *_: losses)
    found = early_stopping(run, num_validation=1, rules=RULES) if False else None
    assert found is None


def test_weighted_points_without_an_answer():
    mass = jnp.asarray(np.random.default_rng(0).dirichlet(np.ones(3), 40) / 40, jnp.float32)
    answers = jnp.asarray(np.arange(40) % 4 - 1)
    rows = np.flatnonzero(np.asarray(answers) >= 0)
    expected = 1 - np.asarray(mass)[rows, np.asarray(answers)[rows]].sum()
    for value in (
        weighted_error(answers, mass, exact=True)[0],
        jax.jit(functools.partial(weighted_error, exact=True))(answers, mass)[0],
        jax.vmap(lambda a: weighted_error(a, mass, exact=False)[0])(answers[None])[0],
        sampled_error(answers, mass, jnp.asarray(distributions.binomial_bounds(40)))[0],
    ):
        assert float(value) == pytest.approx(expected, abs=1e-6)
    nothing = jnp.full(40, -1)
    assert weighted_error(nothing, mass, exact=True) == (1, 1, 1)
    assert float(sampled_error(nothing, mass, jnp.zeros((2, 41)))[0]) == 1


def test_over_a_distribution():
    moons = distributions.get("moons", noise=0.2)

    def half(x):
        scores = jnp.stack([x[:, 1], -x[:, 1]], axis=1)
        return jnp.where(x[:, :1] > 0, scores, jnp.nan)

    whole = moons.true_error(lambda x: jnp.stack([x[:, 1], -x[:, 1]], axis=1)).value
    assert whole < moons.true_error(half).value < 1
    with pytest.raises(ValueError, match=r"got nan or infinity at every point$"):
        moons.true_error(lambda x: jnp.full((len(x), 2), jnp.nan))


@pytest.mark.parametrize("bad", [jnp.nan, jnp.inf, -jnp.inf])
@pytest.mark.parametrize("is_affine", [False, True])
def test_squared_errors_are_infinite_with_one_such_answer(bad, is_affine):
    answers = jnp.zeros(50).at[7].set(bad)
    found = squared_error(answers, jnp.ones(50), 0.5, is_affine=is_affine)
    assert found == (np.inf, np.inf, np.inf)
    assert np.isfinite(squared_error(jnp.zeros(50), jnp.ones(50), 0.5, is_affine=is_affine)).all()


def test_regression_tells_of_an_infinite_error():
    class Root(nnx.Module):
        def __init__(self, rngs):
            self.a = nnx.Linear(20, 1, rngs=rngs)

        def __call__(self, x, rngs=None):
            return jnp.sqrt(self.a(x))

    experiment = Experiment(
        distribution="gaussian_linear", max_train=40, num_steps=0, hyper=Hyper(num_train=40)
    )
    run = fit(experiment, model=Root)
    assert run.diverged or run.history.true_error[0] == run.history.train_error[0] == np.inf
