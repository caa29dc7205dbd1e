import numpy as np
import pytest

from reglab.mitchell import Finding, Verdict, find_witness
from tests.mitchell.fake_runs import empty_run, fake_run
from tests.mitchell.reference import judge_by_definition


@pytest.fixture
def runs():
    """The story of a run that overfits, and a twin with a remedy."""
    plain = fake_run([30, 12, 6, 2], [0.5, 0.19, 0.2, 0.253], half=0.001, name="plain")
    noisy = fake_run(
        [31, 12, 11], [0.4, 0.164, 0.17], half=0.001, name="input noise 0.3", input_noise=0.3
    )
    return plain, noisy


def test_a_finding(runs):
    found = find_witness(*runs, bayes=0.13)
    assert found == Finding(
        verdict=Verdict.OVERFITS,
        severity=pytest.approx(0.089, abs=1e-6),
        hypothesis=(0, 3),
        witness=(1, 1),
        sentence="h (run “plain”, step 18) overfits: h′ (run “input noise 0.3”, step 6) errs more "
        "on the 60 training examples, 20.0 % > 3.3 %, but less over the whole distribution, "
        "16.4 ± 0.1 % < 25.3 ± 0.1 %.",
    )
    assert isinstance(found.verdict, Verdict)
    assert [type(k) for k in found.witness] == [int, int]


def test_the_runs_own_past_is_a_pool(runs):
    assert find_witness(runs[0]).witness == (0, 1)
    assert find_witness(runs[0], row=2).witness == (0, 1)
    first = find_witness(runs[0], row=0)
    assert (first.verdict, first.witness, first.severity) == (Verdict.NO_WITNESS, None, 0.0)


def test_later_steps_count_unless_left_out(runs):
    plain = fake_run([6, 30, 12], [0.3, 0.5, 0.19])
    assert find_witness(plain, row=0).witness == (0, 2)
    assert find_witness(plain, row=0, past_only=True).verdict == Verdict.NO_WITNESS
    assert find_witness(runs[0], runs[1], row=1, past_only=True).verdict == Verdict.NO_WITNESS
    assert find_witness(runs[0], runs[1], row=2, past_only=True).witness == (1, 1)


def test_the_bayes_error_makes_a_hypothesis_optimal(runs):
    assert find_witness(runs[1], row=1).verdict == Verdict.NO_WITNESS
    found = find_witness(runs[1], row=1, bayes=0.1644)
    assert found.verdict == Verdict.OPTIMAL
    assert "16.4 ± 0.1 % and the Bayes error 16.4 %" in found.sentence


def test_every_row_equals_the_definition():
    rng = np.random.default_rng(0)
    for _ in range(20):
        made = [
            fake_run(rng.integers(0, 5, n), rng.integers(0, 9, n) / 16, half=half)
            for n, half in ((6, 0.0625), (4, 0.125))
        ]
        pool = [
            np.concatenate([getattr(r.history, k) for r in made]) for k in made[0].history._fields
        ]
        right = judge_by_definition(*pool[3:])
        for row in range(6):
            found = find_witness(*made, row=row)
            assert (found.verdict, found.severity) == (right[0][row], right[2][row])
            address = None if right[1][row] < 0 else divmod(int(right[1][row]), 6)
            assert found.witness == address


def test_rows_from_before_a_move_of_the_data_are_no_hypotheses():
    run = fake_run([12, 12, 2], [0.1, 0.2, 0.3], changes=((6, "noise", 0.3),))
    assert find_witness(run).verdict == Verdict.NO_WITNESS
    with pytest.raises(ValueError, match=r"^row: expected one recorded after .* got 1 \(step 6\)$"):
        find_witness(run, row=1)


@pytest.mark.parametrize("row", [4, -5, 0.5, None])
def test_a_row_that_is_not_there_is_refused(runs, row):
    with pytest.raises(ValueError, match=r"^row: expected a whole number from -4 to 3, got"):
        find_witness(runs[0], row=row)


def test_an_empty_run_is_refused(runs):
    with pytest.raises(ValueError, match=r"^run: expected at least one row of history, got none$"):
        find_witness(empty_run(), runs[0])
    assert find_witness(runs[0], empty_run()).witness == (0, 1)


def test_other_data_and_other_languages_are_refused(runs):
    with pytest.raises(ValueError, match=r"^runs: expected the same draw in all of a pool"):
        find_witness(runs[0], fake_run([1], [0.1], draw=9))
    with pytest.raises(ValueError, match=r"^language: expected one of en"):
        find_witness(*runs, language="xx")
