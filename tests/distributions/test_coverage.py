"""Monte Carlo errors: the interval covers the truth although the draws stop when it is narrow."""

import jax
import numpy as np
import pytest

from reglab.distributions import true_error_from
from reglab.distributions.estimate import BATCH, MOST_AT_ONCE

REPETITIONS = 2000


class Coins:
    """x uniform on (0, 1), y = 0: whoever answers 1 below p errs with probability p."""

    input_shape = (1,)
    num_classes = 2
    method = "monte-carlo"

    def __init__(self):
        self.sizes = []

    def sample(self, key, n):
        self.sizes.append(n)
        rng = np.random.default_rng(np.asarray(jax.random.key_data(key)))
        return rng.random((n, 1), np.float32), np.zeros(n, int)


# The first two half-widths are about those of the first batch, where luck decides when to stop.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "half_width"),
    [
        (0.05, 0.00335),
        pytest.param(0.25, 0.00664, marks=pytest.mark.slow),
        pytest.param(0.01, 0.001, marks=pytest.mark.slow),
        pytest.param(0.4, 0.005, marks=pytest.mark.slow),
    ],
)
def test_intervals_cover_under_sequential_stopping(error, half_width):
    def predict(x):
        return np.concatenate([x - error, error - x], axis=1)

    covered, taken = 0, set()
    for key in jax.random.split(jax.random.key(7), REPETITIONS):
        found = true_error_from(Coins(), predict, half_width, key)
        assert found.high - found.low <= 2 * half_width
        covered += found.low <= error <= found.high
        taken.add(found.num_points)
    assert covered >= 0.935 * REPETITIONS
    assert covered < REPETITIONS  # the interval says something
    if half_width in (0.00335, 0.00664):
        assert len(taken) == 2


def test_batches_grow_and_stay_bounded():
    coins = Coins()
    found = true_error_from(coins, lambda x: np.concatenate([x - 0.5, 0.5 - x], axis=1), 0.0015)
    assert coins.sizes[0] == BATCH >= 10_000
    assert coins.sizes == sorted(coins.sizes)
    assert max(coins.sizes) == MOST_AT_ONCE
    assert sum(coins.sizes) == found.num_points
    wide = Coins()
    wide.input_shape = (1500,)
    zeros = np.zeros((1, 1), np.float32)
    wide.sample = lambda key, n: (
        wide.sizes.append(n) or (np.broadcast_to(zeros, (n, 1500)), np.zeros(n, int))
    )
    true_error_from(wide, lambda x: np.tile([0.0, 1.0], (len(x), 1)), 4e-5)
    assert wide.sizes[2:]  # the third batch of narrow inputs would be larger
    assert max(wide.sizes) == BATCH
