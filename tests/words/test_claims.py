"""Claims are said in messages: all that is shown of one can be said in another language."""

import pytest

from reglab.theory import CLAIMS, check
from reglab.theory.catalogue import page
from reglab.theory.words import KIND_WORDS, interval, name_of, shown_of
from reglab.words import PSEUDO, Message, translated
from tests.words.brackets import outside, unsaid

TRAINED = {"M1", "D2", "D4", "B2", "B7", "R5", "X1"}  # before they predict; see tests/theory
CHEAP = "G3", "R1", "A5", "M5"  # a second each, with series, arrays and numbers

of_all = pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))


@of_all
def test_a_claim_is_said_in_messages(claim):
    texts = [claim.statement, claim.tolerance, claim.fails_when]
    texts += [text for source in claim.source for text in source]
    assert all(isinstance(text, Message) for text in texts if text)
    assert unsaid(texts) == []
    assert outside(page([claim], language=PSEUDO)) == []


@of_all
def test_its_sentences_end_alike_in_chinese(claim):
    """The page and the panel put a full stop where the English has none."""
    for text in (claim.statement, claim.tolerance, claim.fails_when):
        assert text.into("zh").endswith("。") == text.endswith("."), text


@pytest.mark.parametrize("id", [id for id in CLAIMS if id not in TRAINED])
def test_quantities_are_named_in_messages(id):
    claim = CLAIMS[id]
    predicted = claim.predict(claim.setup(0))
    assert all(isinstance(name, Message) for name in predicted)
    assert unsaid([*predicted, *(said.x_label for said in predicted.values())]) == []
    assert len({translated(name, "zh") for name in predicted}) == len(predicted)


@pytest.mark.parametrize("id", CHEAP)
def test_a_check_is_in_brackets(id):
    for row in check(id).rows:
        texts = name_of(row), interval(shown_of(row)), KIND_WORDS[row.predicted.kind]
        assert unsaid(texts) == []
        assert translated(name_of(row), PSEUDO).startswith("⟦")


def test_a_bare_name_is_found():
    assert unsaid(["weights", "λ τ² / σ²", KIND_WORDS["limit"]]) == ["weights"]
