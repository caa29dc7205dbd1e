"""Imports go one way, files and functions stay small; see CONTRIBUTING.md."""

import ast
import functools
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = (
    ("words",),
    ("config", "look", "precision", "views"),
    ("distributions", "nn"),
    ("training",),
    ("mitchell",),
    ("live", "theory", "sweeps"),
    ("__init__",),
    ("figures",),
    ("panels",),
    ("cli",),
)
RANKS = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}
WIDGETS = {"IPython", "anywidget", "ipywidgets"}
ARRAYS = {"flax", "jax", "jaxlib", "optax"}
MAX_FILE, MAX_BODY = 300, 50
parsed = functools.cache(ast.parse)


@pytest.fixture(autouse=True, scope="module")
def forgotten():
    """Lets go of the trees of the package when the file has run."""
    yield
    parsed.cache_clear()


def imported_modules(tree, module):
    """Yields ``(line, dotted name)`` of all imports of ``module``, a tuple of names, in any scope.

    For ``from a import b`` the name is ``a.b``: b may be a module.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module[: len(module) - node.level] if node.level else ()
            base += tuple(node.module.split(".")) if node.module else ()
            yield from ((node.lineno, ".".join((*base, alias.name))) for alias in node.names)


def part_of(name, package):
    """The part of the package that a dotted name belongs to; None outside the package."""
    top, _, rest = name.partition(".")
    if top != package.name:
        return None
    part = rest.partition(".")[0]
    is_module = (package / part).is_dir() or (package / f"{part}.py").is_file()
    return part if part and is_module else "__init__"


def layer_faults(package):
    """Every import under ``package`` that goes the wrong way, as ``path:line: what``."""
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        part = relative.parts[0].removesuffix(".py")
        if part not in RANKS:
            yield f"{relative}: {part} is in no layer"
            continue
        # One level up from a package's __init__ is the package itself, from a module its folder.
        module = (package.name, *relative.with_suffix("").parts)
        for line, name in imported_modules(parsed(path.read_text("utf-8")), module):
            other, outside = part_of(name, package), name.partition(".")[0]
            if other is not None and other != part and RANKS.get(other, 99) >= RANKS[part]:
                yield f"{relative}:{line}: {part} imports {name}"
            if (part != "panels" and outside in WIDGETS) or (
                part == "figures" and outside in ARRAYS
            ):
                yield f"{relative}:{line}: {part} imports {outside}"


def script_faults(front):
    """Every import of a module of the front end that goes the wrong way, as ``path: what``.

    ``kit`` knows itself alone, a picture knows ``kit``, and a room (an entry and the folder of its
    name) both and its own parts.
    """
    for path in sorted(front.rglob("*.js")):
        here = path.relative_to(front)
        own = here.parts[0].removesuffix(".js")
        known = {"kit": {"kit"}, "pictures": {"kit"}}.get(own, {"kit", "pictures", own})
        for target in re.findall(r'^(?:import .*|\} )from "(.*)";$', path.read_text("utf-8"), re.M):
            other = (path.parent / target).resolve().relative_to(front.resolve())
            is_entry = len(other.parts) == 1
            if is_entry or other.parts[0] not in known:
                yield f"{here.as_posix()}: imports {other.as_posix()}"


def long_files(root, folders):
    """Files of Python, JavaScript and CSS over the limit."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".js", ".css"} and "node_modules" not in path.parts:
                lines = len(path.read_text("utf-8").splitlines())
                if lines > MAX_FILE:
                    yield f"{path.relative_to(root)}: {lines} lines"


def long_functions(package):
    """Functions whose body, counted after the docstring, is over the limit."""
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(parsed(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node, clean=False) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                if lines > MAX_BODY:
                    yield f"{path.relative_to(package)}:{node.lineno}: {node.name}, {lines} lines"


def test_imports_go_one_way():
    assert list(layer_faults(ROOT / "reglab")) == []


def test_scripts_know_what_is_below_them():
    front = ROOT / "reglab" / "panels" / "front"
    assert {path.name for path in front.iterdir() if path.suffix == ".js"} == {
        "board.js", "claims.js", "population.js",
    }  # fmt: skip
    assert list(script_faults(front)) == []


@pytest.mark.parametrize(
    ("path", "target", "fault"),
    [
        ("kit/a.js", "../pictures/map.js", "kit/a.js: imports pictures/map.js"),
        ("kit/a.js", "../room/b.js", "kit/a.js: imports room/b.js"),
        ("pictures/a.js", "./map.js", "pictures/a.js: imports pictures/map.js"),
        ("pictures/a.js", "../room/b.js", "pictures/a.js: imports room/b.js"),
        ("room.js", "./other/b.js", "room.js: imports other/b.js"),
        ("room/b.js", "../room.js", "room/b.js: imports room.js"),
        ("room/b.js", "../other/c.js", "room/b.js: imports other/c.js"),
        ("pictures/a.js", "../kit/b.js", None),
        ("room.js", "./room/b.js", None),
        ("room/b.js", "../pictures/map.js", None),
    ],
)
@pytest.mark.parametrize("line", ['import {{ x }} from "{}";', 'import {{\n  x,\n}} from "{}";'])
def test_a_wrong_import_of_a_script_is_found(package, line, path, target, fault):
    root = package(f"front/{path}", line.format(target) + "\n")
    assert list(script_faults(root / "front")) == ([fault] if fault else [])


def test_files_are_short():
    assert list(long_files(ROOT, ("reglab", "tests", "benchmarks"))) == []


def test_function_bodies_are_short():
    assert list(long_functions(ROOT / "reglab")) == []


def test_package_imports_without_pictures_and_widgets():
    code = "import sys, reglab; print(*sorted(m for m in sys.modules if '.' not in m))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert process.returncode == 0, process.stderr
    loaded = set(process.stdout.split())
    assert "reglab" in loaded
    # IPython may be there: Flax itself looks for it.
    assert not loaded & {"anywidget", "ipywidgets", "matplotlib"}


@pytest.fixture
def package(tmp_path):
    """A small package with the right layers, and a function that adds a file to it."""
    root = tmp_path / "pack"

    def add(path, text):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return root

    add("__init__.py", "from pack.config import A\nfrom . import nn\n")
    add("config.py", "A = 1\n")
    add("nn/__init__.py", "from pack.config import A\nfrom .base import B\n")
    add("nn/base.py", "import jax\nfrom ..config import A\nfrom . import other\nB = A\n")
    add("nn/other.py", "")
    add("training/__init__.py", "from pack import config, nn\n")
    add("figures/__init__.py", "import pack\nimport matplotlib\nfrom pack import A\n")
    add("panels/__init__.py", "import ipywidgets\nfrom pack.figures import C\n")
    return add


def test_a_right_package_has_no_faults(package):
    root = package("cli.py", "import pack.panels\n")
    assert list(layer_faults(root)) == []


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("nn/mlp.py", "import pack.training", "nn/mlp.py:1: nn imports pack.training"),
        ("nn/mlp.py", "from pack import training", "nn/mlp.py:1: nn imports pack.training"),
        ("nn/mlp.py", "from ..training import fit", "nn/mlp.py:1: nn imports pack.training.fit"),
        ("nn/mlp.py", "from .. import training", "nn/mlp.py:1: nn imports pack.training"),
        (
            "nn/__init__.py",
            "from ..training import f",
            "nn/__init__.py:1: nn imports pack.training.f",
        ),
        ("nn/mlp.py", "def f():\n  import pack.live", "nn/mlp.py:2: nn imports pack.live"),
        ("nn/mlp.py", "if TYPE_CHECKING:\n  import pack.cli", "nn/mlp.py:2: nn imports pack.cli"),
        ("nn/mlp.py", "from pack import A", "nn/mlp.py:1: nn imports pack.A"),
        ("nn/mlp.py", "import pack", "nn/mlp.py:1: nn imports pack"),
        ("config.py", "from pack.views import V", "config.py:1: config imports pack.views.V"),
        (
            "theory/dropout.py",
            "import pack.sweeps",
            "theory/dropout.py:1: theory imports pack.sweeps",
        ),
        ("live/session.py", "import ipywidgets as w", "live/session.py:1: live imports ipywidgets"),
        ("cli.py", "from IPython.display import HTML", "cli.py:1: cli imports IPython"),
        ("figures/map.py", "import jax.numpy as jnp", "figures/map.py:1: figures imports jax"),
        (
            "figures/map.py",
            "def f():\n  import anywidget",
            "figures/map.py:2: figures imports anywidget",
        ),
        ("__init__.py", "from .figures import C", "__init__.py:1: __init__ imports pack.figures.C"),
        ("helpers.py", "", "helpers.py: helpers is in no layer"),
    ],
)
def test_a_wrong_import_is_found(package, path, text, fault):
    package("training/fit.py", "fit = None\n")
    root = package(path, text)
    assert list(layer_faults(root)) == [fault]


def test_long_files_and_functions_are_found(package):
    lines = "    x = 1\n" * (MAX_BODY + 1)
    root = package("nn/long.py", f'def f():\n    """Doc."""\n{lines}\ndef g():\n{lines[10:]}')
    assert list(long_functions(root)) == [f"nn/long.py:1: f, {MAX_BODY + 1} lines"]
    package("live.js", "\n" * (MAX_FILE + 1))
    package("live.css", "\n" * MAX_FILE)
    assert list(long_files(root.parent, ("pack",))) == [f"pack/live.js: {MAX_FILE + 1} lines"]


# Names that distributions go by behind the boundary; only the adapter may ask what they have.
DISTRIBUTIONS = {"distribution", "base", "parent", "shown", "data", "moved", "own"}
BOUNDARY = {"distributions/own.py", "distributions/protocol.py"}


def probes(package):
    """Every ``getattr`` and ``hasattr`` of a distribution outside of the adapter."""
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package).as_posix()
        for node in ast.walk(parsed(path.read_text("utf-8"))):
            if relative in BOUNDARY or not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called in {"getattr", "hasattr"} and node.args:
                parts = ast.walk(node.args[0])
                names = {
                    part.attr if isinstance(part, ast.Attribute) else part.id
                    for part in parts
                    if isinstance(part, ast.Attribute | ast.Name)
                }
                if names & DISTRIBUTIONS:
                    yield f"{relative}:{node.lineno}: {called}"


def test_nobody_behind_the_boundary_asks_what_a_distribution_has():
    assert list(probes(ROOT / "reglab")) == []


def test_a_probe_is_found(package):
    text = 'def f(run, distribution):\n  getattr(run, "distribution", None)\n'
    package("training/plan.py", text)
    package("training/state.py", 'import jax\nhasattr(run.distribution, "x")\n')
    root = package("live/tiles.py", 'shape = getattr(distribution, "image_shape", None)\n')
    found = ["live/tiles.py:1: getattr", "training/state.py:2: hasattr"]
    assert list(probes(root)) == found
