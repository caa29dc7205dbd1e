"""Files of weights: written so that a crash leaves each of them whole or not there."""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = "weights"
_STAGE = ".new"  # where files are written before they move to their places


def place_of(key: str) -> str:
    """Where the weights of a result lie, relative to the store's folder.

    >>> place_of("0123456789abcdef")
    'weights/01/0123456789abcdef.safetensors'
    """
    return f"{FOLDER}/{key[:2]}/{key}.safetensors"


def sha256(content: bytes) -> str:
    """The hash that tells whether a file is as it was written."""
    return hashlib.sha256(content).hexdigest()


def make_folder(folder: Path) -> None:
    """Makes a folder and those it lies in, as durable as what it will hold."""
    homes = [home.parent for home in (folder, *folder.parents) if not home.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for home in homes:
        with contextlib.suppress(PermissionError):  # one may make names where one may not read
            sync_folder(home)


def write(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Writes the weights of some results, by key; they are durable when this returns.

    Raises:
        OSError: a file cannot be written. Then none of them is in its place, or some are, whole.
    """
    if not contents:
        return
    stage, places = folder / FOLDER / _STAGE, {key: folder / place_of(key) for key in contents}
    stage.mkdir(parents=True, exist_ok=True)
    try:
        for key, content in contents.items():
            with (stage / key).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        homes = {place.parent for place in places.values()}
        for home in homes:
            home.mkdir(exist_ok=True)
        for key, place in places.items():
            os.replace(stage / key, place)
    except BaseException:
        clear(folder)
        raise
    for home in (*homes, folder / FOLDER, folder):
        sync_folder(home)


def clear(folder: Path) -> None:
    """Removes what an interrupted write has left; only the writer may."""
    stage = folder / FOLDER / _STAGE
    with contextlib.suppress(FileNotFoundError):
        for path in stage.iterdir():
            path.unlink()


def names(folder: Path) -> Iterator[str]:
    """All files of weights that there are, also half-written ones, relative to ``folder``."""
    for path in (folder / FOLDER).rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable, where the system has a way to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
