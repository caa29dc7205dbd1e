"""The lab of claims: what is chosen is measured, shown, and said where it cannot be."""

import dataclasses

import numpy as np
import pytest

from reglab import theory
from reglab.figures import style
from reglab.panels import ClaimsLab
from reglab.panels.claims import view as claim_view
from reglab.theory import rows

SECONDS = 120


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """G3 with a third of its replicates, which is as right."""
    whole = theory.CLAIMS["G3"]
    quick = dataclasses.replace(
        whole, setup=lambda seed: whole.setup(seed)._replace(replicates=1000)
    )
    monkeypatch.setattr(theory, "CLAIMS", {**theory.CLAIMS, "G3": quick})


@pytest.fixture
def lab():
    lab = ClaimsLab("G3", seed=3)
    yield lab
    lab.close()


def test_before_it_is_checked_the_claim_is_there_in_words(lab):
    assert lab.view.content["state"] == "empty"
    claim = theory.CLAIMS["G3"]
    assert "It fails when the inputs are not Gaussian" in lab.words.value
    assert claim.source[0].text in lab.words.value
    assert f"$${claim.formula}$$" in lab.words.value
    assert [id for _, id in lab.menu.options] == list(theory.CLAIMS)


def test_check_measures_what_theory_check_does(lab):
    lab.run()
    found = lab.wait(SECONDS)
    same = theory.check("G3", 3)
    np.testing.assert_equal(found.measurement, same.measurement)
    content = lab.view.content
    assert content["state"] == "passed"
    assert content["status"].startswith("All 5 measurements are as predicted: seed 3, ")
    assert len(content["rows"]) == len(found.rows)
    assert all(row["name"] in content["alt"] for row in content["rows"])
    assert content["svg"].startswith("<svg")
    for colour in (style.INK, style.PAPER, style.MUTED, style.GRID, style.RUNS[1]):
        assert colour not in content["svg"]
    assert not lab.button.disabled


def test_another_seed_gives_other_numbers(lab):
    lab.run()
    first = lab.wait(SECONDS)
    lab.another.click()
    second = lab.wait(SECONDS)
    assert (first.seed, second.seed, lab.seed.value) == (3, 4, 4)


def test_choosing_another_claim_forgets_the_result(lab):
    lab.run()
    lab.wait(SECONDS)
    other = next(id for id in theory.CLAIMS if id != "G3")
    lab.menu.value = other
    assert lab.view.content["state"] == "empty"
    assert lab.check is None


@pytest.mark.parametrize("error", [ValueError("mnist1d: <missing>"), RuntimeError("broken")])
def test_a_claim_that_cannot_be_checked_says_so_and_can_be_asked_again(lab, monkeypatch, error):
    def measure(given):
        raise error

    broken = dataclasses.replace(theory.CLAIMS["G3"], measure=measure)
    with monkeypatch.context() as patch:
        patch.setattr(theory, "CLAIMS", {**theory.CLAIMS, "G3": broken})
        lab.run()
        lab.wait(SECONDS)
    assert lab.view.content == claim_view.failed(f"G3 could not be checked: {error}")
    lab.run()
    assert lab.wait(SECONDS).passed


def test_a_miss_is_said_in_red(monkeypatch):
    made = dataclasses.replace(
        theory.CLAIMS["G3"],
        predict=lambda given: {"one": rows.identity(1.0), "two": rows.identity(2.0)},
        measure=lambda given: {"one": rows.exactly(1.5, 0.1), "two": rows.exactly(2.0)},
    )
    content = claim_view.result(theory.base.checked(made, 0))
    assert content["state"] == "failed"
    assert content["status"].startswith("1 of 2 measurements are not as predicted")
    assert [row["mark"] for row in content["rows"]] == ["✗", "✓"]
    assert "var(--rl-red)" in content["svg"]


def test_closing_while_a_claim_is_measured_is_quiet():
    lab = ClaimsLab("G3")
    lab.run()
    lab.close()
    lab.run()
    assert lab.button.comm is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("Q9",), "claim: expected one of"), (("G3", -1), "seed: expected")],
)
def test_wrong_arguments_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        ClaimsLab(arguments[0], **({"seed": arguments[1]} if len(arguments) > 1 else {}))
