"""Each text of each figure is a message; a figure in Chinese has a font, or is in English."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.text import Text

from reglab import figures, fit
from reglab.figures import script
from reglab.figures.display import Display
from reglab.live.board.finished import finished_frame
from reglab.panels.board.export import export
from reglab.panels.claims import view as claim_view
from reglab.panels.kit.speech import spoken
from reglab.panels.population import export as population_export
from reglab.theory import Check, double_descent
from reglab.theory.rows import exactly, expectation, identity, rows_of, shown
from reglab.words import PSEUDO, say
from tests.figures.helpers import unreadable
from tests.figures.test_population import FRAMES, RUNS
from tests.panels.kit.live_frames import images
from tests.small import SMALL
from tests.words.brackets import outside
from tests.words.claim import claim
from tests.words.fonts import write_font

FONT = "reglab squares"
DISPLAYS = {
    name: kind
    for name in figures.__all__
    if isinstance(kind := getattr(figures, name), type) and issubclass(kind, Display)
}
X = np.array([10, 20, 40])


@pytest.fixture(scope="module")
def frame():
    """Of two runs; h overfits, by Mitchell's definition."""
    plain = SMALL.replace(num_steps=240, learning_rate=0.03)
    return finished_frame(fit(plain), fit(plain.replace(dropout_rate=0.5)))


def check():
    """Of a claim whose words are messages; one row fails."""
    said = {
        say("dropout rate"): expectation(1 / X, X, say("number of examples")),
        say("weight decay"): identity(2.0),
        say("label smoothing"): identity(np.zeros(50)),
        say("momentum"): shown(),
    }
    found = {
        "dropout rate": exactly(1 / X + 0.01, 0.02),
        "weight decay": exactly(3.2, 0.1),
        "label smoothing": exactly(np.full(50, 1e-15), 1e-12),
        "momentum": exactly(7),
    }
    return Check(claim(dict, dict), 4, rows_of(said, found), 1.0)


def made(name, frame, language):
    """Displays of a kind, one of each form that its words have."""
    kind, plane = DISPLAYS[name], figures.plane_view(frame)
    several = plane._replace(runs=(*plane.runs, *plane.runs[1:] * 8))
    every, lone, dense = (FRAMES[key] for key in ("every verdict", "one value", "dense"))
    last = every.bands[every.chosen]
    views = {
        "BandsDisplay": [(last, every.bands), (last._replace(name="", num_train=None),)],
        "BoundaryDisplay": [
            (frame.picture._replace(what=what),) for what in ("h", "witness", "disagreement")
        ],
        "ClaimDisplay": [(check(),)],
        "CurvesDisplay": [(plane,), (several._replace(witness=None),), (several,)],
        "DescentErrorsDisplay": [(double_descent(draws=2),), (double_descent(ridge=60.0),)],
        "DoubleDescentDisplay": [(double_descent(draws=count),) for count in (1, 2)],
        "FrequencyDisplay": [
            (every.frequency,),
            (lone.frequency._replace(at_least=0.01, unit="%"),),
            (every.frequency._replace(num_runs=np.arange(6), at_least=0.2),),
            (lone.frequency._replace(num_runs=np.zeros(1, int)),),
        ],
        "HeadlineDisplay": [(frame.verdict,)],
        "ImagesDisplay": [(images(),), (images(400, 0, "witness"),)],
        "PlaneDisplay": [(plane,), (plane._replace(witness=None),)],
        "PopulationPlaneDisplay": [(every.plane, 2), (dense.plane,), (lone.plane,)],
    }
    pages = {
        "LabDisplay": [
            frame,
            frame._replace(status=frame.status._replace(state="diverged", text=say("a number"))),
            frame._replace(status=frame.status._replace(text=say("a number"))),
        ],
        "PopulationDisplay": [every, lone],
    }
    for view in views.get(name, ()):
        yield kind(*view, language=language)
    for page in pages.get(name, ()):
        yield kind.from_frame(page, language=language)


def texts(display):
    """What stands in a figure that is drawn."""
    figure = display.plot().figure_
    figure.draw_without_rendering()
    found = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert found
    return found


@pytest.mark.parametrize("name", DISPLAYS)
def test_each_text_is_in_brackets(name, frame):
    displays = list(made(name, frame, PSEUDO))
    assert displays
    for display in displays:
        said = [text.get_text() for text in texts(display)]
        assert any("⟦" in text for text in said)
        whole = [f"{text}⟧" if text.endswith("…") else text for text in said]  # was cut short
        assert [text for text in whole if outside(text)] == []


@pytest.fixture
def font(tmp_path_factory, monkeypatch):
    """A font with the letters of Chinese, which is the only one that is looked for."""
    if FONT not in font_manager.fontManager.get_font_names():
        path = write_font(tmp_path_factory.mktemp("font") / "squares.ttf", FONT, "zh")
        font_manager.fontManager.addfont(path)
    monkeypatch.setattr(script, "FONTS", ("No Such Font", "DejaVu Sans Mono", FONT))


@pytest.fixture
def no_font(monkeypatch):
    """Fonts without the letters of Chinese."""
    monkeypatch.setattr(script, "FONTS", ("No Such Font", "DejaVu Sans Mono"))


@pytest.mark.costly
@pytest.mark.parametrize("name", DISPLAYS)
def test_in_chinese_no_letter_is_missing_and_words_can_be_read(name, frame, font):
    for display in made(name, frame, "zh"):
        assert display.script == ("zh", FONT)
        assert any(ord(letter) > 0x4E00 for text in texts(display) for letter in text.get_text())
        assert unreadable(display.figure_) == []
        assert figures.rendered(display).startswith(b"\x89PNG")  # a missing letter is a warning


@pytest.mark.costly
@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_files_in_chinese_have_its_letters(kind, frame, font):
    files = {
        language: figures.rendered(figures.PlaneDisplay(plane, language=language), kind)
        for language in ("en", "zh")
        for plane in [figures.plane_view(frame)]
    }
    assert len(set(files.values())) == 2


def test_axis_titles_are_the_words_of_the_definition(frame, font):
    display = figures.PlaneDisplay(figures.plane_view(frame), language="zh").plot()
    assert display.ax_.get_xlabel() == "40 个训练样例上的错误率"
    assert display.ax_.get_ylabel() == "整个实例分布上的错误率"
    assert unreadable(display.figure_) == []
    assert figures.rendered(display).startswith(b"\x89PNG")


def test_without_a_font_a_page_is_in_english_and_one_warning_says_what_to_install(frame, no_font):
    expected = "no font with the letters of language 'zh' .* install one, such as No Such Font"
    with pytest.warns(UserWarning, match=expected) as caught:
        page = figures.LabDisplay.from_frame(frame, language="zh").plot()
    assert len(caught) == 1
    said = [text.get_text() for text in texts(page)]
    assert said == [text.get_text() for text in texts(figures.LabDisplay.from_frame(frame))]
    with pytest.warns(UserWarning, match="no font") as caught:
        figures.PopulationDisplay.from_frame(FRAMES["every verdict"], language="zh").plot()
    assert len(caught) == 1


def test_a_font_of_the_user_that_has_the_letters_is_used_as_it_is(font, no_font):
    with script.mpl.rc_context({"font.family": ["sans-serif", FONT]}):
        assert script.script_of("zh") == ("zh", "")
    with pytest.warns(UserWarning, match="no font"):
        assert script.script_of("zh") == script.Script()


def test_panels_show_and_save_figures_in_their_language(frame):
    shown = claim_view.result(check())
    assert "⟦" not in shown["svg"]
    assert "⟦dots: measured⟧" in spoken(shown, PSEUDO)["svg"]
    session = SimpleNamespace(frame=frame)
    assert export(session, "png", language=PSEUDO) != export(session, "png", language="en")
    session = SimpleNamespace(frame=FRAMES["every verdict"], runs=RUNS)
    saved = population_export.export(session, "SVG", language=PSEUDO)[2].decode()
    assert "⟦Witness plane⟧" in saved


def test_english_looks_for_no_font(monkeypatch):
    monkeypatch.setattr(script, "FONTS", ())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert script.script_of("en") == script.Script()
        assert script.script_of(PSEUDO) == (PSEUDO, "")


def test_the_environment_says_it_where_the_code_does_not(monkeypatch, frame, font):
    monkeypatch.setenv("REGLAB_LANGUAGE", "zh")
    assert figures.HeadlineDisplay(frame.verdict).script.language == "zh"
    assert figures.HeadlineDisplay(frame.verdict, language="en").script.language == "en"
    with pytest.raises(ValueError, match=r"^language: expected one of en, zh"):
        figures.HeadlineDisplay(frame.verdict, language="tlh")
