// Where inputs are images: the training examples, then a sample of what h gets wrong elsewhere.

import { decidedWords } from "../kit/describe.js";
import { examples, grouped, isNumber, percent } from "../kit/format.js";
import { LINE, Labels, font } from "../kit/labels.js";
import { drawSprite, drawSprites } from "../kit/sprites.js";
import { isSame } from "../kit/wire.js";
import { commas, say, sentences } from "../kit/words.js";

const UNANSWERED = 255;

/**
 * Of the training examples, and of examples that h gets wrong.
 * @typedef {object} Picture
 * @property {string} what h, witness or disagreement
 * @property {Bytes} images @property {Bytes} labels as trained on
 * @property {Bytes} true_labels before any flip
 * @property {Bytes} predicted @property {Bytes} error_images @property {Bytes} error_labels
 * @property {Bytes} error_predicted @property {string} over
 * @property {number | null} unseen_error over the members of a population that are not in S
 */

/** @typedef {import("../kit/wire.js").Shaped<Uint8Array>} Bytes */
/** @typedef {import("../kit/sprites.js").Sprites} Sprites */
/** @typedef {import("../kit/theme.js").Theme} Theme */

/** Images as tiles, with what h calls them. */
export class Painter {
  constructor() {
    /** @type {Record<string, { key: unknown[], sprites: Sprites }>} */
    this.cache = {};
  }

  /** @param {Picture} view @param {"images" | "error_images"} name @param {Theme} theme */
  sprites(view, name, theme) {
    const images = view[name];
    const [count, rows, cols] = images.shape;
    const key = [images, theme.id];
    if (!isSame(this.cache[name]?.key ?? [], key)) {
      this.cache[name] = { key, sprites: drawSprites(images, count, rows, cols, theme) };
    }
    return this.cache[name].sprites;
  }

  /** @param {import("../kit/surface.js").Sheet} sheet @param {Picture} view @param {Theme} theme */
  paint(sheet, view, theme) {
    const { context, width, height } = sheet;
    const labels = new Labels(sheet, theme);
    const training = this.sprites(view, "images", theme);
    const errors = this.sprites(view, "error_images", theme);
    const lines = height > 260 ? 2 : 1;
    const each = Math.floor(width / Math.ceil(errors.count / lines)) - 6;
    const size = Math.max(24, Math.min(each, 40));
    const top = height - 30 - lines * (size + 16);
    paintTraining(labels, training, view, width, top);
    context.fillStyle = theme.grid;
    context.fillRect(0, top + 2, width, 1);
    paintErrors(labels, errors, view, width, top + 10, size);
  }

  /** @param {Picture | null} view */
  title(view) {
    const what = view?.what ?? "h";
    if (what === "disagreement") return say("Where they differ");
    return what === "witness" ? say("Decisions of h′") : say("Decisions of h");
  }

  /** @param {Picture | null} view @param {import("../kit/store.js").Board} frame */
  note(view, frame) {
    const words = decidedWords(frame, view?.what ?? "h");
    const unseen = view?.unseen_error;
    if (!isNumber(unseen)) return words;
    return say("{words} · {share} wrong on images not trained on", { words, share: percent(unseen) });
  }

  /** @param {Picture} view */
  describe(view) {
    const { labels, predicted } = view;
    const differing = (/** @type {Uint8Array} */ a, /** @type {Uint8Array} */ b) =>
      a.reduce((sum, value, i) => sum + (value !== b[i] ? 1 : 0), 0);
    const pairs = Array.from(view.error_labels.slice(0, 6), (truth, i) =>
      say("a {truth} taken for a {called}", { truth, called: answerText(view.error_predicted[i]) }));
    const counts = say("{examples}: {flipped} with a flipped label, {wrong} wrong.", {
      examples: examples(labels.length), flipped: differing(labels, view.true_labels),
      wrong: differing(predicted, labels),
    });
    if (!pairs.length) return counts;
    return sentences(counts, say("Errors elsewhere, for example: {pairs}.", { pairs: commas(pairs) }));
  }

  /**
   * A pair that is in the picture says what the arrows mean.
   * @param {Picture} view @returns {[mark: string, words: string][]}
   */
  key({ error_labels: [truth], error_predicted: [called] }) {
    /** @type {[string, string][]} */
    const entries = [["frame", say("label flipped")], ["wrong", say("h is wrong")]];
    if (truth === undefined || called === undefined) return entries;
    return [...entries, ["pair", say("{truth}→{called}: a {truth} taken for a {called}", { truth, called })]];
  }
}

/**
 * @param {Labels} labels @param {Sprites} sprites @param {Picture} view @param {number} width
 * @param {number} bottom
 */
function paintTraining(labels, sprites, view, width, bottom) {
  const { context, theme } = labels;
  const grid = fitTiles(sprites.count, width, bottom - 18, { gap: 4, least: 13, most: 40 });
  const all = examples(sprites.count);
  const some = say("{all}, the first {count} shown", { all, count: grouped(grid.shown) });
  heading(labels, grid.shown < sprites.count ? some : all, all, 0, width);
  const { labels: given, true_labels: truth, predicted: called } = view;
  for (let i = 0; i < grid.shown; i += 1) {
    const x = grid.x + (i % grid.columns) * (grid.size + grid.gap);
    const y = 18 + Math.floor(i / grid.columns) * (grid.size + grid.gap);
    drawTile(context, theme, sprites, i, x, y, grid.size);
    if (given[i] !== truth[i]) {
      context.strokeStyle = theme.ink;
      context.lineWidth = 2;
      context.strokeRect(x, y, grid.size, grid.size);
    }
    if (called[i] !== given[i]) drawCross(context, theme, x + grid.size, y + grid.size, grid.size);
  }
}

/**
 * @param {Labels} labels @param {Sprites} sprites @param {Picture} view @param {number} width
 * @param {number} top @param {number} size
 */
function paintErrors(labels, sprites, view, width, top, size) {
  const { context, theme } = labels;
  const { count } = sprites;
  const title = count ? say("a sample of errors over {over}", { over: view.over }) : say("no error in the sample");
  heading(labels, title, count ? say("a sample of errors") : title, top, width);
  if (!count) return;
  const columns = Math.max(1, Math.floor((width + 6) / (size + 6)));
  const lines = Math.floor((labels.bounds.h - top - 18) / (size + 16));
  const { error_labels: truth, error_predicted: called } = view;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let i = 0; i < Math.min(count, columns * lines); i += 1) {
    const x = 1 + (i % columns) * (size + 6);
    const y = top + 18 + Math.floor(i / columns) * (size + 16);
    drawTile(context, theme, sprites, i, x, y, size);
    context.font = font(theme, 11);
    context.fillStyle = theme.muted;
    context.fillText(`${truth[i]}→${answerText(called[i])}`, x + size / 2, y + size + 8);
  }
}

/**
 * The largest tiles of which all fit, or else as many of the least size as do.
 * @param {number} count @param {number} width @param {number} height
 * @param {{ gap: number, least: number, most: number }} limits
 */
export function fitTiles(count, width, height, { gap, least, most }) {
  const fit = (/** @type {number} */ size) => {
    const columns = Math.max(1, Math.floor((width - 2 + gap) / (size + gap)));
    return { columns, rows: Math.max(1, Math.floor((height + gap) / (size + gap))) };
  };
  let size = most;
  while (size > least && fit(size).columns * fit(size).rows < count) size -= 1;
  const { columns, rows } = fit(size);
  return { size, gap, columns, shown: Math.min(count, columns * rows), x: 1 };
}

/**
 * @param {CanvasRenderingContext2D} context @param {Theme} theme @param {Sprites} sprites
 * @param {number} index @param {number} x @param {number} y @param {number} size
 */
function drawTile(context, theme, sprites, index, x, y, size) {
  context.fillStyle = theme.neutral;
  context.fillRect(x, y, size, size);
  context.imageSmoothingEnabled = sprites.cols > size;
  drawSprite(context, sprites, index, x, y, size);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Theme} theme @param {number} x @param {number} y
 * @param {number} size
 */
function drawCross(context, theme, x, y, size) {
  const r = Math.max(3.2, Math.min(0.22 * size, 6));
  context.beginPath();
  context.arc(x - 0.8 * r, y - 0.8 * r, r, 0, 2 * Math.PI);
  context.fillStyle = theme.ink;
  context.fill();
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x - 1.22 * r, y - 0.8 * r - 0.42 * r * side);
    context.lineTo(x - 0.38 * r, y - 0.8 * r + 0.42 * r * side);
  }
  context.strokeStyle = theme.surface;
  context.lineWidth = 1.25;
  context.stroke();
}

/**
 * The short text where the long one does not fit into one line.
 * @param {Labels} labels @param {string} text @param {string} short @param {number} top
 * @param {number} width
 */
function heading(labels, text, short, top, width) {
  const long = labels.wrap(text, width);
  const lines = long.length > 1 ? labels.wrap(short, width) : long;
  labels.draw(lines.slice(0, 1), { x: 0, y: top, w: width, h: LINE }, { halo: false });
}

/**
 * A class, or a question mark where a score is not finite and so is no answer.
 * @param {number} called
 */
export function answerText(called) {
  return called === UNANSWERED ? "?" : String(called);
}
