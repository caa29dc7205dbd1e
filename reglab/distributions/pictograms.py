"""Pictograms of distributions, for the buttons that choose one: points, or small grey images.

A few lines of NumPy draw each: sampling the distributions themselves would compile a program for
each of them before a panel is on screen.
"""

import json
from typing import Any

import numpy as np

from reglab.words import say

Pictogram = list[list[float]] | dict[str, Any]
POINTS = 26  # of each class
SIGNAL = 20  # pixels of a picture of a signal
ALONG = (np.arange(POINTS) + 0.5) / POINTS
_rng = np.random.default_rng(4)
JITTER = _rng.normal(0, 1, (2, POINTS, 2))
SPREAD = _rng.uniform(0.06, 0.94, (2 * POINTS, 2))
SHUFFLED = _rng.permutation(SIGNAL)


def of_classes(*parts: Any) -> list[list[float]]:
    """Points ``[x, y, class]`` out of the points of each class, coordinates from 0 to 1.

    >>> of_classes([(0.25, 0.5)], [(1, 0)])
    [[0.25, 0.5, 0], [1.0, 0.0, 1]]
    """
    return [[*map(float, point), label] for label, part in enumerate(parts) for point in part]


def around(angle: np.ndarray) -> np.ndarray:
    """Points ``(n, 2)`` of the unit circle."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def drawn_lines(share: np.ndarray, height: int) -> np.ndarray:
    """Lines ``(n, height, width)`` through ``(n, width)`` heights from 0 to 1, row 0 on top.

    255 where the line is, 0 elsewhere, and between within a pixel of it.

    >>> drawn_lines(np.array([[0.0, 1.0]]), 3)[0].tolist()
    [[0, 255], [255, 255], [255, 0]]
    """
    level = (1 - share) * (height - 1)
    middle = (level[:, 1:] + level[:, :-1]) / 2
    left = np.concatenate([level[:, :1], middle], axis=1)
    right = np.concatenate([middle, level[:, -1:]], axis=1)
    top, bottom = (f(f(left, right), level)[:, None] for f in (np.minimum, np.maximum))
    row = np.arange(height)[None, :, None]
    away = np.maximum(np.maximum(top - row, row - bottom), 0)
    return np.round(255 * np.clip(1 - away, 0, 1)).astype(np.uint8)


def check_pictogram(name: str, picture: object) -> None:
    """Raises ``ValueError``, one line, where a picture is none that a button can show.

    >>> check_pictogram("toy", {"size": 2, "images": [[0, 0.5, 1, 0]]})
    >>> check_pictogram("toy", [[0.5, 2.0, 0]])
    Traceback (most recent call last):
    ValueError: thumbnail of toy: expected points [x, y, class] with coordinates from 0 to 1, or \
{"size": n, "images": [[n * n values from 0 to 1], ...]}, all plain numbers
    """
    try:
        json.dumps(picture)
        values = _values(picture)
    except (TypeError, ValueError, KeyError):
        values = np.full(1, np.nan)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            say(
                "thumbnail of {name}: expected points [x, y, class] with coordinates from 0 "
                'to 1, or {{"size": n, "images": [[n * n values from 0 to 1], ...]}}, all '
                "plain numbers",
                name=name,
            )
        )


def _values(picture: Any) -> np.ndarray:
    """What is to lie between 0 and 1."""
    if isinstance(picture, dict):
        images = picture["images"]
        return np.asarray(images, float).reshape(len(images), picture["size"] ** 2)
    return np.asarray(picture, float).reshape(len(picture), 3)[:, :2]
