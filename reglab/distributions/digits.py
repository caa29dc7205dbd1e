"""Scikit-learn's handwritten digits, as a finite population."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from reglab.distributions.base import pytree
from reglab.distributions.pictograms import Pictogram
from reglab.distributions.population import FinitePopulation
from reglab.words import say

DARKNESS = {".": 0.0, "+": 0.55, "#": 1.0}
GLYPHS = (
    "..+##+.. .+#++#+. .....#+. ..+##+.. .....+#. .....+#. .##++#+. ..+##+..",
    "..#####. ..#+.... .+#+.... .+###+.. ....+#+. .....#+. .+#++#.. ..+##+..",
    "..+##+.. .+#.+#.. ..#++#.. ..+##+.. ..#++#.. .+#..#+. .+#..#+. ..+##+..",
    "..+##+.. .+#++#.. .#+..#+. .+#++#+. ..+###+. .....#+. ....+#+. ..+##+..",
)


@pytree
@dataclass(frozen=True, kw_only=True)
class Digits(FinitePopulation):
    """A uniform draw, with replacement, out of 1,797 images of 8x8 pixels from 0 to 1.

    All images differ, so without label noise the Bayes error is 0.

    References:
        ``sklearn.datasets.load_digits``; Alpaydin & Kaynak, UCI ML Repository, 1998.

    >>> Digits(label_noise=0.25).bayes_error().value
    0.25
    """

    input_shape: ClassVar[tuple[int, ...]] = (64,)
    image_shape: ClassVar[tuple[int, int]] = (8, 8)
    size: ClassVar[int] = 1797
    caption: ClassVar[str] = say("1 797 digits of 8x8: the whole population")

    @classmethod
    def thumbnail(cls) -> Pictogram:
        """Four glyphs of eight by eight."""
        marks = [glyph.replace(" ", "") for glyph in GLYPHS]
        return {"size": 8, "images": [[DARKNESS[mark] for mark in glyph] for glyph in marks]}

    @staticmethod
    def population() -> tuple[np.ndarray, np.ndarray]:
        """All members, in scikit-learn's order."""
        return _population()


@cache
def _population() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits  # a second to import, and only digits need it

    images, labels = (np.asarray(array) for array in load_digits(return_X_y=True))
    return (images / 16).astype(np.float32), labels.astype(np.int32)
