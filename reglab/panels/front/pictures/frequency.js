// How often h overfits, with its interval, at each value of what varies.

import { chartFrame, paintAcross, paintUp } from "../kit/axes.js";
import { plain, tickPercent } from "../kit/format.js";
import { Labels, spotsAround } from "../kit/labels.js";
import { linear } from "../kit/scale.js";
import { fade } from "../kit/theme.js";
import { say, semicolons, sentences } from "../kit/words.js";

/** @typedef {import("../kit/population.js").Runs} Population */

/**
 * Values stand where they are, or in a row where some would lie on top of each other.
 * @param {number[]} values
 */
export function places(values) {
  const span = values[values.length - 1] - values[0];
  const least = Math.min(...values.slice(1).map((value, i) => value - values[i]));
  return values.length > 1 && least < span / 25 ? values.map((_, i) => i) : values;
}

/** A bar and a dot for each value. */
export class Painter {
  constructor() {
    /** @type {number[]} where the values stand */
    this.at = [];
  }

  /**
   * @param {import("../kit/surface.js").Sheet} sheet @param {Population} view
   * @param {import("../kit/theme.js").Theme} theme
   */
  paint(sheet, { frequency, chosen }, theme) {
    const { context } = sheet;
    const labels = new Labels(sheet, theme);
    const { share, low, high, unit, varies, num_runs: sizes } = frequency;
    const values = Array.from(frequency.values);
    const frame = chartFrame(labels, sheet);
    const ticks = places(values);
    const span = ticks.length > 1 ? ticks[ticks.length - 1] - ticks[0] : 1;
    const pad = ticks.length > 1 ? theme.numbers.share_pad * span : 0.5;
    const first = ticks[0] ?? 0;
    const x = linear(first - pad, first + span + pad, frame.x, frame.right);
    const y = linear(0, 1, frame.bottom, frame.y);
    const shares = { ticks: [0, 0.25, 0.5, 0.75, 1], write: (/** @type {number} */ tick) => tickPercent(tick, 1) };
    paintUp(labels, frame, { scale: y, ...shares, title: say("share of runs that overfit") });
    const write = (/** @type {number} */ _, /** @type {number} */ i) => plain(values[i], unit === "%");
    paintAcross(labels, frame, { scale: x, ticks, rows: [{ write }], title: varies });
    this.at = ticks.map(x);
    const known = ticks.map((_, i) => i).filter((i) => sizes[i] > 0);
    if (this.at[chosen] !== undefined && known.length) {
      context.fillStyle = theme.region;
      context.fillRect(this.at[chosen] - 13, frame.y - 4, 26, frame.bottom - frame.y + 4);
    }
    context.lineWidth = 1;
    context.strokeStyle = fade(theme, "ink", theme.numbers.share_line);
    context.beginPath();
    for (const i of known) context.lineTo(this.at[i], y(share[i]));
    context.stroke();
    for (const i of known) {
      const [from, middle, to] = [low[i], share[i], high[i]].map(y);
      const bar = { x: this.at[i], from, middle, to, strong: i === chosen, open: frequency.num_undecided[i] > 0 };
      paintBar(context, theme, bar);
    }
    if (!known.includes(chosen)) return;
    // Beside the bar rather than on the line from dot to dot.
    const [right, left, ...rest] = spotsAround(this.at[chosen], y(share[chosen]), 9);
    const inside = [...rest, right, left].filter((spot) => spot.y > frame.y - 8);
    const text = [say("{hits} of {runs}", { hits: frequency.num_overfit[chosen], runs: sizes[chosen] })];
    labels.place(text, inside, { color: theme.ink, weight: 600 });
  }

  /** @param {number} x @returns {number | null} index of the nearest value */
  nearest(x) {
    if (!this.at.length) return null;
    return this.at.reduce((best, at, i) => (Math.abs(at - x) < Math.abs(this.at[best] - x) ? i : best), 0);
  }

  title() {
    return say("How often");
  }

  /** @param {Population | null} view */
  note(view) {
    return view?.settings.length > 1 ? say("click a value; bars are 95 % intervals") : "";
  }

  /** @param {Population} view */
  describe({ frequency, settings }) {
    const { num_overfit: hits, num_runs: runs } = frequency;
    const parts = settings.map((setting, i) => say("{setting}: {hits} of {runs}, {low} to {high}", {
      setting, hits: hits[i], runs: runs[i],
      low: tickPercent(frequency.low[i], 1), high: tickPercent(frequency.high[i], 1),
    }));
    return sentences(
      say("How many runs overfit."),
      parts.length ? say("{what}.", { what: semicolons(parts) }) : "",
      say("Arrow keys choose a value."),
    );
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {import("../kit/theme.js").Theme} theme
 * @param {{ x: number, from: number, middle: number, to: number, strong: boolean, open: boolean }} bar
 */
function paintBar(context, theme, { x, from, middle, to, strong, open }) {
  context.strokeStyle = fade(theme, "ink", strong ? 1 : 0.5);
  context.lineWidth = strong ? 2 : 1.25;
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to);
  context.stroke();
  context.beginPath();
  context.arc(x, middle, strong ? 5 : 4, 0, 2 * Math.PI);
  context.fillStyle = open ? theme.surface : theme.ink;
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}
