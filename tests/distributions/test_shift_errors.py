"""Errors over shifted distributions, against closed forms and their own draws."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import chisquare, norm

from reglab import Experiment, Hyper, LinearConfig, distributions, fit
from reglab.distributions import SHIFTS, shift_errors, shifted
from reglab.distributions.estimate import BATCH
from tests.distributions.moved import EVERY, KEY, rule, share_missed
from tests.distributions.test_registry import Line


def line_through(w, b):
    """The linear rule that answers 1 where ``w x + b`` is above 0."""
    w = jnp.asarray(w, jnp.float32)
    return lambda x: jnp.stack([jnp.zeros(len(x)), x @ w + b], axis=1)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(case for case in EVERY if case[0] != "moons"),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in EVERY if case[0] == "moons"),
        pytest.param("mnist1d", "translation", marks=pytest.mark.slow),
        pytest.param("mnist1d", "class_prior", marks=pytest.mark.slow),
    ],
)
def test_error_agrees_with_its_own_draws(name, kind):
    moved = shifted(distributions.get(name, label_noise=0.1), kind, 0.4)
    predict = rule(moved)
    estimate = moved.true_error(predict, half_width=0.01, key=jax.random.key(2))
    missed, spread = share_missed(moved, predict)
    assert estimate.low - 4 * spread <= missed <= estimate.high + 4 * spread
    x, mass = moved.evaluation(KEY, BATCH)
    answers = np.asarray(predict(x)).argmax(axis=1)
    weighed = 1 - np.asarray(mass, float)[np.arange(len(mass)), answers].sum()
    loose = 4 * np.sqrt(0.25 / len(mass)) if moved.method == "monte-carlo" else 0.003
    assert weighed == pytest.approx(estimate.value, abs=loose + estimate.high - estimate.low)
    still = moved.parent.true_error(predict, half_width=0.01).value
    assert abs(estimate.value - still) > 1e-4  # the shift does something


def test_points_to_judge_on_are_no_sample_of_the_same_key():
    moved = shifted(distributions.get("gauss"), "noise", 0.5)
    x, _ = moved.evaluation(KEY, BATCH)
    sampled = moved.sample(KEY, 60).x
    assert not np.isin(np.asarray(sampled)[:, 0], np.asarray(x)[:, 0]).any()


@pytest.mark.costly
@pytest.mark.parametrize("w", [(1.0, 0.4), (-0.3, 1.0)])
@pytest.mark.parametrize("kind", SHIFTS)
def test_errors_of_two_gaussians_have_a_closed_form(kind, w):
    s, b, variance = 0.35, 0.5, 0.5 + 7 * 0.3
    moved = shifted(distributions.get("gauss", noise=0.3), kind, s)
    means, prior, size = np.array([[-2.0, -2.0], [2.0, 2.0]]), np.array([0.5, 0.5]), 1.0
    if kind == "rotation":
        cos, sin = np.cos(np.pi * s), np.sin(np.pi * s)
        means = means @ np.array([[cos, sin], [-sin, cos]])
    elif kind == "translation":
        means = means + s
    elif kind == "contrast":
        size = 1 - 0.9 * s
        means = size * means
    elif kind == "noise":
        variance += s**2
    else:
        tilted = 1 - s + s * np.array([2 / 3, 4 / 3])
        prior = tilted / tilted.sum()
    z = (means @ np.array(w) + b) / (size * np.sqrt(variance) * np.linalg.norm(w))
    expected = prior[0] * norm.cdf(z[0]) + prior[1] * norm.cdf(-z[1])
    estimate = moved.true_error(line_through(w, b))
    assert estimate.low <= expected <= estimate.high
    assert estimate.high - estimate.low <= 0.005


def test_moved_digits_are_still_enumerated():
    digits = distributions.get("digits")
    moved, predict = shifted(digits, "rotation", 0.2), rule(digits)
    x, mass = moved.evaluation(KEY, 1)
    answers, labels = (np.asarray(part).argmax(axis=1) for part in (predict(x), mass))
    missed = float((answers != labels).mean())
    estimate = moved.true_error(predict)
    assert estimate.low == estimate.value == estimate.high == pytest.approx(missed, abs=1e-12)
    assert (estimate.num_points, estimate.method) == (1797, "enumeration")


def test_bayes_error_is_kept_counted_or_unknown():
    gauss = distributions.get("gauss", noise=0.4, label_noise=0.1)
    digits = distributions.get("digits", label_noise=0.1)
    for kind in ("rotation", "translation", "contrast"):
        assert shifted(gauss, kind, 0.5).bayes_error() == gauss.bayes_error()
        assert shifted(digits, kind, 0.5).bayes_error().value == pytest.approx(0.1, abs=1e-6)
    assert shifted(digits, "class_prior", 0.5).bayes_error().value == pytest.approx(0.1, abs=1e-6)
    for parent, kind in ((gauss, "class_prior"), (gauss, "noise"), (digits, "noise")):
        assert shifted(parent, kind, 0.5).bayes_error() is None


class Pairs:
    """Four images of four pixels; moved to the right by one pixel, the last two look the same."""

    input_shape, image_shape, num_classes, method = (16,), (4, 4), 2, "enumeration"

    def evaluation(self, key, num_points):
        x = jnp.zeros((4, 16)).at[0, 0].set(1).at[1, 5].set(1).at[2, 3].set(1)
        return x, jnp.array([[0.3, 0], [0, 0.3], [0.25, 0], [0, 0.15]])

    def sample(self, key, n):
        pick = jax.random.choice(key, 4, (n,), p=jnp.array([0.3, 0.3, 0.25, 0.15]))
        return distributions.Sample(self.evaluation(key, 1)[0][pick], (pick % 2).astype(jnp.int32))

    def bayes_error(self):
        return distributions.ErrorEstimate(0.0, 0.0, 0.0, 4, "enumeration")

    def true_error(self, predict, *, half_width=0.002, key=None):
        return distributions.true_error_from(self, predict, half_width, key)


def test_what_is_moved_out_of_sight_costs_the_best_classifier():
    assert shifted(Pairs(), "translation", 1.0).bayes_error().value == pytest.approx(0.15)
    # Halfway the pixel is still seen, at a quarter of its light.
    assert shifted(Pairs(), "translation", 0.5).bayes_error().value == 0
    assert shifted(Pairs(), "class_prior", 1.0).bayes_error().value == 0


@pytest.mark.parametrize("kind", ["translation", "noise", "class_prior", "contrast"])
def test_classes_of_the_users_are_shifted(kind):
    moved = shifted(Line(), kind, 0.3)
    predict = lambda x: jnp.concatenate([0.55 - x, x - 0.55], axis=1)  # noqa: E731
    estimate = moved.true_error(predict, half_width=0.01)
    missed, spread = share_missed(moved, predict)
    assert estimate.low - 4 * spread <= missed <= estimate.high + 4 * spread
    assert distributions.with_numbers(moved, noise=0.1) == dataclasses.replace(moved)


def test_shifts_add_up():
    gauss = distributions.get("gauss", noise=0.3)
    twice = shifted(shifted(gauss, "rotation", 0.5), "rotation", 0.25)
    once = shifted(gauss, "rotation", 0.75)
    np.testing.assert_allclose(twice.sample(KEY, 60).x, once.sample(KEY, 60).x, atol=1e-5)
    still = np.asarray(gauss.sample(KEY, BATCH).x)
    shaken = shifted(shifted(gauss, "noise", 0.6), "noise", 0.8).sample(KEY, BATCH).x
    assert np.std(shaken - still) == pytest.approx(1, abs=0.03)  # independent: variances add
    tilted = shifted(shifted(gauss, "class_prior", 1.0), "class_prior", 1.0)
    is_one = np.asarray(tilted.sample(KEY, BATCH).y).mean()
    assert is_one == pytest.approx(4 / 5, abs=4 * np.sqrt(0.16 / BATCH))
    both = shifted(shifted(gauss, "noise", 0.5), "class_prior", 1.0)
    predict = rule(gauss)
    estimate, (missed, spread) = both.true_error(predict), share_missed(both, predict)
    assert estimate.method == "monte-carlo"
    assert abs(estimate.value - missed) < 4 * spread + 0.002
    mass = np.asarray(both.evaluation(KEY, BATCH)[1])
    assert chisquare((BATCH * mass).sum(axis=0), BATCH * np.array([1, 2]) / 3).pvalue > 1e-4


def test_shift_errors_begin_with_the_original():
    gauss, predict = distributions.get("gauss", noise=0.2), line_through((1.0, 1.0), 0.0)
    found = shift_errors(predict, gauss, "rotation", [0.1, 0.25, 1.0])
    assert found._fields == ("strength", "error", "low", "high")
    np.testing.assert_array_equal(found.strength, [0, 0.1, 0.25, 1])
    margin = 4 / np.sqrt(2 * 1.9) * np.cos(np.pi * found.strength)
    assert (found.low <= norm.cdf(-margin)).all()
    assert (norm.cdf(-margin) <= found.high).all()
    assert found.error[0] == gauss.true_error(predict).value
    again = shift_errors(predict, gauss, "rotation", [0.0, 0.1])
    np.testing.assert_array_equal(again.error, found.error[:2])


def test_a_run_is_asked_for_its_last_hypothesis():
    hyper = Hyper(num_train=50)
    base = Experiment("digits", model=LinearConfig(), num_steps=30, eval_every=10)
    run = fit(base.replace(hyper=hyper))
    digits = run.distribution
    found = shift_errors(run, digits, "translation", [0.5])
    h = run.hypotheses[-1]
    expected = [d.true_error(h).value for d in (digits, shifted(digits, "translation", 0.5))]
    np.testing.assert_array_equal(found.error, expected)
    assert found.error[1] > found.error[0]


@pytest.mark.slow
def test_a_shifted_distribution_can_be_trained_on():
    moved = shifted(distributions.get("gauss"), "noise", 0.5)
    experiment = Experiment("gauss", model=LinearConfig(), num_steps=24)
    run = fit(experiment, distribution=moved)
    assert run.distribution.parent == distributions.get("gauss", noise=0.2, label_noise=0.2)
    assert (run.history.true_low < run.history.true_error).all()


def test_only_hypotheses_have_errors():
    with pytest.raises(ValueError, match=r"^predict: expected a Run or a function, got 3$"):
        shift_errors(3, distributions.Moons(), "rotation", [0.5])
