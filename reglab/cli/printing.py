"""Printing to a terminal, a pipe or a file, in a language."""

import sys

from reglab.words import translated


def show(text: str, language: str, stream=None) -> None:
    """Prints what the stream can; a terminal that knows no ′ is no reason to fail."""
    stream = sys.stdout if stream is None else stream
    encoding = stream.encoding or "utf-8"
    text = translated(text, language)
    print(text.encode(encoding, "replace").decode(encoding), file=stream)


def note(text: str, language: str) -> None:
    """Prints a line that is no result, on standard error."""
    show(f"reglab: {translated(text, language)}", language, sys.stderr)
