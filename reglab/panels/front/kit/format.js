// Numbers as people read them: percent with one decimal, narrow spaces, the unit always.

import { counted, say } from "./words.js";

/** A narrow space that does not break. */
export const TIE = "\u202f";

/** @typedef {number | null | undefined} Maybe a number that may not be known */

/** @param {unknown} value @returns {value is number} */
export function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/** @param {Maybe} value */
export function grouped(value) {
  return isNumber(value) ? Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, TIE) : "–";
}

/** @param {number} share */
function decimal(share) {
  return (100 * share).toFixed(1).replace(/^-0\.0$/, "0.0");
}

/**
 * A difference in points: one decimal, or as many as it takes to tell it from 0.
 * @param {Maybe} share
 */
export function points(share) {
  if (!isNumber(share)) return "–";
  const tells = (/** @type {number} */ count) => Number((100 * share).toFixed(count)) !== 0;
  const digits = share === 0 ? 1 : ([1, 2, 3, 4, 5].find(tells) ?? 6);
  return (100 * share).toFixed(digits).replace("-", "−");
}

/** @param {Maybe} share */
export function percent(share) {
  return isNumber(share) ? `${decimal(share)}${TIE}%` : "–";
}

/**
 * Of an interval that need not be symmetric: the wider side.
 * @param {{ true_error: number, true_low: number, true_high: number }} row
 */
export function halfWidth({ true_error, true_low, true_high }) {
  return Math.max(true_high - true_error, true_error - true_low);
}

/**
 * The half-width is rounded up, so that the interval shown holds the interval known.
 * @param {Maybe} share @param {Maybe} margin
 */
export function plusMinus(share, margin) {
  if (!isNumber(share)) return "–";
  if (!isNumber(margin) || margin < 1e-9) return percent(share);
  const half = Math.max(0.1, Math.ceil(1000 * margin - 0.02) / 10);
  return `${decimal(share)}${TIE}±${TIE}${half.toFixed(1)}${TIE}%`;
}

/** @param {number} share @param {number} step between two ticks */
export function tickPercent(share, step) {
  const digits = step < 0.00999 ? 1 : 0;
  return `${(100 * share).toFixed(digits)}${TIE}%`;
}

/** @param {Maybe} value */
export function epochs(value) {
  if (!isNumber(value)) return "–";
  return value >= 100 || Number.isInteger(value) ? grouped(value) : value.toFixed(1);
}

/** @param {number | null} count */
export function examples(count) {
  return counted(count, "{count} training example", "{count} training examples", { count: grouped(count) });
}

/** @param {number | null} count */
export function trainAxis(count) {
  return say("error on the {examples}", { examples: examples(count) });
}

/**
 * What stands beside a curve: the name without its article.
 * @param {string} over
 */
export function short(over) {
  return over.replace(/^the /, "");
}

/**
 * Text in which a number, its interval and its unit stay on one line.
 * @param {string} text
 */
export function tied(text) {
  return text.replace(/(\d)\s?±\s?(?=\d)/g, `$1${TIE}±${TIE}`).replace(/(\d)\s%/g, `$1${TIE}%`);
}

/** @param {string} text @param {number} length in characters */
export function shorten(text, length) {
  const characters = Array.from(String(text));
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : String(text);
}
