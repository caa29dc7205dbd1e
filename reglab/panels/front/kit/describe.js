// Hypotheses in words.

import {
  TIE, examples, grouped, halfWidth, isNumber, percent, plusMinus, short,
} from "./format.js";
import { nameOf, rowOf } from "./store.js";
import { say } from "./words.js";

/** @typedef {import("./store.js").Board} Board */

/** What keys do in a picture of hypotheses. */
export function keysInWords() {
  return say("Left and right arrow keys choose another hypothesis as h.");
}

/** @param {Board} store @param {import("./store.js").Address | null} address */
export function hypothesisWords(store, address) {
  const row = rowOf(store, address);
  const trained = store.runs.some((run) => run.step.length > 0);
  if (!row && (trained || !store.num_train)) return "";
  if (!row) return say("{examples}, nothing trained yet", { examples: examples(store.num_train) });
  const step = grouped(row.step);
  if (store.runs.length < 2) return say("step {step}", { step });
  return say("“{name}”, step {step}", { name: nameOf(store, row.run), step });
}

/**
 * Whose decisions are shown.
 * @param {Board} store @param {string} what h, witness or disagreement
 */
export function decidedWords(store, what) {
  if (what === "disagreement" && store.witness) {
    const [h, witness] = [store.h, store.witness].map((address) => hypothesisWords(store, address));
    return say("h: {h} · h′: {witness}", { h, witness });
  }
  return hypothesisWords(store, what === "witness" ? store.witness : store.h);
}

/** @param {Board} store @param {import("./store.js").Row} row */
export function errorsInWords(store, row) {
  return say("{train} error on the {examples}, {whole} over {over}", {
    train: percent(row.train_error), examples: examples(store.num_train),
    whole: plusMinus(row.true_error, halfWidth(row)), over: store.over,
  });
}

/** @param {number} error */
export function bayesInWords(error) {
  return say("Bayes error {error}", { error: percent(error) });
}

/**
 * Names and values at the right ends: whole distribution (or held-out data), training examples,
 * Bayes error.
 * @param {Board} store
 * @param {import("./store.js").Row | null} end where there is none, as wide as they get
 */
export function endNames(store, end) {
  const whole = end ? plusMinus(end.true_error, halfWidth(end)) : `00.0 ±${TIE}0.0${TIE}%`;
  const train = end ? percent(end.train_error) : `00.0${TIE}%`;
  const names = [[short(store.over), whole], [examples(store.num_train), train]];
  if (isNumber(store.bayes_error)) names.push([bayesInWords(store.bayes_error)]);
  return names;
}
