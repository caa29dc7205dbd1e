"""A copy of the package with what sections of the page add, and which of its files these touched."""

import filecmp
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import page

ROOT = page.ROOT / "reglab"


def copied(root: Path, *sections: str) -> Path:
    """The package copied into ``root``, an empty folder, with what sections of the page add."""
    shutil.copytree(ROOT, root / "reglab", ignore=shutil.ignore_patterns("__pycache__"))
    page.write(root, *sections)
    return root / "reglab"


def changed(copy: Path, ours: Path = ROOT) -> Iterator[str]:
    """Paths of all files in which a copy differs, or which only one of the two has."""
    pair = filecmp.dircmp(ours, copy, ignore=["__pycache__"])
    yield from (*pair.diff_files, *pair.left_only, *pair.right_only, *pair.funny_files)
    for folder in pair.common_dirs:
        yield from (f"{folder}/{path}" for path in changed(copy / folder, ours / folder))


def ran(folder: Path, *command: str) -> str:
    """What a Python prints that imports what lies in a folder."""
    process = subprocess.run(
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def told(folder: Path, program: str) -> Any:
    """What a program prints as JSON that imports what lies in a folder."""
    return json.loads(ran(folder, "-c", program))


def tested(folder: Path, *arguments: str) -> set[str]:
    """The tests that pass where reglab's own tests run in a folder; none fails."""
    for name in ("tests", "pyproject.toml", "docs", "README.md"):
        there = shutil.copytree if (page.ROOT / name).is_dir() else shutil.copy
        there(page.ROOT / name, folder / name)
    said = ran(folder, "-m", "pytest", "-n", "0", "-m", "", "-rp", "-q", *arguments)
    return {line.split()[1] for line in said.splitlines() if line.startswith("PASSED ")}
