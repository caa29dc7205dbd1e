"""The words of the browser, whose scripts say messages of their own."""

from typing import Any

from reglab.words.catalogue import Brackets, catalogue

_NUMBERS = 200  # of which the forms are told; rules look at no more than the last two digits


def browser_words(language: str) -> dict[str, Any]:
    """What ``front/kit/words.js`` needs to speak a language, as JSON takes it.

    Returns:
        ``code`` of the language; ``texts``, the forms of each message that a script says, under its
        template, plural and context; ``forms``, which of them the numbers from 0 on take, where
        there are several. In the pseudo-language ``pseudo`` alone, and in English nothing.

    Raises:
        ValueError: a language that nobody registered.

    >>> browser_words("en"), browser_words("qps")
    ({}, {'pseudo': True})
    """
    words = catalogue(language)
    if words is None:
        return {}
    if isinstance(words, Brackets):
        return {"pseudo": True}
    texts = {"\x04".join(key): list(forms) for key, forms in words.of_files(".js")}
    told = {"code": language.replace("_", "-"), "texts": texts}
    if all(len(forms) == 1 for forms in texts.values()):
        return told
    return {**told, "forms": [words.form(number) for number in range(_NUMBERS)]}
