// When h overfits: the median of both errors against steps, and where eight runs in ten are.

import { chartFrame, paintAcross, paintUp, percentTicks } from "../kit/axes.js";
import { grouped, percent, short } from "../kit/format.js";
import { LINE, Labels, spread } from "../kit/labels.js";
import { trainedWords } from "../kit/population.js";
import { linear, steadyDomain, ticksBetween } from "../kit/scale.js";
import { fade } from "../kit/theme.js";
import { say, sentences } from "../kit/words.js";

/** @typedef {import("../kit/population.js").Runs} Population */
/** @typedef {import("../kit/theme.js").Theme} Theme */
/** @typedef {import("../kit/scale.js").Scale} Scale */
/** @typedef {{ name: string, color: string, column: "true_median" | "train_median" }} Name */

/** The bands at the value that is chosen, the medians at the others, the run that is looked at. */
export class Painter {
  constructor() {
    /** @type {[number, number] | undefined} */
    this.domain = undefined;
  }

  /** @param {import("../kit/surface.js").Sheet} sheet @param {Population} view @param {Theme} theme */
  paint(sheet, view, theme) {
    const labels = new Labels(sheet, theme);
    const bands = view.bands[view.chosen];
    const others = view.bands.filter((one) => one !== bands);
    const last = Math.max(1, ...[bands, ...others].map((one) => one?.step.at(-1) ?? 1));
    const tops = [...(bands?.true_high ?? []), ...(bands?.train_high ?? [])].filter(Number.isFinite);
    this.domain = steadyDomain(tops, { zero: true, least: theme.numbers.least_across }, this.domain);
    /** @type {Name[]} */
    const names = [
      { name: short(view.plane.over), color: theme.whole, column: "true_median" },
      { name: trainedWords(view), color: theme.train, column: "train_median" },
    ];
    const isWide = sheet.width > 330;
    const longest = Math.max(...names.map(({ name }) => labels.width(name, { weight: 600 })));
    const frame = chartFrame(labels, sheet, isWide ? Math.min(0.45 * sheet.width, longest + 26) : undefined);
    const x = linear(0, last, frame.x, frame.right);
    const y = linear(0, this.domain[1], frame.bottom, frame.y);
    paintUp(labels, frame, { scale: y, ...percentTicks([0, this.domain[1]], 5), title: say("error") });
    const ticks = bands ? ticksBetween(0, last, 5).ticks : [];
    paintAcross(labels, frame, { scale: x, ticks, rows: [{ write: grouped }], title: say("step") });
    if (!bands) return;
    const lines = new Lines(sheet.context, x, y);
    for (const other of others) lines.stroke(other.step, other.true_median, fade(theme, "whole", theme.numbers.others), 1);
    lines.fill(bands.step, bands.train_low, bands.train_high, fade(theme, "train", 0.16));
    lines.fill(bands.step, bands.true_low, bands.true_high, fade(theme, "whole", 0.16));
    lines.stroke(bands.step, bands.train_median, theme.train, 2);
    lines.stroke(bands.step, bands.true_median, theme.whole, 2);
    if (view.brushed) {
      const { step, true_error: whole, train_error: train } = view.brushed;
      lines.stroke(step, whole, fade(theme, "ink", 0.75), 1.25);
      lines.stroke(step, train, fade(theme, "ink", 0.75), 1, [3, 2]);
    }
    const boxes = names.map(({ name, color, column }) => {
      const error = bands[column].at(-1);
      const words = isWide ? [name, percent(error)] : [`${name} ${percent(error)}`];
      const at = isWide ? frame.right + 8 : frame.right - 2;
      /** @type {import("../kit/labels.js").Style} */
      const style = { align: isWide ? "left" : "right", color, weights: [600, 400] };
      const away = isWide ? LINE : 2.2 * LINE;
      return { ...labels.boxOf(words, at, y(error) - away, { ...style, weight: 600 }), words, style };
    });
    spread(boxes, 0, frame.bottom + 4);
    for (const box of boxes) labels.draw(box.words, box, box.style);
  }

  /** @param {Population | null} view */
  title(view) {
    const setting = view?.settings[view.chosen] ?? "";
    return setting ? say("Errors {setting}", { setting }) : say("When");
  }

  /** @param {Population | null} view */
  note(view) {
    return view?.settings[view.chosen] ? say("median, and eight runs in ten") : "";
  }

  /** @param {Population} view */
  describe(view) {
    const bands = view.bands[view.chosen];
    const { over } = view.plane;
    if (!bands) return say("Both errors against steps; empty as yet.");
    const [train, whole] = [bands.train_median.at(-1), bands.true_median.at(-1)];
    return sentences(
      say("Median errors {setting} after step {step}: {train} on the {trained}, {whole} over {over}.", {
        setting: view.settings[view.chosen] ?? "", step: grouped(bands.step.at(-1)),
        train: percent(train), trained: trainedWords(view), whole: percent(whole), over,
      }),
      view.brushed ? say("The run that is chosen is drawn in ink.") : "",
    );
  }
}

/** Lines and areas through the values that are there. */
class Lines {
  /** @param {CanvasRenderingContext2D} context @param {Scale} x @param {Scale} y */
  constructor(context, x, y) {
    this.context = context;
    this.x = x;
    this.y = y;
    context.lineJoin = "round";
  }

  /** @param {Int32Array} steps @param {Float32Array} values */
  trace(steps, values) {
    for (let i = 0; i < steps.length; i += 1) {
      if (Number.isFinite(values[i])) this.context.lineTo(this.x(steps[i]), this.y(values[i]));
    }
  }

  /** @param {Int32Array} steps @param {Float32Array} low @param {Float32Array} high @param {string} color */
  fill(steps, low, high, color) {
    this.context.beginPath();
    this.trace(steps, high);
    this.trace(steps.toReversed(), low.toReversed());
    this.context.fillStyle = color;
    this.context.fill();
  }

  /**
   * @param {Int32Array} steps @param {Float32Array} values @param {string} color @param {number} width
   * @param {number[]} dash
   */
  stroke(steps, values, color, width, dash = []) {
    const { context } = this;
    context.beginPath();
    this.trace(steps, values);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }
}
