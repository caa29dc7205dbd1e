"""What argparse itself says, as messages: how a command is used, and what is wrong with a call."""

import argparse
import contextlib
from collections.abc import Iterator, Sequence

from reglab.words import Message, counted, say

WORDS: dict[str, Message] = {
    message: message
    for message in (
        say("usage: "),
        say("options"),
        say("%(heading)s:"),
        say("positional arguments"),
        say("show this help message and exit"),
        say("%(prog)s: error: %(message)s\n"),
        say("argument %(argument_name)s: %(message)s"),
        say("ambiguous option: %(option)s could match %(matches)s"),
        say("expected at least one argument"),
        say("expected at most one argument"),
        say("expected one argument"),
        say("ignored explicit argument %r"),
        say("invalid %(type)s value: %(value)r"),
        say("invalid choice: %(value)r (choose from %(choices)s)"),
        say("invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)"),
        say("not allowed with argument %s"),
        say("one of the arguments %s is required"),
        say("the following arguments are required: %s"),
    )
}
EXPECTED = "expected %s argument"


def unrecognized(arguments: Sequence[str], language: str) -> str:
    """Says that nobody knows these arguments."""
    return say("unrecognized arguments: {names}", names=" ".join(arguments)).into(language)


@contextlib.contextmanager
def spoken(language: str) -> Iterator[None]:
    """Within the block argparse says its own words in a language, as far as they are known here.

    It looks each of them up in the catalogue of the process, which Python comes without.
    """

    def one(text: str) -> str:
        return WORDS[text].into(language) if text in WORDS else text

    def some(singular: str, plural: str, number: int) -> str:
        if singular != EXPECTED:
            return singular if number == 1 else plural
        return counted(number, "expected %s argument", "expected %s arguments").into(language)

    names = {"_": one, "ngettext": some}
    before = {name: getattr(argparse, name) for name in names}
    try:
        for name, function in names.items():
            setattr(argparse, name, function)
        yield
    finally:
        for name, function in before.items():
            setattr(argparse, name, function)
