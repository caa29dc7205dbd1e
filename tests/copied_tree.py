"""A copy of the package with what sections of the page add, and which files these touched."""

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


def ran(folder: Path, *command: str, cwd: Path | None = None) -> str:
    """What a Python prints that imports what lies in a folder, and runs there or in another."""
    process = subprocess.run(
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=cwd or folder,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def told(folder: Path, program: str) -> Any:
    """What a program prints as JSON that imports what lies in a folder."""
    return json.loads(ran(folder, "-c", program))


def passed(folder: Path, *arguments: str, cwd: Path | None = None) -> set[str]:
    """The tests that pass where a Python runs reglab's own and imports a folder; none fails."""
    options = "-n", "0", "-m", "", "-rp", "-q", "-p", "no:cacheprovider"
    said = ran(folder, "-m", "pytest", *options, *arguments, cwd=cwd)
    return {line.split()[1] for line in said.splitlines() if line.startswith("PASSED ")}
