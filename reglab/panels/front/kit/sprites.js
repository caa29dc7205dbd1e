// Small images of one kind on one canvas, ink on a clear ground.

import { packColor } from "./field.js";
import { pixelCanvas } from "./surface.js";

const COLUMNS = 32;

/** @typedef {{ canvas: HTMLCanvasElement, count: number, rows: number, cols: number }} Sprites */

/**
 * @param {Uint8Array} bytes of all images, one after the other
 * @param {number} count @param {number} rows @param {number} cols
 * @param {import("./theme.js").Theme} theme @returns {Sprites}
 */
export function drawSprites(bytes, count, rows, cols, theme) {
  const [wide, high] = [cols * COLUMNS, rows * (Math.ceil(count / COLUMNS) || 1)];
  const canvas = pixelCanvas(wide, high, (pixels) => {
    for (let i = 0; i < count * rows * cols; i += 1) {
      const item = Math.floor(i / (rows * cols));
      const x = (item % COLUMNS) * cols + (i % cols);
      const y = Math.floor(item / COLUMNS) * rows + Math.floor((i % (rows * cols)) / cols);
      pixels[y * wide + x] = packColor(theme.rgb.ink, bytes[i] / 255);
    }
  });
  return { canvas, count, rows, cols };
}

/**
 * @param {CanvasRenderingContext2D} context @param {Sprites} sprites @param {number} index
 * @param {number} x @param {number} y @param {number} size
 */
export function drawSprite(context, { canvas, cols, rows }, index, x, y, size) {
  const [column, line] = [index % COLUMNS, Math.floor(index / COLUMNS)];
  context.drawImage(canvas, column * cols, line * rows, cols, rows, x, y, size, size);
}
