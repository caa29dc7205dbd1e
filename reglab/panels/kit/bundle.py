"""One script out of the ES modules of a room, one style sheet out of those beside them.

No build step and no network: each module is wrapped in a scope of its own, after those it imports.
A room is given its cards: for each the names of its pictures, and their painters, modules that
export a class ``Painter``. Painters of other packages import from ``reglab`` as those here do, such
as ``../kit/labels.js``. Modules may say ``import {a, b as c} from "./x.js";`` and ``export`` before
a function, class or const; a room's entry ends with ``export default {...}``. Anything else is
refused in one line.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reglab.panels.kit.theme import themed
from reglab.words import say

FRONT = Path(__file__).parents[1] / "front"
_LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[`{}/]", re.DOTALL
)
_TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_VALUE = re.compile(r"[\w$)\]}\"'`]\s*$")  # after it, a slash divides
_VERB = re.compile(r"\b(?:return|typeof|case|in|of|delete|void|throw|await|yield)\s*$")
_IMPORT = re.compile(r'^import\s*\{([^{}]*)\}\s*from\s*"([^"\n]*)";', re.MULTILINE)
_EXPORT = re.compile(r"^(export\s+)(?:async\s+)?(?:function|class|const)\s+([\w$]+)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default (?=\{)", re.MULTILINE)
_NAME = re.compile(r"([\w$]+)(?:\s+as\s+([\w$]+))?")
_KEYFRAMES = re.compile(r"^@keyframes .*?^\}\n", re.MULTILINE | re.DOTALL)
_NOTE = re.compile(r"^[ ]*/\*.*?\*/\n", re.MULTILINE | re.DOTALL)  # types of arguments
_INK = re.compile(r"[^\n]")
_WORD = re.compile(r"(?<![\w$.])(?:import|export)(?![\w$])[^\n]*")


class Module(NamedTuple):
    """A script and what it takes from others."""

    path: Path
    imports: tuple[tuple[Path, tuple[tuple[str, str], ...]], ...]  # where, (its name, name here)
    exports: tuple[str, ...]
    has_default: bool
    body: str  # the source without its import lines and the word export


Cards = tuple[tuple[tuple[str, Path], ...], ...]  # a name and a painter for each picture


@functools.cache
def script(entry: str, front: Path = FRONT, cards: Cards = ()) -> str:
    """The modules that an entry needs, as one module that exports the entry's default object.

    Args:
        entry: path of the entry in ``front``, such as ``mitchell.js``.
        front: the folder of the modules.
        cards: of the room, which its ``render`` is given beside model and element.

    Raises:
        ValueError: a module says what the bundler does not know, in one line.
    """
    modules = ordered(entry, front, cards)
    names = {module.path: f"$module{i}" for i, module in enumerate(modules)}
    known = {module.path: module for module in modules}
    start = (front / entry).resolve()
    if not known[start].has_default:
        raise ValueError(
            say("{entry}: expected export default {{...}}, as an entry has, got none", entry=entry)
        )
    shown = []
    for card in cards:
        for name, painter in card:
            if "Painter" not in known[painter.resolve()].exports:
                raise ValueError(
                    say(
                        "{painter}: expected export class Painter, as the picture {name} has, "
                        "got none",
                        painter=painter.name,
                        name=name,
                    )
                )
        pairs = (f'["{name}", {names[path.resolve()]}.Painter]' for name, path in card)
        shown.append(f"[{', '.join(pairs)}]")
    parts = [_wrapped(module, names, front) for module in modules]
    given = f"{{ ...place, cards: [{', '.join(shown)}] }}"
    end = f"export default {{ render: (place) => {names[start]}.$default.render({given}) }};\n"
    return "\n".join([*parts, end if cards else f"export default {names[start]}.$default;\n"])


@functools.cache
def sheet(entry: str, front: Path = FRONT, cards: Cards = ()) -> str:
    """The style sheets beside the modules of an entry, in the same order, after the colours.

    All rules hold below elements of class ``reglab-<entry>`` alone, in the sheets ``&``; only
    keyframes belong to the page.
    """
    paths = [module.path.with_suffix(".css") for module in ordered(entry, front, cards)]
    text = themed("\n".join(path.read_text(encoding="utf-8") for path in paths if path.is_file()))
    rules, frames = _KEYFRAMES.sub("", text), "".join(_KEYFRAMES.findall(text))
    return f".reglab-{Path(entry).stem} {{\n{rules}}}\n{frames}"


def ordered(entry: str, front: Path = FRONT, cards: Cards = ()) -> list[Module]:
    """The modules that an entry and then its painters need, each after those it imports."""
    found: dict[Path, Module] = {}
    starts = [front / entry, *(painter for card in cards for _, painter in card)]
    return [m for start in starts for m in _walk(start.resolve(), front.resolve(), found, ())]


def _walk(
    path: Path, front: Path, found: dict[Path, Module], way: tuple[Path, ...]
) -> Iterator[Module]:
    if path in way:
        circle = " -> ".join(step.name for step in (*way[way.index(path) :], path))
        raise ValueError(
            say(
                "{name}: expected modules without a cycle, got {circle}",
                name=path.name,
                circle=circle,
            )
        )
    if path in found:
        return
    module = _module(path, front)
    for other, pairs in module.imports:
        yield from _walk(other, front, found, (*way, path))
        for name, _ in pairs:
            if name not in found[other].exports:
                raise ValueError(
                    say("{name}: {other} does not export {part}", **_both(path, other), part=name)
                )
        if found[other].has_default:
            raise ValueError(
                say(
                    "{other}: expected no default export, as {name} imports it",
                    **_both(path, other),
                )
            )
    found[path] = module
    yield module


@functools.cache
def _module(path: Path, front: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    code = masked(text)
    imports, exports = list(_IMPORT.finditer(code)), list(_EXPORT.finditer(code))
    defaults = list(_DEFAULT.finditer(code))[:1]
    known = {match.start() for match in (*imports, *exports, *defaults)}
    for match in _WORD.finditer(code):
        if match.start() not in known:
            said = text[match.start() : match.end()].strip()
            raise ValueError(
                say(
                    '{name}: expected import {{a, b as c}} from "./x.js"; or export before a '
                    "function, class or const, got {got!r}",
                    name=path.name,
                    got=said,
                )
            )
    notes = [m for m in _NOTE.finditer(text) if code[slice(*m.span())].isspace()]
    cuts = [(*match.span(), "") for match in (*imports, *notes)]
    cuts += [(*match.span(1), "") for match in exports]
    cuts += [(*match.span(), "const $default = ") for match in defaults]
    body = text
    for start, end, new in sorted(cuts, reverse=True):
        body = body[:start] + new + body[end:]
    taken = [(_target(path, front, text[slice(*m.span(2))]), _pairs(path, m[1])) for m in imports]
    names = tuple(match[2] for match in exports)
    return Module(path, tuple(taken), names, bool(defaults), body.strip())


def _target(path: Path, front: Path, said: str) -> Path:
    """The module that an import of ``path`` is from; others' painters stand with those here."""
    folder = path.parent if front in path.parents else front / "pictures"
    other = (folder / said).resolve()
    if not said.startswith(("./", "../")) or front not in other.parents:
        raise ValueError(
            say(
                "{name}: expected a path inside {folder}/, got {got!r}",
                name=path.name,
                folder=front.name,
                got=said,
            )
        )
    if not other.is_file():
        raise ValueError(
            say("{name}: imports {got!r}, and there is no such file", name=path.name, got=said)
        )
    return other


def _pairs(path: Path, inside: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in filter(None, map(str.strip, inside.split(","))):
        match = _NAME.fullmatch(part)
        if match is None or match[1] == "default":
            raise ValueError(
                say("{name}: expected names to import, got {got!r}", name=path.name, got=part)
            )
        pairs.append((match[1], match[2] or match[1]))
    return tuple(pairs)


def _both(path: Path, other: Path) -> dict[str, str]:
    return {"name": path.name, "other": other.name}


def _wrapped(module: Module, names: dict[Path, str], front: Path) -> str:
    is_here = front.resolve() in module.path.parents
    place = module.path.relative_to(front.resolve()).as_posix() if is_here else module.path.name
    lines = [f"const {names[module.path]} = (() => {{ // {place}"]
    for other, pairs in module.imports:
        taken = ", ".join(name if name == here else f"{name}: {here}" for name, here in pairs)
        lines.append(f"const {{ {taken} }} = {names[other]};")
    given = ["$default"] if module.has_default else []
    lines += [module.body, f"return {{ {', '.join([*given, *module.exports])} }};", "})();"]
    return "\n".join(lines)


def masked(text: str) -> str:
    """The script with blanks for comments, and ``_`` for what stands in strings and the like.

    Positions stay, and so do quotes and lines.

    >>> masked('const a = "import x"; // import y')
    'const a = "________";            '
    """
    parts: list[str] = []  # of the script, in their order; what is blank stands as blanks
    depths: list[int] = []  # of braces, one for each template that is open
    at = 0

    def blank(start: int, end: int, by: str = "_") -> None:
        parts.append(_INK.sub(by, text[start:end]))

    def template(start: int) -> int:
        """Blanks a template up to its end, or to a place that holds code; returns what follows."""
        match = _TEMPLATE.match(text, start)
        end = match.end() if match else start
        blank(start, end)
        is_open = text[end : end + 2] == "${"
        if is_open:
            depths.append(0)
        parts.append(text[end : end + 1 + is_open])
        return end + 1 + is_open

    while match := _LITERAL.search(text, at):
        token, start = match[0], match.start()
        parts.append(text[at:start])
        at = match.end()
        if token == "/":
            before = text[max(0, start - 40) : start]
            pattern = _PATTERN.match(text, start)
            if pattern and (_VERB.search(before) or not _VALUE.search(before)):
                at = pattern.end()
                blank(start, at)
                continue
        elif token[0] == "/":
            blank(start, at, " ")
            continue
        elif token[0] in "\"'":
            parts.append(token[0])
            blank(start + 1, at - 1)
            parts.append(token[0])
            continue
        parts.append(token)
        if token == "`":
            at = template(at)
        elif token == "{" and depths:
            depths[-1] += 1
        elif token == "}" and depths:
            if depths[-1]:
                depths[-1] -= 1
            else:
                depths.pop()
                at = template(at)
    return "".join([*parts, text[at:]])
