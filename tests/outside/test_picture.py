"""A picture from elsewhere: made, sent, read and drawn, beside those here or without them."""

import dataclasses
import re

import numpy as np
import pytest

from reglab import Session
from reglab.live import PopulationSession
from reglab.live.pictures import PICTURES, register
from reglab.live.pictures import map as decision_map
from reglab.panels import MitchellLab
from reglab.panels.kit.bundle import script, sheet
from reglab.panels.kit.spoken import painted
from tests.panels.painters import seen
from tests.small import SMALL


@pytest.fixture(scope="module")
def frame(toys):
    """The last frame of a session that shows nothing else."""
    with Session(SMALL, pictures=("gap",), steps_per_second=None) as session:
        session.play()
        assert session.wait(120)
        yield session.frame


def test_a_session_makes_those_that_are_shown_and_no_other(toys, frame, monkeypatch):
    assert frame.pictures._fields == ("gap",)
    run = frame.runs[0]
    np.testing.assert_array_equal(frame.pictures.gap.gap, run.true_error - run.train_error)
    assert frame.picture is None

    def never(*_):
        pytest.fail("the map was made")

    monkeypatch.setattr(decision_map.MapMaker, "__call__", never)
    with Session(SMALL, pictures=("gap", "plane")) as session:
        session.step()
        assert session.wait(120)
        assert session.frame.pictures.plane.runs is session.frame.runs


def test_the_browser_reads_and_draws_it(toys, frame, tmp_path):
    (told,) = seen(tmp_path, frame, ["gap"], drawn=["gap"])
    gap = 100 * float(frame.pictures.gap.gap[-1])
    title, _, words = told["told"]
    assert title == f"Gap of {frame.runs[0].name}"
    assert re.sub(r"\s", " ", words) == f"A gap of {gap:.1f} % at step {SMALL.num_steps}"
    assert [call[0] for call in told["calls"]].count("lineTo") == len(frame.runs[0].step)


def test_paper_shows_it(toys, frame):
    display = PICTURES["gap"].display_class(frame.pictures.gap).plot()
    np.testing.assert_array_equal(display.line_.get_ydata(), frame.pictures.gap.gap)


def test_a_panel_lists_it(toys):
    class GapLab(MitchellLab):
        """The panel with a card more."""

        room = dataclasses.replace(MitchellLab.room, cards=(*MitchellLab.room.cards, ("gap",)))

    lab = GapLab(SMALL)
    try:
        assert '["gap", $module' in lab.view._esm
        assert toys.PICTURE.painter.read_text("utf-8").splitlines()[-1] in lab.view._esm
        lab.session.step()
        assert lab.session.wait(120)
        assert lab.session.frame.pictures._fields == ("map", "images", "plane", "curves", "gap")
    finally:
        lab.close()
    plain = MitchellLab(SMALL)
    try:
        assert '["gap"' not in plain.view._esm
    finally:
        plain.close()


def test_what_is_no_picture_does_not_join(toys, tmp_path):
    picture = toys.PICTURE
    for wrong, said in (
        (3, "picture: expected a reglab.live.pictures.Picture, got 3"),
        (picture, "picture: expected a name that is free, got 'gap'"),
        ({"name": "two-words"}, "picture: expected a name that Python takes, .*, got two-words"),
        ({"name": "kind"}, "picture: expected a name that Python takes, .*, got kind"),
        ({"name": "_x"}, "picture: expected a name that Python takes, .*, got _x"),
        ({"painter": tmp_path / "no.js"}, "picture other: expected the path of its painter, got "),
        ({"maker": None}, "picture other: expected a maker to call and .* got None and "),
        ({"display": "nowhere"}, "picture other: expected a maker .* and 'nowhere'"),
    ):
        if isinstance(wrong, dict):
            wrong = dataclasses.replace(picture, **{"name": "other", **wrong})
        before = tuple(PICTURES)
        with pytest.raises(ValueError, match=f"^{said}") as told:
            register(wrong)
        assert "\n" not in str(told.value)
        assert tuple(PICTURES) == before
    with pytest.raises(ValueError, match=r"^picture: expected one of map, .*, got 'other'$"):
        Session(SMALL, pictures=("other",))
    with pytest.raises(ValueError, match=r"^picture: expected one of .*, gap, got 'bands'$"):
        Session(SMALL, pictures=("bands",))  # that is one of populations
    with pytest.raises(ValueError, match=r"^picture: expected one of .*, ends, got 'gap'$"):
        PopulationSession(lambda _: iter(()), pictures=("gap",))


def test_a_painter_exports_one_and_imports_what_is_here(toys, tmp_path):
    painter = tmp_path / "painter.js"
    for text, said in (
        ("export class Other {}\n", "expected export class Painter, as the picture gap has"),
        ('import { a } from "./a.js";\nexport class Painter {}\n', "there is no such file"),
        ('import { a } from "../../../a.js";\nexport class Painter {}\n', "expected a path inside"),
    ):
        painter.write_text(text, encoding="utf-8")
        cards = ((("gap", tmp_path / f"{len(text)}.js"),),)
        painter.rename(cards[0][0][1])
        with pytest.raises(ValueError, match=said):
            script("board.js", cards=cards)
    with pytest.raises(ValueError, match="picture: expected one of map, "):
        painted([["other"]])


def test_the_sheet_of_a_painter_comes_along(tmp_path):
    (tmp_path / "painter.js").write_text("export class Painter {}\n", encoding="utf-8")
    (tmp_path / "painter.css").write_text(".rl-canvas-x {\n  height: 9px;\n}\n", encoding="utf-8")
    shown = sheet("board.js", cards=((("x", tmp_path / "painter.js"),),))
    assert ".rl-canvas-x {\n  height: 9px;\n}" in shown
    assert ".rl-canvas-x" not in sheet("board.js")
