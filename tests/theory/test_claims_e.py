"""The claims about the error over the distribution."""

import pytest

from .claims import faults, ids, illegible, survivors, toothless

pytestmark = pytest.mark.slow
SURVIVORS = {
    # Both move a correction, which is 1 % of the mass for the largest cells, by less than a half.
    "E2": ["predict:80: 1 -> 2", "predict:80: cut ** 2 -> cut ** (2 + 1)"],
}


@pytest.mark.parametrize("id", ids("E"))
class TestClaim:
    def test_is_as_predicted(self, id):
        assert faults(id) == []

    def test_its_figure_can_be_read(self, id):
        assert illegible(id) == []

    def test_a_flipped_formula_is_found_out(self, id):
        assert toothless(id) == []
        assert survivors(id) == SURVIVORS.get(id, [])
