"""Double descent over widths, against the formula, other libraries, and the definition itself."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LinearRegression, Ridge

from reglab.mitchell import Verdict
from reglab.theory import double_descent, random_features
from reglab.theory.random_features import Model, drawn

SMALL = {"num_train": 30, "num_features": 90, "num_leading": 4, "leading_share": 0.3, "noise": 0.4}
WIDTHS = (1, 3, 4, 10, 20, 28, 29, 30, 31, 33, 40, 60, 90)
FAR = (1, 3, 4, 8, 12, 20, 40, 45, 60, 90)  # ten or more from n


@pytest.fixture(scope="module")
def small():
    return double_descent(WIDTHS, draws=6, seed=5, **SMALL)


@pytest.fixture(scope="module")
def default():
    return double_descent()


@pytest.mark.costly
@pytest.mark.parametrize(
    "changed",
    [{}, {"num_leading": 0}, {"noise": 0.0}, {"noise": 2.0}, {"leading_share": 0.0}],
    ids=str,
)
def test_means_over_draws_are_those_of_the_formula(changed):
    found = double_descent(FAR, draws=1000, seed=1, **SMALL | changed)
    error = found.true_error.std(axis=0, ddof=1) / np.sqrt(len(found.true_error))
    assert (np.abs(found.true_error.mean(axis=0) - found.predicted) <= 4 * error + 1e-12).all()


def test_the_formula_without_bound_only_next_to_n(small):
    is_infinite = np.isinf(small.predicted)
    assert small.widths[is_infinite].tolist() == [29, 30, 31]
    assert double_descent((9, 10), num_train=10, num_features=10, noise=0).predicted[-1] == 0
    exact = double_descent((11,), num_train=10, num_features=11, noise=0, draws=400)
    error = exact.true_error.std() / 20
    assert exact.predicted[0] == pytest.approx(1 / 11)
    assert abs(exact.true_error.mean() - exact.predicted[0]) <= 4 * error


def test_all_features_alike_have_no_first_descent():
    widths = range(1, 99)
    alike = double_descent(widths, draws=1, num_leading=0).predicted
    assert (np.diff(alike) > 0).all()
    fewer = double_descent(range(1, 81), draws=1, num_leading=0, num_features=80).predicted
    assert fewer[1] < fewer[0]
    leading = double_descent(widths, draws=1).predicted
    assert leading.argmin() + 1 == 5


@pytest.mark.parametrize("draw", [0, 4])
def test_errors_are_those_of_other_libraries(small, draw):
    model, variance = Model(**SMALL), 1 + SMALL["noise"] ** 2
    data = drawn(model, 5, draw)
    for column, width in enumerate(WIDTHS):
        x = data.x[:, :width]
        other = LinearRegression(fit_intercept=False).fit(x, data.y)
        for fit in (np.linalg.lstsq(x, data.y, rcond=None)[0], other.coef_):
            wrong = data.weights - np.concatenate([fit, np.zeros(90 - width)])
            true = (wrong @ wrong + SMALL["noise"] ** 2) / variance
            train = np.mean((data.y - x @ fit) ** 2) / variance
            assert small.true_error[draw, column] == pytest.approx(true, rel=1e-8)
            assert small.train_error[draw, column] == pytest.approx(train, rel=1e-8, abs=1e-12)


def test_true_errors_are_those_over_fresh_examples():
    settings = {"num_train": 12, "num_features": 20, "num_leading": 3, "noise": 0.5}
    found = double_descent((3, 18), draws=1, seed=2, **settings)
    data = drawn(Model(**settings, leading_share=0.2), 2, 0)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200_000, 20))
    y = x @ data.weights + 0.5 * rng.standard_normal(len(x))
    for column, width in enumerate((3, 18)):
        fit = np.linalg.lstsq(data.x[:, :width], data.y, rcond=None)[0]
        squares = (y - x[:, :width] @ fit) ** 2 / y.var()
        error = squares.std() / np.sqrt(len(squares))
        assert abs(squares.mean() - found.true_error[0, column]) <= 4 * error


def test_a_draw_is_of_the_model_and_has_its_own_order():
    model = Model(200, 60, 0.5, 4, 0.3)
    draws = [drawn(model, 3, draw) for draw in range(20)]
    for data in draws:
        assert data.weights @ data.weights == pytest.approx(1)
        assert data.weights[:4] @ data.weights[:4] == pytest.approx(0.3)
        assert np.ptp(data.weights[4:]) == pytest.approx(0)
    left = np.concatenate([data.y - data.x @ data.weights for data in draws])
    assert left.std() == pytest.approx(0.5, rel=4 / np.sqrt(2 * len(left)))
    assert abs(left.mean()) <= 4 * 0.5 / np.sqrt(len(left))
    raw = np.random.default_rng((3, 1)).standard_normal((200, 60))
    same = (raw[:, :, None] == draws[1].x[:, None, :]).all(axis=0)
    places = same.argmax(axis=0).tolist()
    assert sorted(places) == list(range(60))
    assert sorted(places[:4]) == [0, 1, 2, 3]
    assert places != list(range(60))


def test_the_verdict_is_mitchells_definition(small):
    for train, true, codes, witness, severity, rival in zip(
        small.train_error,
        small.true_error,
        small.verdict,
        small.witness,
        small.severity,
        small.rival_error,
        strict=True,
    ):
        for i, width in enumerate(WIDTHS):
            better = []
            for j, other in enumerate(WIDTHS):
                if train[j] > train[i]:
                    better.append((true[j], other))
            assert rival[i] == min(better, default=(np.inf, 0))[0]
            best = min([pair for pair in better if pair[0] < true[i]], default=None)
            overfits = codes[i] == Verdict.OVERFITS
            assert overfits == (best is not None) == (rival[i] < true[i])
            assert witness[i] == (best[1] if best else -1)
            assert witness[i] < min(width, 30)
            assert severity[i] == (true[i] - best[0] if best else 0)


def test_shares_and_intervals_are_those_of_counts(small):
    for column, share in enumerate(small.share):
        count = int((small.verdict[:, column] == Verdict.OVERFITS).sum())
        interval = binomtest(count, 6).proportion_ci(0.95, "exact")
        assert share == count / 6
        assert small.interval[:, column] == pytest.approx([interval.low, interval.high])


def test_wider_fits_hold_the_narrower_and_reach_0_exactly(small, default):
    for found in (small, default):
        is_through = found.widths >= found.num_train
        assert (np.diff(found.train_error[:, ~is_through], axis=1) < 0).all()
        assert (found.train_error[:, ~is_through] > 0).all()
        assert (found.train_error[:, is_through] == 0).all()


def test_a_width_and_a_draw_do_not_depend_on_the_others(small):
    fewer = double_descent((4, 30, 90), draws=2, seed=5, **SMALL)
    columns = [WIDTHS.index(width) for width in (4, 30, 90)]
    np.testing.assert_array_equal(fewer.true_error, small.true_error[:2, columns])
    other = double_descent((4, 30, 90), draws=2, seed=6, **SMALL)
    assert not np.isclose(other.true_error, fewer.true_error).any()
    assert len(np.unique(small.true_error[:, 0])) == 6


def test_the_verdict_flips_twice_along_the_widths(default):
    assert len(default.widths) == 28
    share = dict(zip(default.widths.tolist(), default.share.tolist(), strict=True))
    assert share[1] == share[5] == share[300] == 0
    assert all(share[width] == 1 for width in share if 15 <= width <= 150)
    assert 1 > share[200] >= share[225] >= share[250] > 0
    true = np.median(default.true_error, axis=0)
    first, peak = true[default.widths < 50].min(), true[default.widths == 100].item()
    assert true[-1] < first - 0.1 < peak / 100
    assert (default.train_error[:, -1] == 0).all()
    assert set(default.witness.ravel()) <= {-1, 2, 3, 5, 7, 10, 15}


def test_the_target_itself_is_a_witness_against_every_fit_through_all_examples(default):
    data = drawn(Model(100, 300, 0.2, 5, 0.2), 0, 0)
    assert np.mean((data.y - data.x @ data.weights) ** 2) > 0
    assert default.bayes == pytest.approx(0.04 / 1.04)
    assert (default.true_error > default.bayes).all()


def test_ridge_is_that_of_another_library_and_has_no_formula():
    found = double_descent(WIDTHS, draws=2, seed=5, ridge=7.0, **SMALL)
    data = drawn(Model(**SMALL), 5, 1)
    for column, width in enumerate(WIDTHS):
        fit = Ridge(7.0, fit_intercept=False).fit(data.x[:, :width], data.y).coef_
        wrong = data.weights - np.concatenate([fit, np.zeros(90 - width)])
        left = data.y - data.x[:, :width] @ fit
        assert found.true_error[1, column] == pytest.approx((wrong @ wrong + 0.16) / 1.16)
        assert found.train_error[1, column] == pytest.approx(np.mean(left**2) / 1.16)
    assert np.isnan(found.predicted).all()
    assert (found.train_error > 0).all()
    assert found.true_error.max() < 2


def test_a_sentence_names_widths_and_both_errors(small, default):
    sentence = default.explain(0, 100)
    assert sentence.startswith("h (width 100) overfits: h′ (width 5) errs more on the 100 training")
    assert "0.0 %" in sentence
    assert "the whole distribution (1 − R²)" in sentence
    assert "No witness against h (width 300) among the 28" in default.explain(0, 300)
    with pytest.raises(ValueError, match=r"^width: expected one of \[1, 3, .*\], got 5$"):
        small.explain(0, 5)
    with pytest.raises(ValueError, match=r"^draw: expected a whole number from 0 to 5, got 6$"):
        small.explain(6, 1)


def test_ladders_fit_every_size():
    for n, features in ((2, 2), (5, 2), (7, 10_000), (100, 300), (400, 300)):
        ladder = random_features._ladder(Model(n, features, 0.2, 1, 0.2))
        assert (ladder[0], ladder[-1]) == (1, features)
        assert (np.diff(ladder) > 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 0}, "draws: expected a whole number from 1 to 1000, got 0"),
        ({"num_train": 1}, "num_train: expected a whole number from 2 to 10000, got 1"),
        ({"num_features": 2.5}, "num_features: expected a whole number from 2 to 10000, got 2.5"),
        ({"noise": -0.1}, "noise: expected a number from 0 to 10, got -0.1"),
        ({"num_leading": 300}, "num_leading: expected a whole number from 0 to 299, got 300"),
        ({"leading_share": 1.1}, "leading_share: expected a number from 0 to 1, got 1.1"),
        ({"ridge": -1}, r"ridge: expected a number from 0 to 1e\+06, got -1"),
        ({"seed": -1}, r"seed: expected a whole number from 0 to 2.14748e\+09, got -1"),
        ({"widths": (5, 3)}, r"widths: expected .* from 1 to 300, ascending, got \(5, 3\)"),
        ({"widths": (3, 3)}, r"widths: expected .* from 1 to 300, ascending, got \(3, 3\)"),
        ({"widths": (0, 3)}, r"widths: expected .* got \(0, 3\)"),
        ({"widths": (3, 301)}, r"widths: expected .* got \(3, 301\)"),
        ({"widths": (1.5, 3)}, r"widths: expected .* got \(1.5, 3\)"),
        ({"widths": ()}, r"widths: expected .* got \(\)"),
        ({"widths": 3}, r"widths: expected .* got 3"),
        ({"widths": ((1, 2), (3,))}, r"widths: expected .* got \(\(1, 2\), \(3,\)\)"),
        ({"widths": "many"}, r"widths: expected .* got 'many'"),
    ],
    ids=str,
)
def test_wrong_arguments_are_told_in_one_line(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        double_descent(**arguments)
