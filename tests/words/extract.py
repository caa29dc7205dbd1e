"""The messages of the code, as Babel finds them, and ``zh.po`` brought up to date with them.

``python tests/words/extract.py`` adds what is new, without a translation, and drops what is gone.
"""

import sys
from pathlib import Path

import polib
from babel.messages import extract

from reglab.words.catalogue import Key

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "reglab/words/zh.po"
METHODS = [("**.py", "python"), ("**.js", "javascript")]
KEYWORDS = {"say": None, "say_as": ((1, "c"), 2), "sayAs": ((1, "c"), 2), "counted": (2, 3)}
WIDTH = 100


def messages(root=ROOT / "reglab"):
    """The key of each message of the code, and the files that say it, sorted."""
    found = {}
    texts = extract.extract_from_dir(str(root), METHODS, keywords=KEYWORDS)
    for path, _, words, _, context in texts:
        template, plural = words if isinstance(words, tuple) else (words, "")
        found.setdefault(Key(template, plural, context or ""), set()).add(path)
    return {key: sorted(found[key]) for key in sorted(found, key=lambda key: (found[key], key))}


def update(path=CATALOGUE):
    """Gives the file an entry a message of the code, and no other."""
    old = polib.pofile(path.read_text("utf-8"))
    entries = {Key(e.msgid, e.msgid_plural or "", e.msgctxt or ""): e for e in old}
    new = polib.POFile(wrapwidth=WIDTH)
    new.metadata, new.header = old.metadata, old.header
    for key, files in messages().items():
        entry = entries.get(key) or polib.POEntry(
            msgid=key.template,
            msgid_plural=key.plural,
            msgctxt=key.context or None,
            msgstr_plural={0: ""} if key.plural else {},
        )
        entry.occurrences = [(file, "") for file in files]
        new.append(entry)
    new.save(str(path))
    return sum(not entry.translated() for entry in new)


if __name__ == "__main__":
    sys.exit(f"{missing} messages are not translated" if (missing := update()) else 0)
