// The live view of a session: one verdict, the pictures of its cards, the board of runs.

import { countSteps } from "./kit/counter.js";
import { setAttribute } from "./kit/dom.js";
import { noPicture } from "./kit/notice.js";
import { LiveRoom, WORDS_EVERY, render } from "./kit/room.js";
import { emptyStore, rowOf } from "./kit/store.js";
import { say } from "./kit/words.js";
import { RunTable } from "./board/runs.js";
import { buildLayout, followChip, mapSwitch } from "./board/layout.js";
import { Chooser, onCurves, onKeys, onPlane } from "./board/pointer.js";

/** @typedef {import("./kit/store.js").Store} Store */

const BOARD_EVERY = 250;

class Board extends LiveRoom {
  /**
   * @param {import("./kit/link.js").Model} model @param {HTMLElement} el
   * @param {import("./kit/gallery.js").Pictures[]} cards
   */
  constructor(model, el, cards) {
    super(model, el, "board", "__reglab", { lastStep: 0, changes: 0 });
    /** @type {Store} */
    this.store = emptyStore();
    this.times = { words: -Infinity, board: -Infinity };
    this.state = "";
    const send = (/** @type {object} */ content) => this.send(content);
    this.parts = buildLayout(el, send, (view) => this.addCards(view, cards, ["map", "plane"]));
    this.board = new RunTable(this.parts.board.section, send);
    /** @type {Chooser} */
    this.chooser = new Chooser(this);
    this.setSwitch = this.cards.map && mapSwitch(this.cards.map.parts.head, send);
    this.listenToPictures(send);
    this.connect(this.parts.banner);
  }

  /** @param {(content: object) => void} send */
  listenToPictures(send) {
    const { plane, curves } = this.cards;
    if (plane) onPlane(plane.surface, /** @type {any} */ (plane.painters.plane), this);
    if (curves) {
      onCurves(curves.surface, /** @type {any} */ (curves.painters.curves), this);
      this.chip = followChip(curves.parts.head, send);
      this.chip.addEventListener("click", () => this.chooser.forget());
    }
    for (const one of [plane, curves]) if (one) onKeys(one.surface, this);
  }

  /** @param {Store} frame */
  arrived(frame) {
    super.arrived(frame);
    this.chooser.apply(frame);
  }

  draw() {
    const { store } = this;
    this.words(this.urgent);
    this.urgent = false;
    this.paintCards();
    countSteps(this.root, store.status);
    this.counters.lastStep = store.status.step;
    this.counters.changes = store.runs[store.h[0]]?.changes.length ?? 0;
  }

  /**
   * Live text changes once a second at most, but at once where the state or the verdict changes.
   * @param {boolean} urgent
   */
  words(urgent) {
    const { store } = this;
    const now = performance.now();
    const state = `${store.status.state}|${store.verdict.code}`;
    const due = now - this.times.words >= WORDS_EVERY || state !== this.state;
    if (urgent || due || now - this.times.board >= BOARD_EVERY) {
      this.times.board = now;
      this.captions();
      this.board.update(store, this.theme);
    }
    clearTimeout(this.trailing);
    if (due) {
      this.times.words = now;
      this.state = state;
      this.parts.verdict.update(store);
      this.tellCards();
    } else {
      const wait = this.times.words + WORDS_EVERY - now;
      this.trailing = setTimeout(() => this.words(false), wait + 5);
    }
  }

  captions() {
    const { store } = this;
    this.captionCards();
    this.setSwitch?.(this.cards.map.view(store)?.what ?? "h", Boolean(store.witness));
    if (!this.chip) return;
    const pinned = store.h[1] < (store.runs[store.h[0]]?.step.length ?? 0) - 1;
    this.chip.classList.toggle("rl-off", !pinned);
    this.chip.tabIndex = pinned ? 0 : -1;
    setAttribute(this.chip, "aria-hidden", !pinned);
  }

  absent() {
    return rowOf(this.store, this.store.h)
      ? noPicture() : say("The training examples appear here with the first hypothesis.");
  }

  dispose() {
    clearTimeout(this.trailing);
    super.dispose();
  }
}

export default {
  /** @param {import("./kit/room.js").Place} place */
  render: (place) => render(Board, place),
};
