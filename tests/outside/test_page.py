"""The page about joining: its code, run as it stands, lets one of each family join."""

import re
from pathlib import Path

import pytest

from reglab import Experiment, distributions, live, theory
from reglab.config import CLASSIFIERS, MODELS
from reglab.live.pictures import PICTURES

PAGE = Path(__file__).parents[2] / "docs" / "joining.md"
FAMILIES = (distributions.REGISTRY, CLASSIFIERS, theory.CLAIMS, live.PRESETS, PICTURES)


@pytest.fixture
def joined(tmp_path, monkeypatch):
    """Names that the page registers, family by family, and what its code defines."""
    monkeypatch.chdir(tmp_path)
    (painter,) = re.findall(r"```js\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    (tmp_path / "gap.js").write_text(painter, encoding="utf-8")
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
    assert names == [{"stripe"}, {"gated"}, {"my-1"}, {"stripe-gated"}, {"my_gap"}]
    assert theory.check("my-1").passed
    preset = live.PRESETS["stripe-gated"].experiment
    assert Experiment.from_json(preset.to_json()) == preset
    assert MODELS["gated"] is defined["GatedConfig"]
    lab = defined["GapLab"](preset)
    try:
        assert "The gap is " in lab.view._esm
        lab.session.step()
        assert lab.session.wait(120)
        frame = lab.session.frame
        run = frame.runs[0]
        assert (frame.pictures.my_gap.gap == run.true_error - run.train_error).all()
        assert defined["GapDisplay"](frame.pictures.my_gap).plot().ax_.lines
    finally:
        lab.close()
    text = Experiment(model=defined["GatedConfig"](32)).to_json()
    assert '"model": {"kind": "gated", "units": 32}' in text
