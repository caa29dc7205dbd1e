"""The live view in a real Chromium: where things are, at every width."""

import pytest

from tests.browser.live.bench import PANEL
from tests.panels.kit.live_frames import curves, images, story

LONG = "a run with a name so long that nobody would type it, but a program might"
FAULTS = """
() => Array.from(document.querySelectorAll(".rl-canvas > canvas")).flatMap((canvas) => {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const words = canvas.words ?? [];
  const cut = words.filter((a) =>
    a.x < -1 || a.y < -1 || a.x + a.w > width + 1 || a.y + a.h > height + 1);
  const meet = words.flatMap((a, i) => words.slice(i + 1).filter((b) =>
    Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x) > 1 &&
    Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y) > 1).map((b) => `${a.text} on ${b.text}`));
  return [...cut.map((a) => `${a.text} is cut off`), ...meet];
})
"""
OVERFLOWS = """
() => Array.from(document.querySelectorAll(".reglab-view *")).filter((node) => {
  const outer = document.querySelector(".reglab-view").getBoundingClientRect();
  const box = node.getBoundingClientRect();
  const out = box.right > outer.right + 1 || box.left < outer.left - 1;
  return box.width > 0 && out && !node.closest("thead");
}).map((node) => node.className)
"""


@pytest.mark.parametrize(("width", "columns"), [(274, 1), (759, 1), (761, 2), (1100, 2)])
def test_the_panel_folds_at_760_pixels_with_the_view_first(bench, sheet, width, columns):
    bench = bench(width=width, body=PANEL)
    bench.show(story(3))
    view = sheet.locator(".reglab-view").bounding_box()
    side = sheet.locator(".reglab-side").bounding_box()
    if columns == 1:
        assert side["y"] >= view["y"] + view["height"]
        assert side["width"] == view["width"] == width
    else:
        assert side["y"] == view["y"]
        assert 250 <= side["width"] <= 256
        assert side["x"] + side["width"] < view["x"]


FRAMES = {
    "idle": story(runs=[], state="idle"),
    "one row": story(1),
    "a run": story(60, witness=(0, 20)),
    "four runs": story(
        runs=[
            curves(0, 90, changes=((120, "dropout rate 0.5"), (130, "L2 0.003"))),
            curves(1),
            curves(2, 25),
            curves(3, 30),
        ],
        witness=(1, 18),
    ),
    "long": story(runs=[curves(i, 1500, name=LONG) for i in range(2)], witness=(1, 40)),
    "no Bayes error": story(60, bayes_error=None),
    "images": story(60, picture=images(60, 12)),
    "flat": story(
        runs=[curves(rows=5)._replace(**dict.fromkeys(("train_error", "true_error"), [0.5] * 5))]
    ),
}


@pytest.mark.parametrize(
    ("width", "language"),
    [*((width, "en") for width in (274, 360, 564, 580, 832, 1084)), (274, "zh"), (832, "zh")],
)
def test_no_word_is_cut_off_and_none_covers_another(bench, sheet, width, language):
    bench = bench(width=width, language=language)
    for name, frame in FRAMES.items():
        bench.show(frame)
        sheet.wait_for_timeout(30)
        assert sheet.evaluate(FAULTS) == [], name
        assert sheet.evaluate(OVERFLOWS) == [], name


@pytest.mark.parametrize("width", [274, 564, 832])
def test_nothing_jumps_while_a_run_goes_on(bench, sheet, width):
    bench = bench(width=width)
    where = """() => Array.from(document.querySelectorAll(".rl-canvas")).map((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return [x, y, width, height].map(Math.round).join();
    })"""
    seen = set()
    for frame in (
        story(runs=[], state="idle"), story(runs=[], state="compiling"), story(1), story(40),
        story(60, witness=(0, 20)), story(60, h=(0, 9), state="paused"),
        story(60, state="finished"),
    ):  # fmt: skip
        bench.show(frame)
        bench.later(1020)
        seen.add(tuple(sheet.evaluate(where)))
    assert len(seen) == 1
