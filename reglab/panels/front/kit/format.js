// Numbers as people read them: percent with one decimal, narrow spaces, the unit always.
// Python writes the same by reglab/mitchell/words.py; tests hold both to one table.

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
  if (!isNumber(value)) return "–";
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, TIE).replace("-", "−");
}

/**
 * A share in units of the last decimal of a percent; halves are rounded away from 0.
 * @param {number} share @param {number} digits
 */
function unitsOf(share, digits) {
  return Math.sign(share) * Math.floor(100 * 10 ** digits * Math.abs(share) + 0.5);
}

/** @param {number} share */
function decimal(share, digits = 1) {
  return (unitsOf(share, digits) / 10 ** digits).toFixed(digits).replace("-", "−");
}

/**
 * A difference in points: one decimal, or as many as it takes to tell it from 0.
 * @param {Maybe} share
 */
export function points(share) {
  if (!isNumber(share)) return "–";
  const digits = share === 0 ? 1 : ([1, 2, 3, 4, 5].find((count) => unitsOf(share, count) !== 0) ?? 6);
  return decimal(share, digits);
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
  if (!isNumber(margin) || margin <= 0) return percent(share);
  // 0.2 points, stored in 32 bits, should not become 0.3.
  const half = Math.max(1, Math.ceil(1000 * margin - 0.01)) / 10;
  return `${decimal(share)}${TIE}±${TIE}${half.toFixed(1)}${TIE}%`;
}

/** @param {number} share @param {number} step between two ticks */
export function tickPercent(share, step) {
  return `${decimal(share, step < 0.00999 ? 1 : 0)}${TIE}%`;
}

const PLAIN = new Intl.NumberFormat("en", { maximumSignificantDigits: 6, useGrouping: false });

/**
 * A number with up to six digits and no power of ten; a share in percent.
 * @param {number} value @param {boolean} isShare
 */
export function plain(value, isShare = false) {
  return isShare ? `${PLAIN.format(100 * value)}${TIE}%` : PLAIN.format(value);
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
  return text.replace(/ (?=[%±])|(?<=±) /g, TIE);
}

/** @param {string} text @param {number} length in characters */
export function shorten(text, length) {
  const characters = Array.from(String(text));
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : String(text);
}
