"""MNIST-1D: the package's signals, number by number, and the exact standardisation."""

import jax
import numpy as np
import pytest
from mnist1d.data import get_dataset_args, get_templates
from mnist1d.transform import interpolate, transform
from scipy.ndimage import gaussian_filter

from reglab import distributions
from reglab.distributions import mnist1d
from reglab.distributions.base import base_draws
from reglab.distributions.sequences import normal, unit

KEY = jax.random.key(6)
COUNT = 400
MEAN, DEVIATION = mnist1d.MEAN, mnist1d.DEVIATION


class Fed:
    """Stands in for ``numpy.random`` and hands out what it was given."""

    def __init__(self, uniforms, shift, noises):
        self.uniforms, self.shift, self.noises = iter(uniforms), shift, iter(noises)

    def rand(self):
        return next(self.uniforms)

    def choice(self, most):
        assert most == mnist1d.NUM_SHIFTS
        return self.shift

    def randn(self, count):
        noise = next(self.noises)
        assert noise.shape == (count,)
        return noise


def test_signals_are_the_packages_from_the_same_numbers(monkeypatch):
    words = np.asarray(base_draws(distributions.get("mnist1d"), KEY, COUNT)[0])
    x, y = distributions.get("mnist1d").sample(KEY, COUNT)
    np.testing.assert_array_equal(y, words[:, 0] % 10)
    scale, shear = np.asarray(unit(words[:, 3:5]), float).T
    noises = np.asarray(normal(unit(words[:, 5:])), float).reshape(COUNT, 2, 72)
    given, arguments, templates = [], get_dataset_args(), get_templates()
    words = words.astype(np.int64)
    for i in range(COUNT):
        padding = (words[i, 1] % 25 + 0.5) / 25  # of which the package takes int(25 * u)
        fed = Fed((padding, scale[i], shear[i]), int(words[i, 2] % 48), noises[i])
        monkeypatch.setattr("numpy.random.rand", fed.rand)
        monkeypatch.setattr("numpy.random.choice", fed.choice)
        monkeypatch.setattr("numpy.random.randn", fed.randn)
        given.append(transform(templates["x"][y[i]], templates["t"], arguments)[0])
    np.testing.assert_allclose(x, (np.array(given) - MEAN) / DEVIATION, atol=2e-5)
    assert len(np.unique(words[:, 1] % 25)) == 25
    assert len(np.unique(words[:, 2] % 48)) == 48


def test_standardisation_is_that_of_the_distribution():
    """Both moments, summed over every class, padding and shift; noises enter by their variance."""
    strokes = np.pad(mnist1d.templates(), ((0, 0), (0, 2)))
    shorten, smooth = interpolate(np.eye(72), 40), gaussian_filter(np.eye(72), (2, 0))
    line, positions = np.linspace(-0.5, 0.5, 72), np.arange(72)
    correlated = mnist1d.CORRELATED_NOISE**2 * smooth @ smooth.T
    always = mnist1d.NOISE**2 * np.eye(72) + mnist1d.SHEAR**2 / 12 * np.outer(line, line)
    first, second, count = 0.0, 0.0, 0
    for padding in range(36, 61):
        steps = positions * (11 + padding)
        entry, part = np.minimum(steps // 71, 12), steps % 71 / 71
        signals = strokes[:, entry] * (1 - part) + strokes[:, entry + 1] * part
        for shift in range(48):
            free = np.roll(steps // 71 >= 12, shift).astype(float)
            noise = shorten @ (free[:, None] * correlated * free + always) @ shorten.T
            seen = np.roll(signals, shift, axis=1) @ shorten.T
            first += seen.mean()
            second += (seen**2).mean() * (1 + mnist1d.SCALE**2 / 12) + np.trace(noise) / 40
            count += 1
    mean = first / count
    assert pytest.approx(mean, rel=1e-9) == MEAN
    assert pytest.approx(np.sqrt(second / count - mean**2), rel=1e-9) == DEVIATION
    x = np.asarray(distributions.get("mnist1d").sample(KEY, 20_000).x)
    assert abs(x.mean()) < 0.01
    assert x.std() == pytest.approx(1, abs=0.01)


def test_templates_are_the_packages():
    np.testing.assert_allclose(mnist1d.templates(), get_templates()["x"], atol=1e-15)


def test_evaluation_is_no_sample_of_the_same_key():
    distribution = distributions.get("mnist1d")
    x, mass = distribution.evaluation(KEY, 200)
    sample = distribution.sample(KEY, 200)
    assert not np.isin(np.asarray(x)[:, 0], np.asarray(sample.x)[:, 0]).any()
    labels = np.asarray(mass).argmax(axis=1)
    np.testing.assert_allclose(np.asarray(mass), np.eye(10)[labels] / 200)
    assert distribution.bayes_error() is None
