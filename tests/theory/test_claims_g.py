"""The claims about the generalization gap."""

import pytest

from .claims import ClaimTests, ids


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("G"))
class TestClaims(ClaimTests):
    pass
