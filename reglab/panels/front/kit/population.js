// What the browser knows of a population, as its pictures take it.

import { examples, short } from "./format.js";
import { unpacked } from "./packing.js";
import { say } from "./words.js";

/**
 * @typedef {object} Frequency
 * @property {number[]} values of what varies
 * @property {number[]} share of runs that overfit
 * @property {number[]} low @property {number[]} high @property {number[]} num_runs
 * @property {number[]} num_overfit @property {number[]} num_undecided @property {string} unit
 * @property {string} varies @property {number} at_least
 */

/** @typedef {"train_low" | "train_median" | "train_high" | "true_low" | "true_median" | "true_high"} Column */
/** @typedef {{ step: Int32Array } & Record<Column, Float32Array>} Bands */

/**
 * The last hypothesis of each run.
 * @typedef {object} Ends
 * @property {Int32Array} run
 * @property {Int32Array} group index of the value of what varies
 * @property {Float32Array} train_error @property {Float32Array} true_error @property {Uint8Array} code
 * @property {Uint8Array} counts @property {Uint32Array} draw @property {number} count
 * @property {number | null} bayes_error @property {number | null} num_train @property {string} over
 * @property {[left: number, right: number, low: number, high: number]} region
 * @property {Uint8Array | null} density @property {number} rows @property {number} cols
 */

/**
 * One run that is looked at.
 * @typedef {object} Brushed
 * @property {number} run @property {string} name @property {string} code @property {string} sentence
 * @property {string} experiment @property {Int32Array} step @property {Float32Array} train_error
 * @property {Float32Array} true_error @property {any} picture
 */

/**
 * @typedef {object} Population
 * @property {number} number
 * @property {{ state: string, text: string, done: number, total: number }} status
 * @property {{ word: string, sentence: string, figure: string, interval: string, code: string }} headline
 * @property {string[]} settings each value of what varies, in words
 * @property {number} chosen @property {string} scope @property {Frequency} frequency
 * @property {Bands | null} bands at the value that is chosen
 * @property {({ step: Int32Array, true_median: Float32Array } | null)[]} others at the others
 * @property {Ends} plane @property {Brushed | null} brushed @property {string} trained
 * @property {string} over @property {string} overShort
 */

/** @param {any} content @returns {Population} */
export function populationOf(content) {
  const { band, others, ...rest } = unpacked(content);
  const { plane, chosen } = rest;
  return {
    ...rest,
    bands: others[chosen] && band,
    others: others.map((/** @type {any} */ one, /** @type {number} */ i) => (i === chosen ? null : one)),
    trained: plane.num_train ? examples(plane.num_train) : say("training examples"),
    over: plane.over,
    overShort: short(plane.over),
  };
}

/**
 * What the run that is looked at decides.
 * @param {Population} population @returns {import("./store.js").Picture | null}
 */
export function brushedPicture({ brushed, over }) {
  if (!brushed?.picture) return null;
  const { arrays, ...fields } = brushed.picture;
  const layers = new Map(Object.entries(arrays).map(([name, values]) =>
    [name, { bytes: new Uint8Array(values.buffer), version: brushed.experiment }]));
  return { ...fields, layers, num_train: layers.get("y")?.bytes.length ?? 0, over };
}
