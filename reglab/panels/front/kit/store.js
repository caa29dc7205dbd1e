// What the browser knows of the session. The kernel sends only what is missing here.

import { say } from "./words.js";

/**
 * The rows of a run, of which the first n hold.
 * @typedef {object} Run
 * @property {number} n
 * @property {number} version grows where rows are taken back
 * @property {Float32Array} step
 * @property {Float32Array} train error on the training examples
 * @property {Float32Array} whole error over the whole distribution
 * @property {Float32Array} low @property {Float32Array} high
 */

/**
 * A hypothesis: one row of a run.
 * @typedef {{ run: number, row: number, step: number, train: number, whole: number, low: number,
 *   high: number }} Row
 */

/** @typedef {[run: number, row: number]} Address */
/** @typedef {{ bytes: Uint8Array, version: number | string }} Layer */

/**
 * What is shown of one hypothesis: arrays under their names, and what they mean.
 * @typedef {object} Picture
 * @property {string} kind boundary or images
 * @property {string} what h, witness or disagreement
 * @property {Map<string, Layer>} layers @property {number} num_train @property {string} over
 * @property {[number, number, number, number]} [region] @property {number} [rows]
 * @property {number} [cols] @property {Record<string, number[]>} [shapes]
 */

/**
 * A board of runs, with h and its witness.
 * @typedef {object} Store
 * @property {number | null} seq @property {number} number @property {number} version
 * @property {Run[]} runs
 * @property {{ name: string, in_pool: boolean, changes: [number, string][] }[]} labels
 * @property {Map<string, Layer>} blobs
 * @property {{ state: string, step: number, num_steps: number, epoch: number, text: string,
 *   can_undo?: boolean }} status
 * @property {{ code: string, word: string, scope: string, sentence: string, severity: number,
 *   certify?: string, why?: string }} verdict
 * @property {any[]} board @property {Address} h @property {Address | null} witness
 * @property {number | null} bayes_error @property {number | null} num_train
 * @property {number} epoch_length @property {any} picture
 * @property {string} over what the true error is over
 */

const COLUMNS = /** @type {const} */ (["step", "train", "whole", "low", "high"]);

/** @returns {Store} */
export function emptyStore() {
  return {
    seq: null, number: -1, runs: [], labels: [], blobs: new Map(), version: 0,
    status: { state: "idle", step: 0, num_steps: 1, epoch: 0, text: "" },
    verdict: { code: "NONE", word: "", scope: "", sentence: "", severity: 0 },
    board: [], h: [0, 0], witness: null, bayes_error: null, num_train: 0, epoch_length: 1,
    picture: null, over: say("the whole distribution"),
  };
}

/** @returns {Run} */
function newRun() {
  const column = () => new Float32Array(256);
  return { n: 0, version: 0, step: column(), train: column(), whole: column(), low: column(), high: column() };
}

/** @param {Run} run @param {number} count */
function keepRows(run, count) {
  if (count < run.n) {
    run.n = count;
    run.version += 1;
  }
}

/** @param {Run} run @param {Uint8Array} bytes */
function appendRows(run, bytes) {
  const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const added = rows.length / COLUMNS.length;
  if (run.n + added > run.step.length) {
    for (const column of COLUMNS) {
      const grown = new Float32Array(2 * (run.n + added));
      grown.set(run[column].subarray(0, run.n));
      run[column] = grown;
    }
  }
  for (let row = 0, at = 0; row < added; row += 1) {
    for (const column of COLUMNS) run[column][run.n + row] = rows[at++];
  }
  run.n += added;
}

/**
 * Returns false where the message does not fit what is known, and a whole frame is needed.
 * @param {Store} store @param {any} content @param {import("./packing.js").Blob[]} blobs
 */
export function applyFrame(store, content, blobs) {
  if (content.reset) Object.assign(store, emptyStore(), { version: store.version });
  else if (store.seq === null || content.seq !== store.seq + 1) return false;
  const arrived = new Map(blobs);
  /** @type {[keep: number, total: number][]} */
  const sizes = content.runs;
  const runs = sizes.map(([keep], i) => {
    const run = store.runs[i] ?? newRun();
    keepRows(run, keep);
    if (arrived.has(`run${i}`)) appendRows(run, arrived.get(`run${i}`));
    return run;
  });
  if (sizes.some(([, total], i) => runs[i].n !== total)) return false;
  store.version += 1;
  for (const [name, bytes] of blobs) {
    if (!name.startsWith("run")) store.blobs.set(name, { bytes, version: store.version });
  }
  Object.assign(store, content.fields, { runs, seq: content.seq });
  return true;
}

/** @param {Store} store @param {Address | null} address @returns {Row | null} */
export function rowOf(store, address) {
  const run = address && store.runs[address[0]];
  if (!run || !(address[1] >= 0 && address[1] < run.n)) return null;
  const [number, row] = address;
  const [step, train, whole, low, high] = COLUMNS.map((column) => run[column][row]);
  return { run: number, row, step, train, whole, low, high };
}

/** @param {Store} store @param {number} run */
export function nameOf(store, run) {
  return store.labels[run]?.name ?? say("run {number}", { number: run + 1 });
}

/** @param {Store} store @returns {Picture | null} */
export function pictureOf({ picture, blobs, num_train, over }) {
  return picture && { ...picture, layers: blobs, num_train, over };
}
