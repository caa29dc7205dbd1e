"""The claims about architecture."""

import pytest

from .claims import ClaimTests, ids


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("A"))
class TestClaims(ClaimTests):
    pass
