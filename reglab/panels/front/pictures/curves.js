// When did it happen: both errors of h's run against steps, named at their right ends.

import { epochs, grouped, isNumber, shorten, tickPercent } from "../kit/format.js";
import { LINE, Labels, font, spread } from "../kit/labels.js";
import { dashBayes, drawRing, drawRunMark, runColor } from "../kit/marks.js";
import { columnsOf, endNames, fillBetween, firstRowAt, lowestRow, strokeColumns } from "../kit/rows.js";
import { linear, quantileOf, steadyDomain, ticksBetween } from "../kit/scale.js";
import { rowOf } from "../kit/store.js";
import { fade } from "../kit/theme.js";

export class Curves {
  paint(context, width, height, store, theme) {
    const run = store.runs[store.h[0]];
    const labels = new Labels(context, theme, { x: 0, y: 0, w: width, h: height });
    const frame = this.frame(labels, width, height, store);
    this.scales(store, frame);
    this.paintAxes(context, labels, theme, store, frame);
    const changes = store.labels[store.h[0]]?.changes ?? [];
    this.paintChanges(context, labels, theme, changes, frame);
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
    if (run?.n) this.paintRun(context, theme, run);
    context.restore();
    const marks = run?.n ? this.marks(store, run) : [];
    for (const { x, y } of marks) labels.block(x - 7, y - 7, 14, 14);
    this.paintEnds(context, labels, theme, store, run, frame);
    if (!run?.n) return;
    for (const mark of marks) this.paintMark(context, labels, theme, run, frame, mark);
    this.paintHandle(context, theme, store, frame);
  }

  frame(labels, width, height, store) {
    const left = Math.max(labels.width("epoch"), labels.width("22.5 %")) + 10;
    const names = endNames(store, null);
    const column = Math.max(...names.flat().map((text) => labels.width(text, { weight: 600 }))) + 18;
    this.compact = width - left - column < 260;
    const right = width - (this.compact ? 12 : column);
    return { x: left, y: 22, right, bottom: height - 40, width };
  }

  scales(store, frame) {
    const { runs } = store;
    const last = Math.max(0, ...runs.map((run) => (run.n ? run.step[run.n - 1] : 0)));
    const steps = Math.max(1, store.status.num_steps || 0, last);
    const errors = ["whole", "train"].map((column) => quantileOf(runs, column, 0.985));
    const h = rowOf(store, store.h);
    if (h) errors.push(h.train, h.whole);
    const own = runs[store.h[0]];
    if (own?.n) errors.push(own.train[own.n - 1], own.whole[own.n - 1]);
    errors.push(store.bayes_error ?? NaN, own?.n ? NaN : 0.45);
    this.domain = steadyDomain(errors, { zero: true, least: 0.1 }, this.domain);
    this.x = linear(0, steps, frame.x, frame.right);
    this.y = linear(...this.domain, frame.bottom, frame.y);
  }

  paintAxes(context, labels, theme, store, frame) {
    const up = ticksBetween(...this.domain, Math.max(2, (frame.bottom - frame.y) / 36));
    const wide = labels.width(grouped(this.x.high)) + 28;
    const across = ticksBetween(0, this.x.high, Math.min(8, (frame.right - frame.x) / wide));
    for (const tick of up.ticks) {
      const y = Math.round(this.y(tick));
      context.fillStyle = theme.grid;
      context.fillRect(frame.x, y, frame.right - frame.x, 1);
      const text = [tickPercent(tick, up.step)];
      labels.draw(text, labels.boxOf(text, frame.x - 7, y - 7, { align: "right" }), { align: "right", halo: false });
    }
    const rows = [["step", (tick) => grouped(tick)]];
    if (store.epoch_length > 0) rows.push(["epoch", (tick) => epochs(tick / store.epoch_length)]);
    rows.forEach(([name, write], i) => {
      const y = frame.bottom + 9 + 14 * i;
      const head = labels.boxOf([name], frame.x - 7, y, { align: "right" });
      labels.draw([name], head, { align: "right", halo: false });
      for (const tick of across.ticks) {
        const box = labels.boxOf([write(tick)], this.x(tick), y, { align: "center" });
        box.x = Math.max(frame.x - 3, Math.min(box.x, frame.width - box.w));
        labels.draw([write(tick)], box, { halo: false });
      }
    });
    context.fillStyle = theme.muted;
    for (const tick of across.ticks) context.fillRect(Math.round(this.x(tick)), frame.bottom, 1, 4);
  }

  // The newest changes are named first; where words would touch, a tick alone remains.
  paintChanges(context, labels, theme, changes, frame) {
    for (const [step, words] of [...changes].reverse()) {
      const x = Math.round(this.x(step)) + 0.5;
      if (x < frame.x - 1 || x > frame.right + 1) continue;
      context.beginPath();
      context.moveTo(x, 16);
      context.lineTo(x, frame.bottom);
      context.strokeStyle = fade(theme, "ink", 0.28);
      context.lineWidth = 1;
      context.stroke();
      const text = [shorten(words, this.compact ? 16 : 26)];
      const spots = [{ x: x + 3, y: 1 }, { x: x - 3, y: 1, align: "right" }];
      labels.place(text, spots, { strict: true, color: theme.ink });
    }
  }

  paintOther(context, theme, run, index) {
    if (!run.n) return;
    context.globalAlpha = 0.42;
    strokeColumns(context, columnsOf(run, "whole", this.x), this.y, runColor(theme, index), 1.25);
    context.globalAlpha = 0.8;
    const last = run.n - 1;
    drawRunMark(context, theme, index, this.x(run.step[last]), this.y(run.whole[last]), 3.5);
    context.globalAlpha = 1;
  }

  paintRun(context, theme, run) {
    const low = columnsOf(run, "low", this.x);
    const high = columnsOf(run, "high", this.x);
    const train = columnsOf(run, "train", this.x);
    const whole = columnsOf(run, "whole", this.x);
    fillBetween(context, train, train, this.y, fade(theme, "train", 0.22));
    fillBetween(context, low, high, this.y, fade(theme, "whole", 0.22));
    strokeColumns(context, train, this.y, theme.train, 1.5);
    strokeColumns(context, whole, this.y, theme.whole, 2);
  }

  paintEnds(context, labels, theme, store, run, frame) {
    const end = run?.n ? rowOf(store, [store.h[0], run.n - 1]) : null;
    const ends = [
      { level: end?.whole, color: theme.whole, x: end && this.x(end.step), weights: [600, 400], weight: 600 },
      { level: end?.train, color: theme.train, x: end && this.x(end.step), weights: [600, 400], weight: 600 },
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

  // Room enough: names to the right of the pen, moved apart.
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

  // A phone: names inside, where they cover the least of the curves.
  placeEnds(labels, run, shown, frame) {
    labels.bounds = { x: frame.x, y: frame.y - 14, w: frame.right - frame.x, h: frame.bottom - frame.y + 6 };
    for (const item of shown) {
      const y = this.y(item.level);
      const h = LINE * item.lines.length;
      const rows = [y - h - 3, y + 3, y - h - 14, y + 14, y - h - 28, y + 28];
      const spots = rows.flatMap((top) => [
        { x: frame.right - 2, y: top, align: "right" }, { x: frame.x + 4, y: top },
      ]);
      const crowding = (box) => (run?.n ? 30 * this.crossed(run, box) : 0);
      labels.place(item.lines, item.weight ? spots.filter((spot) => spot.align) : spots, { ...item, crowding });
    }
    labels.bounds = { x: 0, y: 0, w: frame.width, h: frame.bottom + 40 };
  }

  // The witness, and the least error of this run where the witness is another's.
  marks(store, run) {
    const own = store.witness?.[0] === store.h[0];
    const least = lowestRow(run);
    const rows = [];
    if (own || !this.compact) rows.push(["h′", rowOf(store, store.witness)]);
    if (!own && run.high[least] < run.low[run.n - 1]) rows.push(["lowest", rowOf(store, [store.h[0], least])]);
    return rows.filter(([, row]) => row).map(([name, { step, whole }]) => {
      return { name, step, x: this.x(step), y: this.y(whole) };
    });
  }

  paintMark(context, labels, theme, run, frame, { name, step, x, y }) {
    const color = name === "h′" ? theme.red : theme.ink;
    drawRing(context, theme, color, x, y, 4.5);
    const spots = [26, 40, 54].flatMap((d) => [
      { x: x + 5, y: y - d - 7 }, { x: x - 5, y: y - d - 7, align: "right" },
      { x: x + 5, y: y + d - 7 }, { x: x - 5, y: y + d - 7, align: "right" },
    ]);
    labels.bounds = { x: frame.x, y: frame.y - 8, w: frame.right - frame.x, h: frame.bottom - frame.y + 6 };
    const crowding = (box) => 20 * this.crossed(run, box);
    const options = { color, weight: name === "h′" ? 600 : 400, crowding };
    const box = labels.place([`${name}, step ${grouped(step)}`], spots, options);
    if (!box) return;
    context.beginPath();
    context.moveTo(x + 0.5, y + (box.y > y ? 6 : -6));
    context.lineTo(x + 0.5, box.y > y ? box.y + 10 : box.y + 4);
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.stroke();
  }

  // The share of rows under a box whose curves run through it.
  crossed(run, box) {
    const from = firstRowAt(run, this.x.invert(box.x));
    const to = firstRowAt(run, this.x.invert(box.x + box.w));
    const stride = Math.max(1, Math.floor((to - from) / 60));
    let [hits, rows] = [0, 0];
    for (let i = from; i < to; i += stride, rows += 1) {
      for (const y of [this.y(run.whole[i]), this.y(run.train[i])]) {
        if (y > box.y - 2 && y < box.y + box.h + 2) hits += 1;
      }
    }
    return rows ? hits / rows : 0;
  }

  paintHandle(context, theme, store, frame) {
    const h = rowOf(store, store.h);
    if (!h) return;
    const x = Math.round(this.x(h.step));
    context.fillStyle = fade(theme, "ink", 0.5);
    context.fillRect(x, frame.y - 4, 1, frame.bottom - frame.y + 4);
    context.beginPath();
    context.roundRect(x - 9, frame.bottom - 8, 19, 16, 8);
    context.fillStyle = theme.ink;
    context.fill();
    context.strokeStyle = theme.surface;
    context.lineWidth = 1.5;
    context.stroke();
    context.font = font(theme, 11, 700);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = theme.surface;
    context.fillText("h", x + 0.5, frame.bottom + 0.5);
  }
}
