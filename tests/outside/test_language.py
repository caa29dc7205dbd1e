"""Refusals, panels, figures and scripts speak the language of the page, and English else."""

import pytest

from reglab import Experiment, figures
from reglab.panels import MitchellLab
from reglab.panels.kit import cells
from reglab.words import browser_words, chosen_language, counted, languages, told
from tests.panels.kit.live_frames import story
from tests.small import SMALL

pytestmark = pytest.mark.usefixtures("toys")


def test_it_is_one_of_the_languages():
    assert languages() == ("en", "zh", "de")
    assert chosen_language(None, "fr", "de-AT") == "de"


def test_a_refusal_speaks_it_and_what_is_missing_is_english():
    with pytest.raises(ValueError, match=r"^batch_size: expected a whole number ") as refused:
        Experiment(batch_size=0)
    assert told(refused.value, "de") == (
        "batch_size: erwartet a whole number from 1 to 1e+06, erhalten 0"
    )


def test_a_panel_speaks_it():
    lab = MitchellLab(SMALL, language="de")
    try:
        said = {getattr(widget, "description", "") for widget in cells.descendants(lab)}
        assert "Start" in said
        assert "Play" not in said
        assert "dropout rate" in said
        lab.controls._set(dropout_rate=2.0)
        assert lab.message.value.startswith("dropout_rate: erwartet ")
    finally:
        lab.close()


def test_a_figure_speaks_it():
    display = figures.CurvesDisplay(figures.plane_view(story()), language="de").plot()
    assert display.ax_.get_xlabel() == "Schritt"
    english = figures.CurvesDisplay(figures.plane_view(story())).plot()
    assert display.ax_.get_ylabel() == english.ax_.get_ylabel() != ""


def test_it_has_plural_forms_of_its_own_in_python_and_in_the_browser():
    def said(number):
        return counted(number, "{count} training example", "{count} training examples").into("de")

    assert [said(number) for number in (0, 1, 2)] == [
        "0 Trainingsbeispiele",
        "1 Trainingsbeispiel",
        "2 Trainingsbeispiele",
    ]
    sent = browser_words("de")
    assert sent["texts"] == {
        "step\x04\x04": ["Schritt"],
        "{count} training example\x04{count} training examples\x04": [
            "{count} Trainingsbeispiel",
            "{count} Trainingsbeispiele",
        ],
    }
    assert sent["forms"][:3] == [1, 0, 1]
