// The witness plane of a population: the last hypothesis of each run, a mark for its verdict.

import { chartFrame } from "../kit/axes.js";
import { packColor } from "../kit/field.js";
import { grouped, isNumber, percent } from "../kit/format.js";
import { Labels } from "../kit/labels.js";
import { drawRing, tracePath } from "../kit/marks.js";
import { ErrorPlane } from "../kit/plane.js";
import { endsOf, trainedWords } from "../kit/population.js";
import { pixelCanvas } from "../kit/surface.js";
import { commas, say } from "../kit/words.js";

/** @typedef {import("../kit/population.js").Runs} Population */
/** @typedef {import("../kit/population.js").Ends} Ends */
/** @typedef {import("../kit/theme.js").Theme} Theme */

const DOT = 4.2;

/** What a mark says of its run. */
export function kindWords() {
  return [say("overfits"), say("overfits by less"), say("optimal"), say("no witness"), say("undecided")];
}

/** @param {Ends} plane @param {number} i @returns {number} index of its kind */
export function kindOf(plane, i) {
  const code = plane.code[i];
  return code === 0 ? (plane.counts[i] ? 0 : 1) : code + 1;
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} kind @param {number} x @param {number} y
 * @param {number} r
 */
function traceKind(context, kind, x, y, r) {
  context.beginPath();
  if (kind < 2) {
    context.moveTo(x, y - 1.15 * r);
    context.lineTo(x + 1.1 * r, y + 0.85 * r);
    context.lineTo(x - 1.1 * r, y + 0.85 * r);
    context.closePath();
  } else {
    const shapes = /** @type {const} */ (["cross", "disc", "diamond"]);
    tracePath(context, shapes[kind - 2], x, y, kind === 4 ? 0.85 * r : r);
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Theme} theme @param {number} kind @param {number} x
 * @param {number} y @param {number} r
 */
function drawKind(context, theme, kind, x, y, r) {
  traceKind(context, kind, x, y, r);
  const color = kind < 2 ? theme.red : kind === 2 ? theme.green : theme.ink;
  const filled = kind === 0 || kind === 2;
  context.fillStyle = filled ? color : theme.surface;
  context.strokeStyle = filled ? theme.surface : color;
  context.lineWidth = filled ? 1 : 1.4;
  context.lineJoin = "round";
  context.fill();
  context.stroke();
}

/** The ends of all runs as marks, or as a density where they are too many. */
export class Painter extends ErrorPlane {
  constructor() {
    super();
    /** @type {number | null} index of the mark under the pointer */
    this.hovered = null;
    /** @type {number[]} indices in the order of the arrow keys */
    this.order = [];
    /** @type {[x: number, y: number][]} */
    this.places = [];
  }

  /** @param {import("../kit/surface.js").Sheet} sheet @param {Population} view @param {Theme} theme */
  paint(sheet, view, theme) {
    const { plane } = view;
    const labels = new Labels(sheet, theme);
    this.begin(labels, chartFrame(labels, sheet), {
      ...errorsOf(plane),
      counts: [5, 5],
      titles: [say("error on the {examples}", { examples: trainedWords(view) }), say("error over {over}", { over: plane.over })],
    });
    if (plane.density) this.paintDensity(sheet.context, plane, theme);
    this.order = [...plane.run.keys()].toSorted((a, b) =>
      plane.group[a] - plane.group[b] || plane.true_error[a] - plane.true_error[b] || a - b);
    this.places = Array.from(plane.run, (_, i) => this.at(plane.train_error[i], plane.true_error[i]));
    if (!plane.density) this.paintDots(labels, view);
    this.paintBayes(labels, plane.bayes_error);
    this.paintChosen(labels, view);
    if (!plane.run.length && !plane.density) {
      this.invite(labels, say("the last hypothesis of every run becomes a mark in here"), 0.7 * sheet.width);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Ends} plane @param {Theme} theme */
  paintDensity(context, { density, region }, theme) {
    const [rows, cols] = density.shape;
    const canvas = pixelCanvas(cols, rows, (pixels) => {
      for (let i = 0; i < rows * cols; i += 1) {
        const up = rows - 1 - Math.floor(i / cols);
        pixels[up * cols + (i % cols)] = packColor(theme.rgb.ink, (0.9 * density[i]) / 255);
      }
    });
    const [x0, x1] = [this.x(region[0]), this.x(region[1])];
    const [y0, y1] = [this.y(region[3]), this.y(region[2])];
    const { x, y, right, bottom } = this.frame;
    context.save();
    context.beginPath();
    context.rect(x, y, right - x, bottom - y);
    context.clip();
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, x0, y0, x1 - x0, y1 - y0);
    context.restore();
  }

  /** @param {Labels} labels @param {Population} view */
  paintDots(labels, { plane, chosen }) {
    const isStrong = (/** @type {number} */ i) => plane.group[i] === chosen;
    for (const i of this.order) if (!isStrong(i)) this.dot(labels, plane, i, 0.26, DOT - 0.7);
    for (const i of this.order) if (isStrong(i)) this.dot(labels, plane, i, 1, DOT);
    if (plane.run.length <= 200) for (const [x, y] of this.places) labels.block(x - 3, y - 3, 6, 6);
  }

  /** @param {Labels} labels @param {Ends} plane @param {number} i @param {number} alpha @param {number} r */
  dot({ context, theme }, plane, i, alpha, r) {
    context.globalAlpha = alpha;
    drawKind(context, theme, kindOf(plane, i), ...this.places[i], r);
    context.globalAlpha = 1;
  }

  /** @param {Labels} labels @param {Population} view */
  paintChosen(labels, view) {
    const { plane, brushed } = view;
    const { context, theme } = labels;
    const chosen = brushed ? plane.run.indexOf(brushed.run) : -1;
    if (chosen >= 0) {
      drawRing(context, theme, theme.ink, ...this.places[chosen], 7.5);
      this.dot(labels, plane, chosen, 1, DOT);
    } else if (brushed && plane.density) {
      const place = this.at(brushed.train_error.at(-1), brushed.true_error.at(-1));
      drawRing(context, theme, theme.ink, ...place, 7);
    }
    const told = this.hovered;
    if (told === null || !this.places[told]) return;
    this.paintHover(labels, this.places[told], 7, [
      say("{setting}, draw {draw}", { setting: view.settings[plane.group[told]], draw: plane.draw[told] }),
      `${percent(plane.train_error[told])} · ${percent(plane.true_error[told])}`,
    ]);
  }

  /** @param {number} x @param {number} y @param {number} reach @returns {number | null} a mark */
  nearest(x, y, reach) {
    let best = reach;
    /** @type {number | null} */
    let found = null;
    this.places.forEach(([dx, dy], i) => {
      const away = Math.hypot(dx - x, dy - y);
      if (away < best) [best, found] = [away, i];
    });
    return found;
  }

  /** @param {Population} view @param {number} i */
  optionWords({ plane, settings }, i) {
    return say("{setting}, draw {draw}: {kind}, {train} on the training examples, {whole} over {over}", {
      setting: settings[plane.group[i]], draw: plane.draw[i], kind: kindWords()[kindOf(plane, i)],
      train: percent(plane.train_error[i]), whole: percent(plane.true_error[i]), over: plane.over,
    });
  }

  note() {
    return say("each mark ends a run: click one");
  }

  /** @param {Population} view */
  describe(view) {
    const { plane } = view;
    const runs = grouped(endsOf(view));
    if (plane.density) {
      return say("Witness plane: the ends of {runs} runs as a density. A click chooses the nearest.", { runs });
    }
    const kinds = kindWords();
    const counts = kinds.map(() => 0);
    for (let i = 0; i < plane.run.length; i += 1) counts[kindOf(plane, i)] += 1;
    const told = kinds.flatMap((kind, i) => (counts[i] ? [say("{count} {kind}", { count: counts[i], kind })] : []));
    if (!told.length) return say("Witness plane: the ends of {runs} runs. Arrow keys choose a run.", { runs });
    return say("Witness plane: the ends of {runs} runs, {kinds}. Arrow keys choose a run.", { runs, kinds: commas(told) });
  }

  /** @param {Population} view @returns {[mark: string, words: string][]} */
  key({ plane }) {
    if (plane.density) return [];
    const there = new Set(Array.from(plane.run, (_, i) => kindOf(plane, i)));
    const words = kindWords();
    return [...there].toSorted().map((kind) => [`kind${kind}`, words[kind]]);
  }
}

/** @param {Ends} plane */
function errorsOf({ density, region: [left, right, low, high], train_error: train, true_error: whole, bayes_error: bayes }) {
  const across = density ? [left, right] : Array.from(train);
  const up = density ? [low, high] : Array.from(whole);
  return { across, up: isNumber(bayes) ? [...up, bayes] : up };
}
