"""Images out of a local folder in MNIST's file format."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from reglab.config import Range, check_number
from reglab.distributions.held_out import Examples, OwnData
from reglab.distributions.overlap import checked_overlap, told_overlap
from reglab.words import say

UNSIGNED_BYTE = 8  # the format's code of the one type of number that MNIST and its like use
MOST_BYTES = 2**30  # of one file: no header makes us ask for more memory
FILES = {
    "x": ("train-images-idx3-ubyte", 3),
    "y": ("train-labels-idx1-ubyte", 1),
    "test_x": ("t10k-images-idx3-ubyte", 3),
    "test_y": ("t10k-labels-idx1-ubyte", 1),
}


def idx(folder: str | Path, *, label_noise: float = 0.0, test_split: int = 0) -> OwnData:
    """MNIST, Fashion-MNIST, KMNIST or another set in their format, from a folder of one's own.

    Args:
        folder: holds the four files ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``,
            ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``, each as it is or as ``.gz``.
            Dots in place of the last dash are fine. The test images are held out.
        label_noise: probability that a label becomes another class, in both parts.
        test_split: seed of the order of the held-out images.

    Returns:
        A distribution whose inputs are images ``(height, width)`` from 0 to 1: brightness as a
        share of 255, or as it is where no pixel of either part is above 1.

    Warns:
        UserWarning: one line, where images held out are images to train on too.

    Raises:
        ValueError: one line, where a file is missing, cut short, too long, or of another format,
            and where images and labels do not fit together.

    References:
        Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*, file formats.
    """
    parts = {part: _read(Path(folder), name, axes) for part, (name, axes) in FILES.items()}
    for images, labels in (("x", "y"), ("test_x", "test_y")):
        if len(parts[images]) != len(parts[labels]):
            raise ValueError(
                say(
                    "idx: expected as many labels as images, got {num_labels} in {label_file} and "
                    "{num_images} in {image_file}",
                    num_labels=len(parts[labels]),
                    label_file=FILES[labels][0],
                    num_images=len(parts[images]),
                    image_file=FILES[images][0],
                )
            )
    if parts["x"].shape[1:] != parts["test_x"].shape[1:]:
        raise ValueError(
            say(
                "idx: expected images of one size, got {shape} to train on and {test_shape} to "
                "test on",
                shape=parts["x"].shape[1:],
                test_shape=parts["test_x"].shape[1:],
            )
        )
    known = np.unique(np.concatenate([parts["y"], parts["test_y"]]))
    if len(known) < 2:
        raise ValueError(
            say("idx: expected at least 2 classes, got only {got}", got=known[0].item())
        )
    count = checked_overlap("idx", parts["x"], parts["test_x"])
    seed = check_number("test_split", test_split, Range(0, 2**32 - 1), integer=True)
    order = np.random.default_rng(seed).permutation(len(parts["test_x"]))
    most = max(parts["x"].max(), parts["test_x"].max())
    scale = 255 if most > 1 else 1
    examples = Examples(
        np.divide(parts["x"], scale, dtype=np.float32),
        np.searchsorted(known, parts["y"]).astype(np.int32),
        np.divide(parts["test_x"], scale, dtype=np.float32)[order],
        np.searchsorted(known, parts["test_y"]).astype(np.int32)[order],
        tuple(known.tolist()),
        count,
    )
    return told_overlap(OwnData(data=examples, label_noise=label_noise, input_kind="image"))


def _read(folder: Path, name: str, axes: int) -> np.ndarray:
    path = _find(folder, name)
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            head = file.read(4 * (1 + axes))
            shape = _shape(path.name, head, axes)
            count = math.prod(shape)
            content = file.read(count + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(
            say("idx: expected a whole file {file}, got {got}", file=path.name, got=error)
        ) from None
    if len(content) != count:
        values = {"count": count, "file": path.name, "got": len(content)}
        raise ValueError(
            say("idx: expected {count} numbers in {file}, got more", **values)
            if len(content) > count
            else say("idx: expected {count} numbers in {file}, got {got}", **values)
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def _find(folder: Path, name: str) -> Path:
    dotted = name[: name.rindex("-idx")] + "." + name[name.rindex("-idx") + 1 :]
    for wanted in (name, dotted):
        for path in (folder / wanted, folder / f"{wanted}.gz"):
            if path.is_file():
                return path
    raise ValueError(
        say(
            "idx: expected the file {name} or {name}.gz in {folder}, got neither",
            name=name,
            folder=folder,
        )
    )


def _shape(name: str, head: bytes, axes: int) -> tuple[int, ...]:
    if len(head) < 4 * (1 + axes) or head[:4] != bytes((0, 0, UNSIGNED_BYTE, axes)):
        raise ValueError(
            say(
                "idx: expected {name} to start with the bytes 0, 0, {kind}, {axes} "
                "and {axes} sizes, got {got}",
                name=name,
                kind=UNSIGNED_BYTE,
                axes=axes,
                got=", ".join(map(str, head[:4])) or say("nothing"),
            )
        )
    shape = tuple(int(size) for size in np.frombuffer(head[4:], ">u4"))
    if not 0 < math.prod(shape) <= MOST_BYTES:
        raise ValueError(
            say(
                "idx: expected at most {most} numbers in {name}, got sizes {shape}",
                most=MOST_BYTES,
                name=name,
                shape=shape,
            )
        )
    return shape
