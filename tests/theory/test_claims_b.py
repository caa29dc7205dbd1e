"""The claims about batch normalization."""

import numpy as np
import pytest

from reglab.theory.claims import batch_modes

from .claims import ClaimTests, ids


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("B"))
class TestClaims(ClaimTests):
    pass


@pytest.mark.parametrize("seed", [698, 1136, 1782, 1980, 61018])
def test_two_equal_numbers_are_a_batch_without_spread(seed):
    """The seeds draw a batch of 2 of which both are the same number."""
    apart = batch_modes._differences(batch_modes.setup(seed), 2)
    assert np.isfinite(apart).all()
