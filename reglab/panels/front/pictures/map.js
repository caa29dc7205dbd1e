// What does h decide: class colours, h's boundary in ink, the Bayes boundary in grey, examples.

import { decidedWords } from "../kit/describe.js";
import { classTable, contour, paintField, smoothField, soften, tintTable } from "../kit/field.js";
import { examples } from "../kit/format.js";
import { tracePath } from "../kit/marks.js";
import { rowOf } from "../kit/store.js";
import { layerCanvas } from "../kit/surface.js";
import { fade } from "../kit/theme.js";
import { isSame } from "../kit/wire.js";
import { say } from "../kit/words.js";

/**
 * @typedef {object} Picture
 * @property {string} what h, witness or disagreement
 * @property {[x1: number, x2: number, y1: number, y2: number]} region
 * @property {Bytes} shade @property {Bytes | null} bayes @property {Bytes} y
 * @property {import("../kit/wire.js").Shaped<Float32Array>} x
 */

/** @typedef {import("../kit/wire.js").Shaped<Uint8Array>} Bytes */
/** @typedef {import("../kit/theme.js").Theme} Theme */
/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {import("../kit/field.js").Field & { path: Path2D }} Smooth */

/** @param {string} what h, witness or disagreement */
export function mapTitle(what) {
  if (what === "disagreement") return say("Where they differ");
  return what === "witness" ? say("Decision of h′") : say("Decision of h");
}

/** The plane of the inputs as a hypothesis divides it. */
export class Painter {
  constructor() {
    /** @type {Record<string, { key: unknown[], value: any }>} */
    this.cache = {};
  }

  /**
   * Recomputes only what has arrived or changed its colours since the last picture.
   * @template T
   * @param {string} name @param {unknown[]} key @param {() => T} compute @returns {T}
   */
  fresh(name, key, compute) {
    const entry = this.cache[name];
    if (entry && isSame(entry.key, key)) return entry.value;
    const value = compute();
    this.cache[name] = { key, value };
    return value;
  }

  /** @param {Picture} view @param {"shade" | "bayes"} name @returns {Smooth | null} */
  field({ what, ...view }, name) {
    const bytes = view[name];
    if (!bytes) return null;
    const [rows, cols] = bytes.shape;
    return this.fresh(name, [bytes, what], () => {
      const soft = name === "shade" && what === "disagreement";
      const field = smoothField(soften(bytes, rows, cols, soft ? 256 : 16), rows, cols);
      return { ...field, path: contour(field) };
    });
  }

  /** @param {import("../kit/surface.js").Sheet} sheet @param {Picture} view @param {Theme} theme */
  paint({ context, width, height, ratio }, view, theme) {
    const frame = fitRegion(view.region, width, height);
    const shade = this.field(view, "shade");
    const bayes = this.field(view, "bayes");
    context.save();
    context.beginPath();
    context.roundRect(frame.x, frame.y, frame.w, frame.h, 4);
    context.clip();
    context.fillStyle = theme.neutral;
    context.fillRect(frame.x, frame.y, frame.w, frame.h);
    if (shade) this.paintShade(context, frame, ratio, shade, view.what, theme);
    if (bayes) strokeContour(context, frame, bayes.path, theme.bayes, 1.25);
    if (shade) {
      const thin = view.what === "disagreement";
      strokeContour(context, frame, shade.path, theme.ink, thin ? 1 : 2);
    }
    paintExamples(context, frame, view, theme);
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {Box} frame @param {number} ratio
   * @param {Smooth} shade @param {string} what @param {Theme} theme
   */
  paintShade(context, frame, ratio, shade, what, theme) {
    const key = [shade, what, theme.id];
    if (what !== "disagreement") {
      const table = this.fresh("table", [theme.id], () => classTable(theme));
      const picture = this.fresh("picture", key, () => paintField(shade, table));
      stretch(context, picture, frame);
      return;
    }
    const mask = this.fresh("mask", key, () => paintField(shade, tintTable(theme, 1)));
    const layer = layerCanvas(frame.w * ratio, frame.h * ratio);
    const paint = layer.getContext("2d");
    paint.fillStyle = fade(theme, "ink", 0.1);
    paint.fillRect(0, 0, layer.width, layer.height);
    hatch(paint, layer.width, layer.height, 6 * ratio, ratio, fade(theme, "ink", 0.5));
    paint.globalCompositeOperation = "destination-in";
    stretch(paint, mask, { x: 0, y: 0, w: layer.width, h: layer.height });
    context.drawImage(layer, frame.x, frame.y, frame.w, frame.h);
  }

  /** @param {Picture | null} view */
  title(view) {
    return mapTitle(view?.what ?? "h");
  }

  /** @param {Picture | null} view @param {import("../kit/store.js").Board} frame */
  note(view, frame) {
    return decidedWords(frame, view?.what ?? "h");
  }

  /** @param {Picture} view */
  describe({ what, bayes, y }) {
    const line = what === "disagreement" ? say("hatched where they differ") : say("boundary as a solid line");
    const lines = bayes ? say("{line}, and the Bayes boundary as a grey line", { line }) : line;
    const classes = say("class 0 as orange squares and class 1 as blue discs");
    const [title, given] = [mapTitle(what), examples(y.length)];
    return say("{title} over the plane: {lines}; {given}, {classes}.", { title, lines, given, classes });
  }

  /**
   * @param {Picture} view
   * @param {import("../kit/store.js").Board} [frame] where there may be no hypothesis as yet
   * @returns {[mark: string, words: string][]}
   */
  key({ what, bayes }, frame) {
    /** @type {Record<string, [string, string]>} */
    const lines = { witness: ["line", "h′"], disagreement: ["hatch", say("they differ")] };
    /** @type {[string, string][]} */
    const entries = [["square", say("class 0")], ["disc", say("class 1")]];
    if (!frame || rowOf(frame, frame.h)) entries.push(lines[what] ?? ["line", "h"]);
    if (bayes) entries.push(["bayes", say("Bayes")]);
    return entries;
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Box} frame @param {Picture} view
 * @param {Theme} theme
 */
function paintExamples(context, frame, { x, y, region: [x1, x2, y1, y2] }, theme) {
  const count = y.length;
  const many = count > theme.numbers.map_few;
  const r = Math.max(2.2, Math.min(4.6, frame.w / 88)) * (many ? 0.7 : 1);
  for (const kind of [0, 1]) {
    const path = new Path2D();
    for (let i = 0; i < count; i += 1) {
      if (y[i] !== kind) continue;
      const px = frame.x + (frame.w * (x[2 * i] - x1)) / (x2 - x1);
      const py = frame.y + frame.h - (frame.h * (x[2 * i + 1] - y1)) / (y2 - y1);
      tracePath(path, kind ? "disc" : "square", px, py, r);
    }
    context.lineWidth = many ? 1.4 : 2.4;
    context.strokeStyle = theme.rim;
    context.stroke(path);
    context.fillStyle = kind ? theme.class1 : theme.class0;
    context.fill(path);
  }
}

/**
 * The region keeps its shape, but for a small stretch that nobody sees.
 * @param {[number, number, number, number]} region @param {number} width @param {number} height
 * @returns {Box}
 */
export function fitRegion([x1, x2, y1, y2], width, height) {
  const own = (x2 - x1) / (y2 - y1);
  const given = width / height;
  if (!(own > 0) || Math.abs(Math.log(own / given)) < 0.2) return { x: 0, y: 0, w: width, h: height };
  const w = own < given ? height * own : width;
  const h = own < given ? height : width / own;
  return { x: (width - w) / 2, y: (height - h) / 2, w, h };
}

/** @param {CanvasRenderingContext2D} context @param {HTMLCanvasElement} picture @param {Box} frame */
function stretch(context, picture, frame) {
  // Grid nodes lie on the frame's edges, pixel centres half a pixel inside.
  const dx = frame.w / (picture.width - 1);
  const dy = frame.h / (picture.height - 1);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "medium";
  context.drawImage(picture, frame.x - dx / 2, frame.y - dy / 2, frame.w + dx, frame.h + dy);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Box} frame @param {Path2D} path
 * @param {string} color @param {number} width
 */
function strokeContour(context, frame, path, color, width) {
  const placed = new Path2D();
  placed.addPath(path, new DOMMatrix([frame.w, 0, 0, frame.h, frame.x, frame.y]));
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineCap = "round";
  context.stroke(placed);
  context.lineCap = "butt";
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} width @param {number} height
 * @param {number} gap @param {number} line @param {string} color
 */
function hatch(context, width, height, gap, line, color) {
  context.beginPath();
  for (let x = -height; x < width; x += gap) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.strokeStyle = color;
  context.lineWidth = line;
  context.stroke();
}
