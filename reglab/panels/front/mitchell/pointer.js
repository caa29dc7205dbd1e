// Choosing a hypothesis: click a dot, drag along the curve, or use the arrow keys.

import { nearestDot, nearestRowAt } from "../kit/rows.js";
import { rowOf } from "../kit/store.js";

const GAP = 80;

// Sends at most one choice in 80 ms, and always the last one.
export class Chooser {
  constructor(view) {
    this.view = view;
    this.sent = 0;
    this.timer = 0;
    this.wish = null;
  }

  choose(run, row) {
    const { store } = this.view;
    if (!store.runs[run] || row < 0 || row >= store.runs[run].n) return;
    if (store.h[0] === run && store.h[1] === row) return;
    this.wish = { h: [run, row], until: performance.now() + 1200 };
    this.apply(store);
    this.view.repaint(true);
    clearTimeout(this.timer);
    const wait = Math.max(0, this.sent + GAP - performance.now());
    this.timer = setTimeout(() => this.flush(run, row), wait);
  }

  flush(run, row) {
    this.sent = performance.now();
    this.view.link.send({ kind: "select", run, row });
  }

  forget() {
    this.wish = null;
    clearTimeout(this.timer);
  }

  // Until the kernel has answered, the choice is shown as if it had.
  apply(store) {
    if (!this.wish) return;
    const [run, row] = this.wish.h;
    const answered = store.h[0] === run && store.h[1] === row && this.wish.shown;
    if (answered || performance.now() > this.wish.until || !(store.runs[run]?.n > row)) {
      this.wish = null;
      return;
    }
    this.wish.shown = true;
    store.h = this.wish.h;
    const [h, witness] = [rowOf(store, store.h), rowOf(store, store.witness)];
    const holds = h && witness && witness.train > h.train && witness.high < h.low;
    if (!holds) store.witness = null;
  }
}

export function onKeys(surface, view) {
  surface.canvas.addEventListener("keydown", (event) => {
    const [run, row] = view.store.h;
    const last = (view.store.runs[run]?.n ?? 0) - 1;
    const step = event.shiftKey ? 10 : 1;
    const target = {
      ArrowLeft: Math.max(0, row - step), ArrowRight: Math.min(last, row + step), Home: 0, End: last,
    }[event.key];
    if (target === undefined || last < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    view.chooser.choose(run, target);
  });
}

function pointIn(event) {
  const box = event.currentTarget.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

export function onPlane(surface, plane, view) {
  const { canvas } = surface;
  const reach = (event) => (event.pointerType === "touch" ? 20 : 12);
  const near = (event) => plane.x && nearestDot(view.store, plane, ...pointIn(event), reach(event));
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const found = near(event);
    canvas.style.cursor = found ? "pointer" : "";
    if (String(found) === String(plane.hovered)) return;
    plane.hovered = found;
    view.repaint(true);
  });
  canvas.addEventListener("pointerleave", () => {
    if (plane.hovered) view.repaint(true);
    plane.hovered = null;
  });
  canvas.addEventListener("click", (event) => {
    const found = near(event);
    if (found) view.chooser.choose(...found);
  });
}

export function onCurves(surface, curves, view) {
  const { canvas } = surface;
  const follow = (event) => {
    const run = view.store.runs[view.store.h[0]];
    if (!run?.n || !curves.x) return;
    const step = curves.x.invert(pointIn(event)[0]);
    view.chooser.choose(view.store.h[0], nearestRowAt(run, step));
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    follow(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) follow(event);
  });
}
