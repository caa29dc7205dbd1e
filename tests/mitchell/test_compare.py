"""Comparisons over draws, against SciPy's tests and against patterns counted one at a time."""

import itertools

import numpy as np
import pytest
from scipy import stats

from reglab.mitchell import compare
from reglab.mitchell.compare import MOST_EXACT, sign_flip_test


def drawn(seed, num_draws, num_remedies=1, effect=0.0):
    rng = np.random.default_rng(seed)
    errors = {"plain": rng.normal(0.3, 0.02, num_draws)}
    for i in range(num_remedies):
        errors[f"remedy {i}"] = errors["plain"] + rng.normal(effect, 0.01, num_draws)
    return errors


@pytest.mark.parametrize("num_draws", [2, 3, 7, 10])
def test_sign_flip_test_counts_patterns(num_draws):
    for seed in range(5):
        # In hundredths, so that sums tie as errors that are counts do.
        differences = np.random.default_rng(seed).integers(-6, 9, num_draws) / 100
        patterns = itertools.product((-1, 1), repeat=num_draws)
        sums = [round(100 * abs(np.dot(p, differences))) for p in patterns]
        expected = np.mean(np.array(sums) >= round(100 * abs(differences.sum())))
        assert sign_flip_test(differences) == expected


@pytest.mark.parametrize("num_draws", [4, 9, 12])
def test_sign_flip_test_is_scipys(num_draws):
    differences = np.random.default_rng(num_draws).normal(0.4, 1, num_draws)
    expected = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert sign_flip_test(differences) == pytest.approx(expected.pvalue)


def test_sign_flip_test_of_ranks_is_wilcoxons():
    signs = np.random.default_rng(3).choice([-1, 1, 1], 11)
    ranks = signs * np.arange(1.0, 12.0)
    assert sign_flip_test(ranks) == pytest.approx(stats.wilcoxon(ranks, method="exact").pvalue)


def test_many_draws_are_flipped_at_random():
    differences = np.random.default_rng(0).normal(0.3, 1, 40)
    exact = stats.wilcoxon(differences, method="exact").pvalue
    found = sign_flip_test(differences)
    assert found == sign_flip_test(differences)
    assert found == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, abs=0.01)
    assert 0.2 * exact < found < 5 * exact
    one = np.ones(MOST_EXACT + 24)
    assert sign_flip_test(one) == 2.0**-MOST_EXACT  # the observed pattern, never 0


@pytest.mark.parametrize("num_draws", [MOST_EXACT, MOST_EXACT + 1])
def test_exact_and_random_agree(num_draws):
    differences = np.random.default_rng(1).normal(0.4, 1, num_draws)
    expected = stats.ttest_1samp(differences, 0).pvalue
    assert sign_flip_test(differences) == pytest.approx(expected, abs=0.01)


def test_no_effect_is_claimed_as_often_as_the_level_says():
    rng, claims = np.random.default_rng(0), 0
    for _ in range(2000):
        claims += sign_flip_test(rng.normal(size=8)) <= 0.05
    # 12 of 256 patterns: 0.046875, with a standard error of 0.0047.
    assert abs(claims / 2000 - 12 / 256) < 4 * 0.0047


def test_means_intervals_and_adjustment():
    errors = drawn(0, 9, num_remedies=3, effect=-0.004)
    found = compare(errors)
    assert [row.name for row in found] == ["remedy 0", "remedy 1", "remedy 2"]
    for row in found:
        differences = errors[row.name] - errors["plain"]
        assert row.mean == pytest.approx(errors[row.name].mean())
        assert row.difference == pytest.approx(differences.mean())
        interval = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
        assert (row.low, row.high) == pytest.approx(tuple(interval))
        assert row.p_value == sign_flip_test(differences)
    raw = sorted(row.p_value for row in found)
    adjusted = sorted(row.adjusted for row in found)
    steps = np.maximum.accumulate(np.multiply(raw, [3, 2, 1]))
    np.testing.assert_allclose(adjusted, np.minimum(steps, 1))


def test_the_unit_changes_no_p_value():
    errors = drawn(1, 10, num_remedies=2)
    percent = {name: 100 * values for name, values in errors.items()}
    for one, other in zip(compare(errors), compare(percent), strict=True):
        assert one.adjusted == other.adjusted
        assert 100 * one.difference == pytest.approx(other.difference)


def test_equal_errors_are_no_difference():
    (row,) = compare({"plain": [0.3, 0.2], "same": [0.3, 0.2]})
    assert (row.difference, row.low, row.high, row.p_value, row.adjusted) == (0, 0, 0, 1, 1)


def test_six_remedies_need_eight_draws():
    for num_draws, is_significant in ((7, False), (8, True)):
        errors = {f"{i}": np.arange(num_draws) - float(i > 0) for i in range(7)}
        assert all((row.adjusted <= 0.05) == is_significant for row in compare(errors))


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        ([0.1, 0.2], "errors: expected a mapping with the baseline and a remedy at least, got "),
        ({"plain": [0.1, 0.2]}, "errors: expected a mapping with the baseline and a remedy"),
        ({"a": ["x", "y"], "b": [1, 2]}, r"errors\['a'\]: expected numbers, got \['x', 'y'\]"),
        ({"a": [0.1], "b": [0.1]}, r"errors\['a'\]: expected one error for each of two draws or"),
        ({"a": 0.1, "b": 0.1}, r"two draws or more, got an array of shape \(\)"),
        ({"a": [[1, 2]], "b": [1, 2]}, r"got an array of shape \(1, 2\)"),
        ({"a": [1, 2], "b": [1, 2, 3]}, r"errors\['b'\]: expected 2 draws as for 'a', got 3"),
        ({"a": [1, 2], "b": [1, np.nan]}, r"errors\['b'\]: expected finite numbers, got "),
    ],
)
def test_what_is_no_comparison_is_refused(errors, message):
    with pytest.raises(ValueError, match=message):
        compare(errors)
