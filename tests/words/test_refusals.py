"""What is refused is said in messages, which cross processes and are told in any language."""

import ast
import pickle
import warnings

import jax.numpy as jnp
import pytest

from reglab import Experiment
from reglab.config import NEEDS, Range
from reglab.words import Message, either, line_of, listed, reason, say, told
from tests.words.extract import ROOT


def bare(tree):
    """Lines of errors and warnings that are raised with a text that is no message."""
    lines = set()
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else node
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func)
        if not (isinstance(node, ast.Raise) or name.endswith(("warn", "Error"))):
            continue
        for argument in call.args:
            parts = ast.walk(argument) if isinstance(argument, ast.BinOp) else [argument]
            texts = (part for part in parts if isinstance(part, ast.Constant | ast.JoinedStr))
            if any(" " in ast.unparse(text) for text in texts):
                lines.add(call.lineno)
    return sorted(lines)


def test_refusals_are_messages():
    for path in sorted((ROOT / "reglab").rglob("*.py")):
        assert bare(ast.parse(path.read_text("utf-8"))) == [], path


def test_a_bare_text_is_found():
    for line in (
        'raise ValueError(f"{x}: no")',
        'raise OSError(28, "disk is full")',
        'warn("a b")',
    ):
        assert bare(ast.parse(line)) == [1], line


def refused():
    with pytest.raises(ValueError, match="batch_size") as caught:
        Experiment(batch_size=0)
    return caught.value


def test_a_refusal_is_told_in_a_language():
    error = refused()
    assert str(error) == "batch_size: expected a whole number from 1 to 1e+06, got 0"
    assert told(error, "en") == str(error)
    assert told(error, "zh") == "batch_size：应为从 1 到 1e+06 的整数，实得 0"


def test_it_crosses_processes():
    again = pickle.loads(pickle.dumps(refused()))
    assert str(again) == str(refused())
    assert told(again, "zh") == told(refused(), "zh")


def test_what_cannot_be_pickled_or_may_change_is_kept_as_it_was_shown():
    names = ["a"]
    error = ValueError(say("{what} of {names}, {what!r}", what=lambda: 0, names=names))
    text = str(error)
    names.append("b")
    again = pickle.loads(pickle.dumps(error))
    assert told(again, "en") == reason(error).into("en") == str(error) == text


def test_arrays_of_one_number_are_told_where_english_rounds_them():
    message = say("{got:.3g}", got=jnp.float32(0.25))
    assert message == message.into("en") == "0.25"


@pytest.mark.parametrize("number", [3, 2.5, True, None, "x"])
def test_numbers_and_texts_are_kept_as_they_are(number):
    kept = say("{number}", number=number).values["number"]
    assert kept is number


def test_the_message_of_an_error_within_one_is_told_too():
    error = ValueError(say("experiments[{index}]: {error}", index=2, error=refused()))
    assert str(error) == f"experiments[2]: {refused()}"
    assert told(error, "zh") == f"experiments[2]：{told(refused(), 'zh')}"


def test_errors_of_others_are_told_as_they_stand():
    assert told(TypeError("first\nsecond"), "zh") == "first\nsecond"
    assert line_of(TypeError("\nfirst\nsecond")) == "first"
    assert told(KeyError("x"), "zh") == "'x'"
    assert told(OSError(28, "No space left on device"), "zh").endswith("No space left on device")


def test_a_message_is_found_behind_a_number_and_without_the_quotes_of_a_key():
    message = say("a number")
    for error in (OSError(28, message), KeyError(message)):
        assert isinstance(reason(error), Message)
        assert (told(error, "en"), told(error, "zh")) == ("a number", "数")


def test_a_warning_holds_its_message():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(say("a number"), stacklevel=1)
    assert told(caught[0].message, "zh") == "数"


def test_lists_of_names():
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")
    assert listed(["a", "b", "c"]).into("zh") == "a、b 和 c"
    assert either(["a", "b", "c"]).into("zh") == "a、b 或 c"


@pytest.mark.parametrize("open_low", [False, True])
@pytest.mark.parametrize("open_high", [False, True])
def test_ranges_are_said(open_low, open_high):
    allowed = Range(0, 1, open_low, open_high)
    start, end = "above" if open_low else "from", "to below" if open_high else "to"
    assert str(allowed) == allowed.in_words() == f"{start} 0 {end} 1"
    assert allowed.in_words().into("zh") != str(allowed)


def test_what_a_number_needs_is_said():
    assert NEEDS["decay_steps"].in_words() == "It acts with schedule 'cosine' or 'step' alone."
