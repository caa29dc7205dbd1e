"""The Chinese catalogue has every message of the code, and the code says them as literals."""

import ast
import string

import pytest

from reglab import words
from tests.words.extract import KEYWORDS, ROOT, messages

CHINESE = words.catalogue("zh")


def test_it_has_the_messages_of_the_code_and_no_others():
    assert set(CHINESE.keys()) == set(messages())


def fields(template):
    return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


@pytest.mark.parametrize("language", words.languages()[1:])
def test_each_value_of_a_message_is_filled_in(language):
    """But for the number in a form for few of them, as in English."""
    catalogue = words.catalogue(language)
    for key in sorted(catalogue.keys()):
        wanted = fields(key.plural or key.template)
        assert fields(catalogue.get(key, 5)) == wanted
        for number in (1, 2):
            assert set(wanted) - set(fields(catalogue.get(key, number))) <= {"count"}


def calls():
    """Calls of what makes messages, each with its place."""
    for path in (ROOT / "reglab").rglob("*.py"):
        text = path.read_text("utf-8")
        if "reglab.words" not in text:  # where such names are another's
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS:
                first = {"say": 0, "say_as": 0, "counted": 1}[node.func.id]
                last = {"say": 0, "say_as": 1, "counted": 2}[node.func.id]
                yield node.args[first : last + 1], f"{path.relative_to(ROOT)}:{node.lineno}"


def test_templates_are_literals():
    for arguments, where in calls():
        assert all(isinstance(argument, ast.Constant) for argument in arguments), where


def test_every_message_is_found():
    """Babel passes over a message within the arguments of another, where a call is between."""
    found = {text for key in messages() for text in key}
    for arguments, where in calls():
        assert {argument.value for argument in arguments} <= found, where


def test_each_template_has_its_values_and_no_others():
    for path in (ROOT / "reglab").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in KEYWORDS:
                continue
            given = {keyword.arg for keyword in node.keywords}
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if None in given or len(texts) < len(node.args) - (node.func.id == "counted"):
                continue  # a dictionary of values, whose names nobody can read here
            texts = texts[-2:] if node.func.id == "counted" else texts[-1:]
            if node.func.id == "counted":
                given |= {"count"}
            wanted = {name for text in texts for name in fields(text)}
            assert wanted <= given, f"{path.relative_to(ROOT)}:{node.lineno}"
            assert given <= wanted | {"count"}, f"{path.relative_to(ROOT)}:{node.lineno}"
