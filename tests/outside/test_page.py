"""The page about joining: its code, run as it stands, lets one of each family join."""

import re
from pathlib import Path

import pytest

from reglab import Experiment, distributions, live, theory
from reglab.config import CLASSIFIERS, MODELS

PAGE = Path(__file__).parents[2] / "docs" / "joining.md"
FAMILIES = (distributions.REGISTRY, CLASSIFIERS, theory.CLAIMS, live.PRESETS)


@pytest.fixture
def joined():
    """Names that the page registers, family by family, and what its code defines."""
    before, defined = [set(family) for family in FAMILIES], {"__name__": "page"}
    try:
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S):
            exec(block, defined)
        yield [set(f) - b for f, b in zip(FAMILIES, before, strict=True)], defined
    finally:
        for family, names in zip(FAMILIES, before, strict=True):
            for name in set(family) - names:
                family.unregister(name)


def test_what_the_page_says_works(joined):
    names, defined = joined
    assert names == [{"stripe"}, {"gated"}, {"my-1"}, {"stripe-gated"}]
    assert theory.check("my-1").passed
    preset = live.PRESETS["stripe-gated"].experiment
    assert Experiment.from_json(preset.to_json()) == preset
    assert MODELS["gated"] is defined["GatedConfig"]
    text = Experiment(model=defined["GatedConfig"](32)).to_json()
    assert '"model": {"kind": "gated", "units": 32}' in text
