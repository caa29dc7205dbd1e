"""Lines of text: how wide they are, and where they may break, in any script."""

import re
import unicodedata
from collections.abc import Callable, Iterator

_OPENING, _CLOSING = (
    "（《「『【〔〈“‘",
    "，。、；：？！）》」』】〕〉”’…",
)  # which no line ends or starts with
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"  # letters between which lines break
_PART = re.compile(f"[{_OPENING}]*(?:[{_WIDE}]|[^{_WIDE}{_CLOSING}]+)?[{_CLOSING})\\]}}]*")


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: letters of East Asia take two.

    >>> columns("step"), columns("步数")
    (4, 4)
    """
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)


def padded(text: str, width: int) -> str:
    """A text with blanks behind it, as many as fill ``width`` columns.

    >>> padded("步数", 6)
    '步数  '
    """
    return text + " " * (width - columns(text))


def shortened(text: str, width: int) -> str:
    """A text, cut where it takes more than ``width`` columns.

    >>> shortened("one two three", 8), shortened("过度拟合", 7)
    ('one two…', '过度拟…')
    """
    if columns(text) <= width:
        return text
    while columns(text) >= width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, measure: Callable[[str], float], width: float) -> str:
    r"""The text in lines no wider than ``width``, where its words allow.

    >>> wrapped("one two three", len, 7)
    'one two\nthree'
    >>> wrapped("h 过度拟合。", columns, 8)
    'h 过度拟\n合。'
    """
    lines: list[str] = []
    for gap, part in _parts(text):
        longer = f"{lines[-1]}{gap}{part}" if lines else part
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(lines)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """What no line breaks, each with what stands before it within a line."""
    for word in text.split(" "):
        is_one = columns(word) == len(word)
        parts = [word] if is_one else [part for part in _PART.findall(word) if part]
        yield from zip([" ", *[""] * (len(parts) - 1)], parts, strict=True)
