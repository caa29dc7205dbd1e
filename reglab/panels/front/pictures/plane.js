// Who is the witness: training error across, true error up, every hypothesis a dot.

import { bayesInWords, errorsInWords, hypothesisWords, keysInWords } from "../kit/describe.js";
import { DotLayer, paintPath } from "../kit/dots.js";
import { grouped, isNumber, percent, shorten, trainAxis } from "../kit/format.js";
import { Labels, spotsAround } from "../kit/labels.js";
import { drawArrow, drawRing, drawRunMark } from "../kit/marks.js";
import { ErrorPlane } from "../kit/plane.js";
import { quantileOf } from "../kit/scale.js";
import { nameOf, rowOf } from "../kit/store.js";
import { counted, say, sentences } from "../kit/words.js";

/** @typedef {import("../kit/store.js").Board} Store */
/** @typedef {import("../kit/store.js").Row} Row */

/** The hypotheses of a board, with h and its witness. */
export class Painter extends ErrorPlane {
  constructor() {
    super();
    this.dots = new DotLayer();
    /** @type {[x: number, y: number][][]} */
    this.trails = [];
    /** @type {import("../kit/store.js").Address | null} */
    this.hovered = null;
  }

  /**
   * @param {import("../kit/surface.js").Sheet} sheet @param {Store} store
   * @param {import("../kit/theme.js").Theme} theme
   */
  paint(sheet, store, theme) {
    const { context, width, height } = sheet;
    const labels = new Labels(sheet, theme, 1);
    const left = Math.ceil(labels.width("22.5 %")) + 9;
    const frame = { x: left, y: 28, right: width - 8, bottom: height - 36 };
    const h = rowOf(store, store.h);
    const witness = rowOf(store, store.witness);
    this.begin(labels, frame, {
      ...this.errors(store, h, witness, theme.numbers),
      counts: [Math.max(2, (frame.right - frame.x) / 46), Math.max(2, (frame.bottom - frame.y) / 40)],
      titles: [trainAxis(store.num_train), say("error over {over}", { over: store.over })],
      end: frame.right + 7,
    });
    if (h) this.paintRegion(labels, h, Boolean(witness));
    const clip = new Path2D();
    clip.rect(frame.x - 6, frame.y - 6, frame.right - frame.x + 14, frame.bottom - frame.y + 12);
    context.save();
    context.clip(clip);
    this.dots.paint(sheet, this, store, theme);
    this.trails = store.runs.map((run, i) => paintPath(context, theme, this, run, i, run.in_pool));
    context.restore();
    this.paintBayes(labels, store.bayes_error, (box) => this.crowd(box));
    if (h) {
      this.paintNames(labels, store, h, witness);
      const color = witness ? theme.red : theme.muted;
      const region = say("a dot in here is a witness against h");
      this.paintRegionWords(labels, h, region, color, (box) => this.crowd(box));
    } else this.invite(labels, say("every hypothesis becomes a dot in here"), 0.8 * (frame.right - frame.x));
    const row = rowOf(store, this.hovered);
    if (row) this.paintHover(labels, this.at(row.train_error, row.true_error), 5, hoverWords(store, row));
  }

  /**
   * @param {Store} store @param {Row | null} h @param {Row | null} witness
   * @param {import("../kit/theme.js").Numbers} numbers
   */
  errors(store, h, witness, { plane_across: right, plane_up: top, plane_room: room, empty }) {
    const { runs } = store;
    const newest = runs.map((run, i) => rowOf(store, [i, run.step.length - 1]));
    const shown = [h, witness, ...newest].filter((row) => row !== null);
    const across = [quantileOf(runs, "train_error", right), ...shown.map((row) => row.train_error)];
    if (h ?? witness) across.push((h ?? witness).train_error + room);
    if (!shown.length) across.push(0, empty);
    const up = [quantileOf(runs, "true_error", 0), quantileOf(runs, "true_error", top), store.bayes_error ?? NaN];
    up.push(...(shown.length ? shown.map((row) => row.true_error) : [0, empty]));
    return { across, up };
  }

  /** @param {Labels} labels @param {Store} store @param {Row} h @param {Row | null} witness */
  paintNames(labels, store, h, witness) {
    const { context, theme } = labels;
    const [hx, hy] = this.at(h.train_error, h.true_error);
    labels.block(hx - 7, hy - 7, 14, 14);
    store.runs.forEach((run, i) => {
      const end = rowOf(store, [i, run.step.length - 1]);
      if (!end) return;
      const [x, y] = this.at(end.train_error, end.true_error);
      labels.block(x - 6, y - 6, 12, 12);
      drawRunMark(context, theme, i, x, y, 4.5);
    });
    if (witness) {
      const [wx, wy] = this.at(witness.train_error, witness.true_error);
      drawArrow(context, theme.red, hx, hy, wx, wy);
      drawRing(context, theme, theme.red, wx, wy, 6);
      labels.block(wx - 8, wy - 8, 16, 16);
      for (const t of [0.2, 0.35, 0.5, 0.65, 0.8]) labels.block(hx + t * (wx - hx) - 4, hy + t * (wy - hy) - 4, 8, 8);
      labels.place(["h′"], spotsAround(wx, wy, 10), { size: 13, weight: 700, color: theme.red });
    }
    drawRing(context, theme, theme.ink, hx, hy, 6);
    drawRunMark(context, theme, h.run, hx, hy, 3.2);
    labels.place(["h"], spotsAround(hx, hy, 10), { size: 13, weight: 700, color: theme.ink });
  }

  /**
   * What a label in a box would cover: dots and paths.
   * @param {import("../kit/labels.js").Box} box
   */
  crowd(box) {
    const inside = (/** @type {[number, number]} */ [x, y]) =>
      x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h;
    const trails = this.trails.reduce((sum, trail) => sum + trail.filter(inside).length, 0);
    return this.dots.crowd(box) + 3 * trails;
  }

  /**
   * The hypothesis within reach of a place.
   * @param {Store} store @param {number} x @param {number} y @param {number} reach
   * @returns {import("../kit/store.js").Address | null}
   */
  nearest(store, x, y, reach) {
    /** @type {import("../kit/store.js").Address | null} */
    let best = null;
    let least = reach * reach;
    store.runs.forEach((run, r) => {
      for (let i = 0; i < run.step.length; i += 1) {
        const [px, py] = this.at(run.train_error[i], run.true_error[i]);
        const distance = (px - x) ** 2 + (py - y) ** 2;
        if (distance <= least) [least, best] = [distance, [r, i]];
      }
    });
    return best;
  }

  note() {
    return say("every dot is a hypothesis");
  }

  /** @param {Store} store */
  describe(store) {
    const h = rowOf(store, store.h);
    const total = store.runs.reduce((sum, run) => sum + run.step.length, 0);
    const { over } = store;
    if (!h) return say("Witness plane, still empty: training error across, error over {over} up.", { over });
    const count = { count: grouped(total) };
    const witness = rowOf(store, store.witness);
    return sentences(
      counted(total, "Witness plane of {count} hypothesis.", "Witness plane of {count} hypotheses.", count),
      say("h ({name}): {errors}.", { name: hypothesisWords(store, store.h), errors: errorsInWords(store, h) }),
      witness ? witnessWords(store, witness) : say("No witness is shown."),
      isNumber(store.bayes_error) ? say("{what}.", { what: bayesInWords(store.bayes_error) }) : "",
      keysInWords(),
    );
  }
}

/** @param {Store} store @param {Row} row */
function hoverWords(store, row) {
  const step = grouped(row.step);
  const name = shorten(nameOf(store, row.run), 18);
  const place = store.runs.length > 1 ? say("{name}, step {step}", { name, step }) : say("step {step}", { step });
  return [place, `${percent(row.train_error)} · ${percent(row.true_error)}`];
}

/** @param {Store} store @param {Row} witness */
function witnessWords(store, witness) {
  return say("An arrow points to the witness h′ ({name}): {errors}.", {
    name: hypothesisWords(store, store.witness), errors: errorsInWords(store, witness),
  });
}
