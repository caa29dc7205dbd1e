"""What stands outside of the brackets of the pseudo-language, and so is in no catalogue."""

import html
import re

from reglab.config import ACTIVATIONS, AUGMENTS, L1_STEPS, OPTIMIZERS
from reglab.distributions import REGISTRY
from reglab.training import RULES
from reglab.words import PSEUDO, Message, translated

UNITS = {"CSV", "JSON", "PNG", "SVG", "PDF", "min", "inf", "nan"}
NAMES = {*REGISTRY, *ACTIVATIONS, *AUGMENTS, *L1_STEPS, *OPTIMIZERS, *RULES, *UNITS}
NAMES |= {part for name in NAMES for part in name.split("_")}


def outside(text):
    """Words that no message of a text says, in a language in which messages stand in brackets.

    Formulas between dollars are symbols.
    """
    text = html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)\$\$.*?\$\$", " ", text)))
    before = ""
    while before != text:
        before, text = text, re.sub("⟦[^⟦⟧]*⟧", " ", text)
    return words(text)


def words(text):
    """The words of a text, but for what holds a digit, names of code, and letters by themselves."""
    found = re.findall(r"[^\W_]+", text)
    return [word for word in found if word.isalpha() and len(word) > 1 and word not in NAMES]


def loose(value):
    """Words among the values of a message, and of those within it, that no message says."""
    for part in value.values.values() if isinstance(value, Message) else ():
        if isinstance(part, Message):
            yield from loose(part)
        elif isinstance(part, str):
            yield from words(part)


def unsaid(texts):
    """Those of some texts that have words which no message says."""
    return [text for text in texts if outside(translated(text, PSEUDO)) or [*loose(text)]]
