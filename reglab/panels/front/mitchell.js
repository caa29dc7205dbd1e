// The live view of a session: one verdict, three pictures, the board of runs.

import { nameControls } from "./kit/aria.js";
import { countSteps } from "./kit/counter.js";
import { Link } from "./kit/link.js";
import { applyFrame, emptyStore, nameOf, readBlobs, rowOf, unpackWhole } from "./kit/store.js";
import { Surface, setAttribute, setText } from "./kit/surface.js";
import { readTheme, watchTheme } from "./kit/theme.js";
import { paintThumbs } from "./kit/thumbs.js";
import { WORDS } from "./kit/words.js";
import { Board } from "./mitchell/board.js";
import { curvesWords, mapWords, noPictureWords, paintWaiting, planeWords } from "./mitchell/describe.js";
import { buildLayout, keyOf, mapKey } from "./mitchell/layout.js";
import { Chooser, onCurves, onKeys, onPlane } from "./mitchell/pointer.js";
import { Curves } from "./pictures/curves.js";
import { ImageSheet } from "./pictures/images.js";
import { DecisionMap } from "./pictures/map.js";
import { WitnessPlane } from "./pictures/plane.js";

const WORDS_EVERY = 1000;
const BOARD_EVERY = 250;
const CALM_EVERY = 500;

class View {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.store = emptyStore();
    this.times = { words: -Infinity, board: -Infinity, paint: -Infinity };
    this.counters = { painted: 0, acked: 0, seq: 0, lastStep: 0, resets: 0, paintMs: 0, banner: "", changes: 0 };
    (window.__reglab ??= []).push(this.counters);
    this.parts = buildLayout(el, (content) => this.link.send(content));
    this.buildPictures();
    this.chooser = new Chooser(this);
    this.parts.chip.addEventListener("click", () => this.chooser.forget());
    this.stops = [];
    this.restore();
    this.link = new Link(model, {
      onFrame: (content, blobs) => this.take(content, blobs),
      onSilence: (kind) => this.sayBanner(kind),
    });
    // A view is made before it is put into the page, where alone it has colours, size and root.
    this.placed = new ResizeObserver(() => {
      if (!this.root && el.isConnected) this.start();
    });
    this.placed.observe(el);
  }

  start() {
    this.root = this.el.closest(".reglab") ?? this.el;
    this.theme = readTheme(this.el, new Set([this.root, this.el]));
    for (const surface of Object.values(this.surfaces)) surface.fit();
    this.listen();
    this.repaint(true);
  }

  buildPictures() {
    const resized = () => this.repaint(true);
    const { map, plane, curves, board } = this.parts;
    this.surfaces = {
      map: new Surface(map.section, "rl-canvas-map", resized),
      plane: new Surface(plane.section, "rl-canvas-plane", resized),
      curves: new Surface(curves.section, "rl-canvas-curves", resized),
    };
    map.setKey = keyOf(map.section);
    this.map = new DecisionMap();
    this.images = new ImageSheet();
    this.plane = new WitnessPlane();
    this.curves = new Curves();
    this.board = new Board(board.section, (content) => this.link.send(content));
  }

  listen() {
    onPlane(this.surfaces.plane, this.plane, this);
    onCurves(this.surfaces.curves, this.curves, this);
    onKeys(this.surfaces.plane, this);
    onKeys(this.surfaces.curves, this);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    const thumbs = () => paintThumbs(this.root, this.model.get("thumbnails"), this.theme);
    this.thumbs = thumbs;
    this.model.on("change:thumbnails", thumbs);
    let themed = 0;
    const stopTheme = watchTheme(() => {
      cancelAnimationFrame(themed);
      themed = requestAnimationFrame(() => this.rethemed());
    });
    const stopNames = nameControls(this.root, this.el, thumbs);
    const seen = () => document.visibilityState === "visible" && this.repaint(true);
    document.addEventListener("visibilitychange", seen);
    this.stops.push(() => document.removeEventListener("visibilitychange", seen));
    this.stops.push(stopTheme, stopNames, () => this.model.off("change:thumbnails", thumbs));
    thumbs();
  }

  rethemed() {
    const theme = readTheme(this.el, new Set([this.root, this.el]));
    if (theme.id === this.theme.id) return;
    this.theme = theme;
    this.thumbs();
    this.repaint(true);
  }

  // The picture saved with the notebook, until the kernel sends a newer one.
  restore() {
    const saved = this.model.get("last");
    if (!saved?.byteLength) return;
    const { content, buffers } = unpackWhole(saved);
    readBlobs(content, buffers).then((blobs) => {
      if (this.store.seq !== null) return;
      applyFrame(this.store, content, blobs);
      this.store.seq = null;
      this.repaint(true);
    }).catch((error) => console.error("reglab: unreadable saved picture", error));
  }

  take(content, blobs) {
    if (!applyFrame(this.store, content, blobs)) return false;
    if (content.reset) this.counters.resets += 1;
    this.counters.seq = content.seq;
    this.chooser.apply(this.store);
    this.repaint(content.reset, content.seq);
    return true;
  }

  // One picture a screen refresh at most; two a second where less motion is wanted.
  repaint(urgent, seq) {
    if (seq !== undefined) this.owed = seq;
    this.urgent ||= urgent;
    if (document.visibilityState === "hidden" || !this.el.isConnected || !this.root) {
      clearTimeout(this.later);
      this.later = setTimeout(() => this.acknowledge(), 400);
      return;
    }
    if (this.scheduled) return;
    this.scheduled = true;
    const wait = this.urgent || !this.calm?.matches ? 0 : this.times.paint + CALM_EVERY - performance.now();
    const soon = () => requestAnimationFrame(() => this.paint());
    if (wait > 0) setTimeout(soon, wait);
    else soon();
  }

  paint() {
    this.scheduled = false;
    const start = performance.now();
    this.times.paint = start;
    try {
      this.words(this.urgent);
      this.urgent = false;
      this.pictures();
      this.counters.painted += 1;
      this.counters.lastStep = this.store.status.step;
      countSteps(this.root, this.store.status);
      this.counters.changes = this.store.labels[this.store.h[0]]?.changes?.length ?? 0;
      this.counters.paintMs = performance.now() - start;
    } finally {
      // A fault in one picture must not stop the kernel's frames.
      this.acknowledge();
    }
  }

  acknowledge() {
    if (this.owed === undefined) return;
    this.counters.acked = this.owed;
    this.link.send({ kind: "ack", seq: this.owed, painted: this.counters.painted });
    this.owed = undefined;
  }

  pictures() {
    const { store, theme, surfaces } = this;
    surfaces.map.paint((context, width, height, ratio) => {
      if (!store.picture) paintWaiting(context, width, height, store, theme);
      else if (store.picture.kind === "images") this.images.paint(context, width, height, store, theme);
      else this.map.paint(context, width, height, ratio, store, theme);
    });
    surfaces.plane.paint((context, width, height, ratio) => {
      this.plane.paint(context, width, height, ratio, store, theme);
    });
    surfaces.curves.paint((context, width, height) => {
      this.curves.paint(context, width, height, store, theme);
    });
  }

  // Live text changes once a second at most, but at once where the state or the verdict changes.
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
    const picture = store.picture;
    const what = picture?.what ?? "h";
    const titles = picture?.kind === "images" ? WORDS.imagesTitle : WORDS.mapTitle;
    setText(parts.map.title, titles[what] ?? titles.h);
    setText(parts.map.sub, mapWords(store, what));
    parts.map.setSwitch(what, Boolean(store.witness));
    parts.map.setKey(mapKey(picture, store.blobs.has("bayes"), Boolean(rowOf(store, store.h)), store));
    const run = store.runs[store.h[0]];
    setText(parts.curves.title, run ? `Errors of “${nameOf(store, store.h[0])}”` : "Errors");
    setText(parts.curves.sub, run?.n ? "drag along the curve: any step can be h" : "they appear as training goes on");
    const pinned = Boolean(run?.n) && store.h[1] < run.n - 1;
    parts.chip.classList.toggle("rl-off", !pinned);
    parts.chip.tabIndex = pinned ? 0 : -1;
    setAttribute(parts.chip, "aria-hidden", !pinned);
  }

  describe() {
    const { store, surfaces } = this;
    const picture = store.picture;
    const drawn = picture?.kind === "images" ? this.images : this.map;
    surfaces.map.say(picture ? drawn.describe(store) : noPictureWords(store));
    surfaces.plane.say(planeWords(store));
    surfaces.curves.say(curvesWords(store));
  }

  sayBanner(kind) {
    this.counters.banner = this.parts.banner.say(kind);
  }

  dispose() {
    this.link.dispose();
    this.placed.disconnect();
    clearTimeout(this.trailing);
    clearTimeout(this.later);
    for (const stop of this.stops) stop();
    for (const surface of Object.values(this.surfaces)) surface.dispose();
    window.__reglab.splice(window.__reglab.indexOf(this.counters), 1);
  }
}

function render({ model, el }) {
  const view = new View(model, el);
  return () => view.dispose();
}

export default { render };
