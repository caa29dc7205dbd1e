import itertools
import time
import timeit

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from reglab.mitchell import MARGIN, Verdict, Verdicts, judge, search, verdict
from tests.mitchell.reference import assert_same, judge_by_definition, random_pool

BAYES = (None, 0, 2)


@pytest.fixture(params=["by pairs", "by halving"])
def way(request, monkeypatch):
    """Both ways to search a witness, at sizes where the definition can be written out."""
    verdict._compiled.clear_cache()
    if request.param == "by halving":
        monkeypatch.setattr(search, "PAIRS", 0)
    yield request.param
    verdict._compiled.clear_cache()


def test_the_fixed_contract():
    assert [(v.name, v.value) for v in Verdict] == [
        ("OVERFITS", 0),
        ("OPTIMAL", 1),
        ("NO_WITNESS", 2),
        ("UNDECIDED", 3),
    ]
    assert Verdicts._fields == ("verdict", "witness", "severity")


def test_numpy_equals_the_definition(way):
    rng = np.random.default_rng(0)
    seen = set()
    for trial in range(1000):
        pool, bayes = random_pool(rng, rng.integers(1, 14)), BAYES[trial % 3]
        train, true, low, high = pool
        verdicts = judge(train, true, low=low, high=high, bayes=bayes)
        assert all(isinstance(column, np.ndarray) for column in verdicts)
        assert_same(verdicts, judge_by_definition(*pool, bayes))
        seen |= set(verdicts.verdict.tolist())
    assert seen == set(Verdict)


@pytest.mark.parametrize("m", [64, 65, 150])
def test_numpy_equals_the_definition_on_longer_pools(way, m):
    rng = np.random.default_rng(m)
    for _ in range(10):
        train, true = rng.integers(0, 30, m), rng.integers(0, 100, m)
        below, above = rng.integers(0, 60, (2, m))
        pool = train, true, true - below, true + above
        assert_same(judge(train, true, low=pool[2], high=pool[3]), judge_by_definition(*pool))


@pytest.mark.parametrize("m", [1, 7, 33])
def test_jit_and_vmap_equal_the_definition(way, m):
    rng = np.random.default_rng(m)
    pools = [random_pool(rng, m) for _ in range(100 if m < 33 else 30)]
    columns = [jnp.asarray(np.stack(column), jnp.float32) for column in zip(*pools, strict=True)]

    def judged(train, true, low, high):
        return judge(train, true, low=low, high=high, bayes=jnp.float32(2))

    many = jax.jit(jax.vmap(judged))(*columns)
    for i, pool in enumerate(pools):
        verdicts = Verdicts(*(column[i] for column in many))
        assert_same(verdicts, judge_by_definition(*pool, bayes=2))


def test_jax_arrays_equal_the_definition(way):
    rng = np.random.default_rng(7)
    jitted = jax.jit(lambda *columns: judge(*columns[:2], low=columns[2], high=columns[3]))
    for trial in range(60):
        pool = random_pool(rng, 12)
        columns = [jnp.asarray(column, jnp.float32) for column in pool]
        low, high = columns[2:]
        verdicts = jitted(*columns) if trial % 2 else judge(*columns[:2], low=low, high=high)
        assert all(isinstance(column, jax.Array) for column in verdicts)
        assert_same(verdicts, judge_by_definition(*pool))


def test_bounds_left_out_are_exact():
    rng = np.random.default_rng(5)
    for _ in range(50):
        train, true, low, high = random_pool(rng, 12)
        assert_same(judge(train, true), judge_by_definition(train, true, true, true))
        assert_same(judge(train, true, low=low), judge_by_definition(train, true, low, true))
        assert_same(judge(train, true, high=high), judge_by_definition(train, true, true, high))
        exact = judge(jnp.asarray(train), jnp.asarray(true))
        assert_same(exact, judge_by_definition(train, true, true, true))


@pytest.mark.parametrize(("high", "name"), [(0.001, "OPTIMAL"), (0.00101, "NO_WITNESS")])
def test_optimal_up_to_a_tenth_of_a_point(high, name):
    assert MARGIN == 0.001
    assert judge([0.0], [0.0], high=[high], bayes=0.0).verdict[0] == Verdict[name]


def test_one_program_serves_all_numbers():
    judge(jnp.zeros(5), jnp.zeros(5), bayes=0.0)
    size = verdict._compiled._cache_size()
    for number in (0.1, 0.2):
        judge(jnp.full(5, number), jnp.full(5, number), bayes=number)
    assert verdict._compiled._cache_size() == size


def test_a_million_hypotheses_with_arbitrary_bounds():
    rng = np.random.default_rng(0)
    m = 1_000_000
    train, true, below, above = rng.random((4, m))
    true[: m // 50], above[: m // 50], train[: m // 50] = 0.0, 1.0, 1.0  # useless, and in the way
    low, high = true - 0.4 * below, true + 0.4 * above
    verdicts, spent = None, []
    for _ in range(2):
        spent.append(-time.process_time())
        verdicts = judge(train, true, low=low, high=high, bayes=0.0)
        spent[-1] += time.process_time()
    assert min(spent) < 2.0
    overfits = verdicts.verdict == Verdict.OVERFITS
    assert 0.2 < overfits.mean() < 0.95
    for h in rng.integers(0, m, 60):
        witnesses = np.flatnonzero((train > train[h]) & (high < low[h]))
        assert len(witnesses) > 0 or not overfits[h]
        right = witnesses[true[witnesses].argmin()] if len(witnesses) else -1
        assert verdicts.witness[h] == right


def test_a_live_pool_is_judged_within_half_a_millisecond():
    rng = np.random.default_rng(0)
    train, true = rng.integers(0, 61, 300) / 60, rng.random(300)
    low, high = true - 0.05 * rng.random(300), true + 0.05 * rng.random(300)

    def once():
        return judge(train, true, low=low, high=high, bayes=0.1)

    assert min(timeit.repeat(once, number=1, repeat=500)) < 0.0005


def test_mitchells_definition_on_an_enumerable_population():
    # CLAIMS of the field: with no noise, the target with one training label flipped is a witness
    # against any imperfect interpolator; errors are counts, so exact.
    rng = np.random.default_rng(0)
    points = np.array(list(itertools.product((-1, 1), repeat=10)))
    target = points @ rng.normal(size=10) > 0
    chosen = rng.choice(len(points), 80, replace=False)
    nearest = (points @ points[chosen].T).argmax(axis=1)
    interpolator = target[chosen][nearest]
    flipped = target.copy()
    flipped[chosen[0]] ^= True
    functions = [interpolator, flipped, target]
    train = [np.mean(f[chosen] != target[chosen]) for f in functions]
    true = [np.mean(f != target) for f in functions]
    assert (train, true[1:]) == ([0.0, 1 / 80, 0.0], [1 / 1024, 0.0])
    verdicts = judge(train, true, bayes=0.0)
    assert verdicts.verdict.tolist() == [Verdict.OVERFITS, Verdict.OPTIMAL, Verdict.OPTIMAL]
    assert verdicts.witness.tolist() == [1, -1, -1]
    assert verdicts.severity[0] == true[0] - 1 / 1024


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"train_error": [0.1], "true_error": [0.1, 0.2]}, "one length"),
        ({"train_error": [], "true_error": []}, "at least 1"),
        ({"train_error": [[0.1]], "true_error": [[0.1]]}, "one length"),
        ({"train_error": 0.1, "true_error": 0.1}, "one length"),
        ({"train_error": [0.1], "true_error": [0.1], "low": [0.1, 0.1]}, "one length"),
        (
            {"train_error": [0.1, np.nan], "true_error": [0.1, 0.1]},
            "train_error: expected numbers, got nan at index 1",
        ),
        (
            {"train_error": [0.1], "true_error": [np.nan]},
            "true_error: expected numbers, got nan at index 0",
        ),
        ({"train_error": [0.1], "true_error": [0.1], "low": [np.nan]}, "low: expected numbers"),
        ({"train_error": [0.1], "true_error": [0.1], "high": [np.nan]}, "high: expected numbers"),
        (
            {"train_error": [0, 0], "true_error": [0.1, 0.2], "low": [0, 0.3]},
            "got 0.3, 0.2, 0.2 at index 1",
        ),
        ({"train_error": [0], "true_error": [0.1], "high": [0.05]}, "low <= true_error <= high"),
        (
            {"train_error": [0], "true_error": [0.1], "bayes": np.nan},
            "bayes: expected a number, got nan",
        ),
        ({"train_error": [0], "true_error": [0.1], "bayes": [0.1]}, "bayes: expected a number"),
        (
            {"train_error": [0], "true_error": [0.1], "bayes": "0.1"},
            "bayes: expected a number, got '0.1'",
        ),
    ],
)
@pytest.mark.parametrize("module", [np, jnp])
def test_wrong_input_is_refused_in_one_line(module, columns, message):
    own = {k: v if k == "bayes" else module.asarray(v) for k, v in columns.items()}
    with pytest.raises(ValueError, match=message) as caught:
        judge(**own)
    assert "\n" not in str(caught.value)


def test_shapes_are_checked_under_jit():
    with pytest.raises(ValueError, match="one length"):
        jax.jit(judge)(jnp.zeros(3), jnp.zeros(2))
