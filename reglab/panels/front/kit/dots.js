// The dots of the witness plane, drawn once into a layer to which later rows are added.

import { runColor } from "./marks.js";
import { layerCanvas } from "./surface.js";
import { isSame } from "./wire.js";

const CELL = 4;

/** @typedef {import("./plane.js").ErrorPlane} ErrorPlane */
/** @typedef {import("./surface.js").Sheet} Sheet */

/** Dots that stay, and how much of a box lies over them. */
export class DotLayer {
  constructor() {
    /** @type {unknown[]} */
    this.key = [];
    this.canvas = layerCanvas(1, 1);
    /** @type {number[]} how many rows of each run are drawn */
    this.drawn = [];
    this.columns = 0;
    this.occupied = new Uint8Array(0);
  }

  /**
   * Starts anew where a part of the key is another.
   * @param {unknown[]} key @param {Sheet} sheet
   */
  begin(key, { width, height, ratio }) {
    if (isSame(this.key, key)) return;
    this.key = key;
    this.canvas = layerCanvas(width * ratio, height * ratio);
    this.drawn = [];
    this.columns = Math.ceil(width / CELL) + 1;
    this.occupied = new Uint8Array(this.columns * (Math.ceil(height / CELL) + 1));
  }

  /**
   * @param {Sheet} sheet @param {ErrorPlane} plane @param {import("./store.js").Board} store
   * @param {import("./theme.js").Theme} theme
   */
  paint(sheet, plane, store, theme) {
    const total = store.runs.reduce((sum, run) => sum + run.step.length, 0);
    const { numbers } = theme;
    const few = total < numbers.dots_few ? numbers.dot_few : numbers.dot_some;
    const alpha = total < numbers.dots_some ? few : numbers.dot_many;
    const { width, height, ratio } = sheet;
    // A column that has only grown lies in the buffer that it lay in.
    const rows = store.runs.flatMap((run) => [run.train_error.buffer, run.true_error.buffer, run.in_pool]);
    const scales = [...plane.domainX, ...plane.domainY, width, height, ratio];
    this.begin([...scales, theme.id, alpha, ...rows], sheet);
    const paint = this.canvas.getContext("2d");
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    store.runs.forEach((run, r) => {
      paint.fillStyle = runColor(theme, r);
      paint.globalAlpha = (run.in_pool ? 1 : numbers.out_of_pool) * alpha;
      for (let i = this.drawn[r] ?? 0; i < run.step.length; i += 1) {
        this.dot(paint, ...plane.at(run.train_error[i], run.true_error[i]));
      }
      this.drawn[r] = run.step.length;
    });
    sheet.context.drawImage(this.canvas, 0, 0, width, height);
  }

  /** @param {CanvasRenderingContext2D} paint @param {number} x @param {number} y */
  dot(paint, x, y) {
    if (!(Number.isFinite(x) && Number.isFinite(y))) return;
    paint.beginPath();
    paint.arc(x, y, 2, 0, 2 * Math.PI);
    paint.fill();
    const at = Math.floor(y / CELL) * this.columns + Math.floor(x / CELL);
    if (at >= 0 && at < this.occupied.length) this.occupied[at] = 1;
  }

  /**
   * How much of a box lies over dots, in cells.
   * @param {import("./labels.js").Box} box
   */
  crowd({ x, y, w, h }) {
    let count = 0;
    for (let r = Math.floor(y / CELL); r <= (y + h) / CELL; r += 1) {
      for (let c = Math.floor(x / CELL); c <= (x + w) / CELL; c += 1) {
        count += this.occupied[r * this.columns + c] || 0;
      }
    }
    return count;
  }
}

/**
 * The way of a run, as a moving mean: the noise of single steps would hide its shape.
 * @param {CanvasRenderingContext2D} context @param {import("./theme.js").Theme} theme
 * @param {ErrorPlane} plane @param {import("./store.js").Run} run @param {number} index
 * @param {boolean | undefined} inPool
 * @returns {[x: number, y: number][]} its points
 */
export function paintPath(context, theme, plane, run, index, inPool) {
  /** @type {[x: number, y: number][]} */
  const trail = [];
  if (run.step.length < 2) return trail;
  const { numbers } = theme;
  const window = Math.max(1, Math.round(run.step.length / numbers.path_window));
  const stride = Math.max(1, Math.floor(run.step.length / 160));
  let [sumX, sumY, from, to] = [0, 0, 0, 0];
  for (let i = 0; i < run.step.length; i += stride) {
    const reach = Math.min(window, i, run.step.length - 1 - i);
    for (; to <= i + reach; to += 1) [sumX, sumY] = [sumX + run.train_error[to], sumY + run.true_error[to]];
    for (; from < i - reach; from += 1) [sumX, sumY] = [sumX - run.train_error[from], sumY - run.true_error[from]];
    trail.push([plane.x(sumX / (to - from)), plane.y(sumY / (to - from))]);
  }
  trail.push([plane.x(run.train_error[run.step.length - 1]), plane.y(run.true_error[run.step.length - 1])]);
  context.beginPath();
  for (const [x, y] of trail) context.lineTo(x, y);
  context.globalAlpha = (inPool === false ? numbers.out_of_pool : 1) * numbers.path;
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  context.strokeStyle = runColor(theme, index);
  context.stroke();
  context.globalAlpha = 1;
  return trail;
}
