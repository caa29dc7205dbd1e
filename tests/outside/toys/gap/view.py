"""What the picture needs."""

from typing import NamedTuple

import numpy as np


class GapView(NamedTuple):
    """How much more a run errs over the whole distribution than on S; one entry a row."""

    name: str
    step: np.ndarray  # (rows,) int32
    gap: np.ndarray  # (rows,) float32
