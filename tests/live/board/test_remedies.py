"""What is done to trained runs, in words, and where it leads."""

import pytest

from reglab import fit
from reglab.live import REMEDIES, apply_remedy
from reglab.training import RULES, early_stopping, ema, ensemble, errors_of, swa
from tests.small import SMALL

EXPERIMENT = SMALL.replace(num_steps=120, dropout_rate=0.3)


@pytest.fixture(scope="module")
def runs():
    return fit(EXPERIMENT), fit(EXPERIMENT.replace(seed=1))


@pytest.mark.parametrize("name", ["oracle", *RULES])
def test_early_stopping_hands_back_the_row_of_its_rule(runs, name):
    found = apply_remedy(name, runs, 1)
    rules = () if name == "oracle" else (name,)
    expected = early_stopping(runs[1], rules=rules)[0]
    assert found.row == expected.returned_row
    assert f"step {expected.returned_step}" in found.sentence
    assert f"{100 * expected.true_error:.1f}" in found.sentence


@pytest.fixture(scope="module")
def found(runs):
    """What each remedy makes of the first run."""
    return {name: apply_remedy(name, runs[:1]) for name in REMEDIES}


def test_averages_and_votes_say_their_error_beside_the_last(runs, found):
    errors = {
        "average of weights": swa(runs[0]).true_error,
        "moving average": ema(runs[0]).true_error,
        "ensemble": errors_of(ensemble(runs), runs[0]).true_error,
    }
    last = f"{100 * runs[0].history.true_error[-1]:.1f}"
    said = {**found, "ensemble": apply_remedy("ensemble", runs)}
    for name, error in errors.items():
        assert said[name].row is None
        assert f"{100 * error.value:.1f}" in said[name].sentence
        assert last in said[name].sentence
    assert "the 2 runs" in said["ensemble"].sentence
    assert "the last 10 rows" in found["ensemble"].sentence


def test_every_choice_makes_a_sentence_with_no_gap(found):
    assert tuple(found) == tuple(REMEDIES)
    for outcome in found.values():
        sentence = outcome.sentence
        assert sentence[0].isalpha()
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "%" in sentence
