"""Printing to a terminal, a pipe or a file, in a language."""

import contextlib
import sys
import warnings
from collections.abc import Iterator
from typing import TextIO

from reglab.words import Message, reason, translated


def show(text: str, language: str, stream: TextIO | None = None) -> None:
    """Prints what the stream can; a terminal that knows no ′ is no reason to fail."""
    out: TextIO = sys.stdout if stream is None else stream
    encoding = out.encoding or "utf-8"
    text = translated(text, language)
    print(text.encode(encoding, "replace").decode(encoding), file=out)


def note(text: str, language: str) -> None:
    """Prints a line that is no result, on standard error."""
    show(f"reglab: {translated(text, language)}", language, sys.stderr)


@contextlib.contextmanager
def warned(language: str) -> Iterator[None]:
    """Within the block, warnings of reglab are notes; those of others are shown as ever."""
    with warnings.catch_warnings():
        show_other = warnings.showwarning

        def show_one(message: Warning | str, *place: object, **values: object) -> None:
            said = reason(message) if isinstance(message, Warning) else message
            if isinstance(said, Message):
                note(said, language)
            else:
                show_other(message, *place, **values)  # pyright: ignore[reportArgumentType]

        warnings.showwarning = show_one
        yield
