"""The claims about the error over the distribution."""

from typing import ClassVar

import pytest

from .claims import ClaimTests, ids


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("E"))
class TestClaims(ClaimTests):
    # Both move a correction, which is 1 % of the mass for the largest cells, by less than a half.
    survivors: ClassVar = {"E2": ["predict: 1 -> 2", "predict: cut ** 2 -> cut ** (2 + 1)"]}
