// Choosing a run: a click, the arrow keys; readers hear of a list box.

import { make, setAttribute, setText } from "../kit/dom.js";

/** @typedef {import("../kit/population.js").Population} Population */

/**
 * What the list needs of a view.
 * @typedef {{ store: Population, repaint: (urgent: boolean) => void,
 *   send: (content: object) => void }} View
 */

/** The canvas is a list box: one option, the run that is chosen, stands for all of them. */
export class DotList {
  /**
   * @param {import("../kit/surface.js").Surface} surface
   * @param {import("../pictures/ends.js").Painter} plane @param {View} view
   */
  constructor(surface, plane, view) {
    this.surface = surface;
    this.plane = plane;
    this.view = view;
    /** @type {number | undefined} */
    this.wish = undefined;
    const { canvas } = surface;
    canvas.setAttribute("role", "listbox");
    this.option = make("div", "", canvas);
    this.option.id = `rl-option-${Math.random().toString(36).slice(2)}`;
    this.option.setAttribute("role", "option");
    this.option.setAttribute("aria-selected", "false");
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("click", (event) => this.click(event));
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => this.plane.frame && this.setHovered(null));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { order } = this.plane;
    if (!order.length || event.altKey || event.ctrlKey || event.metaKey) return;
    const now = order.indexOf(this.chosen());
    const step = event.shiftKey ? 10 : 1;
    const last = order.length - 1;
    const [next, before] = [Math.min(last, now + step), Math.max(0, now - step)];
    /** @type {Record<string, number>} */
    const targets = {
      ArrowRight: next, ArrowDown: next, ArrowLeft: before, ArrowUp: before, Home: 0, End: last,
    };
    if (event.key === "Escape") this.view.send({ kind: "forget" });
    else if (targets[event.key] === undefined) return;
    else this.pick(order[targets[event.key]]);
    event.preventDefault();
    event.stopPropagation();
  }

  chosen() {
    const { brushed, plane } = this.view.store;
    return this.wish ?? (brushed ? plane.run.indexOf(brushed.run) : -1);
  }

  /** @param {number} i */
  pick(i) {
    this.wish = i;
    this.view.send({ kind: "pick", run: this.view.store.plane.run[i] });
    this.tell();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const [x, y] = [event.offsetX, event.offsetY];
    const { plane } = this;
    if (!plane.frame) return;
    if (this.view.store.plane.density) {
      this.view.send({ kind: "near", train_error: plane.x.invert(x), true_error: plane.y.invert(y) });
      return;
    }
    const reach = event instanceof PointerEvent && event.pointerType === "touch" ? 24 : 14;
    const found = plane.nearest(x, y, reach);
    if (found !== null) this.pick(found);
  }

  /** @param {PointerEvent} event */
  hover(event) {
    if (event.pointerType === "touch" || !this.plane.frame) return;
    this.setHovered(this.plane.nearest(event.offsetX, event.offsetY, 14));
  }

  /** @param {number | null} found */
  setHovered(found) {
    this.surface.canvas.style.cursor = found === null && !this.view.store.plane.density ? "" : "pointer";
    if (found === this.plane.hovered) return;
    this.plane.hovered = found;
    this.view.repaint(false);
  }

  arrived() {
    this.wish = undefined;
    this.tell();
  }

  tell() {
    const { canvas } = this.surface;
    const { store } = this.view;
    const chosen = this.chosen();
    if (chosen < 0 || chosen >= store.plane.run.length) {
      canvas.removeAttribute("aria-activedescendant");
      setText(this.option, "");
      return;
    }
    setAttribute(canvas, "aria-activedescendant", this.option.id);
    setAttribute(this.option, "aria-selected", "true");
    setAttribute(this.option, "aria-posinset", this.plane.order.indexOf(chosen) + 1);
    setAttribute(this.option, "aria-setsize", store.plane.run.length);
    setText(this.option, this.plane.optionWords(store, chosen));
  }
}
