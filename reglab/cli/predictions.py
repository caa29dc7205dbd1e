"""Reads the predictions of ``reglab audit``, which may come from anywhere."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib.npyio import NpzFile

from reglab.words import say

ARRAYS = ("train_predictions", "train_labels", "test_predictions", "test_labels")


def read_predictions(path: Path) -> list[np.ndarray]:
    """The arrays named ``ARRAYS`` of an .npz file; nothing in it is executed.

    Others may be in it and are left alone.

    Raises:
        ValueError: one line that says what was expected and what came.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise ValueError(
            say(
                "predictions: expected an .npz file, got {path}: {error}",
                path=path,
                error=error.strerror,
            )
        ) from None
    with stream, _opened(stream, path) as file:
        missing = [name for name in ARRAYS if name not in file.files]
        if missing:
            raise ValueError(
                say(
                    "predictions: expected the arrays {arrays} in {path}, got none named {missing}",
                    arrays=", ".join(ARRAYS),
                    path=path,
                    missing=", ".join(missing),
                )
            )
        return [_read(file, name, path) for name in ARRAYS]


def _opened(stream: BinaryIO, path: Path) -> NpzFile:
    try:
        file = np.load(stream, allow_pickle=False)
    except Exception:  # a foreign or damaged file may fail anywhere in its reader
        file = None
    if not isinstance(file, NpzFile):
        raise ValueError(
            say("predictions: expected an .npz file, as np.savez writes it, got {path}", path=path)
        )
    return file


def _read(file: NpzFile, name: str, path: Path) -> np.ndarray:
    try:
        array = file[name]
    except Exception as error:  # as above
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            say("{name}: expected an array in {path}, got {got}", name=name, path=path, got=reason)
        ) from None
    if not isinstance(array, np.ndarray):  # a member that is no .npy file comes as bytes
        raise ValueError(
            say("{name}: expected an array in {path}, got other content", name=name, path=path)
        )
    return array
