"""``reglab claims``: what it prints, what it refuses, and its exit code."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reglab import cli, theory
from reglab.cli import claims
from reglab.theory import rows

FIELDS = ["id", "claim", "kind", "predicted", "measured", "interval", "passed", "seconds"]


@pytest.fixture
def run(capsys, monkeypatch):
    """Calls ``reglab claims``; returns code, out, err."""
    monkeypatch.setattr(claims, "keep_compiled", lambda: None)

    def call(*options):
        code = cli.main(["claims", *options])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def broken(monkeypatch):
    """Replaces G3 by a claim that measures what it is given."""

    def put(measure):
        made = replace(
            theory.CLAIMS["G3"],
            setup=lambda seed: seed,
            predict=lambda given: {"one": rows.identity(1.0), "all": rows.identity(np.zeros(100))},
            measure=measure,
        )
        monkeypatch.setattr(theory, "CLAIMS", {**theory.CLAIMS, "G3": made})

    return put


def test_json_has_every_number(run):
    code, out, err = run("G3", "--json", "--seed", "3")
    assert (code, err) == (0, "")
    (record,) = json.loads(out)
    found = theory.check("G3", 3)
    assert list(record) == FIELDS
    assert record["passed"] is found.passed is True
    assert (record["id"], record["claim"]) == ("G3", found.claim.statement)
    for name, value in found.measurement.items():
        np.testing.assert_allclose(record["measured"][name], value)
        np.testing.assert_allclose(record["predicted"][name], found.prediction[name])
        np.testing.assert_allclose(record["interval"][name], found.interval[name])
    assert record["seconds"] > 0


def test_the_table_names_each_row_once(run):
    code, out, err = run("G3", "G3", "--jobs", "1")
    assert (code, err) == (0, "")
    head, *_ = out.splitlines()
    assert head.startswith("G3  expectation, as predicted, ")
    for row in theory.check("G3").rows:
        assert out.count(f"  ✓  {row.name}") == 1
    assert "1 of 1 claims as predicted, 5 checks, " in out


def test_a_miss_is_said_and_ends_with_1(run, broken):
    broken(lambda given: {"one": rows.exactly(1.5, 0.1), "all": rows.exactly(np.zeros(100), 0.1)})
    code, out, err = run("G3")
    assert code == 1
    assert "G3  expectation, NOT AS PREDICTED" in out
    assert "✗  one" in out
    assert "✓  all (of 100 numbers)" in out
    assert "0 of 1 claims as predicted" in out
    assert err == "reglab: G3 is not as predicted: one\n"
    code, out, err = run("G3", "--json")
    (record,) = json.loads(out)
    assert (code, record["passed"]) == (1, False)
    assert record["measured"] == {"one": 1.5, "all": 0.0}  # one number stands for a hundred
    assert record["interval"]["one"] == [1.4, 1.6]


def test_a_claim_whose_data_are_not_installed_leaves_the_others_alone(run, broken):
    def measure(given):
        raise ValueError("mnist1d: expected the package mnist1d")

    broken(measure)
    code, out, err = run("G3", "--json")
    assert code == 1
    assert json.loads(out)[0]["passed"] is False
    assert err == "reglab: G3 could not be checked: mnist1d: expected the package mnist1d\n"


def test_numbers_that_are_none_are_null_in_json(run, broken):
    broken(
        lambda given: {"one": rows.between(1, -np.inf, np.inf), "all": rows.exactly(np.zeros(100))}
    )
    code, out, _ = run("G3", "--json")
    assert code == 0
    assert json.loads(out)[0]["interval"]["one"] == [None, None]


def test_markdown_is_the_page_of_the_documentation(run):
    code, out, err = run("--markdown")
    assert (code, err) == (0, "")
    assert out == (Path(__file__).parents[1] / "docs" / "claims.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["Q9"], "claim: expected one of"),
        (["G3", "--seed", "-1"], "seed: expected"),
        (["G3", "--jobs", "0"], "jobs: expected"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(run, options, said):
    code, out, err = run(*options)
    assert (code, out) == (1, "")
    assert err.startswith(f"reglab: {said}")
    assert err.count("\n") == 1


@pytest.mark.slow
def test_processes_give_the_same_in_the_same_order(run):
    ids = ["G3", "E1", "R1"]
    one, two = (json.loads(run(*ids, "--json", "--jobs", jobs)[1]) for jobs in "12")
    for a, b in zip(one, two, strict=True):
        assert a["id"] == b["id"]
        assert a["predicted"] == b["predicted"]
        assert a["measured"] == b["measured"]
