"""In which language a person is spoken to."""

import os

from reglab.words.catalogue import PSEUDO, SOURCE, languages, unknown

VARIABLE = "REGLAB_LANGUAGE"


def chosen_language(asked: str | None = None, *preferred: str) -> str:
    """The language to speak.

    Args:
        asked: by the code, as ``language=``; None where the code does not say.
        preferred: language tags of a browser, best first, such as ``zh-CN``; those that there is
            no catalogue of are passed over.

    Returns:
        What was asked for; else that of the environment variable ``REGLAB_LANGUAGE``; else the
        first one preferred that there is; else English.

    Raises:
        ValueError: asked, or set in the environment, for a language that nobody registered.

    >>> chosen_language("zh"), chosen_language(None, "tlh", "zh-Hant-TW")
    ('zh', 'zh')
    """
    known = languages()
    for name, value in (("language", asked), (VARIABLE, os.environ.get(VARIABLE) or None)):
        if value is None:
            continue
        if value not in (*known, PSEUDO):
            raise unknown(name, value)
        return value
    bases = (tag.replace("_", "-").split("-")[0].lower() for tag in preferred)
    return next((base for base in bases if base in known), SOURCE)
