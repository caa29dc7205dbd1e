// Who is the witness: training error across, true error up, every hypothesis a dot.

import { grouped, isNumber, percent, shorten, tickPercent, trainAxis } from "../kit/format.js";
import { LINE, Labels, spotsAround } from "../kit/labels.js";
import { dashBayes, drawArrow, drawRing, drawRunMark } from "../kit/marks.js";
import { linear, quantileOf, steadyDomain, ticksBetween } from "../kit/scale.js";
import { nameOf, rowOf } from "../kit/store.js";
import { WORDS } from "../kit/words.js";
import { DotLayer, paintPath } from "./dots.js";

export class WitnessPlane {
  constructor() {
    this.dots = new DotLayer();
    this.hovered = null;
  }

  paint(context, width, height, ratio, store, theme) {
    const labels = new Labels(context, theme, { x: 1, y: 1, w: width - 2, h: height - 2 });
    const frame = { x: Math.ceil(labels.width("22.5 %")) + 9, y: 28, right: width - 8, bottom: height - 36 };
    this.scales(store, frame);
    this.paintAxes(context, labels, theme, store, frame);
    const h = rowOf(store, store.h);
    const witness = rowOf(store, store.witness);
    if (h) this.paintRegion(context, theme, frame, h, Boolean(witness));
    const clip = new Path2D();
    clip.rect(frame.x - 6, frame.y - 6, frame.right - frame.x + 14, frame.bottom - frame.y + 12);
    context.save();
    context.clip(clip);
    this.dots.paint(context, { width, height, ratio }, this, store, theme);
    this.trails = store.runs.map((run, i) => paintPath(context, theme, this, run, i, store.labels[i]?.in_pool));
    context.restore();
    this.paintBayes(context, labels, theme, store, frame);
    if (h) this.paintNames(context, labels, theme, store, h, witness);
    if (h) this.paintRegionWords(labels, theme, frame, h, Boolean(witness));
    else this.paintInvitation(labels, frame);
    this.paintHover(context, labels, theme, store);
  }

  paintInvitation(labels, frame) {
    const lines = labels.wrap(WORDS.emptyPlane, (frame.right - frame.x) * 0.8);
    const top = (frame.y + frame.bottom - LINE * lines.length) / 2;
    const box = labels.boxOf(lines, (frame.x + frame.right) / 2, top, { align: "center" });
    labels.draw(lines, box, { align: "center" });
  }

  scales(store, frame) {
    const { runs } = store;
    const named = [rowOf(store, store.h), rowOf(store, store.witness)].filter(Boolean);
    const newest = runs.map((_, i) => rowOf(store, [i, runs[i].n - 1])).filter(Boolean);
    const shown = [...named, ...newest];
    const across = [quantileOf(runs, "train", 0.97), ...shown.map((row) => row.train)];
    if (named[0]) across.push(named[0].train + 0.08);
    if (!shown.length) across.push(0, 0.45);
    const up = [quantileOf(runs, "whole", 0), quantileOf(runs, "whole", 0.96), store.bayes_error ?? NaN];
    up.push(...(shown.length ? shown.map((row) => row.whole) : [0, 0.45]));
    this.domainX = steadyDomain(across, { zero: true, least: 0.1 }, this.domainX);
    this.domainY = steadyDomain(up, { least: 0.06 }, this.domainY);
    this.x = linear(...this.domainX, frame.x, frame.right);
    this.y = linear(...this.domainY, frame.bottom, frame.y);
  }

  paintAxes(context, labels, theme, store, frame) {
    const up = ticksBetween(...this.domainY, Math.max(2, (frame.bottom - frame.y) / 40));
    const across = ticksBetween(...this.domainX, Math.max(2, (frame.right - frame.x) / 46));
    context.fillStyle = theme.grid;
    for (const tick of up.ticks) {
      const y = Math.round(this.y(tick));
      context.fillRect(frame.x, y, frame.right - frame.x, 1);
      const box = labels.boxOf([tickPercent(tick, up.step)], frame.x - 7, y - LINE / 2, { align: "right" });
      labels.draw([tickPercent(tick, up.step)], box, { align: "right", halo: false });
      context.fillStyle = theme.grid;
    }
    for (const tick of across.ticks) {
      const text = [tickPercent(tick, across.step)];
      const box = labels.boxOf(text, this.x(tick), frame.bottom + 5, { align: "center" });
      box.x = Math.min(box.x, frame.right + 7 - box.w);
      labels.draw(text, box, { halo: false });
      context.fillStyle = theme.grid;
      context.fillRect(Math.round(this.x(tick)), frame.bottom, 1, 4);
    }
    const upward = [`↑ error over ${store.over}`];
    labels.draw(upward, labels.boxOf(upward, 2, 2), { halo: false });
    const title = [`${trainAxis(store.num_train)} →`];
    const box = labels.boxOf(title, frame.right + 7, frame.bottom + 20, { align: "right" });
    labels.draw(title, box, { align: "right", halo: false });
  }

  regionBox(frame, h) {
    const x = this.x(h.train);
    const y = Math.max(frame.y, this.y(Math.min(h.low, h.whole)));
    return { x, y, w: frame.right - x, h: frame.bottom - y };
  }

  paintRegion(context, theme, frame, h, holdsWitness) {
    const box = this.regionBox(frame, h);
    if (box.w <= 0 || box.h <= 0) return;
    context.fillStyle = holdsWitness ? theme["red-soft"] : theme.region;
    context.fillRect(box.x, box.y, box.w, box.h);
  }

  // Dots beyond the axes stay visible at the edge.
  px(train) {
    return Math.min(this.x(train), this.x.to + 3);
  }

  py(whole) {
    return Math.max(this.y(whole), this.y.to - 3);
  }

  paintBayes(context, labels, theme, store, frame) {
    if (!isNumber(store.bayes_error)) return;
    const y = this.y(store.bayes_error);
    dashBayes(context, theme, frame.x, frame.right, y);
    const text = [`Bayes error ${percent(store.bayes_error)}`];
    const spots = [
      { x: frame.right - 2, y: y + 2, align: "right" },
      { x: frame.right - 2, y: y - LINE - 1, align: "right" },
      { x: frame.x + 4, y: y + 2 },
      { x: frame.x + 4, y: y - LINE - 1 },
    ];
    const above = y + LINE + 2 > frame.bottom;
    const crowding = (box) => this.crowd(box);
    labels.place(text, above ? [spots[1], spots[3]] : spots, { color: theme.muted, crowding });
    labels.block(frame.x, y - 3, frame.right - frame.x, 6);
  }

  paintNames(context, labels, theme, store, h, witness) {
    const at = (row) => [this.px(row.train), this.py(row.whole)];
    const [hx, hy] = at(h);
    labels.block(hx - 7, hy - 7, 14, 14);
    store.runs.forEach((run, i) => {
      const end = rowOf(store, [i, run.n - 1]);
      if (!end) return;
      const [x, y] = at(end);
      labels.block(x - 6, y - 6, 12, 12);
      drawRunMark(context, theme, i, x, y, 4.5);
    });
    if (witness) {
      const [wx, wy] = at(witness);
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

  // The words go where they cover least; where there is no room for them they are left out.
  paintRegionWords(labels, theme, frame, h, holdsWitness) {
    const region = this.regionBox(frame, h);
    const spots = [];
    for (const width of [210, 130, 90]) {
      const lines = labels.wrap(WORDS.region, width);
      const size = labels.boxOf(lines, 0, 0);
      const [roomX, roomY] = [region.w - 10 - size.w, region.h - 6 - size.h];
      if (roomX < 0 || roomY < 0) continue;
      for (const down of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
        for (const across of [1, 0.75, 0.5, 0.25, 0]) {
          spots.push({ lines, x: region.x + 6 + across * roomX, y: region.y + 3 + down * roomY });
        }
      }
    }
    const color = holdsWitness ? theme.red : theme.muted;
    labels.place([WORDS.region], spots, { color, strict: true, crowding: (box) => this.crowd(box) });
  }

  // What a label in a box would cover: dots and paths.
  crowd(box) {
    const inside = ([x, y]) => x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h;
    const trails = this.trails.reduce((sum, trail) => sum + trail.filter(inside).length, 0);
    return this.dots.crowd(box) + 3 * trails;
  }

  paintHover(context, labels, theme, store) {
    const row = this.hovered && rowOf(store, this.hovered);
    if (!row) return;
    const [x, y] = [this.px(row.train), this.py(row.whole)];
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.stroke();
    const name = store.runs.length > 1 ? `${shorten(nameOf(store, row.run), 18)}, ` : "";
    const lines = [`${name}step ${grouped(row.step)}`, `${percent(row.train)} · ${percent(row.whole)}`];
    labels.taken = [];
    labels.place(lines, spotsAround(x, y, 12, 2), { color: theme.ink });
  }
}
