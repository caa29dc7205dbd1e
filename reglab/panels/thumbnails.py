"""Pictograms of the distributions, for the buttons that choose one.

Drawn from a few lines of NumPy: sampling the distributions themselves would compile six programs
before the panel is on screen.
"""

from typing import Any

import numpy as np

from reglab.distributions.mnist1d import templates
from reglab.live.pictures.tiles import drawn_lines

POINTS = 26  # of each class
SIGNAL = 20  # pixels of a picture of a signal
DARKNESS = {".": 0.0, "+": 0.55, "#": 1.0}
GLYPHS = (
    "..+##+.. .+#++#+. .....#+. ..+##+.. .....+#. .....+#. .##++#+. ..+##+..",
    "..#####. ..#+.... .+#+.... .+###+.. ....+#+. .....#+. .+#++#.. ..+##+..",
    "..+##+.. .+#.+#.. ..#++#.. ..+##+.. ..#++#.. .+#..#+. .+#..#+. ..+##+..",
    "..+##+.. .+#++#.. .#+..#+. .+#++#+. ..+###+. .....#+. ....+#+. ..+##+..",
)


def thumbnails() -> dict[str, Any]:
    """For each distribution, points ``[x, y, class]`` from 0 to 1, or small images.

    >>> len(thumbnails())
    11
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
    line = np.stack([along, 0.15 + 0.7 * along], axis=-1)
    points["gaussian_linear"] = [
        [float(x), float(np.clip(y, 0.02, 0.98)), 1] for x, y in line + 0.08 * jitter[0] * [0, 1]
    ]
    images = {
        "digits": {"size": 8, "images": _digits()},
        "mnist5k": {"size": 28, "images": [_two()]},
        "mnist1d": {"size": SIGNAL, "images": _signals(np.arange(SIGNAL))},
        "mnist1d_frozen": {"size": SIGNAL, "images": _signals(np.arange(SIGNAL))[:1]},
        "mnist1d_shuffled": {"size": SIGNAL, "images": _signals(rng.permutation(SIGNAL))[:1]},
    }
    return {**points, **images}


CAPTIONS = {
    "gauss": "two Gaussians",
    "xor": "exclusive or",
    "circle": "a disc in a ring",
    "spiral": "two spirals",
    "moons": "two half circles",
    "digits": "1 797 digits of 8x8: the whole population",
    "mnist5k": "5 000 of 28x28: the whole population",
    "mnist1d": "MNIST-1D: signals drawn afresh",
    "mnist1d_frozen": "MNIST-1D: 4 000 signals, 1 000 held out",
    "mnist1d_shuffled": "the frozen set, its 40 positions shuffled",
    "gaussian_linear": "regression: a line, 20 features",
}


MOST_NAMED = 10  # classes of one's own that the caption has room for


def own_caption(distribution: Any) -> str:
    """What the caption says of a distribution of the user's; the pictures number the classes."""
    examples, told = distribution.examples, "data of your own"
    if examples is None:
        return told
    names = examples.classes
    if 0 < len(names) <= MOST_NAMED and list(names) != list(range(len(names))):
        told += ", classes " + ", ".join(f"{number} {name}" for number, name in enumerate(names))
    if examples.num_shared:
        shared = f"{examples.num_shared} of {distribution.num_test}"
        told += f"; {shared} held-out examples are training examples too"
    return told


def _around(angle: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _signals(order: np.ndarray) -> list[list[float]]:
    """Four strokes of MNIST-1D as lines, from 0 to 1, their positions in this order."""
    at = np.linspace(0, 1, SIGNAL)
    strokes = templates()[[3, 7, 6, 4]]
    lines = np.stack([np.interp(at, np.linspace(0.1, 0.9, 12), stroke) for stroke in strokes])
    pictures = drawn_lines(0.5 + 1.2 * lines[:, order], SIGNAL) / 255
    return pictures.reshape(len(strokes), -1).round(2).tolist()


def _two() -> list[float]:
    """A pen stroke of 28x28, from 0 to 1, darkest along its middle."""
    turn = np.linspace(np.pi, -0.3 * np.pi, 60)
    hook = np.stack([14 + 6.5 * np.cos(turn), 9.5 - 5.5 * np.sin(turn)])
    across = np.linspace(0, 1, 40)
    down = hook[:, -1:] + across * (np.array([[7.5], [22.5]]) - hook[:, -1:])
    foot = np.stack([7.5 + 14 * across, 22.5 - 0.8 * np.sin(np.pi * across)])
    pen = np.concatenate([hook, down, foot], axis=1)
    rows, cols = np.mgrid[:28, :28]
    away = np.hypot(cols[..., None] - pen[0], rows[..., None] - pen[1]).min(axis=-1)
    return np.clip(1.6 - 0.6 * away, 0, 1).ravel().tolist()


def _digits() -> list[list[float]]:
    """Pictograms of eight by eight, from 0 to 1."""
    return [[DARKNESS[mark] for row in glyph.split() for mark in row] for glyph in GLYPHS]
