// The view of a population: a headline, four pictures, the run that is looked at.

import { card, keyOf } from "./kit/cards.js";
import { make, makeButton, setAttribute, setText } from "./kit/dom.js";
import { tied } from "./kit/format.js";
import { Banner, Headline, TONES, setSentence } from "./kit/headline.js";
import { Notice, noPicture } from "./kit/notice.js";
import { endsOf } from "./kit/population.js";
import { LiveRoom, WORDS_EVERY, render } from "./kit/room.js";
import { say } from "./kit/words.js";
import { Painter as ImageSheet } from "./pictures/images.js";
import { mapTitle, Painter as DecisionMap } from "./pictures/map.js";
import { DotList } from "./population/dots.js";

/** @typedef {import("./kit/population.js").Population} Content */

/** @param {Content} store @returns {import("./kit/headline.js").Content} */
function headlineOf({ status, headline }) {
  const said = { number: tied(headline.figure), unit: tied(headline.interval) };
  if (status.state === "failed") {
    return { tone: "alarm", shape: "DIVERGED", word: say("STOPPED"), sentence: status.text, ...said };
  }
  const { code, word, sentence } = headline;
  return { tone: TONES[code], shape: code, word, sentence, ...said };
}

class Population extends LiveRoom {
  /**
   * @param {import("./kit/link.js").Model} model @param {HTMLElement} el
   * @param {import("./kit/gallery.js").Pictures[]} cards
   */
  constructor(model, el, cards) {
    super(model, el, "population", "__reglabPopulation", { dots: 0, brushed: -1, state: "" });
    /** @type {Content | null} */
    this.store = null;
    this.said = -Infinity;
    this.saidOf = "";
    const view = make("div", "rl-view rl-population", el);
    this.buildHead(view);
    this.addCards(view, cards);
    this.buildMap(view);
    this.listenToPictures();
    this.buildTold(view);
    this.connect(this.banner);
  }

  /** @param {Element} view */
  buildHead(view) {
    this.banner = new Banner(view);
    this.headline = new Headline(view, say("How often h overfits"));
    const status = make("div", "rl-status", this.headline.card);
    this.track = make("div", "rl-track", status);
    this.track.setAttribute("role", "progressbar");
    this.track.setAttribute("aria-label", say("Runs that are finished"));
    this.fill = make("i", "", this.track);
    this.status = make("span", "rl-scope", status);
  }

  /** @param {Element} view */
  buildMap(view) {
    this.map = card(view, "map", mapTitle("h"), "", true);
    this.addSurface("map", this.map.section);
    this.setMapKey = keyOf(this.map.section);
    /** @type {Record<string, DecisionMap | ImageSheet>} */
    this.painters = { BoundaryView: new DecisionMap(), ImagesView: new ImageSheet() };
    this.notice = new Notice();
  }

  listenToPictures() {
    const { frequency, ends } = this.cards;
    if (ends) {
      /** @type {import("./pictures/ends.js").Painter} */
      this.plane = /** @type {any} */ (ends.painters.ends);
      this.dots = new DotList(ends.surface, this.plane, this);
    }
    if (!frequency) return;
    /** @type {import("./pictures/frequency.js").Painter} */
    const chart = /** @type {any} */ (frequency.painters.frequency);
    const { canvas } = frequency.surface;
    canvas.addEventListener("click", (event) => {
      const found = chart.nearest(event.offsetX);
      if (found !== null) this.send({ kind: "choose", value: found });
    });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {Element} view */
  buildTold(view) {
    this.told = make("section", "rl-card rl-told", view);
    this.told.hidden = true;
    this.told.setAttribute("aria-label", say("The run that is chosen"));
    this.run = make("p", "rl-run", this.told);
    this.run.setAttribute("aria-live", "polite");
    this.copy = makeButton("rl-chip rl-copy", this.told, copyWords(), () => this.copyExperiment());
    this.copy.title = say("As JSON: Experiment.from_json reads it, and so MitchellLab opens it.");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.store) return;
    const last = this.store.frequency.values.length - 1;
    const now = this.store.chosen;
    const target = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (target >= 0 && target <= last) this.send({ kind: "choose", value: target });
  }

  /** @param {Content} frame */
  arrived(frame) {
    super.arrived(frame);
    this.dots?.arrived();
  }

  draw() {
    const { store, counters } = this;
    this.words();
    this.paintCards();
    this.tellCards();
    this.drawMap();
    this.dots?.tell();
    counters.dots = endsOf(store);
    counters.places = this.plane?.places.map((at, i) => [store.plane.run[i], ...at]);
    counters.brushed = store.brushed?.run ?? -1;
    counters.state = store.status.state;
  }

  drawMap() {
    const picture = this.store.brushed?.picture;
    if (picture) {
      const painter = this.painters[picture.kind];
      this.show("map", painter, picture);
      this.surfaces.map.tell(painter.describe(picture));
      this.setMapKey(painter.key(picture));
      return;
    }
    const choose = say("Choose a mark in the witness plane: what that run decides is drawn here.");
    const text = this.store.brushed ? noPicture() : choose;
    this.show("map", this.notice, { text, onGround: false });
    this.surfaces.map.tell(text);
    this.setMapKey([]);
  }

  // Live words change once a second at most, but at once where the state changes.
  words() {
    const { store } = this;
    const { status } = store;
    const now = performance.now();
    const { done, total } = status.progress;
    const share = total > 0 ? Math.min(1, done / total) : 0;
    this.headline.card.dataset.state = status.state;
    this.fill.style.width = `${100 * share}%`;
    setAttribute(this.track, "aria-valuenow", Math.round(100 * share));
    setAttribute(this.track, "aria-valuetext", status.text || say("nothing is running"));
    setText(this.status, tied(status.text));
    const key = `${status.state}|${store.chosen}|${store.scope}|${store.frequency.at_least}`;
    clearTimeout(this.trailing);
    if (key === this.saidOf && now - this.said < WORDS_EVERY) {
      this.trailing = setTimeout(() => this.repaint(false), WORDS_EVERY);
    } else {
      this.saidOf = key;
      this.said = now;
      this.headline.show(headlineOf(store));
    }
    this.captions();
  }

  captions() {
    const { map, store } = this;
    const { brushed } = store;
    this.captionCards();
    setText(map.title, brushed ? mapTitle("h") : say("One run"));
    setText(map.sub, brushed ? brushed.name : "");
    setSentence(this.run, brushed ? tied(brushed.sentence) : "");
    this.told.hidden = !brushed;
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
    setText(this.copy, say("Copied"));
    setTimeout(() => setText(this.copy, copyWords()), 2000);
  }

  dispose() {
    clearTimeout(this.trailing);
    super.dispose();
  }
}

function copyWords() {
  return say("Copy the experiment");
}

export default {
  /** @param {import("./kit/room.js").Place} place */
  render: (place) => render(Population, place),
};
