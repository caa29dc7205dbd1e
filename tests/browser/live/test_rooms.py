"""Two rooms in one page: each looks as it does alone, whichever sheet came last."""

import base64
import json

import pytest

from reglab.live import PopulationSession
from reglab.panels.board.view import LiveView
from reglab.panels.claims.view import ClaimView
from reglab.panels.kit.wire import pack_whole
from reglab.panels.population.view import PopulationView
from tests.browser.live.bench import LIGHT
from tests.live.population.populations import in_batches, population
from tests.panels.kit.live_frames import story

SHOW = """
async ({ rooms, theme }) => {
  document.head.replaceChildren();
  document.body.replaceChildren();
  const add = (css) => {
    const style = document.createElement("style");
    style.textContent = css;
    document.head.append(style);
  };
  add(`:root { ${theme} } *, ::before, ::after { animation: none !important }`);
  for (const { css } of rooms) add(css);
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const revived = (text) => JSON.parse(text, (_, value) => {
    return typeof value?.base64 === "string" ? bytes(value.base64) : value;
  });
  for (const { name, esm, html, state } of rooms) {
    const outer = document.createElement("div");
    outer.className = `outer outer-${name}`;
    outer.style.width = "820px";
    outer.innerHTML = html;
    document.body.append(outer);
    const known = revived(state);
    const model = { get: (field) => known[field], send() {}, on() {}, off() {} };
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    (await import(url)).default.render({ model, el: outer.querySelector(".view") });
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
}
"""
STYLES = """
(name) => Array.from(document.querySelectorAll(`.outer-${name} *`)).map((node) => {
  const styles = [null, "::before", "::after"].map((part) => {
    const style = getComputedStyle(node, part);
    if (part && style.content === "none") return "";
    return Array.from(style, (property) => `${property}: ${style.getPropertyValue(property)}`);
  });
  let hash = 5381;
  for (const character of styles.flat().join(";")) {
    hash = (Math.imul(hash, 33) ^ character.charCodeAt(0)) >>> 0;
  }
  return [node.tagName, node.getAttribute("class") ?? "", hash];
})
"""
HTML = """
<div class="lm-Widget widget-box reglab reglab-{name}">
  <div class="lm-Widget widget-box reglab-toolbar">
    <button class="lm-Widget jupyter-button reglab-primary">Play</button>
    <div class="lm-Widget widget-inline-hbox widget-dropdown">
      <label class="widget-label">pace</label><select><option>fast</option></select>
    </div>
  </div>
  <div class="lm-Widget widget-box reglab-side"><div class="lm-Widget widget-box reglab-group">
    <div class="lm-Widget reglab-heading">Data</div>
    <button class="lm-Widget jupyter-button reglab-thumb">moons</button>
    <div class="lm-Widget widget-inline-hbox widget-text"><input type="number" value="3"></div>
  </div></div>
  <div class="jupyter-widgets view {classes}"></div>
</div>
"""
CLAIM = {
    "state": "passed",
    "status": "All 1 measurements are as predicted",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4"/></svg>',
    "alt": "A line.",
    "rows": [
        {"mark": "✓", "name": "optimism", "measured": "2.7", "relation": "=", "predicted": "2.7",
         "kind": "expectation", "passed": True}
    ],
}  # fmt: skip


def plain(value):
    """JSON of a view's state, with bytes in base64."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.fixture(scope="module")
def rooms():
    """Each room as the page takes it, in a state with every part of it."""
    session = PopulationSession(in_batches(population()), by="dropout_rate")
    try:
        session.play()
        assert session.wait(60)
        session.brush(4)
        assert session.wait(60)
        counted = pack_whole(session.frame)
    finally:
        session.close()
    frame = story(60, witness=(0, 20), state="paused")
    states = {
        "board": (LiveView(), "reglab-view", {"last": pack_whole(frame)}),
        "population": (PopulationView(), "reglab-view", {"last": counted}),
        "claims": (ClaimView(), "", {"content": CLAIM}),
    }
    return {
        name: {
            "name": name, "esm": view._esm, "css": view._css,
            "html": HTML.format(name=name, classes=classes), "state": json.dumps(plain(state)),
        }
        for name, (view, classes, state) in states.items()
    }  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_sheets_do_not_touch_each_other(sheet, rooms, width):
    theme = ";".join(f"--jp-{name}: {value}" for name, value in LIGHT.items())
    sheet.goto("about:blank")
    sheet.set_viewport_size({"width": width, "height": 900})

    def shown(*names):
        chosen = [rooms[name] for name in names]
        sheet.evaluate(SHOW, {"rooms": chosen, "theme": theme})
        return {name: sheet.evaluate(STYLES, name) for name in names}

    alone = {name: shown(name)[name] for name in rooms}
    assert all(len(elements) > 20 for elements in alone.values())
    for names in (tuple(rooms), tuple(reversed(rooms))):
        together = shown(*names)
        for name in names:
            pairs = zip(alone[name], together[name], strict=True)
            assert [one for one, other in pairs if one != other] == [], (name, names)


def test_a_room_needs_nothing_round_it(sheet, rooms):
    sheet.goto("about:blank")
    sheet.set_viewport_size({"width": 1280, "height": 900})
    bare = {**rooms["board"], "html": '<div class="view"></div>'}
    theme = ";".join(f"--jp-{name}: {value}" for name, value in LIGHT.items())
    sheet.evaluate(SHOW, {"rooms": [bare], "theme": theme})
    badge = sheet.locator(".rl-badge")
    badge.wait_for()
    assert badge.evaluate("(node) => getComputedStyle(node).color") == "rgb(179, 38, 30)"
    box = sheet.locator(".rl-canvas-map").bounding_box()
    assert (box["width"] > 300, box["height"] > 200) == (True, True)
