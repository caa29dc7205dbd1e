"""Lists of names in a sentence."""

from collections.abc import Sequence

from reglab.words.message import say


def listed(names: Sequence[str]) -> str:
    """Names, joined for a sentence about all of them.

    Args:
        names: at least one; messages among them are said in the language too.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *rest, last = names
    return say("{names} and {last}", names=commas(rest), last=last) if rest else last


def either(names: Sequence[str]) -> str:
    """Names, joined for a sentence about any one of them.

    >>> either(["a"]), either(["a", "b"]), either(["a", "b", "c"])
    ('a', 'a or b', 'a, b or c')
    """
    *rest, last = names
    return say("{names} or {last}", names=commas(rest), last=last) if rest else last


def commas(names: Sequence[str]) -> str:
    """Names, joined by commas alone.

    >>> commas(["a", "b", "c"])
    'a, b, c'
    """
    *rest, last = names
    return say("{names}, {last}", names=commas(rest), last=last) if rest else last
