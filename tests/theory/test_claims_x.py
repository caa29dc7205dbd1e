"""The claims about benchmark data."""

import importlib.util

import pytest

from reglab.theory import check

from .claims import ClaimTests, ids

PACKAGES = {"X1": "mnist1d", "X4": "mlxtend"}


@pytest.mark.slow
@pytest.mark.parametrize("id", ids("X"))
@pytest.mark.usefixtures("no_network")
class TestClaims(ClaimTests):
    @pytest.fixture(autouse=True)
    def data(self, id):
        pytest.importorskip(PACKAGES[id], reason=f"{id} needs the extra data")


@pytest.mark.parametrize("id", ids("X"))
def test_says_which_package_is_missing(id, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == PACKAGES[id] else found(name)
    )
    with pytest.raises(ValueError, match=f"expected the package {PACKAGES[id]}"):
        check(id)
