"""The claims about dropout."""

import pytest

from .claims import faults, ids, survivors, toothless

pytestmark = pytest.mark.slow
SURVIVORS = {}


@pytest.mark.parametrize("id", ids("D"))
class TestClaim:
    def test_is_as_predicted(self, id):
        assert faults(id) == []

    def test_a_flipped_formula_is_found_out(self, id):
        assert toothless(id) == []
        assert survivors(id) == SURVIVORS.get(id, [])
