"""The catalogue: complete, well-formed, and the page that the documentation shows."""

import re
from pathlib import Path

import pytest

from reglab.theory import CLAIMS, KINDS
from reglab.theory.catalogue import page

IDS = [
    *("M1", "M3", "M5", "M7", "E1", "E2", "G1", "G3", "G5", "G6", "G7"),
    *("D1", "D2", "D3", "D4", "D6", "D7", "B2", "B3", "B5", "B6", "B7"),
    *("R1", "R2", "R3", "R4", "R5", "R6", "R7", "A1", "A4", "A5", "A6", "A8", "X1", "X4"),
]


def test_every_claim_is_there_under_its_own_id():
    assert list(CLAIMS) == IDS
    assert [claim.id for claim in CLAIMS.values()] == IDS


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_a_claim_says_all_there_is_to_say(claim):
    assert claim.kind in KINDS
    assert claim.statement.endswith(".")
    assert claim.tolerance
    assert claim.fails_when
    assert bool(claim.formula) or claim.kind == "tendency"
    assert claim.source
    assert all(len(reference.text) > 10 for reference in claim.source)
    assert "$" not in claim.formula


def test_a_pipe_does_not_end_a_cell():
    text = page(CLAIMS.values())
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert len(rows) == len(CLAIMS)
    for row, claim in zip(rows, CLAIMS.values(), strict=True):
        assert len(re.findall(r"(?<!\\)\|", row)) == 4
        assert row.replace(r"\|", "|").split(" | ", 2)[2] == f"{claim.statement} |"


def test_the_page_in_the_documentation_is_this_one():
    path = Path(__file__).parents[2] / "docs" / "claims.md"
    assert path.read_text("utf-8") == page(CLAIMS.values()), "run: reglab claims --markdown"
