// Choosing a hypothesis: click a dot, drag along the curve, or use the arrow keys.

import { nearestRowAt } from "../kit/rows.js";
import { rowOf } from "../kit/store.js";

/** @typedef {import("../kit/store.js").Store} Store */
/** @typedef {import("../kit/store.js").Address} Address */

/**
 * What choosing needs of a view.
 * @typedef {{ store: Store, chooser: Chooser, repaint: (urgent: boolean) => void,
 *   send: (content: object) => void }} View
 */

const GAP = 80;

/** Sends at most one choice in 80 ms, and always the last one. */
export class Chooser {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.sent = 0;
    /** @type {{ h: Address, until: number, shown?: boolean } | null} */
    this.wish = null;
  }

  /** @param {number} run @param {number} row */
  choose(run, row) {
    const { store } = this.view;
    if (!store.runs[run] || row < 0 || row >= store.runs[run].step.length) return;
    if (store.h[0] === run && store.h[1] === row) return;
    this.wish = { h: [run, row], until: performance.now() + 1200 };
    this.apply(store);
    this.view.repaint(true);
    clearTimeout(this.timer);
    const wait = Math.max(0, this.sent + GAP - performance.now());
    this.timer = setTimeout(() => this.flush(run, row), wait);
  }

  /** @param {number} run @param {number} row */
  flush(run, row) {
    this.sent = performance.now();
    this.view.send({ kind: "select", run, row });
  }

  forget() {
    this.wish = null;
    clearTimeout(this.timer);
  }

  /**
   * Until the kernel has answered, the choice is shown as if it had.
   * @param {Store} store
   */
  apply(store) {
    if (!this.wish) return;
    const [run, row] = this.wish.h;
    const answered = store.h[0] === run && store.h[1] === row && this.wish.shown;
    if (answered || performance.now() > this.wish.until || !(store.runs[run]?.step.length > row)) {
      this.wish = null;
      return;
    }
    this.wish.shown = true;
    const shown = [store, ...Object.values(store.pictures)].filter((view) => view?.h);
    for (const view of shown) view.h = this.wish.h;
    const [h, witness] = [rowOf(store, store.h), rowOf(store, store.witness)];
    const holds = h && witness && witness.train_error > h.train_error && witness.true_high < h.true_low;
    if (!holds) for (const view of shown) view.witness = null;
  }
}

/**
 * The row that a key leads to, of so many; undefined where it leads nowhere.
 * @param {KeyboardEvent} event @param {number} row @param {number} count @returns {number | undefined}
 */
export function rowAfter(event, row, count) {
  if (!count || event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const step = event.shiftKey ? 10 : 1;
  /** @type {Record<string, number>} */
  const targets = {
    ArrowLeft: Math.max(0, row - step), ArrowRight: Math.min(count - 1, row + step), Home: 0, End: count - 1,
  };
  return targets[event.key];
}

/** @param {import("../kit/surface.js").Surface} surface @param {View} view */
export function onKeys(surface, view) {
  surface.canvas.addEventListener("keydown", (event) => {
    const [run, row] = view.store.h;
    const target = rowAfter(event, row, view.store.runs[run]?.step.length ?? 0);
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    view.chooser.choose(run, target);
  });
}

/** @param {PointerEvent | MouseEvent} event @param {Element} node @returns {[x: number, y: number]} */
function pointIn(event, node) {
  const box = node.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/**
 * @param {import("../kit/surface.js").Surface} surface
 * @param {import("../pictures/plane.js").Painter} plane @param {View} view
 */
export function onPlane({ canvas }, plane, view) {
  const near = (/** @type {MouseEvent} */ event) => {
    const reach = event instanceof PointerEvent && event.pointerType === "touch" ? 20 : 12;
    return plane.frame ? plane.nearest(view.store, ...pointIn(event, canvas), reach) : null;
  };
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

/**
 * @param {import("../kit/surface.js").Surface} surface
 * @param {import("../pictures/curves.js").Painter} curves @param {View} view
 */
export function onCurves({ canvas }, curves, view) {
  const follow = (/** @type {PointerEvent} */ event) => {
    const run = view.store.runs[view.store.h[0]];
    if (!run?.step.length) return;
    const step = curves.x.invert(pointIn(event, canvas)[0]);
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
