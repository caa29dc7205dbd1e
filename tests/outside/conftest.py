"""The package in ``toys`` while a file of tests runs, as if it were installed."""

import importlib
import sys
from pathlib import Path

import pytest

from reglab import distributions, live, theory
from reglab.config import CLASSIFIERS
from reglab.live.pictures import PICTURES

collect_ignore = ["toys"]  # whoever imports it, registers it
FAMILIES = {
    "stripe": distributions.REGISTRY,
    "gated": CLASSIFIERS,
    "toy-1": theory.CLAIMS,
    "stripe-gated": live.PRESETS,
    "gap": PICTURES,
}


@pytest.fixture(scope="module")
def toys():
    """The package; when the file has run, no name of it is left."""
    before = [tuple(family) for family in FAMILIES.values()]
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        yield importlib.import_module("toys")
    finally:
        sys.path.pop(0)
        for name, family in FAMILIES.items():
            if name in family:
                family.unregister(name)
        for name in [name for name in sys.modules if name.partition(".")[0] == "toys"]:
            del sys.modules[name]
    assert [tuple(family) for family in FAMILIES.values()] == before
