"""The claims about batch normalization."""

import pytest

from .claims import ClaimTests, ids


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("B"))
class TestClaims(ClaimTests):
    pass
