"""The parser of a command: argparse, whose help is in a language."""

import argparse
import functools
from collections.abc import Sequence
from typing import Any, TextIO

from reglab.cli.printing import show
from reglab.words import columns, languages, say, translated, wrapped


class Parser(argparse.ArgumentParser):
    """A parser whose texts are messages, and which every command has its ``--language`` from.

    Args:
        language: of the help.
        **values: those of :class:`argparse.ArgumentParser`.
    """

    def __init__(self, *, language: str, **values: Any):
        formatter = functools.partial(_Formatter, language)
        super().__init__(formatter_class=formatter, **values)
        self.language = language
        self.add_argument(
            "--language",
            choices=languages(),
            default=argparse.SUPPRESS,
            help=say("language of all words (default: REGLAB_LANGUAGE, else en)"),
        )

    def _print_message(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, message: str, file: TextIO | None = None
    ) -> None:
        if message:
            show(message.removesuffix("\n"), self.language, file)


class _Formatter(argparse.HelpFormatter):
    def __init__(self, language: str, prog: str):
        super().__init__(prog)
        self._language = language

    def add_text(self, text: str | None) -> None:
        super().add_text(translated(text, self._language))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return translated(action.help, self._language)

    def _split_lines(self, text: str, width: int) -> list[str]:
        if columns(text) == len(text):
            return super()._split_lines(text, width)
        return wrapped(" ".join(text.split()), columns, width).split("\n")

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if columns(text) == len(text):
            return super()._fill_text(text, width, indent)
        return "\n".join(indent + line for line in self._split_lines(text, width))


def asked(arguments: Sequence[str]) -> str | None:
    """The language that a command line asks for; None where it does not, or for one there is not.

    >>> asked(["run", "a.json", "--language", "zh"]), asked(["run", "--language=tlh"])
    ('zh', None)
    """
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("--language", choices=languages())
    try:
        return parser.parse_known_args(arguments)[0].language
    except argparse.ArgumentError:  # which the parser of the command says
        return None
