// Rows of a run as pictures need them.

import { TIE, examples, halfWidth, isNumber, percent, plusMinus } from "./format.js";

// Lowest, highest and mean value in each pixel column: a long run costs no more than a short one.
// Where there are few rows to a pixel, each has a column of its own.
export function columnsOf(run, column, x) {
  const columns = [];
  let current = null;
  const values = run[column];
  const span = x(run.step[run.n - 1]) - x(run.step[0]);
  const pitch = run.n > 3 * span ? 1.25 : 0;
  for (let i = 0; i < run.n; i += 1) {
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
  const newest = values[run.n - 1];
  if (current?.count > 1 && Number.isFinite(newest)) {
    columns.push({ x: x(run.step[run.n - 1]), sum: newest, count: 1, min: newest, max: newest });
  }
  return columns;
}

export function strokeColumns(context, columns, y, color, width) {
  context.beginPath();
  for (const { x, sum, count } of columns) context.lineTo(x, y(sum / count));
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.stroke();
}

// The area from the lowest values of one row of columns up to the highest of another.
export function fillBetween(context, low, high, y, color) {
  context.beginPath();
  for (const { x, min } of low) context.lineTo(x, y(min));
  for (const { x, max } of [...high].reverse()) context.lineTo(x, y(max));
  context.closePath();
  context.fillStyle = color;
  context.fill();
}

export function lowestRow(run) {
  let best = 0;
  for (let i = 1; i < run.n; i += 1) if (run.whole[i] < run.whole[best]) best = i;
  return best;
}

// The first row at or after a step (run.n where there is none).
export function firstRowAt(run, step) {
  let [low, high] = [0, run.n];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (run.step[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function nearestRowAt(run, step) {
  const after = Math.min(run.n - 1, firstRowAt(run, step));
  const before = Math.max(0, after - 1);
  return step - run.step[before] < run.step[after] - step ? before : after;
}

export function nearestDot(store, plane, x, y, reach = 12) {
  let best = null;
  let least = reach * reach;
  store.runs.forEach((run, r) => {
    for (let i = 0; i < run.n; i += 1) {
      const dx = plane.px(run.train[i]) - x;
      const dy = plane.py(run.whole[i]) - y;
      const distance = dx * dx + dy * dy;
      if (distance <= least) [least, best] = [distance, [r, i]];
    }
  });
  return best;
}

// Names and values at the right ends: whole distribution (or held-out data), training examples, Bayes error.
export function endNames(store, end) {
  const whole = end ? plusMinus(end.whole, halfWidth(end)) : `00.0 ±${TIE}0.0${TIE}%`;
  const train = end ? percent(end.train) : `00.0${TIE}%`;
  const names = [[store.over.replace(/^the /, ""), whole], [examples(store.num_train), train]];
  if (isNumber(store.bayes_error)) names.push([`Bayes error ${percent(store.bayes_error)}`]);
  return names;
}
