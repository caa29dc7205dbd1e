"""The package that the page makes, while a file of tests runs, as if it were installed."""

import importlib
import sys
from operator import itemgetter
from types import SimpleNamespace

import pytest

from reglab import distributions, live, theory, words
from reglab.config import CLASSIFIERS
from reglab.live.pictures import PICTURES
from reglab.panels import ROOMS
from reglab.words.catalogue import _FILES
from tests import page

FAMILIES = (
    ("stripe", distributions.REGISTRY),
    ("gated", CLASSIFIERS),
    ("edge-1", theory.CLAIMS),
    ("stripe-gated", live.PRESETS),
    ("gap", PICTURES),
    ("gap", ROOMS),
)


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """What the package defines; when the file has run, no name of it is left."""
    before = [tuple(family) for family in (*map(itemgetter(1), FAMILIES), _FILES)]
    folder = tmp_path_factory.mktemp("outside")
    page.write(folder)
    sys.path.insert(0, str(folder))
    try:
        mine = importlib.import_module(page.OUTSIDE)
        yield SimpleNamespace(
            Stripe=mine.distribution.Stripe,
            Gated=mine.model.Gated,
            GatedConfig=mine.model.GatedConfig,
            CLAIM=mine.claim.CLAIM,
            PRESET=mine.preset.PRESET,
            PICTURE=mine.maker.PICTURE,
            GapLab=mine.GapLab,
        )
    finally:
        sys.path.remove(str(folder))
        for name, family in FAMILIES:
            if name in family:
                family.unregister(name)
        _FILES.pop("de", None)
        words.catalogue.cache_clear()
        for name in [name for name in sys.modules if name.partition(".")[0] == page.OUTSIDE]:
            del sys.modules[name]
    assert [tuple(family) for family in (*map(itemgetter(1), FAMILIES), _FILES)] == before
