"""The claims about dropout."""

import pytest

from .claims import faults, ids, illegible, survivors, toothless

pytestmark = pytest.mark.slow
SURVIVORS = {}


@pytest.mark.parametrize("id", ids("D"))
class TestClaim:
    def test_is_as_predicted(self, id):
        assert faults(id) == []

    def test_its_figure_can_be_read(self, id):
        assert illegible(id) == []

    def test_a_flipped_formula_is_found_out(self, id):
        assert toothless(id) == []
        assert survivors(id) == SURVIVORS.get(id, [])
