// Two charts of a population: how often h overfits, and the bands of both errors.

import { TIE, grouped, percent, tickPercent } from "../kit/format.js";
import { LINE, Labels, spotsAround, spread } from "../kit/labels.js";
import { linear, steadyDomain, ticksBetween } from "../kit/scale.js";
import { fade } from "../kit/theme.js";

const PAD = { top: 10, right: 12, bottom: 34 };

// The frame of a chart: ticks up and across, titles in words; returns both scales.
export function paintFrame(context, labels, theme, { width, height, up, across, upTitle, acrossTitle, right = PAD.right }) {
  const left = Math.ceil(labels.width("100 %")) + 9;
  const box = { x: left, y: PAD.top + LINE, right: width - right, bottom: height - PAD.bottom };
  const y = linear(up.low, up.high, box.bottom, box.y);
  const x = linear(across.low, across.high, box.x, box.right);
  const rungs = up.ticks ? { ticks: up.ticks, step: 1 } : ticksBetween(up.low, up.high, 5);
  for (const tick of rungs.ticks) {
    const at = Math.round(y(tick));
    context.fillStyle = theme.grid;
    context.fillRect(box.x, at, box.right - box.x, 1);
    const text = [tickPercent(tick, rungs.step)];
    labels.draw(text, labels.boxOf(text, box.x - 7, at - LINE / 2, { align: "right" }), { align: "right", halo: false });
  }
  let end = -Infinity;
  for (const { at, text } of across.ticks) {
    const place = labels.boxOf([text], x(at), box.bottom + 5, { align: "center" });
    place.x = Math.max(0, Math.min(place.x, width - place.w));
    context.fillStyle = theme.grid;
    context.fillRect(Math.round(x(at)), box.bottom, 1, 4);
    if (place.x < end + 6) continue;
    end = place.x + place.w;
    labels.draw([text], place, { halo: false });
  }
  const heading = [`↑ ${upTitle}`];
  labels.draw(heading, labels.boxOf(heading, 2, 1), { halo: false });
  const title = [`${acrossTitle} →`];
  labels.draw(title, labels.boxOf(title, box.right, height - LINE - 1, { align: "right" }), { align: "right", halo: false });
  return { ...box, px: x, py: y };
}

function valueText(value, unit) {
  return unit === "%" ? `${+(100 * value).toPrecision(4)}${TIE}%` : `${+value.toPrecision(4)}`;
}

export class FrequencyChart {
  // Values stand where they are, or in a row where some would lie on top of each other.
  places(values) {
    const span = values[values.length - 1] - values[0];
    const least = Math.min(...values.slice(1).map((value, i) => value - values[i]));
    return values.length > 1 && least < span / 25 ? values.map((_, i) => i) : values;
  }

  paint(context, width, height, store, theme) {
    const labels = new Labels(context, theme, { x: 0, y: 0, w: width, h: height });
    const { values, share, low, high, unit, varies, num_runs: sizes } = store.frequency;
    const at = this.places(values);
    const span = at.length > 1 ? at[at.length - 1] - at[0] : 1;
    const pad = at.length > 1 ? 0.06 * span : 0.5;
    const first = at[0] ?? 0;
    this.frame = paintFrame(context, labels, theme, {
      width, height, upTitle: "share of runs that overfit", acrossTitle: varies,
      up: { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] },
      across: { low: first - pad, high: first + span + pad, ticks: at.map((one, i) => ({ at: one, text: valueText(values[i], unit) })) },
    });
    const { px, py } = this.frame;
    this.at = at.map((one) => px(one));
    const known = at.map((_, i) => i).filter((i) => sizes[i] > 0);
    const chosen = this.at[store.chosen];
    if (chosen !== undefined && known.length) {
      context.fillStyle = theme.region;
      context.fillRect(chosen - 13, this.frame.y - 4, 26, this.frame.bottom - this.frame.y + 4);
    }
    context.lineWidth = 1;
    context.strokeStyle = fade(theme, "ink", 0.45);
    context.beginPath();
    for (const i of known) context.lineTo(this.at[i], py(share[i]));
    context.stroke();
    for (const i of known) this.paintShare(context, theme, store, i, [low[i], share[i], high[i]].map(py));
    const last = known.includes(store.chosen) ? store.chosen : undefined;
    if (last !== undefined) {
      const text = [`${store.frequency.num_overfit[last]} of ${sizes[last]}`];
      // Beside the bar rather than on the line from dot to dot.
      const [right, left, ...rest] = spotsAround(this.at[last], py(share[last]), 9);
      const inside = [...rest, right, left].filter((spot) => spot.y > this.frame.y - 8);
      labels.place(text, inside, { color: theme.ink, weight: 600 });
    }
  }

  paintShare(context, theme, store, i, [low, middle, high]) {
    const x = this.at[i];
    const strong = i === store.chosen;
    context.strokeStyle = fade(theme, "ink", strong ? 1 : 0.5);
    context.lineWidth = strong ? 2 : 1.25;
    context.beginPath();
    context.moveTo(x, low);
    context.lineTo(x, high);
    context.stroke();
    context.beginPath();
    context.arc(x, middle, strong ? 5 : 4, 0, 2 * Math.PI);
    context.fillStyle = store.frequency.num_undecided[i] ? theme.surface : theme.ink;
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.fill();
    context.stroke();
  }

  nearest(x) {
    if (!this.at?.length) return null;
    return this.at.reduce((best, at, i) => (Math.abs(at - x) < Math.abs(this.at[best] - x) ? i : best), 0);
  }

  describe(store) {
    const { frequency, settings } = store;
    const parts = settings.map((setting, i) =>
      `${setting}: ${frequency.num_overfit[i]} of ${frequency.num_runs[i]}, ` +
      `${tickPercent(frequency.low[i], 1)} to ${tickPercent(frequency.high[i], 1)}`);
    return `How many runs overfit. ${parts.join("; ")}. Arrow keys choose a value.`;
  }
}

// Paths through values that are there; a value that is not ends a line.
function tracePoints(context, steps, values, px, py) {
  for (let i = 0; i < steps.length; i += 1) {
    if (Number.isFinite(values[i])) context.lineTo(px(steps[i]), py(values[i]));
  }
}

export class BandsChart {
  paint(context, width, height, store, theme) {
    const labels = new Labels(context, theme, { x: 0, y: 0, w: width, h: height });
    const bands = store.bands;
    const others = store.others.filter((one) => one !== null);
    const last = Math.max(1, ...[bands, ...others].map((one) => one?.step.at(-1) ?? 1));
    const tops = [...(bands?.true_high ?? []), ...(bands?.train_high ?? [])].filter(Number.isFinite);
    this.domain = steadyDomain(tops, { zero: true, least: 0.1 }, this.domain);
    const ticks = bands ? ticksBetween(0, last, 5).ticks : [];
    const wide = width > 330;
    const names = [[store.overShort, theme.whole, "true_median"], [store.trained, theme.train, "train_median"]];
    const room = wide ? Math.min(150, Math.max(...names.map(([name]) => labels.width(name, { weight: 600 }))) + 26) : PAD.right;
    const frame = paintFrame(context, labels, theme, {
      width, height, upTitle: "error", acrossTitle: "step", right: room,
      up: { low: 0, high: this.domain[1] },
      across: { low: 0, high: last, ticks: ticks.map((at) => ({ at, text: grouped(at) })) },
    });
    if (!bands) return;
    const { px, py } = frame;
    context.lineJoin = "round";
    for (const other of others) this.line(context, other.step, other.true_median, px, py, fade(theme, "whole", 0.3), 1);
    this.area(context, bands.step, bands.train_low, bands.train_high, px, py, fade(theme, "train", 0.16));
    this.area(context, bands.step, bands.true_low, bands.true_high, px, py, fade(theme, "whole", 0.16));
    this.line(context, bands.step, bands.train_median, px, py, theme.train, 2);
    this.line(context, bands.step, bands.true_median, px, py, theme.whole, 2);
    this.paintBrushed(context, store, theme, px, py);
    this.paintNames(labels, names, bands, frame, py, width, wide);
  }

  area(context, steps, low, high, px, py, color) {
    context.beginPath();
    tracePoints(context, steps, high, px, py);
    tracePoints(context, [...steps].reverse(), [...low].reverse(), px, py);
    context.fillStyle = color;
    context.fill();
  }

  line(context, steps, values, px, py, color, width, dash = []) {
    context.beginPath();
    tracePoints(context, steps, values, px, py);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  // The run that is looked at: ink, both errors.
  paintBrushed(context, store, theme, px, py) {
    const run = store.brushed;
    if (!run) return;
    this.line(context, run.step, run.true_error, px, py, fade(theme, "ink", 0.75), 1.25);
    this.line(context, run.step, run.train_error, px, py, fade(theme, "ink", 0.75), 1, [3, 2]);
  }

  paintNames(labels, names, bands, frame, py, width, wide) {
    const boxes = names.map(([name, color, column]) => {
      const error = bands[column].at(-1);
      const lines = wide ? [name, percent(error)] : [`${name} ${percent(error)}`];
      const x = wide ? frame.right + 8 : frame.right - 2;
      const options = { align: wide ? "left" : "right", color, weights: [600, 400] };
      const away = wide ? LINE : 2.2 * LINE;
      return { ...labels.boxOf(lines, x, py(error) - away, { ...options, weight: 600 }), lines, options };
    });
    spread(boxes, 0, frame.bottom + 4);
    for (const box of boxes) labels.draw(box.lines, box, box.options);
  }

  describe(store) {
    const { bands } = store;
    if (!bands) return "Both errors against steps; empty as yet.";
    const [train, whole] = [bands.train_median.at(-1), bands.true_median.at(-1)];
    const one = store.brushed ? " The run that is chosen is drawn in ink." : "";
    return `Median errors ${store.settings[store.chosen] ?? ""} after step ${grouped(bands.step.at(-1))}: ` +
      `${percent(train)} on the ${store.trained}, ${percent(whole)} over ${store.over}.${one}`;
  }
}
