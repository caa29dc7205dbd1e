"""Scores that are not finite are no answer, and no answer is a mistake, in errors of any kind."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, Hyper, distributions, find_witness, fit, fit_population
from reglab.distributions import sampled_error, squared_error, weighted_error
from reglab.live import Session
from reglab.mitchell.audit import audit_mistakes, seed_of
from reglab.training import (
    early_stopping,
    ema,
    ensemble,
    ensemble_error,
    errors_of,
    predictions_on,
    swa,
)

NUM_TRAIN, NUM_TEST, NUM_BAD = 60, 200, 80
SECONDS = 120
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


def data(num_bad=0, seed=0):
    """Two classes by the first input; the first inputs of some examples are below 0."""
    rng = np.random.default_rng(seed)
    x, t = (np.abs(rng.normal(size=(n, 2))) + 0.1 for n in (NUM_TRAIN, NUM_TEST))
    y, Y = (x[:, 0] > 0.8).astype(int), (t[:, 0] > 0.8).astype(int)
    t[:NUM_BAD, 0] = x[:num_bad, 0] = -1.0
    Y[: NUM_BAD - 5], Y[-1], y[-2:], y[:num_bad] = 0, 1, (0, 1), 1
    return distributions.arrays(x, y, test_x=t, test_y=Y, standardize=False)


@pytest.fixture(scope="module", params=MAKES)
def factory(request):
    return functools.partial(Own, make=MAKES[request.param])


@pytest.fixture(scope="module")
def run(factory):
    return fit(EXPERIMENT, distribution=data(), model=factory)


def bad(examples):
    """Which test examples have no finite scores."""
    return examples.test_x[:, 0] < 0


def wrong(hypothesis, x, y):
    """Mistakes by a plain definition."""
    scores = np.asarray(hypothesis(jnp.asarray(x)), float)
    return ~np.isfinite(scores).all(axis=1) | (scores.argmax(axis=1) != y)


@pytest.mark.costly
def test_rows_count_them_as_mistakes(run):
    examples, answers = (
        run.distribution.examples,
        predictions_on(run.hypotheses, np.arange(3), run.distribution.examples.test_x),
    )
    is_bad = bad(examples)
    for row, hypothesis in enumerate(run.hypotheses):
        expected = wrong(hypothesis, examples.test_x, examples.test_y)
        assert expected[is_bad].all()
        assert run.history.true_error[row] == pytest.approx(expected.mean())
        assert run.history.true_low[row] < expected.mean() < run.history.true_high[row]
        np.testing.assert_array_equal(answers[row] == -1, is_bad)
        assert errors_of(hypothesis, run).true_error.value == pytest.approx(expected.mean())
    assert run.history.true_error.min() >= NUM_BAD / NUM_TEST


class Sure(Own):
    """Sure of class 1, whose loss is 0, where the first input is below 0."""

    def __call__(self, x, rngs=None):
        return jnp.where(x[:, :1] < 0, jnp.array([-jnp.inf, 0.0]), self.a(jnp.abs(x)))


@pytest.mark.slow
def test_training_examples_too():
    given = data(num_bad=10)
    run = fit(EXPERIMENT, distribution=given, model=Sure)
    sample = given.sample(jax.random.key(EXPERIMENT.draw), NUM_TRAIN)
    for row, hypothesis in enumerate(run.hypotheses):
        expected = wrong(hypothesis, sample.x, np.asarray(sample.y)).mean()
        assert expected >= 10 / NUM_TRAIN
        assert run.history.train_error[row] == pytest.approx(expected)
        assert errors_of(hypothesis, run).train_error == pytest.approx(expected)


@pytest.mark.costly
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")  # of the picture, not here
def test_a_population_and_a_session_agree_with_fit(run, factory):
    members = fit_population([EXPERIMENT] * 2, distribution=run.distribution, model=factory)
    for member in members:
        np.testing.assert_allclose(member.history.true_error, run.history.true_error, atol=1e-6)
    with Session(
        EXPERIMENT, distribution=run.distribution, model=factory, steps_per_second=None
    ) as session:
        assert session.wait(SECONDS)
        session.play()
        assert session.wait(SECONDS)
        history = session.runs[0].history
    np.testing.assert_array_equal(history.true_error, run.history.true_error)
    assert run.history.true_error.min() >= NUM_BAD / NUM_TEST


def test_the_verdict_takes_them_as_mistakes(run):
    sample = run.distribution.sample(jax.random.key(EXPERIMENT.draw), NUM_TRAIN)
    test = run.distribution.test_sample(jax.random.key(0))
    mistakes = [
        np.array([wrong(h, part.x, np.asarray(part.y)) for h in run.hypotheses])
        for part in (sample, test)
    ]
    expected = audit_mistakes(*mistakes, seed=seed_of(np.asarray(test.y)))
    for row in range(3):
        assert find_witness(run, row=row).verdict == expected.verdict[row]
    assert (expected.test_error >= NUM_BAD / NUM_TEST).all()


def test_ensembles_have_no_answer_where_a_member_has_none(run, factory):
    alone = fit(EXPERIMENT.replace(seed=1), distribution=run.distribution, model=factory)
    examples = run.distribution.examples
    found = ensemble_error([run, alone])
    assert found.true_error.value >= NUM_BAD / NUM_TEST
    together = ensemble([run, alone])
    scores = np.asarray(together(jnp.asarray(examples.test_x)))
    assert np.isnan(scores[bad(examples)]).all()
    np.testing.assert_allclose(scores[~bad(examples)].sum(axis=1), 1, rtol=1e-5)
    members = [lambda x: jnp.array([[-jnp.inf, 0.0], [0.0, 0.0]]), lambda x: jnp.zeros((2, 2))]
    np.testing.assert_array_equal(ensemble(members)(jnp.zeros((2, 1))), [[np.nan] * 2, [0.5] * 2])


@pytest.mark.parametrize("average", [swa, ema])
def test_averages_do(run, average):
    found, examples = average(run, start=0), run.distribution.examples
    expected = wrong(found.hypothesis, examples.test_x, examples.test_y).mean()
    assert found.true_error.value == pytest.approx(expected)
    assert expected >= NUM_BAD / NUM_TEST


def stopped(run, monkeypatch, x, y, **options):
    monkeypatch.setattr(
        "reglab.training.remedies.stopping.validation_sample",
        lambda *_: (jnp.asarray(x), jnp.asarray(y)),
    )
    return early_stopping(run, num_validation=len(x), **options)


def test_early_stopping_never_takes_such_a_loss_for_the_best(run, monkeypatch):
    examples = run.distribution.examples
    worst = np.flatnonzero(bad(examples))[:10]
    mixed = np.concatenate([worst, np.flatnonzero(~bad(examples))[:10]])

    def stopped(rows, **options):
        sample = jnp.asarray(examples.test_x[rows]), jnp.asarray(examples.test_y[rows])
        monkeypatch.setattr(
            "reglab.training.remedies.stopping.validation_sample", lambda *_: sample
        )
        return early_stopping(run, **options)

    for rows in (worst, mixed):
        with pytest.raises(ValueError, match=r"^run: expected a finite validation loss in some"):
            stopped(rows)
    for one in stopped(mixed, monitor="error"):
        expected = wrong(
            run.hypotheses[one.returned_row], examples.test_x[mixed], examples.test_y[mixed]
        )
        assert one.validation_error == expected.mean() >= 0.5
        assert one.validation_loss == np.inf


@pytest.mark.slow
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


@pytest.mark.slow
def test_regression_tells_of_an_infinite_error():
    class Root(nnx.Module):
        """No number on about one input in a thousand."""

        def __init__(self, rngs):
            self.a = nnx.Linear(20, 1, rngs=rngs)

        def __call__(self, x, rngs=None):
            return jnp.sqrt(self.a(x) + 3)

    experiment = Experiment(
        distribution="gaussian_linear",
        max_train=40,
        num_steps=2,
        eval_every=1,
        hyper=Hyper(num_train=40, learning_rate=1e-4),
    )
    run = fit(experiment, model=Root)
    assert np.isfinite(run.history.train_error).all()
    for name in ("true_error", "true_low", "true_high"):
        assert (getattr(run.history, name) == np.inf).all()
    better = fit(experiment)
    found = find_witness(run, better)
    assert "∞ %" in found.sentence or found.verdict.name == "NO_WITNESS"
    with pytest.raises(ValueError, match="predict: expected finite answers"):
        errors_of(run.hypotheses[-1], run)
