"""A copy of the package with a few lines more, and which of its files these touched."""

import filecmp
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import reglab

ROOT = Path(reglab.__file__).parent


def copied(root: Path, edits: dict[str, dict[str, str]], new: dict[str, str] | None = None) -> Path:
    """The package copied into ``root``, edited.

    Args:
        root: an empty folder.
        edits: for each file that is edited, what stands there once, and what is put before it.
        new: the texts of further files.
    """
    copy = root / "reglab"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path, lines in edits.items():
        text = (copy / path).read_text("utf-8")
        for place, line in lines.items():
            assert text.count(place) == 1, (path, place)
            text = text.replace(place, line + place)
        (copy / path).write_text(text, "utf-8")
    for path, text in (new or {}).items():
        (copy / path).write_text(text, "utf-8")
    return copy


def changed(copy: Path, ours: Path = ROOT) -> Iterator[str]:
    """Paths of all files in which a copy differs, or which only one of the two has."""
    pair = filecmp.dircmp(ours, copy, ignore=["__pycache__"])
    yield from (*pair.diff_files, *pair.left_only, *pair.right_only, *pair.funny_files)
    for folder in pair.common_dirs:
        yield from (f"{folder}/{path}" for path in changed(copy / folder, ours / folder))


def told(copy: Path, program: str) -> Any:
    """What a program prints as JSON that imports the copy."""
    process = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(copy.parent)},
        cwd=copy.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)
