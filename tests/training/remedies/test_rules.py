"""Stopping rules on curves: worked by hand, and against loops written from the definitions."""

import functools
import math

import numpy as np
import pytest

from reglab.training import RULES, Stop
from reglab.training.remedies.rules import generalization_loss, training_progress

NAN, INF = float("nan"), float("inf")
FLAT = [1.0] * 30


def naive_patience(validation, train, num_rows):
    best, waited = INF, 0
    for row, loss in enumerate(validation):
        if loss < best:
            best, waited = loss, 0
        elif row:
            waited += 1
        if waited == num_rows:
            return row
    return None


def naive_excess(value, least):
    if value == least:
        return 0.0
    return INF if least == 0 or value == INF else value / least - 1


def naive_gl(validation, train, alpha):
    for row, loss in enumerate(validation):
        if 100 * naive_excess(loss, min(validation[: row + 1])) > alpha:
            return row
    return None


def naive_pq(validation, train, alpha, strip):
    for row in range(strip, len(validation), strip):
        held = train[row - strip + 1 : row + 1]
        progress = 1000 * naive_excess(sum(held) / strip, min(held))
        lost = 100 * naive_excess(validation[row], min(validation[: row + 1]))
        quotient = INF if lost > 0 and progress <= 0 else lost / progress if lost else 0.0
        if lost == INF or quotient > alpha:
            return row
    return None


def naive_up(validation, train, num_strips, strip):
    def stops(s, row):
        if row - strip < 0 or row % strip:
            return False
        return validation[row] > validation[row - strip] and (s == 1 or stops(s - 1, row - strip))

    return next((row for row in range(len(validation)) if stops(num_strips, row)), None)


NAIVE = {"patience": naive_patience, "GL": naive_gl, "PQ": naive_pq, "UP": naive_up}
NUMBERS = {
    "patience": [{"num_rows": k} for k in (1, 2, 5, 40)],
    "GL": [{"alpha": alpha} for alpha in (0.0, 3.217, 40.0)],
    "PQ": [{"alpha": a, "strip": k} for a in (0.0517, 0.7317) for k in (2, 5)],
    "UP": [{"num_strips": s, "strip": k} for s in (1, 2, 4) for k in (1, 2, 5)],
}
CASES = [(rule, numbers) for rule, every in NUMBERS.items() for numbers in every]


def random_curves(seed):
    """A falling and a U-shaped curve with noise; some with ties, zeros, NaN or infinities."""
    draws = np.random.default_rng(seed)
    count = int(draws.integers(1, 45))
    row = np.arange(count)
    train = 0.05 + np.exp(-row / 9) * (1 + draws.normal(size=count) * 0.2) ** 2
    slope = draws.choice([-0.01, 0, 0.02, 0.1])
    validation = train + slope * row + 0.1 * draws.random(count)
    validation = np.maximum(validation, 0)
    if seed % 3 == 0:  # ties
        validation, train = np.round(8 * validation) / 8, np.round(8 * train) / 8
    if seed % 5 == 0:
        validation[draws.integers(count)] = draws.choice([NAN, INF, 0.0])
        train[draws.integers(count)] = draws.choice([NAN, INF, 0.0])
    return validation, train


@pytest.mark.parametrize(("rule", "numbers"), CASES, ids=lambda case: str(case))
def test_equals_a_loop_over_the_definition(rule, numbers):
    stopped = []
    for seed in range(150):
        validation, train = random_curves(seed)
        found = RULES[rule](validation, train, **numbers)
        losses, others = (
            [INF if math.isnan(e) else e for e in curve] for curve in (validation, train)
        )
        row = NAIVE[rule](losses, others, **numbers)
        assert found.is_early == (row is not None), seed
        assert found.stopped == (len(losses) - 1 if row is None else row), seed
        seen = losses[: found.stopped + 1]
        assert found.returned == seen.index(min(seen)), seed
        stopped.append(found.is_early)
    assert any(stopped) or numbers == {"num_rows": 40}
    assert not all(stopped)


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_looks_ahead(rule):
    early = 0
    for seed in range(60):
        validation, train = random_curves(seed)
        found = RULES[rule](validation, train)
        early += found.is_early
        if found.is_early:
            cut = found.stopped + 1
            later = np.random.default_rng(seed).random(9)
            for end in ([], later):
                again = RULES[rule](
                    np.concatenate([validation[:cut], end]), np.concatenate([train[:cut], end])
                )
                assert again == found
    assert early


# Strips of 2 rows end at rows 2, 4, 6, 8; the least loss is at row 2.
VALIDATION = [4.0, 3.0, 2.0, 2.5, 2.1, 1.0, 2.2, 2.6, 2.7, 2.0]
TRAIN = [4.0, 3.0, 2.0, 1.9, 1.8, 1.7, 1.7, 1.7, 1.7, 1.7]


@pytest.mark.parametrize(
    ("rule", "numbers", "expected"),
    [
        ("patience", {"num_rows": 2}, Stop(4, 2, True)),
        ("patience", {"num_rows": 3}, Stop(8, 5, True)),
        ("patience", {"num_rows": 5}, Stop(9, 5, False)),
        ("GL", {"alpha": 20.0}, Stop(3, 2, True)),  # 25 percent above the least
        ("GL", {"alpha": 25.0}, Stop(6, 5, True)),  # not above 25: 120 at row 6
        ("GL", {"alpha": 165.0}, Stop(8, 5, True)),
        ("GL", {"alpha": 175.0}, Stop(9, 5, False)),
        # GL 5 over P 27.8 at row 4; at row 6 training stands still
        ("PQ", {"alpha": 0.17, "strip": 2}, Stop(4, 2, True)),
        ("PQ", {"alpha": 0.19, "strip": 2}, Stop(6, 5, True)),
        ("UP", {"num_strips": 1, "strip": 2}, Stop(4, 2, True)),
        ("UP", {"num_strips": 3, "strip": 2}, Stop(8, 5, True)),
        ("UP", {"num_strips": 4, "strip": 2}, Stop(9, 5, False)),
        ("UP", {"num_strips": 1, "strip": 1}, Stop(3, 2, True)),
    ],
)
def test_worked_by_hand(rule, numbers, expected):
    assert RULES[rule](VALIDATION, TRAIN, **numbers) == expected


def test_the_two_curves_of_prechelt():
    np.testing.assert_allclose(generalization_loss([2.0, 1.0, 1.1, 0.5]), [0, 0, 10, 0])
    # rows 1 and 2: 1000 (3 / (2 * 1) - 1); rows 3 and 4: 1000 (2 / (2 * 1) - 1); row 5 is open
    np.testing.assert_allclose(training_progress([9, 2, 1, 1, 1, 7], strip=2), [500, 0])
    assert training_progress([1.0, 1.0], strip=2).shape == (0,)


@pytest.mark.parametrize("rule", RULES)
def test_a_plateau(rule):
    expected = Stop(20, 0, True) if rule == "patience" else Stop(29, 0, False)
    assert RULES[rule](FLAT, FLAT) == expected


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("curve", [[1.0], [0.0, 0.0, 0.0], np.linspace(2, 1, 50)])
def test_never_asked_to_stop(rule, curve):
    assert RULES[rule](curve, curve) == Stop(len(curve) - 1, int(np.argmin(curve)), False)


@pytest.mark.parametrize("bad", [NAN, INF])
def test_losses_that_are_no_numbers(bad):
    curve = [2.0, 1.0, bad, bad, bad, bad]
    assert RULES["GL"](curve, curve) == Stop(2, 1, True)
    assert RULES["PQ"](curve, curve, strip=2) == Stop(2, 1, True)
    assert RULES["patience"](curve, curve, num_rows=3) == Stop(4, 1, True)
    assert RULES["UP"](curve, curve, num_strips=1, strip=1) == Stop(2, 1, True)
    for name, rule in RULES.items():
        late = rule([bad, 3.0, 2.0], [1.0, 1.0, 1.0])
        assert late.returned == 2, name
        with pytest.raises(ValueError, match=r"validation_loss: expected a finite loss in one of"):
            rule([bad] * 12, [bad] * 12)
    with pytest.raises(ValueError, match="in one of the rows 0 to 2, got none"):
        RULES["patience"]([bad, bad, bad, 1.0], num_rows=2)


BAD = {
    "num_rows: expected a whole number from 1": functools.partial(
        RULES["patience"], [1.0], num_rows=0
    ),
    "alpha: expected a number from 0": functools.partial(RULES["GL"], [1.0], alpha=-1),
    "alpha: expected a number above 0": functools.partial(RULES["PQ"], [1.0], [1.0], alpha=0),
    "strip: expected a whole number from 2": functools.partial(RULES["PQ"], [1.0], [1.0], strip=1),
    "num_strips: expected a whole number": functools.partial(RULES["UP"], [1.0], num_strips=1.5),
    "train_loss: expected one entry a row, got None": functools.partial(RULES["PQ"], [1.0], None),
    "train_loss: expected 1 rows as in validation_loss, got 2": functools.partial(
        RULES["PQ"], [1.0], [1.0, 2.0]
    ),
    r"validation_loss: expected one entry a row, got an array of \(0,\)": functools.partial(
        RULES["GL"], []
    ),
    r"validation_loss: expected one entry a row, got an array of \(1, 1\)": functools.partial(
        RULES["UP"], [[1.0]]
    ),
    "validation_loss: expected losses from 0 up, got -1": functools.partial(
        RULES["patience"], [2.0, -1.0]
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_inputs_are_named_in_one_line(message):
    with pytest.raises(ValueError, match=f"^{message}") as raised:
        BAD[message]()
    assert "\n" not in str(raised.value)
