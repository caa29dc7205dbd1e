"""The scripts of the browser say what they say in messages, and the catalogue has them."""

import json
import re

import pytest

from reglab.panels.kit.bundle import FRONT, masked
from reglab.words import browser_words
from reglab.words.catalogue import Key
from tests.words.extract import messages

LITERALS = r'"_*"(?:\s*\+\s*"_*")*'
CALL = re.compile(r"(?<![\w$.])(?<!function )(?:say|sayAs|counted)\(")
ARGUMENTS = re.compile(
    rf"say\(\s*(?P<say>{LITERALS})|sayAs\(\s*(?P<context>{LITERALS}),\s*(?P<as>{LITERALS})"
    rf"|counted\(\s*[\w.]+,\s*(?P<one>{LITERALS}),\s*(?P<many>{LITERALS})"
)
WORDS = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")


def spoken(text):
    """The key of each message that a script says, None where it says no literals; their places."""
    code = masked(text)

    def literal(span):
        return "".join(map(json.loads, re.findall(r'"(?:\\.|[^"\\])*"', text[slice(*span)])))

    for call in CALL.finditer(code):
        found = ARGUMENTS.match(code, call.start())
        if found is None:
            yield None, call.span()
            continue
        said = {name: literal(found.span(name)) for name, part in found.groupdict().items() if part}
        template = said.get("say") or said.get("as") or said["one"]
        yield Key(template, said.get("many", ""), said.get("context", "")), found.span()


def unsaid(text):
    """Literals of a script that read like text, but for those of the console."""
    code = masked(text)
    spans = [span for _, span in spoken(text)]
    for literal in re.finditer(r"\"_*\"|`_*", code):
        inside = any(start <= literal.start() < end for start, end in spans)
        words = text[slice(*literal.span())].strip('"`')
        if not inside and WORDS.search(words) and not words.startswith(("rl-", "reglab: ")):
            yield words


def scripts():
    return {path.relative_to(FRONT).as_posix(): path for path in sorted(FRONT.rglob("*.js"))}


@pytest.fixture(scope="module")
def keys():
    """The messages that Babel finds, and their files."""
    return messages()


def test_every_message_of_a_script_is_found(keys):
    """Babel passes over a message within the arguments of another."""
    found = set()
    for name, path in scripts().items():
        for key, (start, _) in spoken(path.read_text("utf-8")):
            assert key is not None, f"{name}, character {start}: expected a literal"
            assert f"panels/front/{name}" in keys[key]
            found.add(key)
    assert {key for key, files in keys.items() if any(f.endswith(".js") for f in files)} == found
    assert len(found) > 100


def test_scripts_have_no_words_outside_of_messages():
    for name, path in scripts().items():
        assert list(unsaid(path.read_text("utf-8"))) == [], name


def test_what_is_said_in_no_message_is_found():
    assert list(unsaid('make("p", "rl-a rl-b", el, "two words"); say("of a message")')) == [
        "two words"
    ]
    assert list(unsaid("setText(node, `step ${n} of them`);")) == []  # too short to tell
    assert list(unsaid("setText(node, `at step ${n}`);")) == ["at step "]
    assert [key for key, _ in spoken("say(text); a.say(text); function say(text) {}")] == [None]


def test_the_browser_gets_every_message_of_its_scripts(keys):
    texts = browser_words("zh")["texts"]
    said = {key for key, files in keys.items() if any(f.endswith(".js") for f in files)}
    assert set(texts) == {"\x04".join(key) for key in said}
    assert "forms" not in browser_words("zh")
    assert texts["{count} training example\x04{count} training examples\x04"] == [
        "{count} 个训练样例"
    ]
    assert json.loads(json.dumps(browser_words("zh"))) == browser_words("zh")
