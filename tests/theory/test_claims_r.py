"""The claims about penalties, stopping, noise, augmentation and soft labels."""

import pytest

from .claims import ClaimTests, ids


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("R"))
class TestClaims(ClaimTests):
    pass
