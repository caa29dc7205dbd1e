"""Pictograms of the distributions, for the buttons that choose one.

Drawn from a few lines of NumPy: sampling the distributions themselves would compile six programs
before the panel is on screen.
"""

from typing import Any

import numpy as np

POINTS = 26  # of each class
DARKNESS = {".": 0.0, "+": 0.55, "#": 1.0}
GLYPHS = (
    "..+##+.. .+#++#+. .....#+. ..+##+.. .....+#. .....+#. .##++#+. ..+##+..",
    "..#####. ..#+.... .+#+.... .+###+.. ....+#+. .....#+. .+#++#.. ..+##+..",
    "..+##+.. .+#.+#.. ..#++#.. ..+##+.. ..#++#.. .+#..#+. .+#..#+. ..+##+..",
    "..+##+.. .+#++#.. .#+..#+. .+#++#+. ..+###+. .....#+. ....+#+. ..+##+..",
)


def thumbnails() -> dict[str, Any]:
    """For each distribution, points ``[x, y, class]`` from 0 to 1, or small images.

    >>> sorted(thumbnails())
    ['circle', 'digits', 'gauss', 'moons', 'spiral', 'xor']
    """
    rng = np.random.default_rng(4)
    along = (np.arange(POINTS) + 0.5) / POINTS
    turn = 2 * np.pi * along
    jitter = rng.normal(0, 1, (2, POINTS, 2))
    arc = np.pi * along
    spread = rng.uniform(0.06, 0.94, (2 * POINTS, 2))
    crossed = (spread[:, 0] > 0.5) == (spread[:, 1] > 0.5)
    radius = 0.05 + 0.38 * along
    pictures = {
        "gauss": ([0.33, 0.33] + 0.1 * jitter[0], [0.67, 0.67] + 0.1 * jitter[1]),
        "xor": (spread[~crossed], spread[crossed]),
        "circle": (
            0.5 + 0.42 * _around(turn) + 0.02 * jitter[0],
            0.5 + 0.18 * np.sqrt(along)[:, None] * _around(7 * turn),
        ),
        "spiral": tuple(
            0.5 + radius[:, None] * _around(1.5 * turn + half) for half in (0.0, np.pi)
        ),
        "moons": (
            [0.38, 0.42] + 0.28 * _around(arc) + 0.03 * jitter[0],
            [0.62, 0.58] - 0.28 * _around(arc) + 0.03 * jitter[1],
        ),
    }
    points = {
        name: [[*map(float, point), label] for label, part in enumerate(parts) for point in part]
        for name, parts in pictures.items()
    }
    return {**points, "digits": {"size": 8, "images": _digits()}}


def _around(angle: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _digits() -> list[list[float]]:
    """Pictograms of eight by eight, from 0 to 1."""
    return [[DARKNESS[mark] for row in glyph.split() for mark in row] for glyph in GLYPHS]
