"""What stands outside of the messages that a command prints."""

from reglab.cli import folder
from tests.words.brackets import loose, outside, words

FILES = {part for name in folder.NAMES for part in words(name)}


def unsaid(value):
    """Words within messages that no message says."""
    if isinstance(value, list | tuple):
        return set().union(*map(unsaid, value))
    return set(loose(value))


def bare(text, *known):
    """Words that no message says, but for these."""
    return set(outside(text)) - {"reglab"} - FILES - set().union(*known)
