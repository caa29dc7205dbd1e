// The one painter of axes: a grid and ticks up, ticks across in one row or more, titles in words.

import { tickPercent } from "./format.js";
import { LINE } from "./labels.js";
import { ticksBetween } from "./scale.js";

/** @typedef {{ x: number, y: number, right: number, bottom: number }} Frame */
/** @typedef {{ ticks: number[], write: (tick: number, i: number) => string }} Ticks */
/** @typedef {import("./scale.js").Scale} Scale */

/**
 * Ticks of an axis of shares.
 * @param {[low: number, high: number]} domain @param {number} count @returns {Ticks}
 */
export function percentTicks([low, high], count) {
  const { ticks, step } = ticksBetween(low, high, count);
  return { ticks, write: (tick) => tickPercent(tick, step) };
}

/**
 * @param {import("./labels.js").Labels} labels @param {Frame} frame
 * @param {Ticks & { scale: Scale, title?: string }} axis
 */
export function paintUp(labels, frame, { scale, ticks, write, title }) {
  const { context, theme } = labels;
  ticks.forEach((tick, i) => {
    const y = Math.round(scale(tick));
    context.fillStyle = theme.grid;
    context.fillRect(frame.x, y, frame.right - frame.x, 1);
    labels.write([write(tick, i)], frame.x - 7, y - LINE / 2, { align: "right", halo: false });
  });
  if (title) labels.write([`↑ ${title}`], 2, labels.bounds.y + 1, { halo: false });
}

/**
 * @param {import("./labels.js").Labels} labels @param {Frame} frame @param {object} axis
 * @param {Scale} axis.scale @param {number[]} axis.ticks
 * @param {{ name?: string, write: Ticks["write"] }[]} axis.rows words under the ticks
 * @param {string} [axis.title]
 * @param {number} [axis.end] right end of the title
 * @param {number} [axis.low] left end of the words under the ticks
 * @param {number} [axis.gap] between the frame and the words
 * @param {string} [axis.color] of the ticks
 */
export function paintAcross(labels, frame, axis) {
  const { context, theme, bounds } = labels;
  const { scale, ticks, rows, title, end = frame.right, low = bounds.x, gap = 5 } = axis;
  context.fillStyle = axis.color ?? theme.grid;
  for (const tick of ticks) context.fillRect(Math.round(scale(tick)), frame.bottom, 1, 4);
  rows.forEach(({ name, write }, i) => {
    const y = frame.bottom + gap + LINE * i;
    if (name) labels.write([name], frame.x - 7, y, { align: "right", halo: false });
    let taken = -Infinity;
    ticks.forEach((tick, j) => {
      const text = [write(tick, j)];
      const box = labels.boxOf(text, scale(tick), y, { align: "center" });
      box.x = Math.max(low, Math.min(box.x, bounds.x + bounds.w - box.w));
      if (box.x < taken + 6) return;
      taken = box.x + box.w;
      labels.draw(text, box, { halo: false });
    });
  });
  const style = /** @type {const} */ ({ align: "right", halo: false });
  if (title) labels.write([`${title} →`], end, bounds.y + bounds.h - LINE - 1, style);
}

const TOP = 24;
const RIGHT = 12;
const BOTTOM = 34;

/**
 * The frame of a chart of shares with titles above and below.
 * @param {import("./labels.js").Labels} labels @param {import("./surface.js").Sheet} sheet
 * @returns {Frame}
 */
export function chartFrame(labels, { width, height }, right = RIGHT) {
  const left = Math.ceil(labels.width("100 %")) + 9;
  return { x: left, y: TOP, right: width - right, bottom: height - BOTTOM };
}
