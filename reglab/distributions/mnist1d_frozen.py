"""The benchmark set of MNIST-1D: 4,000 examples to train on, 1,000 held out."""

import importlib.util
import random
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from reglab.config import Range
from reglab.distributions.base import pytree
from reglab.distributions.held_out import Examples, HeldOut
from reglab.distributions.mnist1d import signals
from reglab.distributions.pictograms import SHUFFLED, SIGNAL, Pictogram
from reglab.words import say


@pytree
@dataclass(frozen=True, kw_only=True)
class Mnist1dFrozen(HeldOut):
    """The one data set that the package mnist1d makes by default (extra ``data``).

    Making it takes some four seconds, once a process; nothing is downloaded.

    Raises:
        ValueError: mnist1d is not installed.

    References:
        Greydanus and Kobak, *Scaling Down Deep Learning with MNIST-1D*, ICML 2024.
    """

    # Known without making the set, from which other held-out data tell them.
    input_shape: ClassVar[tuple[int, ...]] = (40,)  # pyright: ignore[reportIncompatibleMethodOverride]
    num_classes: ClassVar[int] = 10  # pyright: ignore[reportIncompatibleMethodOverride]
    ranges: ClassVar[dict[str, Range]] = {  # pyright: ignore[reportIncompatibleMethodOverride]
        "label_noise": Range(0, 0.9)
    }
    caption: ClassVar[str] = say("MNIST-1D: 4 000 signals, 1 000 held out")

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """One stroke as a line."""
        return signals(np.arange(SIGNAL), 1)

    def __post_init__(self):
        if not is_installed():
            raise ValueError(
                say(
                    "mnist1d_frozen: expected the package mnist1d, which makes the set; "
                    'install it with: pip install "reglab[data]"'
                )
            )
        super().__post_init__()

    @property
    def examples(self) -> Examples:
        """The data."""
        return frozen_set(is_shuffled=False)


@pytree
@dataclass(frozen=True, kw_only=True)
class Mnist1dShuffled(Mnist1dFrozen):
    """The same set with the 40 positions of all examples in one random order.

    What a network knows of neighbours is of no use here.
    """

    caption: ClassVar[str] = say("the frozen set, its 40 positions shuffled")

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """One stroke as a line, its positions shuffled."""
        return signals(SHUFFLED, 1)

    @property
    def examples(self) -> Examples:
        """The data."""
        return frozen_set(is_shuffled=True)


@cache
def frozen_set(*, is_shuffled: bool) -> Examples:
    """The set as the package makes it, its positions in the package's order or shuffled."""
    from mnist1d.data import get_dataset_args, make_dataset

    arguments: Any = get_dataset_args()
    arguments.shuffle_seq = is_shuffled
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        made = make_dataset(arguments)  # seeds both global generators
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
    parts = [np.asarray(made[name], np.float32) for name in ("x", "x_test")]
    labels = [np.asarray(made[name], np.int32) for name in ("y", "y_test")]
    return Examples(parts[0], labels[0], parts[1], labels[1], tuple(range(10)))


def is_installed() -> bool:
    """Whether the package is here."""
    return importlib.util.find_spec("mnist1d") is not None
