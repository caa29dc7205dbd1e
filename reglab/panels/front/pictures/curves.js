// When did it happen: both errors of h's run against steps, named at their right ends.

import { paintAcross, paintUp, percentTicks } from "../kit/axes.js";
import { endNames, errorsInWords, keysInWords } from "../kit/describe.js";
import { epochs, grouped, isNumber, percent, shorten } from "../kit/format.js";
import { LINE, Labels, spread } from "../kit/labels.js";
import { dashBayes, drawHandle, drawRing, drawRunMark, runColor } from "../kit/marks.js";
import { columnsOf, fillBetween, firstRowAt, lowestRow, strokeColumns } from "../kit/rows.js";
import { linear, quantileOf, steadyDomain, ticksBetween } from "../kit/scale.js";
import { nameOf, rowOf } from "../kit/store.js";
import { fade } from "../kit/theme.js";
import { say, semicolons, sentences } from "../kit/words.js";

/** @typedef {import("../kit/store.js").ErrorsView} Store */
/** @typedef {import("../kit/store.js").Row} Row */
/** @typedef {import("../kit/store.js").Run} Run */
/** @typedef {import("../kit/theme.js").Theme} Theme */
/** @typedef {import("../kit/axes.js").Frame} Frame */
/** @typedef {import("../kit/labels.js").Box} Box */
/** @typedef {import("../kit/labels.js").Style & { lines: string[], level: number, x: number }} End */
/** @typedef {{ name: string, step: number, x: number, y: number }} Mark */

/** Both errors of h's run, the true errors of the others, and what was changed when. */
export class Painter {
  constructor() {
    this.compact = false; // whether names stand inside of the frame
    /** @type {[number, number] | undefined} */
    this.domain = undefined;
    this.x = linear(0, 1, 0, 1);
    this.y = linear(0, 1, 1, 0);
  }

  /** @param {import("../kit/surface.js").Sheet} sheet @param {Store} store @param {Theme} theme */
  paint(sheet, store, theme) {
    const { context, width, height } = sheet;
    const run = store.runs[store.h[0]];
    const labels = new Labels(sheet, theme);
    const frame = this.frameOf(labels, width, height, store);
    this.scales(store, frame, theme.numbers);
    this.paintAxes(labels, store, frame);
    const changes = store.runs[store.h[0]]?.changes ?? [];
    this.paintChanges(labels, changes, frame);
    if (isNumber(store.bayes_error)) {
      dashBayes(context, theme, frame.x, frame.right, this.y(store.bayes_error));
    }
    context.save();
    context.beginPath();
    context.rect(frame.x - 1, frame.y - 2, frame.right - frame.x + 6, frame.bottom - frame.y + 4);
    context.clip();
    store.runs.forEach((other, i) => {
      if (other !== run) this.paintOther(context, theme, other, i);
    });
    if (run?.step.length) this.paintRun(context, theme, run);
    context.restore();
    const marks = run?.step.length ? this.marks(store, run) : [];
    for (const { x, y } of marks) labels.block(x - 7, y - 7, 14, 14);
    this.paintEnds(labels, store, run, frame);
    if (!run?.step.length) return;
    for (const mark of marks) this.paintMark(labels, run, frame, mark);
    const h = rowOf(store, store.h);
    if (h) drawHandle(context, theme, "h", Math.round(this.x(h.step)), frame.y - 4, frame.bottom);
  }

  /** @param {Labels} labels @param {number} width @param {number} height @param {Store} store */
  frameOf(labels, width, height, store) {
    const left = Math.max(labels.width(say("epoch")), labels.width("22.5 %")) + 10;
    const names = endNames(store, null);
    const column = Math.max(...names.flat().map((text) => labels.width(text, { weight: 600 }))) + 18;
    this.compact = width - left - column < 260;
    const right = width - (this.compact ? 12 : column);
    return { x: left, y: 22, right, bottom: height - 40 };
  }

  /** @param {Store} store @param {Frame} frame @param {import("../kit/theme.js").Numbers} numbers */
  scales(store, frame, { curves_up: top, empty, least_across: least }) {
    const { runs } = store;
    const last = Math.max(0, ...runs.map((run) => (run.step.length ? run.step[run.step.length - 1] : 0)));
    const steps = Math.max(1, store.num_steps || 0, last);
    const errors = [quantileOf(runs, "true_error", top), quantileOf(runs, "train_error", top)];
    const h = rowOf(store, store.h);
    if (h) errors.push(h.train_error, h.true_error);
    const own = runs[store.h[0]];
    if (own?.step.length) errors.push(own.train_error[own.step.length - 1], own.true_error[own.step.length - 1]);
    errors.push(store.bayes_error ?? NaN, own?.step.length ? NaN : empty);
    this.domain = steadyDomain(errors, { zero: true, least }, this.domain);
    this.x = linear(0, steps, frame.x, frame.right);
    this.y = linear(...this.domain, frame.bottom, frame.y);
  }

  /** @param {Labels} labels @param {Store} store @param {Frame} frame */
  paintAxes(labels, store, frame) {
    const count = Math.max(2, (frame.bottom - frame.y) / 36);
    paintUp(labels, frame, { scale: this.y, ...percentTicks(this.domain, count) });
    const wide = labels.width(grouped(this.x.high)) + 28;
    const rows = [{ name: say("step"), write: grouped }];
    if (store.epoch_length > 0) {
      rows.push({ name: say("epoch"), write: (/** @type {number} */ tick) => epochs(tick / store.epoch_length) });
    }
    paintAcross(labels, frame, {
      scale: this.x, rows, low: frame.x - 3, gap: 9, color: labels.theme.muted,
      ticks: ticksBetween(0, this.x.high, Math.min(8, (frame.right - frame.x) / wide)).ticks,
    });
  }

  /**
   * The newest changes are named first; where words would touch, a tick alone remains.
   * @param {Labels} labels @param {[step: number, words: string][]} changes @param {Frame} frame
   */
  paintChanges(labels, changes, frame) {
    const { context, theme } = labels;
    for (const [step, words] of changes.toReversed()) {
      const x = Math.round(this.x(step)) + 0.5;
      if (x < frame.x - 1 || x > frame.right + 1) continue;
      context.beginPath();
      context.moveTo(x, 16);
      context.lineTo(x, frame.bottom);
      context.strokeStyle = fade(theme, "ink", theme.numbers.change);
      context.lineWidth = 1;
      context.stroke();
      const text = [shorten(words, this.compact ? 16 : 26)];
      /** @type {import("../kit/labels.js").Spot[]} */
      const spots = [{ x: x + 3, y: 1 }, { x: x - 3, y: 1, align: "right" }];
      labels.place(text, spots, { strict: true, color: theme.ink });
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Theme} theme @param {Run} run @param {number} index */
  paintOther(context, theme, run, index) {
    if (!run.step.length) return;
    context.globalAlpha = 0.42;
    strokeColumns(context, columnsOf(run, "true_error", this.x), this.y, runColor(theme, index), 1.25);
    context.globalAlpha = 0.8;
    const last = run.step.length - 1;
    drawRunMark(context, theme, index, this.x(run.step[last]), this.y(run.true_error[last]), 3.5);
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Theme} theme @param {Run} run */
  paintRun(context, theme, run) {
    const low = columnsOf(run, "true_low", this.x);
    const high = columnsOf(run, "true_high", this.x);
    const train = columnsOf(run, "train_error", this.x);
    const whole = columnsOf(run, "true_error", this.x);
    fillBetween(context, train, train, this.y, fade(theme, "train", theme.numbers.interval));
    fillBetween(context, low, high, this.y, fade(theme, "whole", theme.numbers.interval));
    strokeColumns(context, train, this.y, theme.train, 1.5);
    strokeColumns(context, whole, this.y, theme.whole, 2);
  }

  /** @param {Labels} labels @param {Store} store @param {Run | undefined} run @param {Frame} frame */
  paintEnds(labels, store, run, frame) {
    const { context, theme } = labels;
    const end = run?.step.length ? rowOf(store, [store.h[0], run.step.length - 1]) : null;
    const ends = [
      { level: end?.true_error, color: theme.whole, x: end && this.x(end.step), weights: [600, 400], weight: 600 },
      { level: end?.train_error, color: theme.train, x: end && this.x(end.step), weights: [600, 400], weight: 600 },
      { level: store.bayes_error, color: theme.bayes, x: frame.right },
    ];
    const names = endNames(store, end);
    const shown = ends.map((item, i) => ({ ...item, lines: names[i] })).filter((item) => isNumber(item.level));
    if (!shown.length) return;
    if (this.compact) this.placeEnds(labels, run, shown, frame);
    else this.stackEnds(labels, shown, frame);
    for (const { level, color } of shown.filter((item) => item.weight)) {
      context.beginPath();
      context.arc(this.x(end.step), this.y(level), 2.5, 0, 2 * Math.PI);
      context.fillStyle = color;
      context.fill();
    }
  }

  /**
   * Room enough: names to the right of the pen, moved apart.
   * @param {Labels} labels @param {End[]} shown @param {Frame} frame
   */
  stackEnds(labels, shown, frame) {
    const column = frame.right + 14;
    const boxes = shown.map((item) => {
      const size = labels.boxOf(item.lines, 0, 0, item);
      return { ...size, x: Math.min(item.x + 14, column), y: this.y(item.level) - size.h / 2, item };
    });
    const last = boxes[boxes.length - 1];
    const apart = boxes.every((box) => box === last || box.x + box.w < last.x - 6);
    const groups = apart ? [boxes.slice(0, -1), [last]] : [boxes];
    for (const group of groups) spread(group, frame.y - 12, frame.bottom + 2);
    for (const box of boxes) labels.draw(box.item.lines, box, box.item);
  }

  /**
   * A phone: names inside, where they cover the least of the curves.
   * @param {Labels} labels @param {Run | undefined} run @param {End[]} shown @param {Frame} frame
   */
  placeEnds(labels, run, shown, frame) {
    const all = labels.bounds;
    labels.bounds = { x: frame.x, y: frame.y - 14, w: frame.right - frame.x, h: frame.bottom - frame.y + 6 };
    for (const item of shown) {
      const y = this.y(item.level);
      const h = LINE * item.lines.length;
      const rows = [y - h - 3, y + 3, y - h - 14, y + 14, y - h - 28, y + 28];
      /** @type {import("../kit/labels.js").Spot[]} */
      const spots = rows.flatMap((top) => [
        { x: frame.right - 2, y: top, align: "right" }, { x: frame.x + 4, y: top },
      ]);
      const crowding = (/** @type {Box} */ box) => (run?.step.length ? 30 * this.crossed(run, box) : 0);
      labels.place(item.lines, item.weight ? spots.filter((spot) => spot.align) : spots, { ...item, crowding });
    }
    labels.bounds = all;
  }

  /**
   * The witness, and the least error of this run where the witness is another's.
   * @param {Store} store @param {Run} run @returns {Mark[]}
   */
  marks(store, run) {
    const own = store.witness?.[0] === store.h[0];
    const least = lowestRow(run);
    /** @type {[name: string, row: Row | null][]} */
    const rows = [];
    if (own || !this.compact) rows.push(["h′", rowOf(store, store.witness)]);
    if (!own && run.true_high[least] < run.true_low[run.step.length - 1]) rows.push([say("lowest"), rowOf(store, [store.h[0], least])]);
    return rows.filter(([, row]) => row).map(([name, { step, true_error }]) => {
      return { name, step, x: this.x(step), y: this.y(true_error) };
    });
  }

  /** @param {Labels} labels @param {Run} run @param {Frame} frame @param {Mark} mark */
  paintMark(labels, run, frame, { name, step, x, y }) {
    const { context, theme } = labels;
    const color = name === "h′" ? theme.red : theme.ink;
    drawRing(context, theme, color, x, y, 4.5);
    /** @type {import("../kit/labels.js").Spot[]} */
    const spots = [26, 40, 54].flatMap((d) => [
      { x: x + 5, y: y - d - 7 }, { x: x - 5, y: y - d - 7, align: "right" },
      { x: x + 5, y: y + d - 7 }, { x: x - 5, y: y + d - 7, align: "right" },
    ]);
    labels.bounds = { x: frame.x, y: frame.y - 8, w: frame.right - frame.x, h: frame.bottom - frame.y + 6 };
    const crowding = (/** @type {Box} */ box) => 20 * this.crossed(run, box);
    const options = { color, weight: name === "h′" ? 600 : 400, crowding };
    const box = labels.place([say("{name}, step {step}", { name, step: grouped(step) })], spots, options);
    if (!box) return;
    context.beginPath();
    context.moveTo(x + 0.5, y + (box.y > y ? 6 : -6));
    context.lineTo(x + 0.5, box.y > y ? box.y + 10 : box.y + 4);
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.stroke();
  }

  /**
   * The share of rows under a box whose curves run through it.
   * @param {Run} run @param {Box} box
   */
  crossed(run, box) {
    const from = firstRowAt(run, this.x.invert(box.x));
    const to = firstRowAt(run, this.x.invert(box.x + box.w));
    const stride = Math.max(1, Math.floor((to - from) / 60));
    let [hits, rows] = [0, 0];
    for (let i = from; i < to; i += stride, rows += 1) {
      for (const y of [this.y(run.true_error[i]), this.y(run.train_error[i])]) {
        if (y > box.y - 2 && y < box.y + box.h + 2) hits += 1;
      }
    }
    return rows ? hits / rows : 0;
  }

  /** @param {Store | null} view */
  title(view) {
    const run = view?.runs[view.h[0]];
    return run ? say("Errors of “{name}”", { name: nameOf(view, view.h[0]) }) : say("Errors");
  }

  /** @param {Store | null} view */
  note(view) {
    return view?.runs[view.h[0]]?.step.length
      ? say("drag along the curve: any step can be h") : say("they appear as training goes on");
  }

  /** @param {Store} store */
  describe(store) {
    const run = store.runs[store.h[0]];
    if (!run?.step.length) return say("Errors against steps, still empty.");
    const end = rowOf(store, [store.h[0], run.step.length - 1]);
    const best = rowOf(store, [store.h[0], lowestRow(run)]);
    const moved = (store.runs[store.h[0]]?.changes ?? []).slice(-3)
      .map(([step, change]) => say("{change} at step {step}", { change, step: grouped(step) }));
    return sentences(
      say("Errors of run “{name}” against steps.", { name: nameOf(store, store.h[0]) }),
      say("At step {step}: {errors}.", { step: grouped(end.step), errors: errorsInWords(store, end) }),
      say("Lowest over {over}: {error} at step {step}.", {
        over: store.over, error: percent(best.true_error), step: grouped(best.step),
      }),
      moved.length ? say("Latest changes: {changes}.", { changes: semicolons(moved) }) : "",
      keysInWords(),
    );
  }
}
