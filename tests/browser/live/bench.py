"""The live view alone: a page with a model of its own, tied to a ``LiveView`` of this process."""

import base64
import json

from reglab.panels.board.view import LiveView

LIGHT = {
    "layout-color0": "#fff",
    "ui-font-color0": "#000",
    "ui-font-color1": "rgba(0,0,0,.87)",
    "brand-color1": "#1976d2",
}
DARK = {
    "layout-color0": "#111",
    "ui-font-color0": "#fff",
    "ui-font-color1": "rgba(255,255,255,.87)",
    "brand-color1": "#2196f3",
}
PAGE = """
async ({ esm, css, state, width, theme, frame }) => {
  document.head.innerHTML = "<style></style><style></style>";
  document.head.children[0].textContent = css;
  document.body.innerHTML = frame;
  document.body.style.cssText = "margin: 0; background: var(--jp-layout-color0)";
  const colors = Object.entries(theme).map(([name, value]) => `--jp-${name}: ${value}`);
  document.head.children[1].textContent = `:root { ${colors.join(";")} }`;
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const listeners = {};
  const out = [];
  const model = {
    get: (name) => state[name],
    set: () => {},
    save_changes: () => {},
    send: (content) => { if (!window.bench.deaf) out.push(content); },
    on: (name, call) => (listeners[name] ??= new Set()).add(call),
    off: (name, call) => listeners[name]?.delete(call),
  };
  if (state.last) state.last = bytes(state.last);
  window.bench = {
    model, deaf: false,
    drain: () => out.splice(0),
    change: (name, value) => {
      state[name] = value;
      for (const call of listeners[`change:${name}`] ?? []) call();
    },
    deliver: (messages) => {
      for (const [content, buffers] of messages) {
        for (const call of listeners["msg:custom"] ?? []) call(content, buffers.map(bytes));
      }
    },
  };
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  window.bench.ends = Array.from(document.querySelectorAll(".reglab-view")).map((el) => {
    el.closest(".outer").style.width = `${width}px`;
    return widget.render({ model, el });
  });
}
"""
ALONE = '<div class="outer"><div class="jupyter-widgets reglab-view"></div></div>'

PANEL = """
<div class="outer"><div class="lm-Widget widget-box reglab reglab-board">
  <div class="lm-Widget widget-box reglab-side">
    <button class="lm-Widget jupyter-button reglab-thumb reglab-thumb-moons">moons</button>
    <div class="lm-Widget widget-hslider widget-slider widget-inline-hbox">
      <label class="widget-label">training examples</label>
      <div class="slider-container"><div class="noUi-target"><div class="noUi-handle" role="slider"
        aria-valuemin="0" aria-valuemax="8" aria-valuenow="2" aria-valuetext="2"></div></div></div>
      <div class="widget-readout">60</div>
    </div>
  </div>
  <div class="jupyter-widgets reglab-view"></div>
</div></div>
"""


class Bench:
    """A page that shows a ``LiveView``; ``pump`` carries messages between the two.

    Args:
        page: a Playwright page.
        width: of the element round the view, in CSS pixels.
        theme: JupyterLab's variables.
        body: the page; each ``.reglab-view`` in it is one display of the same widget.
        last: a saved picture.
        language: of the view.
    """

    def __init__(
        self, page, *, width=848, theme=LIGHT, body=ALONE, last=b"", thumbnails=None, language=None
    ):
        self.page = page
        self.view = LiveView(language=language)
        self._words = self.view.words
        self.view.send = self._collect
        self.actions, self.sent, self._waiting = [], [], []
        self.view.on_action(self.actions.append)
        state = {"thumbnails": thumbnails or {}, "words": self._words}
        state["last"] = base64.b64encode(last).decode()
        self.page.evaluate(
            PAGE,
            {
                "esm": self.view._esm,
                "css": self.view._css,
                "state": state,
                "width": width,
                "theme": theme,
                "frame": body,
            },
        )

    def _collect(self, content, buffers=None):
        self.sent.append((content, buffers or []))
        self._waiting.append((json.loads(json.dumps(content)), buffers or []))

    def pump(self):
        """Carries what waits in either direction, once."""
        for content in self.page.evaluate("bench.drain()"):
            self.view._receive(self.view, content, [])
        if self.view.words is not self._words:
            self._words = self.view.words
            self.page.evaluate("(words) => bench.change('words', words)", self._words)
        waiting, self._waiting = self._waiting, []
        encoded = [[c, [base64.b64encode(b).decode() for b in bs]] for c, bs in waiting]
        self.page.evaluate("(messages) => bench.deliver(messages)", encoded)

    def settle(self, rounds=100):
        """Pumps until every frame sent has been acknowledged."""
        for _ in range(rounds):
            self.pump()
            self.page.wait_for_timeout(10)
            sender = self.view._sender
            if sender._acknowledged == sender._seq > 0 and sender._latest is sender._sent:
                self.page.wait_for_timeout(20)
                return
        raise AssertionError("the view did not acknowledge")

    def show(self, frame):
        """Shows a frame and waits until it is painted."""
        self.view.show(frame)
        self.settle()

    def later(self, milliseconds):
        """Puts the page's clock forward; its timers still fire when they fire."""
        self.page.evaluate("(milliseconds) => { window.ahead += milliseconds; }", milliseconds)

    @property
    def counters(self):
        """What each display of the view has counted."""
        return self.page.evaluate("window.__reglab")
