"""A folder of results that is written whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reglab.words import Message, say

LAST = "verdict.txt"  # says that the rest is there
NAMES = frozenset(
    {
        "experiment.json",
        "history.csv",
        "h.safetensors",
        "witness.safetensors",
        "figures",
        "figures/lab.png",
        "figures/lab.svg",
        "figures/decision_h.png",
        "figures/decision_witness.png",
        "figures/plane.png",
        "figures/curves.png",
        LAST,
    }
)
_STAGE = ".reglab-run-"


@contextlib.contextmanager
def staged(folder: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A place to write files that move into ``folder`` when the block has ended well.

    It lies inside of the folder, so moving is renaming. After an error the folder is as it was.

    Args:
        folder: a new one, an empty one, or with ``overwrite`` one that holds an earlier run.
        overwrite: whether an earlier run is replaced.

    Raises:
        OSError: the folder cannot be written, or holds something else.
    """
    is_new = not folder.exists()
    _check(folder, overwrite=overwrite)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=folder))
    except OSError as error:
        raise _unusable(folder, error) from None
    try:
        yield stage
        _move(stage, folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if is_new:
            with contextlib.suppress(OSError):  # it holds the results
                folder.rmdir()


def _check(folder: Path, *, overwrite: bool) -> None:
    try:
        held = sorted(_held(folder)) if folder.exists() else []
    except OSError as error:
        raise _unusable(folder, error) from None
    strange = [name for name in held if name not in NAMES]
    if strange and overwrite:
        raise OSError(
            say(
                "out: expected a folder with nothing but an earlier run in it, got {folder} with "
                "{file}",
                folder=folder,
                file=strange[0],
            )
        )
    if held and not overwrite:
        raise OSError(_in_use(folder, held[0], is_run=not strange))


def _in_use(folder: Path, file: str, *, is_run: bool) -> Message:
    if is_run:
        return say(
            "out: expected a new or empty folder, got {folder} with {file}; --overwrite replaces "
            "an earlier run",
            folder=folder,
            file=file,
        )
    return say(
        "out: expected a new or empty folder, got {folder} with {file}", folder=folder, file=file
    )


def _held(folder: Path) -> set[str]:
    """What is in a folder; what an interrupted run has left there does not count."""
    if not folder.is_dir():
        raise NotADirectoryError(None, say("it is no folder"))
    return {
        path.relative_to(folder).as_posix()
        for top in folder.iterdir()
        if not top.name.startswith(_STAGE)
        for path in (top, *(top.rglob("*") if top.is_dir() else ()))
    }


def _move(stage: Path, folder: Path) -> None:
    made = [path.relative_to(stage) for path in stage.rglob("*") if path.is_file()]
    (folder / LAST).unlink(missing_ok=True)
    for name in _held(folder) & NAMES - {path.as_posix() for path in made} - {"figures"}:
        (folder / name).unlink()
    with contextlib.suppress(OSError):  # it holds figures, or is not there
        (folder / "figures").rmdir()
    for path in sorted(made, key=lambda path: (path.name == LAST, path)):
        (folder / path).parent.mkdir(exist_ok=True)
        os.replace(stage / path, folder / path)


def _unusable(folder: Path, error: OSError) -> OSError:
    return OSError(
        say(
            "out: expected a folder that can be written, got {folder}: {error}",
            folder=folder,
            error=error.strerror,
        )
    )
