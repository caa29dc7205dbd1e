"""One page for the tests of the live view alone, beside the page of JupyterLab."""

import pytest

from tests.browser.live.bench import Bench

# A clock that a test can put forward, and a note of every word drawn on a canvas, with its box,
# since that canvas was last wiped.
SPY = """
(() => {
  const now = performance.now.bind(performance);
  window.ahead = 0;
  performance.now = () => now() + window.ahead;
  const proto = CanvasRenderingContext2D.prototype;
  const wipe = proto.clearRect;
  const write = proto.fillText;
  proto.clearRect = function (...box) {
    this.canvas.words = [];
    return wipe.apply(this, box);
  };
  proto.fillText = function (text, x, y) {
    const { width } = this.measureText(text);
    const left = { left: x, right: x - width, center: x - width / 2 }[this.textAlign];
    const size = parseFloat(this.font.match(/([\\d.]+)px/)[1]);
    (this.canvas.words ??= []).push({ text, x: left, y: y - 0.4 * size, w: width, h: 0.8 * size });
    return write.call(this, text, x, y);
  };
})();
"""


@pytest.fixture(scope="module")
def sheet(page):
    """An empty page beside JupyterLab's, closed after the last test of a file."""
    sheet = page.context.new_page()
    sheet.add_init_script(SPY)
    yield sheet
    sheet.close()
    # JupyterLab knows its current document by the focus, which a page behind another has not.
    page.bring_to_front()


@pytest.fixture
def bench(sheet):
    """Makes benches on one page; no script may fail on it."""
    errors = []
    sheet.on("pageerror", note := lambda error: errors.append(str(error)))
    sheet.set_viewport_size({"width": 1280, "height": 900})

    def make(**options):
        sheet.goto("about:blank")
        sheet.set_content("<!doctype html><html><head></head><body></body></html>")
        return Bench(sheet, **options)

    yield make
    sheet.remove_listener("pageerror", note)
    sheet.emulate_media(reduced_motion="no-preference")
    assert errors == []
