"""Under the pseudo-language each text of a panel is in brackets: a catalogue can say all of it."""

import numpy as np
import pytest
from flax import nnx

from reglab import Experiment, distributions, theory
from reglab.live import PRESETS, REMEDIES
from reglab.panels import ClaimsLab, MitchellLab, PopulationLab
from reglab.panels.kit import cells
from reglab.panels.kit.notes import Written
from reglab.panels.kit.speech import speak
from reglab.words import PSEUDO, Message, translated
from tests.panels.kit.wire_reader import Browser, fields, opened
from tests.panels.population.test_population import SMALL as GRID
from tests.small import OWN, SMALL
from tests.words.brackets import loose, outside, words

SECONDS = 120
NO_TEXT = {"icon", "button_style", "orientation", "behavior", "layout", "style", "thumbnails"}
CODES = {"state", "code", "what", "certify", "kind", "by", "experiment", "svg", "type"}
SCOPES = ("scope", "run"), ("scope", "data")  # of a population; that of a verdict is a text
LABS = []


@pytest.fixture(autouse=True)
def closed():
    """Closes the panels of a test."""
    yield
    while LABS:
        LABS.pop().close()


def made(kind, *arguments, language=PSEUDO, **values):
    LABS.append(kind(*arguments, language=language, **values))
    return LABS[-1]


def texts(value, place=""):
    """Every text in a value, with the place where it stands, but for those that are codes."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, member in value.items():
            if name not in CODES and (name, member) not in SCOPES:
                yield from texts(member, f"{place}.{name}")
    elif isinstance(value, tuple | list):
        for index, member in enumerate(value):
            yield from texts(member, f"{place}[{index}]")


def shown(lab):
    """Every text that a panel shows, each with its place: traits, labels, and what views get."""
    for widget in (*cells.descendants(lab), lab):
        name = type(widget).__name__
        for trait in widget.keys:
            is_text = trait == "_options_labels" or not trait.startswith("_")
            if is_text and trait not in NO_TEXT:
                yield from texts(getattr(widget, trait), f"{name}.{trait}")
    if last := getattr(lab.view, "last", b""):
        yield from texts(fields(opened(last)), "frame")


def framed(lab):
    """Every text in the newest frame of a panel, each with its place."""
    yield from texts(fields(translated(lab.session.frame, PSEUDO)), "frame")


def bare(found, own=()):
    """Texts with words that no message says, but for names of a user's own."""
    said = [(place, text, [*outside(text), *(loose(text))]) for place, text in found]
    return [(place, text) for place, text, left in said if set(left) - set(own)]


def test_words_outside_of_messages_are_found():
    assert outside("⟦a ⟦b c⟧ 25.3 ± 0.1 %⟧ <h3>⟦Data⟧</h3> moons 1 000 &lt;") == []
    assert outside("⟦a⟧ and <b>more</b>") == ["and", "more"]
    assert words("p = 0.03, relu, mnist5k, h′, loud") == ["loud"]


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_is_in_brackets(name):
    lab = made(MitchellLab, preset=name)
    found = list(shown(lab))
    assert len(found) > 200
    assert bare(found) == []
    assert bare([("message", lab.message.value)]) == []
    assert lab.message.value.startswith("⟦")


def finished(lab, **shift):
    lab.session.set_pace(None)
    lab.session.play()
    assert lab.session.wait(SECONDS)
    return lab


def test_a_lab_that_has_trained_is_in_brackets():
    lab = finished(made(MitchellLab, SMALL, steps_per_second=None))
    lab.session.add_twin(dropout_rate=0.5)
    assert lab.session.wait(SECONDS)
    lab.controls.shift.kind.value = "noise"
    assert lab.session.wait(SECONDS)
    assert "⟦Over" in lab.controls.shift.said.value
    assert bare(shown(lab)) == []
    assert bare(framed(lab)) == []
    for name in REMEDIES:
        lab.controls.remedy.choice.value = name
        lab.controls.remedy.apply.click()
        lab.session.do(lambda: None).result(SECONDS)
        assert bare([(name, lab.controls.remedy.said.value)]) == []
        assert "⟦" in lab.controls.remedy.said.value


def test_refusals_and_divergence_are_in_brackets():
    lab = made(MitchellLab, SMALL.replace(learning_rate=100.0), steps_per_second=None)
    lab._act({"kind": "select", "run": 0, "row": 10**6})
    assert lab.message.value.startswith("⟦row: ")
    assert bare([("message", lab.message.value)]) == []
    lab.controls.kind.value = lab.controls.kind.options[0]
    assert lab.session.wait(SECONDS)
    lab.controls._set(dropout_rate=0.5)  # of a model without hidden units
    assert lab.message.value.startswith("⟦dropout_rate: ")
    lab = finished(made(MitchellLab, Experiment(optimizer="sgd").replace(learning_rate=100.0)))
    assert lab.session.state.state == "diverged"
    found = list(shown(lab))
    assert any(place == "frame.status.text" and "⟦The run" in text for place, text in found)
    assert bare(found) == bare(framed(lab)) == []


@pytest.mark.slow
def test_data_and_a_model_of_ones_own_are_in_brackets():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5))
    data = distributions.arrays(x, np.where(x[:, 0] + rng.normal(size=200) > 0, "yes", "no"))

    def model(rngs):
        return nnx.Sequential(nnx.Linear(5, 8, rngs=rngs), nnx.relu, nnx.Linear(8, 2, rngs=rngs))

    lab = finished(made(MitchellLab, OWN, distribution=data, model=model))
    assert bare(shown(lab), own=("yes", "no")) == []
    assert bare(framed(lab), own=("yes", "no")) == []


def test_a_population_is_in_brackets():
    lab = made(PopulationLab)
    assert lab.message.value.startswith("⟦Predict first")
    assert bare(shown(lab)) == []
    lab.save.click()
    assert lab.message.value.startswith("⟦export: ")
    lab.controls.low.value = 2.0
    lab.button.click()
    assert lab.message.value.startswith("⟦⟦dropout rate⟧: ")
    lab = made(PopulationLab, GRID)
    browser = Browser(lab.view)
    lab.run()
    assert lab.session.wait(SECONDS)
    lab.session.brush(0)
    assert lab.session.wait(SECONDS)
    assert browser.frame.brushed is not None
    assert bare(shown(lab)) == bare(framed(lab)) == []
    lab.session.play(lambda _: iter([1]))  # no pieces
    assert lab.session.wait(SECONDS)
    assert browser.frame.status.text.startswith("⟦It stopped: ")


def whole(found):
    """Texts with the bracket that a title lost where the menu shortens it."""
    return [(place, text.replace("…", "⟧") if "labels" in place else text) for place, text in found]


def test_claims_are_in_brackets():
    lab = made(ClaimsLab, "G3")
    for id in theory.CLAIMS:
        lab.menu.value = id
        assert "<p>⟦It fails when " in lab.words.value
        assert bare(whole(shown(lab))) == []
    lab.menu.value = "G3"
    lab.run()
    lab.wait(SECONDS)
    content = lab.view.content
    assert (content["state"], content["alt"][0]) == ("passed", "⟦")
    assert {row["name"][0] + row["kind"][0] for row in content["rows"]} == {"⟦⟦"}
    assert bare(whole(shown(lab))) == []


def test_what_a_panel_shows_keeps_the_message():
    lab = made(MitchellLab, SMALL, language="en")
    for widget in cells.descendants(lab):
        for trait in ("description", "tooltip"):
            text = getattr(widget, trait, None)
            assert not text or isinstance(text, Message) or not words(text), text
    before = dict(shown(lab))
    speak(lab, PSEUDO)
    assert dict(shown(lab)) != before
    speak(lab, "en")
    assert {
        place: text for place, text in shown(lab) if "last" not in place
    }.keys() == before.keys()


def test_what_is_written_of_texts_is_said_anew():
    note = Written("{} {}".format, "own", "text")
    assert note.into("zh") == note == "own text"
