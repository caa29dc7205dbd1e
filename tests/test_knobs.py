"""One record a number: it covers ``Hyper``, agrees with itself, and all else is made of it."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest

import reglab
from reglab.config import RANGES, Experiment, Hyper
from reglab.config.knobs import DATA_KNOBS, KNOBS
from reglab.mitchell import number_words
from reglab.panels import MitchellLab
from reglab.panels.board.controls import Controls
from reglab.panels.population.controls import BY_LABEL, PopulationControls
from reglab.panels.rooms.base import laid_out
from reglab.sweeps import Grid
from reglab.training import name_of, twins
from tests.small import SMALL, acting

every_knob = pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
SLIDERS = [knob for knob in KNOBS if knob.group]


def nothing(*args, **kwargs):
    """What a control calls when it is moved."""


@pytest.fixture(scope="module")
def controls():
    calls = "set", "add_twin", "configure", "apply_remedy", "shift"
    return Controls(**dict.fromkeys(calls, nothing))


@pytest.fixture(scope="module")
def population():
    return PopulationControls(nothing)


def test_every_number_has_exactly_one_record():
    assert sorted(knob.name for knob in KNOBS) == sorted(Hyper._fields)
    assert set(DATA_KNOBS) == {"noise", "label_noise", "num_train"}


@pytest.mark.parametrize("fact", ["name", "label"])
def test_no_two_records_are_called_the_same(fact):
    found = [getattr(knob, fact) for knob in KNOBS]
    assert len(set(found)) == len(found)


@every_knob
def test_a_record_agrees_with_itself(knob):
    default, spread = getattr(Hyper(), knob.name), knob.spread
    assert default in knob.range
    assert isinstance(default, int) == knob.is_whole
    assert bool(knob.group) == bool(knob.ladder) == bool(knob.help)
    assert not knob.ladder or default in knob.ladder
    assert all(value in knob.range for value in knob.ladder)
    assert list(knob.ladder) == sorted(set(knob.ladder))
    if spread is not None:
        assert spread.low < spread.high
        assert spread.num_values > 1
        assert spread.low in knob.range
        assert spread.high in knob.range
    assert not knob.kind or knob.kind in {field.name for field in dataclasses.fields(Experiment)}
    assert not knob.short or knob.group == "Remedies"  # no other number is in a name


@every_knob
def test_a_number_is_held_to_the_range_of_its_record(knob):
    assert RANGES[knob.name] == knob.range
    kind = "a whole number" if knob.is_whole else "a number"
    expected = re.escape(f"{knob.name}: expected {kind} {knob.range}, got ")
    for outside in (knob.range.low - 1, knob.range.high + 1):
        with pytest.raises(ValueError, match=f"^{expected}"):
            Experiment().replace(**{knob.name: outside})


@every_knob
def test_its_words_are_its_label(knob):
    assert number_words(knob.name) == knob.label


def literals():
    """Every string of the code that is no docstring, with its file."""
    root = Path(reglab.__file__).parent
    for folder in ("config", "mitchell", "training", "sweeps", "live", "panels"):
        for path in (root / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
                if is_text and id(node) not in texts:
                    yield path.relative_to(root).as_posix(), node.value


def test_labels_stand_in_their_records_alone():
    labels = {knob.label for knob in KNOBS if " " in knob.label}  # "noise" is a name as well
    found = [(path, text) for path, text in literals() if text in labels]
    assert sorted(found) == sorted(("config/knobs.py", label) for label in labels)


@every_knob
def test_its_slider_is_made_of_its_record(knob, controls):
    slider = controls.sliders.get(knob.name)
    assert (slider is None) == (knob.group is None)
    if slider is None:
        return
    controls.show(Experiment(), Hyper())
    assert slider.widget.description == knob.label
    assert slider.widget.tooltip == knob.help
    assert [value for _, value in slider.widget.options] == list(knob.ladder)
    assert ("%" in slider.widget.label) == knob.is_share
    groups = laid_out(MitchellLab.room.controls, controls.by_name)
    (group,) = (box for box in groups if slider.widget in box.children)
    assert group.children[0].value == f"<h3>{knob.group}</h3>"


def test_sliders_stand_in_the_order_of_their_records(controls):
    widgets = {id(slider.widget): name for name, slider in controls.sliders.items()}
    groups = laid_out(MitchellLab.room.controls, controls.by_name)
    shown = [widgets[id(w)] for box in groups for w in box.children if id(w) in widgets]
    assert shown == [knob.name for knob in SLIDERS]


@every_knob
def test_a_population_varies_it_as_its_record_says(knob, population):
    assert (knob.label in BY_LABEL) == (knob.spread is not None)
    if knob.spread is None:
        return
    population.varied.value = knob.label
    assert population.by == knob.name
    values = population.grid().product[knob.name]
    assert values[0] == knob.spread.low
    assert values[-1] == knob.spread.high
    assert len(values) == knob.spread.num_values
    assert all(isinstance(value, int) == knob.is_whole for value in values)


@every_knob
def test_twins_and_grids_take_it_and_name_it(knob):
    base = acting(knob.name, SMALL)
    values = (*knob.ladder[1:], 2 if knob.is_whole else 0.5)
    value = next(v for v in values if v != getattr(base.hyper, knob.name))
    (twin,) = twins(base, **{knob.name: value})
    (member,) = Grid(base, product={knob.name: [value]})
    assert twin == member
    assert getattr(twin.hyper, knob.name) == value
    word = "mixup" if knob.kind else knob.short or knob.label
    if knob.group == "Remedies":
        assert name_of(twin) == f"{word} {value:g}"
    else:
        assert name_of(twin) == ("clipped at 0.5" if knob.name == "clip_norm" else name_of(base))
