// The live view of a session: one verdict, three pictures, the board of runs.

import { keyOf } from "./kit/cards.js";
import { countSteps } from "./kit/counter.js";
import { hypothesisWords } from "./kit/describe.js";
import { setAttribute, setText } from "./kit/dom.js";
import { isNumber, percent } from "./kit/format.js";
import { LiveRoom, WORDS_EVERY, render } from "./kit/room.js";
import { emptyStore, nameOf, rowOf } from "./kit/store.js";
import { say } from "./kit/words.js";
import { Board } from "./mitchell/board.js";
import { buildLayout } from "./mitchell/layout.js";
import { Chooser, onCurves, onKeys, onPlane } from "./mitchell/pointer.js";
import { Curves } from "./pictures/curves.js";
import { ImageSheet } from "./pictures/images.js";
import { DecisionMap, mapTitle } from "./pictures/map.js";
import { Notice, noPicture } from "./pictures/notice.js";
import { WitnessPlane } from "./pictures/plane.js";

/** @typedef {import("./kit/store.js").Store} Store */

const BOARD_EVERY = 250;

class Mitchell extends LiveRoom {
  /** @param {import("./kit/link.js").Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "mitchell", "__reglab", { lastStep: 0, changes: 0 });
    /** @type {Store} */
    this.store = emptyStore();
    this.times = { words: -Infinity, board: -Infinity };
    this.state = "";
    const send = (/** @type {object} */ content) => this.send(content);
    this.parts = buildLayout(el, send);
    this.setKey = () => {};
    this.buildPictures(send);
    /** @type {Chooser} */
    this.chooser = new Chooser(this);
    this.parts.chip.addEventListener("click", () => this.chooser.forget());
    this.connect(this.parts.banner);
  }

  /** @param {(content: object) => void} send */
  buildPictures(send) {
    const { map, plane, curves, board } = this.parts;
    this.addSurface("map", map.section);
    /** @type {(entries: [mark: string, words: string][]) => void} */
    this.setKey = keyOf(map.section);
    this.plane = new WitnessPlane();
    this.curves = new Curves();
    /** @type {Record<string, DecisionMap | ImageSheet>} */
    this.painters = { BoundaryView: new DecisionMap(), ImagesView: new ImageSheet() };
    this.notice = new Notice();
    this.board = new Board(board.section, send);
    onPlane(this.addSurface("plane", plane.section), this.plane, this);
    onCurves(this.addSurface("curves", curves.section), this.curves, this);
    for (const name of ["plane", "curves"]) onKeys(this.surfaces[name], this);
  }

  /** @param {Store} frame */
  arrived(frame) {
    super.arrived(frame);
    this.chooser.apply(frame);
  }

  draw() {
    const { store } = this;
    const { picture } = store;
    this.words(this.urgent);
    this.urgent = false;
    if (picture) this.show("map", this.painters[picture.kind], picture);
    else this.show("map", this.notice, { text: noPictureWords(store), onGround: true });
    this.show("plane", this.plane, store);
    this.show("curves", this.curves, store);
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
      this.describe();
    } else {
      const wait = this.times.words + WORDS_EVERY - now;
      this.trailing = setTimeout(() => this.words(false), wait + 5);
    }
  }

  captions() {
    const { store, parts } = this;
    const { picture } = store;
    const what = picture?.what ?? "h";
    setText(parts.map.title, picture ? this.painters[picture.kind].title(what) : mapTitle(what));
    setText(parts.map.sub, mapWords(store, what));
    parts.map.setSwitch(what, Boolean(store.witness));
    this.setKey(picture ? this.painters[picture.kind].key(picture, Boolean(rowOf(store, store.h))) : []);
    const run = store.runs[store.h[0]];
    const name = nameOf(store, store.h[0]);
    setText(parts.curves.title, run ? say("Errors of “{name}”", { name }) : say("Errors"));
    setText(parts.curves.sub, run?.step.length
      ? say("drag along the curve: any step can be h") : say("they appear as training goes on"));
    const pinned = Boolean(run) && store.h[1] < run.step.length - 1;
    parts.chip.classList.toggle("rl-off", !pinned);
    parts.chip.tabIndex = pinned ? 0 : -1;
    setAttribute(parts.chip, "aria-hidden", !pinned);
  }

  describe() {
    const { store, surfaces } = this;
    const { picture } = store;
    surfaces.map.tell(picture ? this.painters[picture.kind].describe(picture) : noPictureWords(store));
    surfaces.plane.tell(this.plane.describe(store));
    surfaces.curves.tell(this.curves.describe(store));
  }

  dispose() {
    clearTimeout(this.trailing);
    super.dispose();
  }
}

/** @param {Store} store @param {string} what */
function mapWords(store, what) {
  if (what === "disagreement" && store.witness) {
    const [h, witness] = [store.h, store.witness].map((address) => hypothesisWords(store, address));
    return say("h: {h} · h′: {witness}", { h, witness });
  }
  const words = hypothesisWords(store, what === "witness" ? store.witness : store.h);
  const unseen = store.picture?.unseen_error;
  if (!isNumber(unseen)) return words;
  return say("{words} · {share} wrong on images not trained on", { words, share: percent(unseen) });
}

/** @param {Store} store */
function noPictureWords(store) {
  return rowOf(store, store.h)
    ? noPicture() : say("The training examples appear here with the first hypothesis.");
}

export default {
  /** @param {{ model: import("./kit/link.js").Model, el: HTMLElement }} place */
  render: (place) => render(Mitchell, place),
};
