// Hypotheses in words.

import {
  TIE, examples, grouped, halfWidth, isNumber, percent, plusMinus, short, trainAxis,
} from "./format.js";
import { nameOf, rowOf } from "./store.js";

/** @typedef {import("./store.js").Store} Store */

/** What keys do in a picture of hypotheses. */
export const KEYS = " Left and right arrow keys choose another hypothesis as h.";

/** @param {Store} store @param {import("./store.js").Address | null} address */
export function hypothesisWords(store, address) {
  const row = rowOf(store, address);
  const trained = store.runs.some((run) => run.n > 0);
  if (!row) return trained || !store.num_train ? "" : `${examples(store.num_train)}, nothing trained yet`;
  const name = store.runs.length > 1 ? `“${nameOf(store, row.run)}”, ` : "";
  return `${name}step ${grouped(row.step)}`;
}

/** @param {Store} store @param {import("./store.js").Row} row */
export function errorsInWords(store, row) {
  const whole = plusMinus(row.whole, halfWidth(row));
  return `${percent(row.train)} ${trainAxis(store.num_train)}, ${whole} over ${store.over}`;
}

/**
 * Names and values at the right ends: whole distribution (or held-out data), training examples,
 * Bayes error.
 * @param {Store} store
 * @param {import("./store.js").Row | null} end where there is none, as wide as they get
 */
export function endNames(store, end) {
  const whole = end ? plusMinus(end.whole, halfWidth(end)) : `00.0 ±${TIE}0.0${TIE}%`;
  const train = end ? percent(end.train) : `00.0${TIE}%`;
  const names = [[short(store.over), whole], [examples(store.num_train), train]];
  if (isNumber(store.bayes_error)) names.push([`Bayes error ${percent(store.bayes_error)}`]);
  return names;
}
