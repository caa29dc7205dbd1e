// Axes: nice ticks, domains that do not jitter.

/**
 * A map from numbers to positions.
 * @typedef {((value: number) => number) & { invert: (position: number) => number, low: number,
 *   high: number, from: number, to: number }} Scale
 */

/** @param {number} span @param {number} count */
export function niceStep(span, count) {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const unit = raw / power;
  return [1, 2, 5, 10].find((nice) => unit <= nice + 1e-9) * power;
}

/** @param {number} low @param {number} high @param {number} count about so many ticks */
export function ticksBetween(low, high, count) {
  const step = niceStep(high - low, count);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return { ticks, step };
}

/** @param {number} low @param {number} high @param {number} from @param {number} to @returns {Scale} */
export function linear(low, high, from, to) {
  const slope = (to - from) / (high - low || 1);
  const scale = (/** @type {number} */ value) => from + (value - low) * slope;
  const invert = (/** @type {number} */ position) => low + (position - from) / slope;
  return Object.assign(scale, { invert, low, high, from, to });
}

/**
 * The share q of the errors of all runs lies below; a sample of about 800 is enough.
 * @param {import("./store.js").Run[]} runs @param {"train_error" | "true_error"} column @param {number} q
 */
export function quantileOf(runs, column, q) {
  const total = runs.reduce((sum, run) => sum + run.step.length, 0);
  const stride = Math.max(1, Math.floor(total / 800));
  const values = [];
  for (const run of runs) {
    for (let i = run.step.length - 1; i >= 0; i -= stride) {
      if (Number.isFinite(run[column][i])) values.push(run[column][i]);
    }
  }
  values.sort((a, b) => a - b);
  return values.length ? values[Math.round(q * (values.length - 1))] : NaN;
}

/**
 * A domain [low, high] round the values, snapped to ticks; it grows at once and shrinks late.
 * @param {number[]} values
 * @param {{ floor?: number, ceiling?: number, least?: number, zero?: boolean }} limits
 * @param {[number, number]} [previous] @returns {[number, number]}
 */
export function steadyDomain(values, { floor = 0, ceiling = 1, least = 0.05, zero = false }, previous) {
  const known = values.filter(Number.isFinite);
  let low = zero || !known.length ? floor : Math.min(...known);
  let high = known.length ? Math.max(...known) : 0.5;
  const pad = Math.max(0.08 * (high - low), (least - (high - low)) / 2);
  if (!zero) low -= pad;
  high += pad;
  const step = niceStep(high - low, 5) / 2;
  low = Math.max(floor, Math.floor(low / step + 1e-9) * step);
  high = Math.min(Math.max(ceiling, ...known), Math.ceil(high / step - 1e-9) * step);
  if (previous) {
    const span = previous[1] - previous[0];
    const holds = low >= previous[0] - 1e-9 && high <= previous[1] + 1e-9;
    if (holds && high - low > 0.72 * span) return previous;
  }
  return [low, high];
}
