// What the browser knows of a board: the newest frame of its session.

import { say } from "./words.js";

/** @typedef {import("./wire.js").Shaped<Float32Array>} Errors a row each */

/**
 * A run: both errors of its hypotheses.
 * @typedef {object} Run
 * @property {string} name @property {import("./wire.js").Shaped<Int32Array>} step
 * @property {Errors} train_error @property {Errors} true_error
 * @property {Errors} true_low @property {Errors} true_high
 * @property {[step: number, words: string][]} changes @property {boolean} in_pool
 */

/**
 * A hypothesis: one row of a run.
 * @typedef {{ run: number, row: number, step: number, train_error: number, true_error: number,
 *   true_low: number, true_high: number }} Row
 */

/** @typedef {[run: number, row: number]} Address */

/**
 * A board of runs, with h and its witness.
 * @typedef {object} Store
 * @property {number} number @property {Run[]} runs
 * @property {{ state: string, step: number, num_steps: number, epoch: number, text: string,
 *   can_undo?: boolean }} status
 * @property {{ code: string, word: string, scope: string, sentence: string, severity: number,
 *   certify?: string, why?: string }} verdict
 * @property {any[]} board @property {Address} h @property {Address | null} witness
 * @property {number | null} bayes_error @property {number | null} num_train
 * @property {number} epoch_length @property {Record<string, any>} pictures views by name, or null
 * @property {string} over what the true error is over
 */

/**
 * Its runs, with h and its witness: a view of two pictures, and all that is said of a hypothesis.
 * @typedef {Pick<Store, "runs" | "h" | "witness" | "bayes_error" | "num_train" | "over">} Board
 */

/** @typedef {Board & { epoch_length: number, num_steps: number }} ErrorsView */

const COLUMNS = /** @type {const} */ (["step", "train_error", "true_error", "true_low", "true_high"]);

/** @returns {Store} */
export function emptyStore() {
  const over = say("the whole distribution");
  /** @type {() => ErrorsView} */
  const errors = () => ({
    runs: [], h: [0, 0], witness: null, bayes_error: null, num_train: 0, over, epoch_length: 1, num_steps: 1,
  });
  return {
    number: -1, ...errors(),
    status: { state: "idle", step: 0, num_steps: 1, epoch: 0, text: "" },
    verdict: { code: "NONE", word: "", scope: "", sentence: "", severity: 0 },
    board: [], pictures: { plane: errors(), curves: errors() },
  };
}

/** @param {Pick<Store, "runs">} store @param {Address | null} address @returns {Row | null} */
export function rowOf(store, address) {
  const run = address && store.runs[address[0]];
  if (!run || !(address[1] >= 0 && address[1] < run.step.length)) return null;
  const [number, row] = address;
  const [step, train_error, true_error, true_low, true_high] = COLUMNS.map((column) => run[column][row]);
  return { run: number, row, step, train_error, true_error, true_low, true_high };
}

/** @param {Pick<Store, "runs">} store @param {number} run */
export function nameOf(store, run) {
  return store.runs[run]?.name ?? say("run {number}", { number: run + 1 });
}
