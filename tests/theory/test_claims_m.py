"""The claims about the verdict on a hypothesis."""

import pytest

from .claims import faults, ids, illegible, survivors, toothless

pytestmark = pytest.mark.slow
SURVIVORS = {
    # Holm's method at 21 in place of 20 candidates: 0.0364 in place of 0.0347.
    "M3": ["predict:52: (1 - each_of_k) ** K -> (1 - each_of_k) ** (K + 1)"],
}


@pytest.mark.parametrize("id", ids("M"))
class TestClaim:
    def test_is_as_predicted(self, id):
        assert faults(id) == []

    def test_its_figure_can_be_read(self, id):
        assert illegible(id) == []

    def test_a_flipped_formula_is_found_out(self, id):
        assert toothless(id) == []
        assert survivors(id) == SURVIVORS.get(id, [])
