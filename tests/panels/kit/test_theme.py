"""The custom properties of style sheets: each is there, and each is used."""

import re

from reglab import look
from reglab.panels.kit.bundle import FRONT, sheet
from reglab.panels.kit.theme import properties, themed

SHEETS = {path: path.read_text("utf-8") for path in sorted(FRONT.rglob("*.css"))}
SCRIPTS = {path: path.read_text("utf-8") for path in sorted(FRONT.rglob("*.js"))}
THEME = (FRONT / "kit" / "theme.js").read_text("utf-8")


def listed(name):
    """The strings of an array of the script that reads the theme."""
    return re.findall(r'"([\w-]+)"', re.search(rf"const {name} = .*?\[(.*?)\]", THEME, re.S)[1])


def test_properties_that_are_used_are_there():
    own = {
        name for text in SHEETS.values() for name in re.findall(r"^\s*(--rl-[\w-]+):", text, re.M)
    }
    own |= {
        name for t in SCRIPTS.values() for name in re.findall(r'setProperty\("(--rl-[\w-]+)"', t)
    }
    values = " ".join([*SHEETS.values(), *properties().values()])
    used = set(re.findall(r"var\((--rl-[\w-]+)", values))
    assert len(used) > 15
    assert used - own <= properties().keys()
    assert not own & properties().keys()
    read = {f"--rl-{name}" for name in listed("TOKENS")}
    assert read <= properties().keys()
    numbers = {f"--rl-{name.replace('_', '-')}" for name in look.Numbers._fields}
    assert properties().keys() - used - read - numbers == set()


def test_scripts_read_each_number_that_a_sheet_does_not():
    assert {*listed("NUMBERS"), "region_witness"} == set(look.Numbers._fields)
    used = {
        name for text in SCRIPTS.values() for name in re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", text)
    }
    assert set(listed("NUMBERS")) <= used


def test_on_dark_ground_stands_only_what_differs():
    light, dark = properties(), properties(is_dark=True)
    rules = re.findall(r"^(&.*) \{\n((?:  --rl-.*\n)+)\}", themed(""), re.M)
    assert [selector for selector, _ in rules] == ["&", '&[data-scheme="dark"]']
    first, second = (dict(re.findall(r"  ([\w-]+): (.*);", lines)) for _, lines in rules)
    assert first == light
    assert second == {name: value for name, value in dark.items() if light[name] != value}
    assert {*look.Colours._fields, "red_soft"} == {
        name.removeprefix("--rl-").replace("-", "_") for name in second
    } - {"map_strength", "region_witness"}


def test_every_fold_has_its_width():
    text = "".join(map(sheet, ("board.js", "population.js", "claims.js")))
    widths = [int(width) for width in re.findall(r"^@container \(max-width: (\d+)px\)", text, re.M)]
    assert len(widths) == text.count("@container")
    assert set(look.FOLDS.values()) <= set(widths)
    plain = "\n".join(SHEETS.values())
    assert not [width for width in look.FOLDS.values() if f"max-width: {width}px)" in plain]
