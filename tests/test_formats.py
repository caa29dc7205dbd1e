"""Numbers as people read them: Python and the scripts of panels write what one table says."""

import json
from pathlib import Path

import numpy as np
import pytest

from reglab.figures import ImagesDisplay, headline, style
from reglab.figures.ends import short
from reglab.figures.population_plane import MARKS, PopulationPlaneDisplay
from reglab.figures.scale import domain, nice
from reglab.mitchell.words import ErrorInterval, exact, grouped, percent, plain, points, tick, tied
from reglab.panels.kit.notes import written
from reglab.views import PopulationPlaneView
from tests.panels.kit.live_frames import images

TABLE = json.loads(Path(__file__).with_name("formats.json").read_text("utf-8"))
COLOURS = {style.RED: "red", style.GREEN: "green", style.INK: "plain"}
SHAPES = {"o": "disc", "D": "diamond", "v": "wedge", "P": "cross"}
WRITE = {
    "grouped": grouped,
    "percent": lambda share: percent(exact(share)),
    "interval": lambda *error: percent(ErrorInterval(*error)),
    "points": points,
    "tick": tick,
    "plain": lambda value, unit: plain(value, is_share=unit == "%"),
    "over": short,
    "tones": lambda code: COLOURS[headline.TONES.get(code, (style.INK,))[0]],
    "runs": lambda index: SHAPES[style.run_mark(index)["marker"]],
    "nice": nice,
    "domains": lambda errors, least, zero: list(domain(errors, from_zero=zero)),
}


@pytest.mark.parametrize("name", WRITE)
def test_a_number_is_written_as_the_table_says(name):
    assert len(TABLE[name]) > 1
    for *given, text in TABLE[name]:
        said = WRITE[name](*given)
        if isinstance(text, str):
            assert said.replace("\u202f", " ") == text, given
        else:
            assert said == pytest.approx(text, abs=1e-9), given


def test_a_number_and_its_unit_stay_together():
    for text in TABLE["tied"]:
        assert tied(text).replace("\u202f", " ") == text
        assert not {" %", " ±", "± "} & {tied(text)[i : i + 2] for i in range(len(text))}
        assert written(text) == tied(text)
    assert "\u202f" not in tied(TABLE["tied"][-1])


def test_an_end_has_the_mark_that_the_table_says():
    codes, counts, words = zip(*TABLE["ends"], strict=True)
    errors = np.zeros(len(codes), np.float32)
    places = np.arange(len(codes), dtype=np.uint32)
    view = PopulationPlaneView(
        places.view(np.int32), errors, errors, np.array(codes, np.uint8), np.array(counts),
        places, places.view(np.int32),
    )  # fmt: skip
    display = PopulationPlaneDisplay(view)
    assert [[word for word in MARKS if display._chosen(word)[i]] for i in places] == [
        [word] for word in words
    ]


def test_an_image_that_is_not_answered_has_a_question_mark():
    called = np.array([number for number, _ in TABLE["answers"]], np.uint8)
    view = images()
    view = view._replace(
        error_images=view.error_images[: len(called)],
        error_labels=np.zeros(len(called), np.uint8),
        error_predicted=called,
    )
    texts = [text.get_text() for text in ImagesDisplay(view).plot().answers_]
    assert texts == [f"0→{answer}" for _, answer in TABLE["answers"]]
