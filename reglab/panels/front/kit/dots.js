// The dots of the witness plane, drawn once into a layer to which later rows are added.

import { runColor } from "./marks.js";
import { layerCanvas } from "./surface.js";

const CELL = 4;

/** @typedef {import("./plane.js").ErrorPlane} ErrorPlane */
/** @typedef {import("./surface.js").Sheet} Sheet */

/** Dots that stay, and how much of a box lies over them. */
export class DotLayer {
  constructor() {
    this.key = "";
    this.canvas = layerCanvas(1, 1);
    /** @type {number[]} how many rows of each run are drawn */
    this.drawn = [];
    this.columns = 0;
    this.occupied = new Uint8Array(0);
  }

  /** @param {string} key @param {Sheet} sheet */
  begin(key, { width, height, ratio }) {
    if (this.key === key) return;
    this.key = key;
    this.canvas = layerCanvas(width * ratio, height * ratio);
    this.drawn = [];
    this.columns = Math.ceil(width / CELL) + 1;
    this.occupied = new Uint8Array(this.columns * (Math.ceil(height / CELL) + 1));
  }

  /**
   * @param {Sheet} sheet @param {ErrorPlane} plane @param {import("./store.js").Store} store
   * @param {import("./theme.js").Theme} theme
   */
  paint(sheet, plane, store, theme) {
    const total = store.runs.reduce((sum, run) => sum + run.n, 0);
    const { numbers } = theme;
    const few = total < numbers.dots_few ? numbers.dot_few : numbers.dot_some;
    const alpha = total < numbers.dots_some ? few : numbers.dot_many;
    const versions = store.runs.map((run, i) => `${run.version}${store.labels[i]?.in_pool}`);
    const { width, height, ratio } = sheet;
    const scales = [plane.domainX, plane.domainY, width, height, ratio];
    this.begin([scales, theme.id, alpha, versions].join("|"), sheet);
    const paint = this.canvas.getContext("2d");
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    store.runs.forEach((run, r) => {
      paint.fillStyle = runColor(theme, r);
      paint.globalAlpha = store.labels[r]?.in_pool === false ? numbers.out_of_pool * alpha : alpha;
      for (let i = this.drawn[r] ?? 0; i < run.n; i += 1) {
        this.dot(paint, ...plane.at(run.train[i], run.whole[i]));
      }
      this.drawn[r] = run.n;
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
  if (run.n < 2) return trail;
  const { numbers } = theme;
  const window = Math.max(1, Math.round(run.n / numbers.path_window));
  const stride = Math.max(1, Math.floor(run.n / 160));
  let [sumX, sumY, from, to] = [0, 0, 0, 0];
  for (let i = 0; i < run.n; i += stride) {
    const reach = Math.min(window, i, run.n - 1 - i);
    for (; to <= i + reach; to += 1) [sumX, sumY] = [sumX + run.train[to], sumY + run.whole[to]];
    for (; from < i - reach; from += 1) [sumX, sumY] = [sumX - run.train[from], sumY - run.whole[from]];
    trail.push([plane.x(sumX / (to - from)), plane.y(sumY / (to - from))]);
  }
  trail.push([plane.x(run.train[run.n - 1]), plane.y(run.whole[run.n - 1])]);
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
