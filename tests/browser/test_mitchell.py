"""The Mitchell lab in JupyterLab: played, paused, dragged, broken, undone, re-run, reloaded."""

from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_mitchell.ipynb"
PANEL = "from reglab.panels import MitchellLab\nlab = MitchellLab()\nlab"
FRAGILE = """
from reglab import Experiment, Hyper
from reglab.panels import MitchellLab
lab = MitchellLab(Experiment(optimizer="sgd", hyper=Hyper(learning_rate=0.1)))
lab
"""
OWN = """
import numpy as np
from reglab import distributions
from reglab.panels import MitchellLab
rng = np.random.default_rng(0)
data = distributions.arrays(rng.normal(size=(200, 300)), rng.integers(0, 3, 200))
lab = MitchellLab(distribution=data)
lab
"""
BREAK = """
def advance(self, num_steps):
    raise RuntimeError("gone wrong")
from reglab.training import Trainer
Trainer.advance = advance
"""
SHOWN = "(e) => e.selectedOptions[0].text.replaceAll('\\u00a0', ' ')"
ASK = """
(code) => new Promise((resolve) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code, store_history: false });
  let text = "";
  future.onIOPub = ({ content }) => {
    text += content.text ?? (content.traceback ?? []).join("\\n");
  };
  future.done.then(() => resolve(text.trim()));
})
"""


class Panel:
    """What a person and the kernel know of the newest panel on the page."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page

    def ask(self, code):
        """What ``code`` prints in the kernel."""
        return self.page.evaluate(ASK, code)

    def until(self, condition, seconds=60):
        """Waits for a condition on ``r``, the counters of the newest view."""
        script = f"() => {{ const r = (window.__reglab ?? []).at(-1); return r && ({condition}) }}"
        self.page.wait_for_function(script, timeout=1000 * seconds)

    def step(self):
        return self.page.evaluate("() => window.__reglab.at(-1).lastStep")

    def play(self):
        self.page.locator(".reglab-primary").last.click()

    def slider(self, name):
        row = self.page.locator(".reglab-slider", has_text=name).last
        return row.locator(".noUi-handle")

    def threads(self):
        count = "sum(t.name == 'reglab-session' for t in threading.enumerate())"
        return int(self.ask(f"import threading; print({count})"))


@pytest.fixture
def panel(lab):
    lab.page.evaluate("() => { window.__reglab = [] }")
    return Panel(lab)


def opened(panel, source, play=True, fresh=False):
    panel.lab.open([source], fresh)
    panel.lab.run_all()
    panel.until("r.painted > 0")
    if play:
        panel.play()
        panel.until("r.lastStep > 0")


def test_the_notebook_plays_and_says_overfits(panel):
    panel.lab.open(NOTEBOOK)
    panel.lab.run_all()
    panel.until("r.painted > 0")
    panel.page.locator(".reglab-primary").scroll_into_view_if_needed()
    panel.play()
    panel.until("r.lastStep > 60")
    verdict = panel.page.locator(".rl-verdict", has_text="OVERFITS")
    verdict.wait_for(timeout=20_000)
    panel.play()  # now it is the button that pauses
    panel.page.locator(".reglab-primary", has_text="Play").wait_for()
    stopped = panel.step()
    panel.page.wait_for_timeout(500)
    assert panel.step() <= stopped + 60  # the chunk in hand, and the frame on its way
    resting = panel.step()
    panel.page.wait_for_timeout(1000)
    assert panel.step() == resting
    assert panel.lab.errors == []


@pytest.mark.slow
def test_the_verdict_is_certified_until_h_changes(panel):
    """Slow: sessions are certified, and the button is pressed on a page, in quick tests."""
    panel.lab.open(NOTEBOOK)
    panel.lab.run_all()
    panel.until("r.painted > 0")
    panel.page.locator(".reglab-primary").scroll_into_view_if_needed()
    panel.play()
    panel.until("r.lastStep > 600")  # earlier, the verdict still comes and goes
    panel.play()
    panel.page.locator(".reglab-primary", has_text="Play").wait_for()
    panel.page.locator(".rl-verdict", has_text="OVERFITS").wait_for()
    panel.page.get_by_role("button", name="Certify").click()
    proved = panel.page.locator(".rl-verdict", has_text="Certified:")
    proved.wait_for(timeout=30_000)
    corners = "(e) => getComputedStyle(e).borderRadius"
    for button in (".rl-proof", ".rl-chip"):
        assert panel.page.locator(button).last.evaluate(corners) == "12px"
    panel.play()
    proved.wait_for(state="hidden")
    assert panel.lab.errors == []


def test_a_slider_moves_the_running_run_and_undo_takes_it_back(panel):
    opened(panel, PANEL)
    handle = panel.slider("dropout rate")
    handle.focus()
    handle.press("ArrowRight")
    changes = "print([c[1:] for c in lab.session.experiment.changes])"
    moved = "[('dropout_rate', 0.1)]"
    panel.page.wait_for_function(f"(async () => (await ({ASK})({changes!r})) === {moved!r})()")
    panel.page.locator("button", has_text="Undo").last.click()
    panel.page.locator(".reglab-primary", has_text="Play").wait_for()
    assert panel.ask(changes) == "[]"


def test_dragging_a_slider_leaves_no_backlog(panel):
    opened(panel, PANEL)
    handle = panel.slider("learning rate")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    panel.page.mouse.move(x, y)
    panel.page.mouse.down()
    for i in range(50):
        panel.page.mouse.move(x - 40 + 2 * (i % 20), y)
        panel.page.wait_for_timeout(50)
    panel.page.mouse.up()
    panel.play()
    panel.page.locator(".reglab-primary", has_text="Play").wait_for(timeout=2000)
    counters = panel.page.evaluate("() => window.__reglab.at(-1)")
    assert counters["seq"] - counters["acked"] <= 1
    assert panel.lab.errors == []


def test_a_diverging_run_stops_names_the_knob_and_can_be_undone(panel):
    opened(panel, FRAGILE)
    panel.until("r.lastStep > 30")
    handle = panel.slider("learning rate")
    handle.focus()
    handle.press("End")
    verdict = panel.page.locator(".rl-verdict", has_text="after learning rate 100 was set")
    verdict.wait_for(timeout=20_000)
    assert panel.ask("print(lab.session.state.state)") == "diverged"
    rows = int(panel.ask("print(len(lab.session.runs[0].history.step))"))
    assert rows > 5
    panel.page.locator("button", has_text="Undo").last.click()
    panel.page.locator(".reglab-primary:not([disabled])", has_text="Play").wait_for()
    kept = int(panel.ask("print(len(lab.session.runs[0].history.step))"))
    assert 5 < kept <= rows
    assert panel.ask("print(lab.session.experiment.changes)") == "()"
    before = panel.step()
    panel.play()
    panel.until(f"r.lastStep > {before}")


def test_running_the_cell_again_leaves_one_loop(panel):
    opened(panel, PANEL)
    panel.ask("old = lab")
    panel.lab.run_all()
    panel.page.locator(".reglab-primary", has_text="Play").wait_for()
    assert panel.ask("print(old.session.state.state, lab.session.state.state)").startswith("closed")
    assert panel.threads() == 1
    panel.play()
    panel.until("r.lastStep > 0")


def test_two_displays_of_one_panel_show_the_same_run(panel):
    panel.lab.open([PANEL, "lab"])
    panel.lab.run_all()
    panel.page.wait_for_function("() => window.__reglab.filter((r) => r.painted > 0).length >= 1")
    panel.page.locator(".reglab-primary").first.click()
    second = panel.page.locator(".reglab-primary").nth(1)
    second.scroll_into_view_if_needed()
    panel.page.wait_for_function("() => window.__reglab.filter((r) => r.lastStep > 0).length >= 2")
    assert panel.threads() == 1


def test_a_reload_after_a_save_is_live_again(panel):
    opened(panel, PANEL)
    panel.until("r.lastStep > 30")
    panel.play()
    panel.page.locator(".reglab-primary", has_text="Play").wait_for()
    panel.lab.execute("docmanager:save")
    panel.page.reload()
    panel.page.wait_for_function("window.jupyterapp !== undefined")
    panel.page.evaluate("() => window.jupyterapp.restored.then(() => undefined)")
    panel.lab.execute("docmanager:open", path="test.ipynb", factory="Notebook")
    panel.until("r.painted > 0 && r.lastStep > 30")
    panel.play()
    before = panel.step()
    panel.until(f"r.lastStep > {before}")
    assert panel.threads() == 1


@pytest.mark.slow
def test_signals_and_convolutions_are_played_moved_away_and_stopped_early(panel):
    """Slow: in quick tests controls choose both, and the page shows all that comes of them."""
    opened(panel, PANEL, play=False)
    page = panel.page
    page.locator(".reglab-thumb-mnist1d").last.click()
    choices = page.locator(".reglab-side select")
    choices.nth(0).select_option(label="convolutions")
    panel.until("r.lastStep === 0 && r.painted > 2")
    page.locator(".reglab-caption", has_text="MNIST-1D").wait_for()
    panel.play()
    panel.until("r.lastStep >= 60")
    panel.play()
    page.locator(".reglab-primary:not([disabled])", has_text="Play").wait_for()
    verdict = page.locator(".rl-verdict", has_text="hypotheses explored")
    assert "over the whole distribution" in verdict.inner_text()
    page.locator(".rl-key-item", has_text="taken for a").wait_for()  # a sample of errors is drawn
    below = page.locator(".reglab-below").last
    below.scroll_into_view_if_needed()
    kinds = below.locator("select").nth(1)
    offered = kinds.evaluate("(e) => [...e.options].map((o) => o.text.replaceAll('\\u00a0', ' '))")
    assert offered == ["none", "translation", "class prior", "noise", "contrast"]  # no rotation
    kinds.select_option(label="translation")
    below.get_by_text("after translation 0.2, h").wait_for()
    below.locator("button").click()
    below.get_by_text("where early stopping would end").wait_for()
    assert page.locator(".reglab-toolbar select").last.evaluate(SHOWN) == "of your own"
    assert panel.lab.errors == []


def test_own_data_without_a_picture_say_so_and_an_error_is_told(panel):
    opened(panel, OWN, fresh=True)  # and broken
    panel.play()
    canvas = panel.page.locator(".rl-map canvas[aria-label*='no picture']")
    canvas.wait_for(state="attached")
    assert "held-out data" in panel.page.locator(".rl-verdict").inner_text()
    panel.ask(BREAK)
    panel.page.locator("button", has_text="Rewind").last.click()
    panel.page.locator(".rl-verdict", has_text="STOPPED").get_by_text("gone wrong").wait_for()
    assert panel.lab.errors == []


def test_the_first_remedy_is_in_view_on_a_small_screen(panel):
    opened(panel, PANEL, play=False)
    panel.page.locator(".reglab-toolbar").evaluate("(e) => e.scrollIntoView()")
    box = panel.slider("dropout rate").bounding_box()
    foot = panel.page.locator("#jp-main-statusbar").bounding_box()
    assert box["y"] + box["height"] <= foot["y"]
