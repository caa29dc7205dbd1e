// What every room does: colours, sizes, names of the controls, one picture a screen refresh.

import { PictureCard } from "./gallery.js";
import { nameControls } from "./controls.js";
import { Line, sendTo } from "./link.js";
import { noPicture } from "./notice.js";
import { Surface } from "./surface.js";
import { readTheme, watchTheme } from "./theme.js";
import { paintThumbs } from "./thumbs.js";
import { Mirror, bodyOf, unpackWhole } from "./wire.js";
import { languageCode, speak } from "./words.js";

/** How often live text may change, in milliseconds. */
export const WORDS_EVERY = 1000;
const CALM_EVERY = 500;
const HIDDEN_EVERY = 400;

/** A view in a page; a room says what it draws and how it answers the kernel. */
export class Room {
  /**
   * @param {import("./link.js").Model} model @param {HTMLElement} el
   * @param {string} name of the room; its style sheet holds below elements of class reglab-<name>
   * @param {Record<string, any>} counters what a test can read
   */
  constructor(model, el, name, counters) {
    this.model = model;
    this.el = el;
    this.counters = counters;
    el.classList.add(`reglab-${name}`);
    /** @type {HTMLElement | null} */
    this.root = null;
    /** @type {import("./theme.js").Theme} */
    this.theme = undefined;
    /** @type {Record<string, Surface>} */
    this.surfaces = {};
    /** @type {(() => void)[]} */
    this.stops = [];
    this.urgent = false;
    this.scheduled = false;
    this.painted = -Infinity;
    /** @type {number | undefined} */
    this.owed = undefined; // the message that the kernel wants to hear of
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    // A view is made before it is put into the page, where alone it has colours, size and root.
    const placed = new ResizeObserver(() => {
      if (!this.root && el.isConnected) this.start();
    });
    placed.observe(el);
    this.stops.push(() => placed.disconnect());
  }

  /** @param {string} name @param {Element} parent */
  addSurface(name, parent) {
    this.surfaces[name] = new Surface(parent, `rl-canvas-${name}`, () => this.repaint(true));
    return this.surfaces[name];
  }

  start() {
    this.root = this.el.closest(".reglab") ?? this.el;
    if (languageCode()) this.root.lang = languageCode();
    this.retheme();
    for (const surface of Object.values(this.surfaces)) surface.fit();
    this.listen();
    this.repaint(true);
  }

  retheme() {
    this.theme = readTheme(this.el, new Set([this.root, this.el]));
  }

  listen() {
    const thumbs = () => paintThumbs(this.root, this.model.get("thumbnails"), this.theme);
    this.model.on("change:thumbnails", thumbs);
    let themed = 0;
    const stopTheme = watchTheme(() => {
      cancelAnimationFrame(themed);
      themed = requestAnimationFrame(() => {
        const { id } = this.theme;
        this.retheme();
        if (this.theme.id === id) return;
        thumbs();
        this.repaint(true);
      });
    });
    const seen = () => document.visibilityState === "visible" && this.repaint(true);
    document.addEventListener("visibilitychange", seen);
    this.stops.push(stopTheme, nameControls(this.root, this.el, thumbs));
    this.stops.push(() => this.model.off("change:thumbnails", thumbs));
    this.stops.push(() => document.removeEventListener("visibilitychange", seen));
    thumbs();
  }

  /**
   * One picture a screen refresh at most; two a second where less motion is wanted.
   * @param {boolean} urgent whether all words are due too
   * @param {number} [owed] number of the message that is answered when it is painted
   */
  repaint(urgent, owed) {
    if (owed !== undefined) this.owed = owed;
    this.urgent ||= urgent;
    if (document.visibilityState === "hidden" || !this.el.isConnected || !this.root) {
      // A hidden page paints no frames, but the kernel waits for an answer.
      clearTimeout(this.later);
      this.later = setTimeout(() => this.acknowledge(), HIDDEN_EVERY);
      return;
    }
    if (this.scheduled) return;
    this.scheduled = true;
    const wait = this.urgent || !this.calm.matches ? 0 : this.painted + CALM_EVERY - performance.now();
    const soon = () => requestAnimationFrame(() => this.paint());
    if (wait > 0) setTimeout(soon, wait);
    else soon();
  }

  paint() {
    this.scheduled = false;
    this.painted = performance.now();
    try {
      this.draw();
      this.counters.painted += 1;
      this.counters.paintMs = performance.now() - this.painted;
    } finally {
      // A fault in one picture must not stop the kernel's frames.
      this.acknowledge();
    }
  }

  /** Shows what is known, in words and pictures. */
  draw() {}

  /**
   * @template V
   * @param {string} name of a surface
   * @param {import("./surface.js").Painter<V>} painter @param {V} view
   */
  show(name, painter, view) {
    this.surfaces[name].paint((sheet) => painter.paint(sheet, view, this.theme));
  }

  acknowledge() {
    if (this.owed === undefined) return;
    this.counters.acked = this.owed;
    this.send({ kind: "ack", seq: this.owed });
    this.owed = undefined;
  }

  /** @param {object} content */
  send(content) {
    sendTo(this.model, content);
  }

  dispose() {
    clearTimeout(this.later);
    for (const stop of this.stops) stop();
    for (const surface of Object.values(this.surfaces)) surface.dispose();
  }
}

/** A room that shows the frames of a session. */
export class LiveRoom extends Room {
  /**
   * @param {import("./link.js").Model} model @param {HTMLElement} el
   * @param {string} name of the room
   * @param {string} list of the page, where tests find the counters
   * @param {Record<string, any>} counters of its own
   */
  constructor(model, el, name, list, counters) {
    super(model, el, name, { painted: 0, acked: 0, seq: 0, resets: 0, paintMs: 0, banner: "", ...counters });
    el.classList.add("reglab-view");
    this.stops.push(listCounters(list, this.counters));
    /** @type {any} */
    this.store = null; // the newest frame; nothing is painted before there is one
    /** @type {Record<string, PictureCard>} by the name of the first picture in it */
    this.cards = {};
  }

  /**
   * @param {Element} parent @param {import("./gallery.js").Pictures[]} cards
   * @param {string[]} stacked names of the cards whose note stands under the title
   */
  addCards(parent, cards, stacked = []) {
    for (const pictures of cards) {
      const inline = !stacked.includes(pictures[0][0]);
      const made = new PictureCard(parent, pictures, inline, () => this.repaint(true));
      this.cards[made.name] = made;
      this.surfaces[made.name] = made.surface;
    }
  }

  /** @returns {string} what is said where there is no picture */
  absent() {
    return noPicture();
  }

  paintCards() {
    for (const one of Object.values(this.cards)) one.paint(this.store, this.theme, this.absent());
  }

  captionCards() {
    for (const one of Object.values(this.cards)) one.caption(this.store);
  }

  tellCards() {
    for (const one of Object.values(this.cards)) one.tell(this.store, this.absent());
  }

  /** @param {boolean} urgent @param {number} [owed] */
  repaint(urgent, owed) {
    if (this.store) super.repaint(urgent, owed);
  }

  /**
   * Shows the picture saved with the notebook, until the kernel sends a newer one.
   * @param {import("./headline.js").Banner} banner
   */
  connect(banner) {
    this.line = new Line(this.model, {
      onFrame: (frame, { reset, seq }) => {
        if (reset) this.counters.resets += 1;
        this.counters.seq = seq;
        this.arrived(frame);
        this.repaint(reset, seq);
      },
      onSilence: (kind) => {
        this.counters.banner = banner.tell(kind);
      },
    });
    this.stops.push(() => this.line.dispose());
    const saved = this.model.get("last");
    if (!saved?.byteLength) return;
    const { content, buffers } = unpackWhole(saved);
    bodyOf(content, buffers).then((body) => {
      if (this.line.isFed) return;
      this.arrived(new Mirror().take(content, body));
      this.repaint(true);
    }).catch((error) => console.error("reglab: unreadable saved picture", error));
  }

  /**
   * Takes a frame, before it is painted.
   * @param {any} frame
   */
  arrived(frame) {
    this.store = frame;
  }
}

/**
 * Where a room is shown, and its cards, which the bundler gives it.
 * @typedef {{ model: import("./link.js").Model, el: HTMLElement,
 *   cards?: import("./gallery.js").Pictures[] }} Place
 */

/**
 * Shows a room in a page, and builds it anew where the language changes; returns what ends it.
 * @param {new (model: import("./link.js").Model, el: HTMLElement,
 *   cards: import("./gallery.js").Pictures[]) => Room} Kind
 * @param {Place} place
 */
export function render(Kind, { model, el, cards = [] }) {
  speak(model.get("words"));
  let room = new Kind(model, el, cards);
  const changed = () => {
    room.dispose();
    el.replaceChildren();
    speak(model.get("words"));
    room = new Kind(model, el, cards);
  };
  model.on("change:words", changed);
  return () => {
    model.off("change:words", changed);
    room.dispose();
  };
}

/**
 * Puts counters into a list of the page's, where tests find them; returns what takes them out.
 * @param {string} name of the list
 * @param {object} counters
 */
function listCounters(name, counters) {
  const page = /** @type {Record<string, any>} */ (/** @type {unknown} */ (window));
  page[name] ??= [];
  page[name].push(counters);
  return () => {
    page[name] = page[name].filter((/** @type {object} */ other) => other !== counters);
  };
}
