"""Catalogues: what each message is in a language other than English, the language of the code."""

import functools
import gettext
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import polib

from reglab.words.message import Key, say

SOURCE = "en"
PSEUDO = "qps"  # each message in brackets: what stands outside of them is in no catalogue
_FILES: dict[str, Path] = {"zh": Path(__file__).with_name("zh.po")}


class Catalogue:
    """The messages of a language.

    Args:
        path: a PO file.

    Attributes:
        path: that file.
        form: index of the form that a number of things takes.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no PO file, or fills in what the English message has no value for.
    """

    def __init__(self, path: Path):
        self.path = path
        self._entries = polib.pofile(path.read_text("utf-8"))
        rule = self._entries.metadata.get("Plural-Forms", "nplurals=1; plural=0;")
        self.form: Callable[[int], int] = gettext.c2py(rule.partition("plural=")[2].rstrip(" ;"))
        self._forms = {_key(entry): _forms(entry) for entry in self._entries if entry.translated()}
        for key, forms in self._forms.items():
            known = _fields(key.template) | _fields(key.plural)
            if wrong := {name for form in forms for name in _fields(form) - known}:
                raise ValueError(
                    say(
                        "{template!r} has no value {names}",
                        template=key.template,
                        names=", ".join(sorted(wrong)),
                    )
                )

    def get(self, key: Key, number: int = 1) -> str | None:
        """The template of a message for a number of things, or None where the file has none."""
        forms = self._forms.get(key)
        if forms is None:
            return None
        return forms[self.form(number) if len(forms) > 1 else 0]

    def keys(self) -> set[Key]:
        """Of all messages that are translated."""
        return set(self._forms)

    @functools.cached_property
    def letters(self) -> frozenset[str]:
        """Those that its messages are written with."""
        return frozenset(
            letter
            for forms in self._forms.values()
            for form in forms
            for letter in form
            if letter.isalpha()
        )

    def of_files(self, suffix: str) -> Iterator[tuple[Key, tuple[str, ...]]]:
        """The messages, with their forms, that stand in source files of a suffix."""
        for entry in self._entries:
            if any(path.endswith(suffix) for path, _ in entry.occurrences) and entry.translated():
                yield _key(entry), _forms(entry)


class Brackets:
    """The pseudo-language, in which every message is as in English, in brackets."""

    letters: frozenset[str] = frozenset()

    def get(self, key: Key, number: int = 1) -> str:
        """The template, in brackets."""
        return f"⟦{key.of(number)}⟧"


def register_language(name: str, path: str | Path) -> None:
    """Adds a language.

    Args:
        name: its code, such as ``de``, by which ``language=`` and browsers name it.
        path: a PO file, whose entries have the messages of the code as ``msgid``, and as references
            the files that say them: the browser gets those of scripts.

    Raises:
        ValueError: a name that is taken or is no code, or a file that cannot be read.
    """
    if not (name.isascii() and name.replace("_", "").isalnum() and name == name.lower()):
        raise ValueError(
            say("name: expected the code of a language, such as 'de', got {got!r}", got=name)
        )
    if name in languages():
        raise ValueError(
            say("name: expected a language that is not there yet, got {got!r}", got=name)
        )
    try:
        keys = Catalogue(Path(path)).keys()
    except (OSError, ValueError) as error:
        raise ValueError(
            say("path: expected a PO file, got {got!r}: {error}", got=str(path), error=error)
        ) from error
    if not keys:
        raise ValueError(
            say("path: expected a PO file with messages, got none in {got!r}", got=str(path))
        )
    _FILES[name] = Path(path)


def languages() -> tuple[str, ...]:
    """The codes of the languages that there are, English first.

    >>> languages()[:2]
    ('en', 'zh')
    """
    return (SOURCE, *_FILES)


@functools.cache
def catalogue(language: str) -> Catalogue | Brackets | None:
    """The catalogue of a language, read once; None for English, which needs none.

    Raises:
        ValueError: a language that nobody registered.
    """
    if language == SOURCE:
        return None
    if language == PSEUDO:
        return Brackets()
    if language not in _FILES:
        raise unknown("language", language)
    return Catalogue(_FILES[language])


def unknown(name: str, language: str) -> ValueError:
    """The error of asking for a language that nobody registered."""
    return ValueError(
        say(
            "{name}: expected one of {allowed}, got {got!r}",
            name=name,
            allowed=", ".join(languages()),
            got=language,
        )
    )


def _fields(template: str) -> set[str]:
    """Names of the values that fill a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def _key(entry: polib.POEntry) -> Key:
    return Key(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _forms(entry: polib.POEntry) -> tuple[str, ...]:
    if entry.msgid_plural:
        return tuple(form for _, form in sorted(entry.msgstr_plural.items()))
    return (entry.msgstr,)
