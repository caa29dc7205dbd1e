"""With jax_numpy_dtype_promotion="strict" planar distributions answer and runs train as without."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab import distributions, fit
from tests.small import PLANAR, SMALL


@pytest.mark.costly
@pytest.mark.parametrize("name", PLANAR)
def test_planar_distributions(name):
    distribution = distributions.get(name, noise=0.2, label_noise=0.1)
    key, points = jax.random.key(0), jnp.array([[0.5, -1.0], [2.0, 1.0], [0.0, 0.1]])

    def answers():
        x, mass = distribution.evaluation(key, 256)
        error = distributions.weighted_error(jnp.zeros(256, int), mass, exact=False)
        own = distribution.density(points), distribution.posterior(points)
        return distribution.sample(key, 20), x, mass, error, own

    expected = jax.jit(answers)()
    with jax.numpy_dtype_promotion("strict"):
        found = jax.jit(answers)()
    jax.tree.map(np.testing.assert_array_equal, found, expected)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["sgd", pytest.param("momentum", marks=pytest.mark.slow)])
def test_training(optimizer):
    experiment = SMALL.replace(
        optimizer=optimizer, dropout_rate=0.2, l1=0.001, l2=0.001, input_noise=0.1,
        augmentation=0.2, label_smoothing=0.1, weight_decay=0.01,
    )  # fmt: skip
    expected = fit(experiment).history
    with jax.numpy_dtype_promotion("strict"):
        found = fit(experiment).history
    jax.tree.map(np.testing.assert_array_equal, found, expected)
