// Rows of a run as pictures need them.

/** @typedef {import("./store.js").Run} Run */
/** @typedef {{ x: number, sum: number, count: number, min: number, max: number }} Column */

/**
 * Lowest, highest and mean value in each pixel column: a long run costs no more than a short one.
 * Where there are few rows to a pixel, each has a column of its own.
 * @param {Run} run @param {"train_error" | "true_error" | "true_low" | "true_high"} column
 * @param {(step: number) => number} x @returns {Column[]}
 */
export function columnsOf(run, column, x) {
  /** @type {Column[]} */
  const columns = [];
  /** @type {Column | null} */
  let current = null;
  const values = run[column];
  const span = x(run.step.at(-1)) - x(run.step[0]);
  const pitch = run.step.length > 3 * span ? 1.25 : 0;
  for (let i = 0; i < run.step.length; i += 1) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    const at = x(run.step[i]);
    if (current && at - current.x < pitch) {
      current.min = Math.min(current.min, value);
      current.max = Math.max(current.max, value);
      current.sum += value;
      current.count += 1;
    } else {
      current = { x: at, sum: value, count: 1, min: value, max: value };
      columns.push(current);
    }
  }
  // The pen stands at the newest row, not at a mean.
  const newest = values.at(-1);
  if (current?.count > 1 && Number.isFinite(newest)) {
    columns.push({ x: x(run.step.at(-1)), sum: newest, count: 1, min: newest, max: newest });
  }
  return columns;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Column[]} columns
 * @param {(value: number) => number} y @param {string} color @param {number} width
 */
export function strokeColumns(context, columns, y, color, width) {
  context.beginPath();
  for (const { x, sum, count } of columns) context.lineTo(x, y(sum / count));
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.stroke();
}

/**
 * The area from the lowest values of one row of columns up to the highest of another.
 * @param {CanvasRenderingContext2D} context @param {Column[]} low @param {Column[]} high
 * @param {(value: number) => number} y @param {string} color
 */
export function fillBetween(context, low, high, y, color) {
  context.beginPath();
  for (const { x, min } of low) context.lineTo(x, y(min));
  for (const { x, max } of high.toReversed()) context.lineTo(x, y(max));
  context.closePath();
  context.fillStyle = color;
  context.fill();
}

/** @param {Run} run */
export function lowestRow(run) {
  let best = 0;
  for (let i = 1; i < run.step.length; i += 1) if (run.true_error[i] < run.true_error[best]) best = i;
  return best;
}

/**
 * The first row at or after a step (as many as there are where there is none).
 * @param {Run} run @param {number} step
 */
export function firstRowAt(run, step) {
  let [low, high] = [0, run.step.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run.step[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Run} run @param {number} step */
export function nearestRowAt(run, step) {
  const after = Math.min(run.step.length - 1, firstRowAt(run, step));
  const before = Math.max(0, after - 1);
  return step - run.step[before] < run.step[after] - step ? before : after;
}
