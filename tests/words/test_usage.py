"""Help of each command, and refusals of a wrong call, are made of messages."""

import argparse
import re

import pytest

from reglab import cli
from reglab.cli import usage
from reglab.words import PSEUDO, columns
from tests.words.brackets import words
from tests.words.commands import bare

COMMANDS = [add.__name__.removeprefix("add_") for add in cli.COMMANDS]
REFUSED = {
    "no command": [],
    "another command": ["lap"],
    "nothing to run": ["run"],
    "nowhere to write": ["run", "a.json", "--out"],
    "another option": ["store", "a", "--loud"],
    "another language": ["store", "a", "--language", "tlh"],
    "no number": ["claims", "--seed", "x"],
    "one or the other": ["audit", "a.npz", "--json", "--csv"],
    "no value": ["audit", "a.npz", "--json=x"],
    "two options": ["sweep", "a", "--s", "x"],
}


def names_of_code(command=None):
    """The words of a parser's usage that are names: of programs, options and their values."""
    with usage.spoken(PSEUDO):
        parser = cli.parser_of(PSEUDO)
    parsers = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            parsers += [made for name, made in action.choices.items() if name == command]
            known = set(action.choices)
    for action in (action for made in parsers for action in made._actions):
        known |= set(words(" ".join([*action.option_strings, str(action.metavar or "")])))
        known |= {action.dest.upper()}
        known |= set(action.choices or ())
    return known | {"reglab"}


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_is_in_brackets(call, command):
    code, out, err = call(*filter(None, [command]), "--help")
    assert (code, err) == (0, "")
    assert out.startswith("⟦usage: ⟧reglab")
    assert "⟦show this help message and exit⟧" in out
    assert out.count("⟦") > 4
    assert bare(out, names_of_code(command)) == set()


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_usage_is_refused_in_brackets(call, name):
    code, out, err = call(*REFUSED[name])
    assert (code, out) == (2, "")
    known = names_of_code(next(iter(REFUSED[name]), None))
    assert bare(err, known) == set()
    assert re.search("⟦reglab.*: error: .*⟦", err, re.DOTALL)


def test_a_bare_text_is_found(call, monkeypatch):
    text = "show this help message and exit"
    monkeypatch.delitem(usage.WORDS, text)
    known = names_of_code()  # "help" among them
    assert bare(call("--help")[1], known) == set(text.split()) - known


@pytest.mark.parametrize("template", usage.WORDS)
def test_chinese_words_of_argparse_have_its_values(template):
    pattern = r"%(?:\(\w+\))?[rs]"
    chinese = usage.WORDS[template].into("zh")
    assert chinese != template
    assert sorted(re.findall(pattern, chinese)) == sorted(re.findall(pattern, template))


HELP = ("usage: ", "positional arguments", "options", "show this help message and exit")


def test_help_in_chinese(call):
    code, out, err = call("run", "--help", language="zh")
    assert (code, err) == (0, "")
    assert out.startswith("用法：reglab run [-h]")
    assert re.search("位置参数[:：]\n  EXPERIMENT.json +要运行的实验\n", out)
    assert not any(said in out for said in HELP)
    assert max(map(columns, out.splitlines())) <= 80
    assert call("run", "--help", "--language", "zh", language="en")[1] == out
    assert call("run", "--language=en", "--help", language="zh")[1].startswith("usage: ")
    assert call("--language", "zh", "run", "--help", language="en")[1] == out


def test_a_language_that_is_not_there_is_refused_in_one_line(call):
    code, out, err = call("--help", language="tlh")
    assert (code, out) == (1, "")
    assert err == "reglab: REGLAB_LANGUAGE: expected one of en, zh, got 'tlh'\n"


def test_argparse_is_left_as_it_was(call):
    before = argparse._, argparse.ngettext
    call("run", "--help")
    call()
    assert (argparse._, argparse.ngettext) == before
