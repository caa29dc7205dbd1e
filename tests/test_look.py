"""Each colour stands in reglab/look.py and nowhere else, and is seen on its ground."""

import ast
import re
from itertools import product
from pathlib import Path

import pytest
from matplotlib.colors import CSS4_COLORS, is_color_like

from reglab import look
from tests.browser.live import bench

PACKAGE = Path(look.__file__).parent
NAMES = "|".join(CSS4_COLORS)
NUMERIC = r"#[0-9a-f]{3,8}\b|%23[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(\s*[\d.]"
SHEET = re.compile(rf"{NUMERIC}|(?<![\w-])(?:{NAMES})(?![\w-])", re.I)
PAINTED = r"(?:fill|stroke|shadow)(?:Style|Color)|\.style\.\w*[cC]olor|addColorStop\([^)]*"
SCRIPT = re.compile(rf"""{NUMERIC}|(?:{PAINTED})\s*[=,]\s*["'`]|["'`](?:{NAMES})["'`]""", re.I)
TOKENS = {*look.Colours._fields, "red-soft"}
COLOURED = re.compile(r"^c$|colou?r|fore|back", re.I)


def in_sheet(text):
    """Colours among the values of declarations."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return [m for value in re.findall(r":([^;{}]*);", text) for m in SHEET.findall(value)]


def in_script(text):
    """Colours of a script, but for the names that it calls ours by."""
    text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", text, flags=re.S | re.M)
    return [m for m in SCRIPT.findall(text) if m.strip("\"'`") not in TOKENS]


def in_module(text):
    """Colours of a Python file: numbers and names, and single letters where one is asked for."""
    found = []
    for node in ast.walk(ast.parse(text)):
        asked = []
        if isinstance(node, ast.Call):
            asked = [k.value for k in node.keywords if COLOURED.search(k.arg or "")]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            asked = [v for k, v in pairs if COLOURED.search(str(getattr(k, "value", "")))]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_long = len(node.value) > 1 and is_color_like(node.value)
            asked = [node] if is_long or re.search(NUMERIC, node.value, re.I) else []
        given = [part.value for part in asked if isinstance(part, ast.Constant)]
        found += [value for value in given if isinstance(value, str) and value.lower() != "none"]
    return [value for value in found if is_color_like(value) or re.search(NUMERIC, value, re.I)]


FINDERS = {".css": in_sheet, ".js": in_script, ".py": in_module}


def test_a_colour_stands_in_one_place():
    parts = [PACKAGE / name for name in ("figures", "panels", "live", "cli")]
    paths = [p for part in parts for p in part.rglob("*") if p.suffix in FINDERS]
    assert {p.suffix for p in paths} == FINDERS.keys()
    found = {p.relative_to(PACKAGE): FINDERS[p.suffix](p.read_text("utf-8")) for p in paths}
    assert {path: colours for path, colours in found.items() if colours} == {}
    assert len(in_module((PACKAGE / "look.py").read_text("utf-8"))) > 30


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".css", "a { color: #fff; }"),
        (".css", "a { border: 1px solid rgba(0, 0, 0, 0.5); }"),
        (".css", "a { background: linear-gradient(90deg, Red, var(--rl-ink)); }"),
        (".css", "a { background: url(\"data:image/svg+xml,%3Csvg stroke='%23888'/%3E\"); }"),
        (".js", 'context.fillStyle = "red";'),
        (".js", "context.strokeStyle = `hsl(${hue} 50% 50%)`;"),
        (".js", 'const color = "#0877bd";'),
        (".js", "const color = `rgba(1, 2, 3, ${alpha})`;"),
        (".js", 'const color = dark ? "white" : theme.ink;'),
        (".py", 'ax.plot(x, y, color="k")'),
        (".py", 'look = {"edgecolor": "w"}'),
        (".py", 'RED = "#b3261e"'),
        (".py", 'ax.plot(x, y, c="0.5")'),
        (".py", 'ax.set_facecolor("tab:blue")'),
        (".py", "HTML = \"<p style='color: rgb(1, 2, 3)'>\""),
    ],
)
def test_a_colour_elsewhere_is_found(suffix, text):
    assert FINDERS[suffix](text) != []


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".css", 'td[data-tone="red"] { color: var(--rl-red); } /* red #fff */'),
        (".css", "a { background: color-mix(in srgb, var(--rl-brand) 18%, transparent); }"),
        (".js", 'const TOKENS = ["red", "green"]; fill(theme.red); // white'),
        (".js", "const css = `rgba(${theme.rgb[token].join()},${alpha})`;"),
        (".py", 'style.ticks(ax, "y", 6, facecolor="none", color=style.RED)'),
    ],
)
def test_a_name_of_ours_is_no_colour(suffix, text):
    assert FINDERS[suffix](text) == []


def luminance(colour):
    """The relative luminance of WCAG 2.2, of red, green and blue from 0 to 255."""
    shares = [part / 255 for part in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def mixed(share, colour, ground):
    return tuple(share * a + (1 - share) * b for a, b in zip(colour, ground, strict=True))


def seen(scheme):
    """Colours of a scheme and of JupyterLab's theme, by their names."""
    colours, page = {"light": (look.LIGHT, bench.LIGHT), "dark": (look.DARK, bench.DARK)}[scheme]
    long = {"#fff": look.PAPER, "#000": look.BLACK, "#111": "#111111"}
    ground, black = (look.rgb(long[page[k]]) for k in ("layout-color0", "ui-font-color0"))
    assert page["ui-font-color1"].endswith(f"{look.INK:g}".removeprefix("0") + ")")
    shares = {"ink": look.INK, "muted": look.MUTED, "wash": look.WASH, "hairline": look.HAIRLINE}
    found = {name: look.rgb(colour) for name, colour in colours._asdict().items()}
    found |= {name: mixed(share, black, ground) for name, share in shares.items()}
    found |= {"surface": ground, "brand": look.rgb(page["brand-color1"])}
    return found | {"on_brand": look.rgb(look.PAPER), "arrow": look.rgb(look.ARROW)}


RUNS = [f"run{index}" for index in range(len(look.LIGHT.runs))]
# Ratios of WCAG 2.2, level AA: 4.5 for text (1.4.3), 3 for what is no text (1.4.11).
TEXTS = [
    *product(("ink", "muted"), ("surface", "wash", "red_wash", "green_wash")),
    *product(("train", "whole", "bayes", "red", "green"), ("surface",)),
    *product(RUNS, ("surface",)),  # their names in figures
    ("red", "red_wash"),
    ("green", "green_wash"),
    ("brand", "surface"),
    ("on_brand", "brand"),
]
MARKS = [
    *product(("ink", "bayes", "class0", "class1"), ("neutral",)),
    *product(("class0", "class1", "arrow"), ("surface",)),
]
# Less than that: a class and a run have a shape too, and the brand is JupyterLab's.
LESS = {
    ("light", "run1", "surface"): 3.9,
    ("light", "run2", "surface"): 4.18,
    ("light", "class0", "neutral"): 2.49,
    ("light", "class0", "surface"): 2.75,
    ("dark", "on_brand", "brand"): 3.12,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_and_marks_are_seen_on_their_ground(scheme):
    colours = seen(scheme)
    wanted = dict.fromkeys(TEXTS, 4.5) | dict.fromkeys(MARKS, 3.0)
    faults, less = [], set()
    for (one, ground), ratio in wanted.items():
        found = contrast(colours[one], colours[ground])
        if (scheme, one, ground) in LESS:
            assert found < ratio
            ratio = LESS[scheme, one, ground]
            less.add((scheme, one, ground))
        if found < ratio:
            faults.append(f"{one} on {ground}: {found:.2f}, expected {ratio}")
    assert faults == []
    assert less == {key for key in LESS if key[0] == scheme}


def test_contrast_is_that_of_the_standard():
    assert contrast(look.rgb(look.BLACK), look.rgb(look.PAPER)) == pytest.approx(21)
    assert contrast(look.rgb("#777777"), look.rgb(look.PAPER)) == pytest.approx(4.48, abs=0.005)
    ink, page = look.rgb(look.inked(look.INK)), mixed(look.INK, (0, 0, 0), (255, 255, 255))
    assert max(abs(a - b) for a, b in zip(ink, page, strict=True)) <= 0.5
