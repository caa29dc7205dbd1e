"""What a maker keeps from moment to moment, and the training sample, which most of them show."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np

from reglab.training.run import RunOnData

T = TypeVar("T")


class Kept:
    """Values by name, each made again where its key is another."""

    def __init__(self):
        self._kept: dict[str, tuple[Any, Any]] = {}

    def __call__(self, name: str, key: Hashable, make: Callable[[], T]) -> T:
        """The value of that name and key."""
        if name not in self._kept or self._kept[name][0] != key:
            self._kept[name] = key, make()
        return self._kept[name][1]


def sample_of(run: RunOnData) -> tuple[np.ndarray, np.ndarray]:
    """The training sample: inputs ``(n, *input_shape)``, and classes ``(n,)`` uint8."""
    x, y = run.sample()
    return np.asarray(x), np.asarray(y).astype(np.uint8)
