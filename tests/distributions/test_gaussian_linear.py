"""Regression with a known line: risks by formula, beside independent draws and scikit-learn."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from reglab import (
    Experiment,
    Hyper,
    LinearConfig,
    MLPConfig,
    Verdict,
    distributions,
    early_stopping,
    find_witness,
    fit,
)
from reglab.training import ema, ensemble, errors_of, mc_dropout_error
from tests.distributions.reference import CLASSES

KEY = jax.random.key(5)
FEATURES = 20
WEIGHTS = np.full(FEATURES, FEATURES**-0.5)
NOISES = (0.0, 0.3, 1.0)
MANY = 100_000


def given(noise=0.5):
    return distributions.get("gaussian_linear", noise=noise)


def experiment(**fields):
    hyper = Hyper(noise=0.5, label_noise=0, num_train=30)
    base = Experiment(distribution="gaussian_linear", max_train=100, num_steps=300, hyper=hyper)
    return dataclasses.replace(base, model=LinearConfig()).replace(**fields)


def test_it_is_the_only_one_without_classes():
    assert set(distributions.names()) - set(CLASSES) == {"gaussian_linear"}


@pytest.mark.parametrize("noise", NOISES)
def test_the_law_of_a_sample(noise):
    n = MANY
    x, y = (np.asarray(part, float) for part in given(noise).sample(KEY, n))
    assert (x.shape, y.shape) == ((n, FEATURES), (n,))
    assert np.abs(x.mean(axis=0)).max() < 5 / np.sqrt(n)
    assert np.abs(np.cov(x.T) - np.eye(FEATURES)).max() < 5 * np.sqrt(2 / n)
    rest = y - x @ WEIGHTS
    assert rest.std() == pytest.approx(noise, abs=5e-6 + 4 * noise / np.sqrt(2 * n))
    assert abs(np.corrcoef(rest, x[:, 0])[0, 1]) < 5 / np.sqrt(n) if noise else True
    few = given(noise).sample(KEY, 9)
    np.testing.assert_array_equal(few.x, x[:9].astype(np.float32))
    np.testing.assert_array_equal(few.y, y[:9].astype(np.float32))


def test_moving_the_noise_moves_the_targets_alone():
    at = [given(noise).sample(KEY, 50) for noise in (0.0, 0.2, 0.4)]
    np.testing.assert_array_equal(at[0].x, at[2].x)
    np.testing.assert_allclose(at[2].y - at[0].y, 2 * (at[1].y - at[0].y), atol=1e-6)


@pytest.mark.parametrize("noise", NOISES)
def test_the_risk_of_an_affine_predictor_is_one_minus_r2_over_draws(noise):
    rng = np.random.default_rng(3)
    v, b = WEIGHTS + 0.1 * rng.normal(size=FEATURES), 0.3

    def predict(x):
        return (np.asarray(x, float) @ v + b)[:, None]

    found = given(noise).true_error(predict)
    assert (found.method, found.low, found.high) == ("closed-form", found.value, found.value)
    x, y = (np.asarray(part, float) for part in given(noise).sample(KEY, MANY))
    answers = predict(x)[:, 0]
    shares = (answers - y) ** 2 / (1 + noise**2)
    assert abs(shares.mean() - found.value) < 4 * shares.std() / np.sqrt(MANY)
    r2 = r2_score(y, answers)  # by the variance of these y: a quotient of two chi-squares
    assert 1 - r2 == pytest.approx(found.value, rel=4 * 2 / np.sqrt(MANY))


@pytest.mark.parametrize("noise", NOISES)
def test_nothing_is_better_than_the_line_itself(noise):
    distribution = given(noise)
    bayes = distribution.bayes_error()
    line = distribution.true_error(lambda x: (x @ jnp.asarray(WEIGHTS, jnp.float32))[:, None])
    assert bayes.value == pytest.approx(noise**2 / (1 + noise**2))
    assert line.value == pytest.approx(bayes.value, abs=1e-9)
    mean = distribution.true_error(lambda x: jnp.zeros((len(x), 1)))
    assert mean.value == pytest.approx(1)


@pytest.mark.slow
def test_a_bent_predictor_is_judged_over_draws_within_its_interval():
    def predict(x):
        return jnp.tanh(2 * x.sum(axis=1, keepdims=True) / FEATURES**0.5)

    found = given().true_error(predict, half_width=0.002)
    assert found.method == "monte-carlo"
    assert 0 < found.high - found.low <= 0.004
    z = np.random.default_rng(0).normal(size=4_000_000)  # w·x is a standard normal
    expected = (((np.tanh(2 * z) - z) ** 2).mean() + 0.25) / 1.25
    assert abs(found.value - expected) < 0.003


def test_an_evaluation_set_has_the_moments_of_the_distribution():
    x, mean = given().evaluation(KEY, 2048)
    np.testing.assert_allclose(np.asarray(x, float).mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(np.cov(x.T, bias=True), np.eye(FEATURES), atol=2e-5)
    np.testing.assert_allclose(mean[:, 0], np.asarray(x) @ WEIGHTS, atol=1e-5)


@pytest.mark.slow
def test_rows_of_a_linear_run_are_the_formula_of_their_hypotheses():
    run = fit(experiment())
    np.testing.assert_array_equal(run.history.true_low, run.history.true_high)
    x, y = run.distribution.sample(jax.random.key(run.experiment.draw), 30)
    for row in (0, 10, -1):
        estimate = run.distribution.true_error(run.hypotheses[row])
        assert estimate.method == "closed-form"
        assert run.history.true_error[row] == pytest.approx(estimate.value, abs=1e-5)
        miss = np.asarray(run.hypotheses[row](x))[:, 0] - np.asarray(y)
        assert run.history.train_error[row] == pytest.approx((miss**2).mean() / 1.25, rel=1e-4)
        assert run.history.train_loss[row] == pytest.approx((miss**2).mean(), rel=1e-4)
        assert errors_of(run.hypotheses[row], run).train_error == pytest.approx(
            run.history.train_error[row], rel=1e-4
        )


@pytest.mark.slow
def test_full_batches_come_to_the_least_squares_solution():
    run = fit(experiment(optimizer="sgd", batch_size=30, num_steps=20_000, eval_every=20_000))
    x, y = (np.asarray(p) for p in run.distribution.sample(jax.random.key(5), 30))
    exact = LinearRegression().fit(x, y)
    h = run.hypotheses[-1]
    np.testing.assert_allclose(h.linear.kernel[...][:, 0], exact.coef_, atol=2e-3)
    np.testing.assert_allclose(h.linear.bias[...][0], exact.intercept_, atol=2e-3)


def test_noise_makes_a_witness_and_the_words_say_what_an_error_is():
    run = fit(experiment(num_steps=600))
    found = find_witness(run, bayes=run.distribution.bayes_error().value)
    assert found.verdict == Verdict.OVERFITS
    assert "the whole distribution (1 − R²)" in found.sentence
    assert "training examples" in found.sentence


@pytest.mark.slow
def test_a_network_has_intervals_that_cover_a_finer_estimate():
    run = fit(experiment(model=MLPConfig(widths=(16,))))
    finer = run.distribution.true_error(run.hypotheses[-1], half_width=0.001)
    assert run.history.true_low[-1] < finer.low < finer.high < run.history.true_high[-1]


@pytest.mark.slow
def test_what_is_done_after_training_works_for_answers_too():
    run = fit(experiment(model=MLPConfig(widths=(16,)), dropout_rate=0.3))
    for stopped in early_stopping(run):
        assert stopped.regret >= 0
    assert 0 < ema(run).true_error.value < 2
    members = [run.hypotheses[i] for i in (-1, -2, -3)]
    x = jnp.ones((4, FEATURES))
    mean = np.mean([member(x) for member in members], axis=0)
    np.testing.assert_allclose(ensemble(members)(x), mean, rtol=1e-5)
    both = mc_dropout_error(run, num_samples=20)
    assert abs(both.mc_dropout.true_error.value - both.weight_scaling.true_error.value) < 0.3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: d.true_error(lambda x: x), r"predict: expected answers of shape \(85, 1\)"),
        (lambda d: d.true_error(lambda x: x[:, :1] * jnp.nan), "predict: expected finite answers"),
        (lambda d: d.true_error(lambda x: x[:, :1], half_width=0), "half_width: expected"),
        (lambda d: distributions.shifted(d, "noise", 0.5), "shift: expected a distribution of cl"),
        (lambda d: d.density(jnp.ones((2, 2))), "density: expected a planar distribution"),
        (lambda d: given(1.5), "noise: expected a number from 0 to 1, got 1.5"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(call, said):
    with pytest.raises(ValueError, match=said) as error:
        call(given())
    assert "\n" not in str(error.value)
