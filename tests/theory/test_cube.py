"""The population that errors are counted on."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab.distributions import check
from reglab.theory.cube import BITS, SIZE, Cube, corners, line, sides


@pytest.fixture
def labels():
    return sides(line(np.random.default_rng(0)))


def test_corners_are_all_different():
    assert len(np.unique(corners(), axis=0)) == SIZE
    assert set(np.unique(corners())) == {-1.0, 1.0}


def test_is_a_distribution_with_exact_errors(labels):
    cube = check(Cube(labels=jnp.asarray(labels), label_noise=0.15))
    mistakes = 100
    answers = np.where(np.arange(SIZE) < mistakes, 1 - labels, labels)

    def predict(x):
        index = ((np.asarray(x) > 0) @ 2 ** np.arange(BITS)).astype(int)
        return np.eye(2)[answers[index]]

    error = cube.true_error(predict)
    assert error.value == pytest.approx(0.15 + 0.7 * mistakes / SIZE, abs=1e-7)
    assert error.low == error.value == error.high
    assert cube.bayes_error().value == pytest.approx(0.15)


def test_draws_are_corners_with_their_labels(labels):
    cube = Cube(labels=jnp.asarray(labels))
    x, y = (np.asarray(part) for part in cube.sample(jax.random.key(0), 20_000))
    index = ((x > 0) @ 2 ** np.arange(BITS)).astype(int)
    assert (corners()[index] == x).all()
    assert (labels[index] == y).all()
    counts = np.bincount(index, minlength=SIZE)
    assert ((counts - 20_000 / SIZE) ** 2).sum() / (20_000 / SIZE) < 1300  # chi2: 1023, sd 45
