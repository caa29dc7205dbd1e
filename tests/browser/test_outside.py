"""A room and a picture that a package elsewhere brings, in JupyterLab."""

import re

import pytest

from tests import page as joining

from .test_mitchell import ASK

PANEL = """
import sys; sys.path.insert(0, {folder!r})
from mine import GapLab
lab = GapLab()
lab
"""
VIEW = "window.__reglab?.at(-1)"
INK = """
(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}
"""


@pytest.fixture
def panel(lab, tmp_path):
    """The page, with the room of the page about joining open in it."""
    joining.write(tmp_path)
    lab.page.evaluate("() => { window.__reglab = [] }")
    lab.open([PANEL.format(folder=str(tmp_path))], fresh=True)  # the package stays in its kernel
    lab.run_all()
    lab.page.wait_for_function(f"() => {VIEW}?.painted > 0")
    return lab


def test_a_room_and_its_picture_are_live(panel):
    page, root = panel.page, panel.page.locator(".reglab.reglab-board")
    assert root.locator(".reglab-message").inner_text().startswith("Predict first: with dropout")
    titles = root.locator(".reglab-heading h3").all_inner_texts()
    assert [title.casefold() for title in titles] == ["after training", "data", "remedies"]
    menu = root.locator(".reglab-toolbar select").last.locator("option")
    assert len(menu.all()) == 3  # two presets, and what is of one's own
    cards = root.locator(".rl-view > section").evaluate_all("(all) => all.map((e) => e.className)")
    assert [name.split()[-1] for name in cards if "rl-gap" in name or "rl-map" in name] == [
        "rl-gap",
        "rl-map",
    ]
    card = root.locator(".rl-gap")
    ground = card.locator("canvas").evaluate(INK)  # of the notice that nothing is there yet
    root.locator(".reglab-primary").click()
    page.wait_for_function(f"() => {VIEW}?.lastStep === 60")
    step = page.evaluate(ASK, "lab.session.wait(); print(lab.session.frame.status.step)")
    assert step == "60"
    heard = card.locator("canvas[aria-label$='at step 60']")
    heard.wait_for()
    gap = float(page.evaluate(ASK, "print(100 * lab.session.frame.pictures.gap.gap[-1])"))
    said = f"A gap of {gap:.1f} % at step 60".replace("-", "\N{MINUS SIGN}")
    assert re.sub(r"\s", " ", heard.get_attribute("aria-label")) == said
    assert card.locator(".rl-title").inner_text() == "Gap of plain"
    assert 100 < card.locator("canvas").evaluate(INK) < ground / 4  # a line without a ground
    panel.screenshot("outside-room")
    assert panel.errors == []
