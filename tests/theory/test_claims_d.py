"""The claims about dropout."""

import pytest

from .claims import ClaimTests, ids


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("D"))
class TestClaims(ClaimTests):
    pass
