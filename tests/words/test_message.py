"""Messages: English where they are made, and said in a language where they are shown."""

import copy
import json
import pickle
from typing import NamedTuple

import pytest

from reglab import words
from reglab.words import Message, counted, say, say_as, translated
from reglab.words.catalogue import _FILES

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"

#: live.js
msgid "Play"
msgstr "Spiel"

msgctxt "theatre"
msgid "Play"
msgstr "Stück"

#: reglab/say.py
msgid "{who} errs {share}"
msgstr "{share} irrt {who}"

msgid "{count} run"
msgid_plural "{count} runs"
msgstr[0] "ein Lauf"
msgstr[1] "zwei Läufe"
msgstr[2] "{count} Läufe"

msgid "nobody said it yet"
msgstr ""
"""


@pytest.fixture
def german(tmp_path):
    path = tmp_path / "de.po"
    path.write_text(PO, "utf-8")
    words.register_language("de", path)
    yield "de"
    del _FILES["de"]
    words.catalogue.cache_clear()


def test_a_message_is_its_english_text():
    message = say("{who} errs {share}", who=say("Play"), share="3 %")
    assert message == "Play errs 3 %"
    assert json.dumps([message]) == '["Play errs 3 %"]'
    assert hash(message) == hash("Play errs 3 %")
    assert str(ValueError(message)) == "Play errs 3 %"


def test_it_is_said_in_a_language_with_the_messages_within_it(german):
    message = say("{who} errs {share}", who=say("Play"), share="3 %")
    assert message.into(german) == "3 % irrt Spiel"
    assert message.into(german).into("en") == message == "Play errs 3 %"
    assert say("nobody said it yet").into(german) == "nobody said it yet"
    assert say("of no catalogue {x}", x=say("Play")).into(german) == "of no catalogue Spiel"


def test_contexts_tell_the_same_words_apart(german):
    assert say_as("theatre", "Play").into(german) == "Stück"
    assert say_as("theatre", "Play") == say("Play")


@pytest.mark.parametrize(
    ("number", "english", "expected"),
    [(0, "0 runs", "0 Läufe"), (1, "1 run", "ein Lauf"), (2, "2 runs", "zwei Läufe")],
)
def test_the_form_follows_the_number_by_the_rule_of_the_language(german, number, english, expected):
    message = counted(number, "{count} run", "{count} runs")
    assert message == english
    assert message.into(german) == expected


def test_a_number_is_shown_as_its_caller_shows_it(german):
    message = counted(2400, "{count} run", "{count} runs", count="2 400")
    assert (message, message.into(german)) == ("2 400 runs", "2 400 Läufe")


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies_and_those_of_other_processes_know_it_too(german, again):
    message = again(counted(2, "{count} run", "{count} runs", who=say("Play")))
    assert type(message) is Message
    assert message.into(german) == "zwei Läufe"


def test_containers_are_translated_member_by_member(german):
    assert translated((say("Play"), ["Play", say("Play")], 3), german) == (
        "Spiel",
        ["Play", "Spiel"],
        3,
    )


def test_named_tuples_stay_what_they_are(german):
    class Row(NamedTuple):
        word: str
        names: tuple[str, ...]
        step: int = 3

    made = translated(Row(say("Play"), (say("Play"), "x")), german)
    assert made == Row("Spiel", ("Spiel", "x"))
    assert type(made) is Row


def test_the_pseudo_language_brackets_every_message():
    message = say("{who} errs {share}", who=counted(2, "{count} run", "{count} runs"), share="3 %")
    assert message.into(words.PSEUDO) == "⟦⟦2 runs⟧ errs 3 %⟧"


def test_messages_of_the_browser_are_those_that_its_files_say(german):
    assert [key.template for key, _ in words.catalogue(german).of_files(".js")] == ["Play"]


def test_the_language_is_asked_for_or_set_or_preferred(monkeypatch, german):
    monkeypatch.delenv("REGLAB_LANGUAGE", raising=False)
    assert words.chosen_language() == "en"
    assert words.chosen_language(None, "fr-FR", "de_AT", "zh") == "de"
    monkeypatch.setenv("REGLAB_LANGUAGE", "zh")
    assert words.chosen_language(None, "de") == "zh"
    assert words.chosen_language("en", "de") == "en"
    monkeypatch.setenv("REGLAB_LANGUAGE", "klingon")
    with pytest.raises(ValueError, match=r"^REGLAB_LANGUAGE: expected one of en, zh, de, got 'kl"):
        words.chosen_language()


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("zh", PO, "name: expected a language that is not there yet, got 'zh'"),
        ("Deutsch!", PO, "name: expected the code of a language, such as 'de', got 'Deutsch!'"),
        ("de", "msgid nonsense", "path: expected a PO file with messages, got none in"),
        ("de", 'msgid "{a} b"\nmsgstr "{c} d"', "path: .*: '{a} b' has no value c"),
        ("de", None, "path: expected a PO file, got"),
    ],
)
def test_faults_of_a_language_are_refused(tmp_path, name, text, fault):
    path = tmp_path / "x.po"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="^" + fault):
        words.register_language(name, path)
    assert words.languages() == ("en", "zh")


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match=r"^language: expected one of en, zh, got 'tlh'$"):
        say("Play").into("tlh")
