"""In which language the words of a figure are, and a font that has its letters."""

import functools
import re
import warnings
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

from reglab.mitchell.words import tied
from reglab.words import SOURCE, catalogue, chosen_language, say, translated

FONTS = (  # with the letters of Chinese, of every system; the first that is there is used
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "SimHei",
    "Noto Sans CJK JP",  # of a file of several fonts, matplotlib 3.10 knows the first alone
    "Arial Unicode MS",
)


class Script(NamedTuple):
    """How the words of a figure are written.

    Attributes:
        language: that they are in.
        font: beside the user's own, one that has the letters of the language; empty where those
            have them.
    """

    language: str = SOURCE
    font: str = ""

    def said(self, text: str) -> str:
        """A text in the language, tidy."""
        return tidy(translated(text, self.language))

    @property
    def look(self) -> dict[str, Any]:
        """What a text is told of its fonts."""
        return {"fontfamily": [*mpl.rcParams["font.family"], self.font]} if self.font else {}


def script_of(language: str | None = None) -> Script:
    """The script of a language; that of English, with a warning, where no font has its letters.

    Args:
        language: asked for by the code; None where it does not say.

    Raises:
        ValueError: asked, or set in the environment, for a language that nobody registered.
    """
    language = chosen_language(language)
    words = catalogue(language)
    if words is None:
        return Script()
    missing = words.letters.difference(*map(_letters, mpl.rcParams["font.family"]))
    for font in FONTS if missing else ("",):
        if missing <= _letters(font):
            return Script(language, font)
    warnings.warn(
        say(
            "figures: no font with the letters of language {language!r} was found, so this one is "
            "in English; install one, such as {font}, and start Python again",
            language=language,
            font=FONTS[0],
        ),
        stacklevel=4,
    )
    return Script()


def tidy(text: str) -> str:
    r"""Text whose numbers keep their units, with plain no-break spaces, which every font has.

    >>> tidy("step 1\u202f800, 3.3 ± 0.1 %")
    'step\xa01\xa0800, 3.3\xa0±\xa00.1\xa0%'
    """
    return re.sub(r"\u202f|(?<=step) (?=\d)", "\u00a0", tied(text))


def _letters(family: str) -> frozenset[str]:
    """Those that the font of a family has; none where there is no such font."""
    if not family:
        return frozenset()
    try:
        wanted = FontProperties(family=[family])  # a text alone would be a pattern
        path = font_manager.findfont(wanted, fallback_to_default=False)
    except ValueError:
        return frozenset()
    return _of_file(path)


@functools.cache
def _of_file(path: str) -> frozenset[str]:
    return frozenset(map(chr, font_manager.get_font(path).get_charmap()))
