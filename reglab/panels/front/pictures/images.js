// Where inputs are images: the training examples, then a sample of what h gets wrong elsewhere.

import { packColor } from "../kit/field.js";
import { examples, grouped } from "../kit/format.js";
import { LINE, Labels, font } from "../kit/labels.js";
import { layerCanvas } from "../kit/surface.js";

export class ImageSheet {
  constructor() {
    this.sprites = {};
  }

  // All images of one kind on one canvas, ink on a clear ground.
  sheet(store, name, theme) {
    const blob = store.blobs.get(name);
    const [, rows, cols] = store.picture.shapes[name];
    if (!blob || !rows || !cols) return null;
    const key = `${blob.version}|${theme.id}`;
    if (this.sprites[name]?.key !== key) {
      const count = Math.floor(blob.bytes.length / (rows * cols));
      const canvas = drawSheet(blob.bytes, count, rows, cols, theme);
      this.sprites[name] = { key, rows, cols, count, canvas };
    }
    return this.sprites[name];
  }

  paint(context, width, height, store, theme) {
    const labels = new Labels(context, theme, { x: 0, y: 0, w: width, h: height });
    const training = this.sheet(store, "images", theme);
    const errors = this.sheet(store, "error_images", theme);
    const lines = height > 260 ? 2 : 1;
    const each = Math.floor(width / Math.ceil((errors?.count ?? 1) / lines)) - 6;
    const size = Math.max(24, Math.min(each, 40));
    const top = height - 30 - lines * (size + 16);
    if (training) this.paintTraining(context, labels, training, store, theme, width, top);
    context.fillStyle = theme.grid;
    context.fillRect(0, top + 2, width, 1);
    this.paintErrors(context, labels, errors, store, theme, width, top + 10, size);
  }

  paintTraining(context, labels, sheet, store, theme, width, bottom) {
    const grid = fitTiles(sheet.count, width, bottom - 18, { gap: 4, least: 13, most: 40 });
    const note = grid.shown < sheet.count ? `, the first ${grouped(grid.shown)} shown` : "";
    heading(labels, `${examples(sheet.count)}${note}`, examples(sheet.count), 0, width);
    const [given, truth, called] = ["labels", "true_labels", "predicted"].map(
      (name) => store.blobs.get(name)?.bytes ?? new Uint8Array(0),
    );
    for (let i = 0; i < grid.shown; i += 1) {
      const x = grid.x + (i % grid.columns) * (grid.size + grid.gap);
      const y = 18 + Math.floor(i / grid.columns) * (grid.size + grid.gap);
      drawTile(context, theme, sheet, i, x, y, grid.size);
      if (given[i] !== truth[i]) {
        context.strokeStyle = theme.ink;
        context.lineWidth = 2;
        context.strokeRect(x, y, grid.size, grid.size);
      }
      if (called[i] !== given[i]) drawCross(context, theme, x + grid.size, y + grid.size, grid.size);
    }
  }

  paintErrors(context, labels, sheet, store, theme, width, top, size) {
    const count = sheet?.count ?? 0;
    const title = count ? `a sample of errors over ${store.over}` : "no error in the sample";
    heading(labels, title, count ? "a sample of errors" : title, top, width);
    if (!count) return;
    const columns = Math.max(1, Math.floor((width + 6) / (size + 6)));
    const lines = Math.floor((labels.bounds.h - top - 18) / (size + 16));
    const truth = store.blobs.get("error_labels")?.bytes ?? [];
    const called = store.blobs.get("error_predicted")?.bytes ?? [];
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let i = 0; i < Math.min(count, columns * lines); i += 1) {
      const x = 1 + (i % columns) * (size + 6);
      const y = top + 18 + Math.floor(i / columns) * (size + 16);
      drawTile(context, theme, sheet, i, x, y, size);
      context.font = font(theme, 11);
      context.fillStyle = theme.muted;
      context.fillText(`${truth[i]}→${answerText(called[i])}`, x + size / 2, y + size + 8);
    }
  }

  describe(store) {
    const [given, truth, called] = ["labels", "true_labels", "predicted"].map(
      (name) => store.blobs.get(name)?.bytes ?? new Uint8Array(0),
    );
    const count = (a, b) => a.reduce((sum, value, i) => sum + (value !== b[i]), 0);
    const wrong = store.blobs.get("error_predicted")?.bytes ?? [];
    const pairs = Array.from(store.blobs.get("error_labels")?.bytes ?? [])
      .slice(0, 6)
      .map((label, i) => `a ${label} taken for a ${answerText(wrong[i])}`);
    const sample = pairs.length ? ` Errors elsewhere, for example: ${pairs.join(", ")}.` : "";
    return `${examples(given.length)}: ${count(given, truth)} with a flipped label, ` +
      `${count(called, given)} wrong.${sample}`;
  }
}

// The largest tiles of which all fit, or else as many of the least size as do.
function fitTiles(count, width, height, { gap, least, most }) {
  const fit = (size) => {
    const columns = Math.max(1, Math.floor((width - 2 + gap) / (size + gap)));
    return { columns, rows: Math.max(1, Math.floor((height + gap) / (size + gap))) };
  };
  let size = most;
  while (size > least && fit(size).columns * fit(size).rows < count) size -= 1;
  const { columns, rows } = fit(size);
  return { size, gap, columns, shown: Math.min(count, columns * rows), x: 1 };
}

const SHEET_COLUMNS = 32;

export function drawSheet(bytes, count, rows, cols, theme) {
  const lines = Math.ceil(count / SHEET_COLUMNS) || 1;
  const canvas = layerCanvas(cols * SHEET_COLUMNS, rows * lines);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < count * rows * cols; i += 1) {
    const item = Math.floor(i / (rows * cols));
    const x = (item % SHEET_COLUMNS) * cols + (i % cols);
    const y = Math.floor(item / SHEET_COLUMNS) * rows + Math.floor((i % (rows * cols)) / cols);
    pixels[y * canvas.width + x] = packColor(theme.rgb.ink, bytes[i] / 255);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function drawTile(context, theme, sheet, index, x, y, size) {
  context.fillStyle = theme.neutral;
  context.fillRect(x, y, size, size);
  context.imageSmoothingEnabled = sheet.cols > size;
  const { cols, rows } = sheet;
  const [column, line] = [index % SHEET_COLUMNS, Math.floor(index / SHEET_COLUMNS)];
  context.drawImage(sheet.canvas, column * cols, line * rows, cols, rows, x, y, size, size);
}

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

// The short text where the long one does not fit into one line.
function heading(labels, text, short, top, width) {
  const long = labels.wrap(text, width);
  const lines = long.length > 1 ? labels.wrap(short, width) : long;
  labels.draw(lines.slice(0, 1), { x: 0, y: top, w: width, h: LINE }, { halo: false });
}

// A class, or a question mark where a score is not finite and so is no answer.
function answerText(called) {
  return called === 255 ? "?" : String(called);
}
