// The view of a population: a headline, four pictures, the run that is looked at.

import { nameControls } from "./kit/aria.js";
import { examples, tied } from "./kit/format.js";
import { Banner, Headline, TONES, setSentence } from "./kit/headline.js";
import { Heartbeat } from "./kit/heartbeat.js";
import { Labels } from "./kit/labels.js";
import { saveFile, sendTo } from "./kit/link.js";
import { Surface, make, setAttribute, setText } from "./kit/surface.js";
import { readTheme, watchTheme } from "./kit/theme.js";
import { paintThumbs } from "./kit/thumbs.js";
import { WORDS } from "./kit/words.js";
import { card, keyOf, mapKey } from "./mitchell/layout.js";
import { BandsChart, FrequencyChart } from "./pictures/charts.js";
import { ImageSheet } from "./pictures/images.js";
import { DecisionMap } from "./pictures/map.js";
import { DotList, KINDS, PopulationPlane } from "./pictures/population_plane.js";

const WORDS_EVERY = 1000;
const CALM_EVERY = 500;
const COPY = "Copy the experiment";

function arrayOf(packed) {
  const view = packed.data;
  const bytes = view.buffer ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view;
  return new { f4: Float32Array, i4: Int32Array, u4: Uint32Array, u1: Uint8Array }[packed.kind](bytes);
}

// Arrays come as {kind, data}; everything else as it is.
function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  if (value.data !== undefined && value.kind !== undefined) return arrayOf(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unpacked(one)]));
}

function storeOf(content) {
  const store = unpacked(content);
  store.bands = store.others[store.chosen] && store.band;
  store.others = store.others.map((one, i) => (i === store.chosen ? null : one));
  store.trained = store.plane.num_train ? examples(store.plane.num_train) : "training examples";
  store.over = store.plane.over;
  store.overShort = store.over.replace(/^the /, "");
  return store;
}

// What the decision map and the sheet of images expect of a store.
function pictureStore(store) {
  const picture = store.brushed?.picture;
  if (!picture) return null;
  const blobs = new Map(Object.entries(picture.arrays).map(([name, bytes]) => [name, { bytes, version: store.brushed.experiment }]));
  for (const [name, blob] of blobs) {
    if (!(blob.bytes instanceof Uint8Array)) blobs.set(name, { ...blob, bytes: new Uint8Array(blob.bytes.buffer) });
  }
  return { picture, blobs, num_train: blobs.get("y")?.bytes.length ?? 0, over: store.over };
}

function headlineOf(status, headline) {
  const said = { number: tied(headline.figure), unit: tied(headline.interval) };
  if (status.state === "failed") {
    return { tone: "alarm", shape: "DIVERGED", word: WORDS.stoppedHead, sentence: status.text, ...said };
  }
  const { code, word, sentence } = headline;
  return { tone: TONES[code], shape: code, word, sentence, ...said };
}

class PopulationView {
  constructor(model, el) {
    Object.assign(this, { model, el, counters: { painted: 0, dots: 0, brushed: -1, state: "", banner: "" } });
    (window.__reglabPopulation ??= []).push(this.counters);
    this.build(el);
    this.stops = [];
    this.said = this.painted = -Infinity;
    this.seen = () => {
      this.heart.heard();
      this.arrived();
    };
    this.heard = (content, buffers) => this.receive(content, buffers);
    model.on("change:content", this.seen);
    model.on("msg:custom", this.heard);
    this.heart = new Heartbeat(() => this.send({ kind: "ping" }), (kind) => this.silent(kind));
    this.placed = new ResizeObserver(() => {
      if (!this.root && el.isConnected) this.start();
    });
    this.placed.observe(el);
    this.arrived();
  }

  build(el) {
    const view = make("div", "rl-view rl-population", el);
    this.banner = new Banner(view);
    this.headline = new Headline(view, "How often h overfits");
    const status = make("div", "rl-status", this.headline.card);
    this.track = make("div", "rl-track", status);
    this.track.setAttribute("role", "progressbar");
    this.track.setAttribute("aria-label", "Runs that are finished");
    this.fill = make("i", "", this.track);
    this.status = make("span", "rl-scope", status);
    this.buildPictures(view);
  }

  buildPictures(view) {
    const titles = {
      frequency: "How often", bands: "When", plane: WORDS.planeTitle, map: WORDS.mapTitle.h,
    };
    this.parts = {};
    this.surfaces = {};
    for (const [name, title] of Object.entries(titles)) {
      const part = card(view, name, title, "", true);
      this.parts[name] = part;
      this.surfaces[name] = new Surface(part.section, `rl-canvas-${name}`, () => this.repaint());
    }
    this.setPlaneKey = keyOf(this.parts.plane.section);
    this.setMapKey = keyOf(this.parts.map.section);
    this.charts = { frequency: new FrequencyChart(), bands: new BandsChart(), plane: new PopulationPlane() };
    this.pictures = { boundary: new DecisionMap(), images: new ImageSheet() };
    this.told = make("section", "rl-card rl-told", view);
    this.told.setAttribute("aria-label", "The run that is chosen");
    this.run = make("p", "rl-run", this.told);
    this.run.setAttribute("aria-live", "polite");
    this.copy = make("button", "rl-chip rl-copy", this.told, COPY);
    this.copy.type = "button";
    this.copy.title = "As JSON: Experiment.from_json reads it, and so MitchellLab opens it.";
    this.copy.addEventListener("click", () => this.copyExperiment());
    this.dots = new DotList(this.surfaces.plane, this.charts.plane, this);
    this.surfaces.frequency.canvas.addEventListener("click", (event) => {
      const found = this.charts.frequency.nearest(event.offsetX);
      if (found !== null) this.send({ kind: "choose", value: found });
    });
    this.surfaces.frequency.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  start() {
    this.root = this.el.closest(".reglab") ?? this.el;
    this.retheme();
    for (const surface of Object.values(this.surfaces)) surface.fit();
    const thumbs = () => paintThumbs(this.root, this.model.get("thumbnails"), this.theme);
    this.thumbs = thumbs;
    let themed = 0;
    const stopTheme = watchTheme(() => {
      cancelAnimationFrame(themed);
      themed = requestAnimationFrame(() => {
        this.retheme();
        thumbs();
        this.repaint();
      });
    });
    this.stops.push(stopTheme, nameControls(this.root, this.el, thumbs));
    thumbs();
    this.repaint();
  }

  retheme() {
    this.theme = readTheme(this.el, new Set([this.root, this.el]));
    const probe = getComputedStyle(this.el).getPropertyValue("--rl-green").trim();
    this.theme.green = probe || this.theme.train;
  }

  key(event) {
    const last = this.store.frequency.values.length - 1;
    const now = this.store.chosen;
    const target = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (target >= 0 && target <= last) this.send({ kind: "choose", value: target });
  }

  send(content) {
    sendTo(this.model, content);
  }

  receive(content, buffers) {
    this.heart.heard();
    if (content.kind === "download") saveFile(content, buffers[0]);
  }

  silent(kind) {
    this.counters.banner = this.banner.say(kind);
  }

  arrived() {
    this.store = storeOf(this.model.get("content"));
    this.mapStore = pictureStore(this.store);
    this.dots.arrived();
    this.repaint();
  }

  repaint() {
    if (this.scheduled || !this.root) return;
    this.scheduled = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const wait = calm ? this.painted + CALM_EVERY - performance.now() : 0;
    // A hidden page paints no frames, but the kernel waits for an answer.
    if (document.visibilityState === "hidden") setTimeout(() => this.paint(), 400);
    else if (wait > 0) setTimeout(() => requestAnimationFrame(() => this.paint()), wait);
    else requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.scheduled = false;
    this.painted = performance.now();
    const { store, theme, surfaces, charts } = this;
    try {
      this.words();
      for (const [name, chart] of Object.entries(charts)) {
        surfaces[name].paint((context, width, height) => chart.paint(context, width, height, store, theme));
        surfaces[name].say(chart.describe(store));
      }
      this.paintMap();
      this.dots.say();
      const { counters } = this;
      counters.painted += 1;
      counters.dots = store.plane.count;
      counters.places = charts.plane.at.map((at, i) => [store.plane.run[i], ...at]);
      counters.brushed = store.brushed?.run ?? -1;
      counters.state = store.status.state;
    } finally {
      if (this.acknowledged !== store.number) this.send({ kind: "ack", number: store.number });
      this.acknowledged = store.number;
    }
  }

  paintMap() {
    const { mapStore, theme } = this;
    const kind = mapStore?.picture.kind;
    this.surfaces.map.paint((context, width, height, ratio) => {
      if (kind === "boundary") this.pictures.boundary.paint(context, width, height, ratio, mapStore, theme);
      else if (kind === "images") this.pictures.images.paint(context, width, height, mapStore, theme);
      else this.paintEmpty(context, width, height);
    });
    this.surfaces.map.say(mapStore ? this.pictures[kind].describe(mapStore) : this.emptyWords());
    this.setMapKey(mapStore ? mapKey(mapStore.picture, mapStore.blobs.has("bayes"), true, mapStore) : []);
  }

  emptyWords() {
    const { brushed } = this.store;
    return brushed ? WORDS.noPicture : "Choose a mark in the witness plane: what that run decides is drawn here.";
  }

  paintEmpty(context, width, height) {
    const labels = new Labels(context, this.theme, { x: 0, y: 0, w: width, h: height });
    const lines = labels.wrap(this.emptyWords(), 0.7 * width);
    labels.draw(lines, labels.boxOf(lines, width / 2, height / 2 - 7 * lines.length, { align: "center" }), { align: "center" });
  }

  // Live words change once a second at most, but at once where the state changes.
  words() {
    const { store } = this;
    const { status, headline, brushed } = store;
    const now = performance.now();
    const share = status.total > 0 ? Math.min(1, status.done / status.total) : 0;
    this.headline.card.dataset.state = status.state;
    this.fill.style.width = `${100 * share}%`;
    setAttribute(this.track, "aria-valuenow", Math.round(100 * share));
    setAttribute(this.track, "aria-valuetext", status.text || "nothing is running");
    setText(this.status, tied(status.text));
    const key = `${status.state}|${store.chosen}|${store.scope}|${store.frequency.at_least}`;
    clearTimeout(this.trailing);
    if (key === this.saidOf && now - this.said < WORDS_EVERY) {
      this.trailing = setTimeout(() => this.repaint(), WORDS_EVERY);
    } else {
      Object.assign(this, { saidOf: key, said: now });
      this.headline.show(headlineOf(status, headline));
    }
    this.captions(store, brushed);
  }

  captions(store, brushed) {
    const { parts } = this;
    const setting = store.settings[store.chosen] ?? "";
    setText(parts.frequency.sub, store.settings.length > 1 ? "click a value; bars are 95 % intervals" : "");
    setText(parts.bands.title, setting ? `Errors ${setting}` : "When");
    setText(parts.bands.sub, setting ? "median, and eight runs in ten" : "");
    setText(parts.plane.sub, "each mark ends a run: click one");
    setText(parts.map.title, brushed ? WORDS.mapTitle.h : "One run");
    setText(parts.map.sub, brushed ? brushed.name : "");
    setSentence(this.run, brushed ? tied(brushed.sentence) : "");
    this.told.hidden = !brushed;
    this.setPlaneKey(this.charts.plane.kinds(store).map((kind) => [`kind${kind}`, KINDS[kind]]));
  }

  async copyExperiment() {
    const text = this.store.brushed?.experiment ?? "";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", "rl-copied", this.el, text);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    setText(this.copy, "Copied");
    setTimeout(() => setText(this.copy, COPY), 2000);
  }

  dispose() {
    this.heart.dispose();
    clearTimeout(this.trailing);
    this.placed.disconnect();
    this.model.off("change:content", this.seen);
    this.model.off("msg:custom", this.heard);
    for (const stop of this.stops) stop();
    for (const surface of Object.values(this.surfaces)) surface.dispose();
    window.__reglabPopulation.splice(window.__reglabPopulation.indexOf(this.counters), 1);
  }
}

export default {
  render({ model, el }) {
    const view = new PopulationView(model, el);
    return () => view.dispose();
  },
};
