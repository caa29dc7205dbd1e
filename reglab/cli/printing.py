"""Printing to a terminal, a pipe or a file."""

import sys


def say(text: str, stream=None) -> None:
    """Prints what the stream can; a terminal that knows no ′ is no reason to fail."""
    stream = sys.stdout if stream is None else stream
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=stream)
