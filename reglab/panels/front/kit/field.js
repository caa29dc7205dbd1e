// A coarse grid of shares made smooth: Mitchell-Netravali upsampling, then marching squares.

import { pixelCanvas } from "./surface.js";

const FINER = 3;

/** @typedef {{ values: Float32Array, rows: number, cols: number }} Field */

// Weights of the four neighbours at each of the phases between two cells (B = C = 1/3).
/** @param {number} phases */
function kernelWeights(phases) {
  const near = (/** @type {number} */ t) => (7 * t ** 3 - 12 * t ** 2 + 16 / 3) / 6;
  const far = (/** @type {number} */ t) => ((-7 / 3) * t ** 3 + 12 * t ** 2 - 20 * t + 32 / 3) / 6;
  return Array.from({ length: phases }, (_, i) => {
    const t = i / phases;
    return [far(1 + t), near(t), near(1 - t), far(2 - t)];
  });
}

/** @param {ArrayLike<number>} source @param {number} rows @param {number} cols */
function stretchRows(source, rows, cols) {
  const weights = kernelWeights(FINER);
  const wide = (cols - 1) * FINER + 1;
  const target = new Float32Array(rows * wide);
  for (let r = 0; r < rows; r += 1) {
    const base = r * cols;
    for (let x = 0; x < wide; x += 1) {
      const c = Math.floor(x / FINER);
      const w = weights[x % FINER];
      const a = source[base + Math.max(0, c - 1)];
      const b = source[base + c];
      const d = source[base + Math.min(cols - 1, c + 1)];
      const e = source[base + Math.min(cols - 1, c + 2)];
      target[r * wide + x] = w[0] * a + w[1] * b + w[2] * d + w[3] * e;
    }
  }
  return target;
}

/** @param {Float32Array} source @param {number} rows @param {number} cols */
function transpose(source, rows, cols) {
  const target = new Float32Array(source.length);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < cols; c += 1) target[c * rows + r] = source[r * cols + c];
  }
  return target;
}

/**
 * Blurs where neighbours differ by less than a range: there the rounding to 256 levels shows.
 * @param {Uint8Array} bytes @param {number} rows @param {number} cols @param {number} range
 */
export function soften(bytes, rows, cols, range) {
  const target = new Float32Array(bytes.length);
  for (let r = 0; r < rows; r += 1) {
    const [up, down] = [Math.min(rows - 1, r + 1) * cols, Math.max(0, r - 1) * cols];
    for (let c = 0; c < cols; c += 1) {
      const [left, right, here] = [Math.max(0, c - 1), Math.min(cols - 1, c + 1), r * cols];
      const middle = bytes[here + c];
      const sides = [bytes[here + left], bytes[here + right], bytes[up + c], bytes[down + c]];
      const corners = bytes[up + left] + bytes[up + right] + bytes[down + left] + bytes[down + right];
      const span = Math.max(middle, ...sides) - Math.min(middle, ...sides);
      const blur = (4 * middle + 2 * (sides[0] + sides[1] + sides[2] + sides[3]) + corners) / 16;
      const share = Math.max(0, 1 - span / range);
      target[here + c] = middle + (range > 255 ? 1 : share) * (blur - middle);
    }
  }
  return target;
}

/** @param {ArrayLike<number>} bytes @param {number} rows @param {number} cols @returns {Field} */
export function smoothField(bytes, rows, cols) {
  const wide = (cols - 1) * FINER + 1;
  const high = (rows - 1) * FINER + 1;
  const across = stretchRows(bytes, rows, cols);
  const values = transpose(stretchRows(transpose(across, rows, wide), wide, rows), wide, high);
  return { values, rows: high, cols: wide };
}

/**
 * Segments of the level set in unit coordinates, row 0 at the bottom (y = 1).
 * @param {Field} field
 */
export function contour({ values, rows, cols }, level = 127.5) {
  const path = new Path2D();
  const [sx, sy] = [1 / (cols - 1), 1 / (rows - 1)];
  const pair = (/** @type {number} */ x, /** @type {number} */ y) => /** @type {[number, number]} */ ([x, y]);
  const cut = (/** @type {number} */ a, /** @type {number} */ b) => (level - a) / (b - a);
  for (let r = 0; r < rows - 1; r += 1) {
    for (let c = 0; c < cols - 1; c += 1) {
      const i = r * cols + c;
      const [a, b, d, e] = [values[i], values[i + 1], values[i + cols + 1], values[i + cols]];
      const code = +(a > level) | (+(b > level) << 1) | (+(d > level) << 2) | (+(e > level) << 3);
      if (code === 0 || code === 15) continue;
      const bottom = () => pair((c + cut(a, b)) * sx, 1 - r * sy);
      const right = () => pair((c + 1) * sx, 1 - (r + cut(b, d)) * sy);
      const top = () => pair((c + cut(e, d)) * sx, 1 - (r + 1) * sy);
      const left = () => pair(c * sx, 1 - (r + cut(a, e)) * sy);
      for (const [from, to] of cellLines(code, (a + b + d + e) / 4 > level)) {
        const sides = [bottom, right, top, left];
        path.moveTo(...sides[from]());
        path.lineTo(...sides[to]());
      }
    }
  }
  return path;
}

/** @type {Record<number, [from: number, to: number][]>} */
const CELL_LINES = {
  1: [[3, 0]], 2: [[0, 1]], 3: [[3, 1]], 4: [[1, 2]], 6: [[0, 2]], 7: [[3, 2]],
  8: [[2, 3]], 9: [[2, 0]], 11: [[2, 1]], 12: [[1, 3]], 13: [[1, 0]], 14: [[0, 3]],
};

/**
 * Saddles (5 and 10) are joined as the middle of the cell says.
 * @param {number} code @param {boolean} middle
 */
function cellLines(code, middle) {
  if (code === 5) return middle ? [[3, 2], [0, 1]] : [[3, 0], [1, 2]];
  if (code === 10) return middle ? [[3, 0], [1, 2]] : [[3, 2], [0, 1]];
  return CELL_LINES[code];
}

/**
 * Paints a field through a table of 256 RGBA colours into a canvas of the field's size.
 * @param {Field} field @param {Uint32Array} table
 */
export function paintField({ values, rows, cols }, table) {
  return pixelCanvas(cols, rows, (pixels) => {
    for (let r = 0; r < rows; r += 1) {
      const line = (rows - 1 - r) * cols;
      for (let c = 0; c < cols; c += 1) {
        const value = values[r * cols + c];
        pixels[line + c] = table[value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0];
      }
    }
  });
}

/** @param {number[]} color @param {number} alpha @returns {number} as ABGR */
export function packColor([r, g, b], alpha) {
  return ((Math.round(255 * alpha) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** @param {number[]} from @param {number[]} to @param {number} share */
function mix(from, to, share) {
  return from.map((value, i) => Math.round(value + (to[i] - value) * share));
}

/**
 * Class colours fading to the neutral colour where the two are equally likely.
 * @param {import("./theme.js").Theme} theme
 */
export function classTable(theme) {
  const { neutral, class0, class1 } = theme.rgb;
  const { map_strength: strength, map_gain: gain, map_power: power } = theme.numbers;
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const sure = Math.abs(i - 127.5) / 127.5;
    const share = strength * Math.min(1, sure * gain) ** power;
    return packColor(mix(neutral, i > 127.5 ? class1 : class0, share), 1);
  });
}

/** @param {import("./theme.js").Theme} theme @param {number} most opacity */
export function tintTable(theme, most) {
  return Uint32Array.from({ length: 256 }, (_, i) => packColor(theme.rgb.ink, (most * i) / 255));
}
