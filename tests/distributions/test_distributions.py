import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from reglab import config, distributions

PLANAR = ("gauss", "xor", "circle", "spiral", "moons")
NOISES = (0.05, 0.25, 0.5)
DRAWS = 1_000_000


def drawn(name, noise, n, rng):
    """The generators' formulas in plain NumPy, independent of reglab's sampler."""
    y = rng.integers(0, 2, n)
    u = rng.uniform(-1, 1, (n, 2))
    if name == "gauss":
        x = (4 * y - 2)[:, None] + np.sqrt(0.5 + 7 * noise) * rng.normal(size=(n, 2))
    elif name == "xor":
        x = rng.uniform(-5, 5, (n, 2))
        x += np.where(x > 0, 0.3, -0.3)
        moved = x + 5 * noise * u
        y = (moved[:, 0] * moved[:, 1] >= 0).astype(int)
    elif name == "circle":
        radius = np.where(y == 1, rng.uniform(0, 2.5, n), rng.uniform(3.5, 5, n))
        angle = rng.uniform(0, 2 * np.pi, n)
        x = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        y = (np.hypot(*(x + 5 * noise * u).T) < 2.5).astype(int)
    elif name == "spiral":
        along = rng.uniform(0, 1, n)
        angle = 1.75 * along * 2 * np.pi + np.pi * (1 - y)  # the positive arm starts at 0
        x = 5 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1) + noise * u
    else:
        angle = rng.uniform(0, np.pi, n)
        outer = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        inner = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
        x = np.where(y[:, None] == 1, inner, outer) + noise * rng.normal(size=(n, 2))
    return x.astype(np.float32), y


def linear(x):
    return jnp.stack([0.0 * x[:, 0], 0.8 * x[:, 0] - x[:, 1] + 0.1], axis=-1)


def jagged(x):
    """A random network with large weights: many pieces of boundary."""
    keys = jax.random.split(jax.random.key(5), 3)
    hidden = jnp.sin(2.5 * x @ jax.random.normal(keys[0], (2, 16)))
    hidden = jnp.sin(3.0 * hidden @ jax.random.normal(keys[1], (16, 16)))
    return hidden @ jax.random.normal(keys[2], (16, 2))


def smooth(x):
    return jnp.stack([jnp.hypot(x[:, 0], x[:, 1]), 0 * x[:, 0] + 2.4 + jnp.tanh(x[:, 0])], axis=-1)


HYPOTHESES = {"linear": linear, "smooth": smooth, "jagged": jagged}


def test_names_are_those_of_the_configuration():
    assert distributions.names() == config.DISTRIBUTIONS


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("name", PLANAR)
def test_true_errors_equal_an_independent_monte_carlo(name, noise):
    distribution = distributions.get(name, noise=noise)
    x, y = drawn(name, noise, DRAWS, np.random.default_rng(7))
    for label, h in HYPOTHESES.items():
        share = float(np.mean(np.asarray(jax.jit(h)(x)).argmax(axis=1) != y))
        estimate = distribution.true_error(h)
        spread = 4 * np.sqrt(share * (1 - share) / DRAWS)
        assert abs(estimate.value - share) <= 0.001 + spread, (label, estimate, share)
        assert estimate.low <= estimate.value <= estimate.high


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.25, 0.5])
def test_bayes_errors_equal_the_closed_forms(noise):
    gauss = norm.cdf(-2 * np.sqrt(2) / np.sqrt(0.5 + 7 * noise))
    assert distributions.get("gauss", noise=noise).bayes_error().value == pytest.approx(
        gauss, abs=1e-3
    )
    reach = 5 * noise
    one = (reach - 0.3) ** 2 / (100 * noise) if reach > 0.3 else 0.0
    assert distributions.get("xor", noise=noise).bayes_error().value == pytest.approx(
        2 * one * (1 - one), abs=1e-3
    )


@pytest.mark.parametrize("name", distributions.names())
def test_label_noise_turns_every_error_as_the_formula_says(name):
    kind = distributions.REGISTRY[name]
    K = kind.num_classes
    clean, noisy = kind(), kind(label_noise=0.3)
    expected = 0.3 + (1 - 0.3 * K / (K - 1)) * clean.bayes_error().value
    assert noisy.bayes_error().value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", distributions.names())
def test_the_first_draws_are_the_same_for_every_number_of_draws(name):
    distribution = distributions.get(name, label_noise=0.2)
    few, many = (distribution.sample(jax.random.key(3), n) for n in (10, 40))
    np.testing.assert_array_equal(few.x, many.x[:10])
    np.testing.assert_array_equal(few.y, many.y[:10])
    assert few.x.dtype == jnp.float32
    assert few.x.shape == (10, *distribution.input_shape)


@pytest.mark.parametrize("name", ["gauss", "spiral", "moons"])
def test_moving_noise_moves_the_same_points_continuously(name):
    samples = [
        distributions.get(name, noise=noise).sample(jax.random.key(0), 200)
        for noise in (0.2, 0.2001)
    ]
    np.testing.assert_array_equal(samples[0].y, samples[1].y)
    assert 0 < float(jnp.abs(samples[0].x - samples[1].x).max()) < 0.01


@pytest.mark.parametrize("name", distributions.names())
def test_evaluation_masses_sum_to_one(name):
    x, mass = distributions.get(name, label_noise=0.1).evaluation(jax.random.key(0), 4096)
    assert mass.shape == (len(x), distributions.REGISTRY[name].num_classes)
    assert float(mass.sum()) == pytest.approx(1, abs=1e-4)
    assert float(mass.min()) >= 0


def test_digits_are_enumerated():
    digits = distributions.get("digits")
    x, mass = digits.evaluation(jax.random.key(0), 5)
    estimate = digits.true_error(lambda x: jnp.eye(10)[jnp.zeros(len(x), int)])
    share = 1 - float(mass[:, 0].sum())
    assert (len(x), estimate.method) == (1797, "enumeration")
    assert estimate.value == estimate.low == estimate.high == pytest.approx(share, abs=1e-6)
    assert estimate.value * 1797 == pytest.approx(1797 - 178, abs=1e-2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: distributions.get("moon"), "distribution: expected one of"),
        (lambda: distributions.get("moons", noize=1), "number of moons: expected one of"),
        (lambda: distributions.get("moons", noise=float("nan")), "noise: expected"),
        (lambda: distributions.get("xor", noise=0.6), "noise: expected"),
        (lambda: distributions.get("gauss", label_noise=0.6), "label_noise: expected"),
        (lambda: distributions.check(object()), "distribution: expected input_shape"),
        (lambda: distributions.get("digits").density(jnp.zeros((1, 2))), "density: expected"),
        (lambda: distributions.get("moons").sample(3, 10), "key: expected"),
    ],
)
def test_bad_input_is_one_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
