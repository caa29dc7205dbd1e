"""Words: every text that a person reads, in English in the code and in a catalogue a language."""

from reglab.words.browser import browser_words
from reglab.words.catalogue import PSEUDO, SOURCE, catalogue, languages, register_language
from reglab.words.language import chosen_language
from reglab.words.lines import columns, padded, shortened, wrapped
from reglab.words.lists import commas, either, listed
from reglab.words.message import (
    Key,
    Message,
    counted,
    line_of,
    reason,
    say,
    say_as,
    told,
    translated,
)

__all__ = [
    "PSEUDO",
    "SOURCE",
    "Key",
    "Message",
    "browser_words",
    "catalogue",
    "chosen_language",
    "columns",
    "commas",
    "counted",
    "either",
    "languages",
    "line_of",
    "listed",
    "padded",
    "reason",
    "register_language",
    "say",
    "say_as",
    "shortened",
    "told",
    "translated",
    "wrapped",
]
