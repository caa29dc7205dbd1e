import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab.mitchell.arrays import running_min
from reglab.mitchell.search import _by_halving, _by_pairs, _undominated, best_below


def problem(rng, m, q):
    rank = rng.permutation(m).astype(np.int32)
    high = rng.integers(0, 2 * m, m) / m
    return rank, high, rng.integers(1, m + 1, q).astype(np.int32), rng.random(q) * 2


def by_definition(rank, high, count, low):
    """The answer, and -1 where there is none."""
    meets = [
        [r for r, b in zip(rank[:c], high, strict=False) if b < a]
        for c, a in zip(count, low, strict=True)
    ]
    return np.array([min(ranks, default=-1) for ranks in meets])


@pytest.mark.parametrize("m", [1, 2, 3, 8, 37, 64])
def test_every_way_finds_the_smallest_rank(m):
    rng = np.random.default_rng(m)
    halving = jax.jit(lambda *columns: _by_halving(jnp, *columns))
    for _ in range(30):
        columns = problem(rng, m, 20)
        right = by_definition(*columns)
        has = right >= 0
        narrow = [jnp.asarray(c, None if c.dtype == np.int32 else jnp.float32) for c in columns]
        answers = [way(np, *columns) for way in (_by_pairs, _by_halving, best_below)]
        answers.append(halving(*narrow))
        for answer in answers:
            np.testing.assert_array_equal(np.asarray(answer)[has], right[has])


def test_leaving_out_dominated_hypotheses_changes_no_answer():
    rng = np.random.default_rng(0)
    for _ in range(300):
        rank, high, count, low = problem(rng, 40, 25)
        right = by_definition(rank, high, count, low)
        kept, *smaller = _undominated(rank, high, count)
        assert len(kept) < 40
        assert sorted(smaller[0]) == list(range(len(kept)))
        found = by_definition(*smaller, low)
        np.testing.assert_array_equal(np.where(found < 0, -1, kept[found]), right)


@pytest.mark.parametrize("width", [None, 1, 2, 8, 64])
def test_running_min_starts_anew_after_each_block(width):
    values = np.random.default_rng(0).permutation(64).astype(np.float32)
    blocks = values.reshape(-1, width or 64)
    right = np.array([[row[: i + 1].min() for i in range(len(row))] for row in blocks]).ravel()
    np.testing.assert_array_equal(running_min(np, values, width), right)
    np.testing.assert_array_equal(running_min(jnp, jnp.asarray(values), width), right)


@pytest.mark.parametrize("length", [1, 5, 100])
def test_running_min_of_any_length(length):
    values = np.random.default_rng(1).permutation(length)
    right = np.minimum.accumulate(values)
    np.testing.assert_array_equal(running_min(np, values), right)
    np.testing.assert_array_equal(running_min(jnp, jnp.asarray(values)), right)
